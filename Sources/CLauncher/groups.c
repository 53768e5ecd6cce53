// Limits by control groups: version 2, version 1, or none.
#define _GNU_SOURCE
#include "launcher.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { MEMORY, PROCESSES, CPU, TIMES, KINDS };
static const char *const names[KINDS] = {"memory", "pids", "cpu", "cpuacct"};
static const uint32_t bits[KINDS] = {
    CSANDBOX_LIMITS_MEMORY, CSANDBOX_LIMITS_PROCESSES, CSANDBOX_LIMITS_CPU, CSANDBOX_COUNTS_TIME};

// Our folder in each hierarchy; of version 2 there is one for all. Empty where there is none.
static char homes[KINDS][512];
enum { PATH_SIZE = 768 };
static uint32_t version;

static bool set(const char *folder, const char *file, const char *value) {
    char path[PATH_SIZE];
    snprintf(path, sizeof path, "%.600s/%.100s", folder, file);
    int descriptor = open(path, O_WRONLY | O_CLOEXEC);
    if (descriptor < 0) return false;
    bool done = write(descriptor, value, strlen(value)) == (ssize_t)strlen(value);
    close(descriptor);
    return done;
}

static bool set_number(const char *folder, const char *file, uint64_t value) {
    char text[32];
    snprintf(text, sizeof text, "%llu", (unsigned long long)value);
    return set(folder, file, text);
}

static bool get(const char *folder, const char *file, char *text, size_t size) {
    char path[PATH_SIZE];
    snprintf(path, sizeof path, "%.600s/%.100s", folder, file);
    int descriptor = open(path, O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) return false;
    ssize_t got = read(descriptor, text, size - 1);
    close(descriptor);
    text[got > 0 ? got : 0] = 0;
    return got > 0;
}

// The number after `word` and a space, or the first one.
static uint64_t get_number(const char *folder, const char *file, const char *word) {
    char text[4096];
    if (!get(folder, file, text, sizeof text)) return 0;
    for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n")) {
        if (!word) return strtoull(line, NULL, 10);
        size_t length = strlen(word);
        if (strncmp(line, word, length) == 0 && line[length] == ' ') return strtoull(line + length, NULL, 10);
    }
    return 0;
}

// Calls `body` for each process in the group, until it holds none that can be treated so.
static void each_process(const char *folder, void (*body)(const char *process, const char *target), const char *target) {
    char text[4096];
    for (int i = 0; i < 100 && get(folder, "cgroup.procs", text, sizeof text); i++) {
        for (char *process = strtok(text, "\n"); process; process = strtok(NULL, "\n")) body(process, target);
    }
}

static void move_process(const char *process, const char *target) { set(target, "cgroup.procs", process); }

static void kill_process(const char *process, const char *target) {
    (void)target;
    kill((pid_t)atoi(process), SIGKILL);
}

// Our own group in a hierarchy, by the line of /proc/self/cgroup that names `controller`; "" is that of version 2.
static bool own_group(const char *controller, char *path, size_t size) {
    FILE *list = fopen("/proc/self/cgroup", "re");
    if (!list) return false;
    char line[512];
    bool found = false;
    while (!found && fgets(line, sizeof line, list)) {
        line[strcspn(line, "\n")] = 0;
        char *kinds = strchr(line, ':');
        char *group = kinds ? strchr(kinds + 1, ':') : NULL;
        if (!group) continue;
        *group++ = 0;
        kinds++;
        if (*controller == 0) found = *kinds == 0;
        for (char *kind = strtok(kinds, ","); kind && *controller; kind = strtok(NULL, ",")) {
            found = found || strcmp(kind, controller) == 0;
        }
        if (found) snprintf(path, size, "%s", strcmp(group, "/") == 0 ? "" : group);
    }
    fclose(list);
    return found;
}

static bool has_word(const char *folder, const char *file, const char *word) {
    char text[1024];
    if (!get(folder, file, text, sizeof text)) return false;
    for (char *one = strtok(text, " \n"); one; one = strtok(NULL, " \n")) {
        if (strcmp(one, word) == 0) return true;
    }
    return false;
}

// Lets groups below `folder` have limits. A group with processes of its own cannot, so they move into one below it first.
static bool delegate(const char *folder) {
    const char *wanted = has_word(folder, "cgroup.controllers", "cpu") ? "+memory +pids +cpu" : "+memory +pids";
    if (set(folder, "cgroup.subtree_control", wanted)) return true;
    if (errno != EBUSY) return false;
    char main_group[600];
    snprintf(main_group, sizeof main_group, "%s/alma-main", folder);
    if (mkdir(main_group, 0755) != 0 && errno != EEXIST) return false;
    each_process(folder, move_process, main_group);
    return set(folder, "cgroup.subtree_control", wanted);
}

static bool prepare_version_2(struct csandbox_hello *hello) {
    char group[256], folder[512];
    if (!own_group("", group, sizeof group)) return false;
    // Root makes its group at the top: its own group may be one that somebody else manages.
    snprintf(folder, sizeof folder, "/sys/fs/cgroup%s", geteuid() == 0 ? "" : group);
    if (!has_word(folder, "cgroup.controllers", "memory") || !has_word(folder, "cgroup.controllers", "pids")) return false;
    bool is_ready = has_word(folder, "cgroup.subtree_control", "memory") && has_word(folder, "cgroup.subtree_control", "pids");
    if (!is_ready && !delegate(folder)) return false;
    snprintf(homes[0], sizeof homes[0], "%.480s/alma-sandbox", folder);
    if (mkdir(homes[0], 0755) != 0 && errno != EEXIST) return false;
    if (!delegate(homes[0])) return false;
    version = 2;
    for (int i = 0; i < KINDS; i++) {
        if (has_word(homes[0], "cgroup.subtree_control", names[i])) hello->limits |= bits[i];
    }
    hello->limits |= CSANDBOX_COUNTS_TIME;
    return true;
}

