#define _GNU_SOURCE
#include "launcher.h"

#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static bool is_spared(pid_t process, const pid_t *spared, size_t count) {
    for (size_t i = 0; i < count; i++) {
        if (spared[i] == process) return true;
    }
    return false;
}

// Returns how many were there, the dead that wait to be collected among them; -1 when the kernel does not tell.
static long kill_and_collect(const pid_t *spared, size_t count) {
    char path[64];
    snprintf(path, sizeof path, "/proc/self/task/%d/children", getpid());
    FILE *list = fopen(path, "re");
    if (!list) return -1;
    long found = 0;
    int process;
    while (fscanf(list, "%d", &process) == 1) {
        if (is_spared(process, spared, count)) continue;
        found++;
        kill(process, SIGKILL);
        waitpid(process, NULL, WNOHANG);
    }
    fclose(list);
    return found;
}

// The first process of a sandbox takes everything in it along; what was killed before it had one comes to us as an orphan.
bool end_children(const pid_t *spared, size_t count) {
    struct timespec moment = {.tv_nsec = 500 * 1000};
    for (int i = 0; i < 10000; i++) {
        long found = kill_and_collect(spared, count);
        if (found <= 0) return found == 0;
        nanosleep(&moment, NULL);
    }
    return false;
}