static void prepare_version_1(struct csandbox_hello *hello) {
    for (int i = 0; i < KINDS; i++) {
        char group[256];
        if (!own_group(names[i], group, sizeof group)) continue;
        snprintf(homes[i], sizeof homes[i], "/sys/fs/cgroup/%s%s/alma-sandbox", names[i], group);
        if (mkdir(homes[i], 0755) == 0 || errno == EEXIST) {
            version = 1;
            hello->limits |= bits[i];
        } else {
            homes[i][0] = 0;
        }
    }
}

void groups_prepare(struct csandbox_hello *hello) {
    if (!prepare_version_2(hello)) {
        homes[0][0] = 0;
        prepare_version_1(hello);
    }
    hello->cgroup_version = version;
}

static void group_path(int kind, const char *name, char path[PATH_SIZE]) {
    snprintf(path, PATH_SIZE, "%.500s/%.200s", homes[kind], name);
}

bool group_make(const char *name) {
    bool done = true;
    for (int i = 0; i < KINDS; i++) {
        if (!homes[i][0]) continue;
        char path[PATH_SIZE];
        group_path(i, name, path);
        done = done && (mkdir(path, 0755) == 0 || errno == EEXIST);
    }
    return done;
}

bool group_limit(const char *name, const struct csandbox_request *request) {
    for (int i = 0; i < KINDS; i++) {
        if (!homes[i][0]) continue;
        char path[PATH_SIZE];
        group_path(i, name, path);
        if (version == 2) {
            if (!set_number(path, "memory.max", request->memory) || !set_number(path, "pids.max", request->processes))
                return false;
            set(path, "memory.swap.max", "0");
            set(path, "memory.oom.group", "1");
            set(path, "cpu.max", "100000 100000");
        } else if (i == MEMORY) {
            if (!set_number(path, "memory.limit_in_bytes", request->memory)) return false;
            set_number(path, "memory.memsw.limit_in_bytes", request->memory);
        } else if (i == PROCESSES) {
            if (!set_number(path, "pids.max", request->processes)) return false;
        } else if (i == CPU) {
            set(path, "cpu.cfs_period_us", "100000");
            set(path, "cpu.cfs_quota_us", "100000");
        }
    }
    return true;
}

bool group_join(const char *name) {
    bool done = true;
    for (int i = 0; i < KINDS; i++) {
        if (!homes[i][0]) continue;
        char path[PATH_SIZE];
        group_path(i, name, path);
        done = done && set(path, "cgroup.procs", "0");
    }
    return done;
}

void group_kill(const char *name) {
    char path[PATH_SIZE];
    if (version != 2) return;
    group_path(0, name, path);
    set(path, "cgroup.kill", "1");
}

uint64_t group_peak_memory(const char *name) {
    char path[PATH_SIZE];
    group_path(MEMORY, name, path);
    return get_number(path, version == 2 ? "memory.peak" : "memory.max_usage_in_bytes", NULL);
}

uint64_t group_microseconds(const char *name) {
    char path[PATH_SIZE];
    if (version == 2) {
        group_path(0, name, path);
        return get_number(path, "cpu.stat", "usage_usec");
    }
    group_path(TIMES, name, path);
    return get_number(path, "cpuacct.usage", NULL) / 1000;
}

uint64_t group_memory_kills(const char *name) {
    char path[PATH_SIZE];
    group_path(MEMORY, name, path);
    return get_number(path, version == 2 ? "memory.events" : "memory.oom_control", "oom_kill");
}

void group_remove(const char *name) {
    struct timespec moment = {.tv_nsec = 1000 * 1000};
    for (int i = 0; i < KINDS; i++) {
        if (!homes[i][0]) continue;
        char path[PATH_SIZE];
        group_path(i, name, path);
        for (int attempt = 0; attempt < 1000 && rmdir(path) != 0 && errno == EBUSY; attempt++) {
            if (version == 2) set(path, "cgroup.kill", "1");
            each_process(path, kill_process, NULL);
            nanosleep(&moment, NULL);
        }
    }
}

// Whether a launcher that is not us still answers for the group.
static bool is_in_use(const char *name) {
    char path[64], command[32] = "";
    pid_t launcher = (pid_t)atoi(name);
    if (launcher == getpid()) return false;
    snprintf(path, sizeof path, "/proc/%d", launcher);
    return get(path, "comm", command, sizeof command) && strcmp(command, "alma-sandbox\n") == 0;
}

void groups_sweep(void) {
    for (int i = 0; i < KINDS; i++) {
        DIR *folder = homes[i][0] ? opendir(homes[i]) : NULL;
        if (!folder) continue;
        for (struct dirent *entry; (entry = readdir(folder));) {
            if (isdigit((unsigned char)entry->d_name[0]) && strchr(entry->d_name, '-') && !is_in_use(entry->d_name))
                group_remove(entry->d_name);
        }
        closedir(folder);
    }
}
