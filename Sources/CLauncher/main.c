// alma-sandbox: the launcher of sandboxed commands. ALMA starts one and talks to it over a socket; see CSandbox.h.
//
// It is a process of its own so that no thread of the server's is a command's parent (bubblewrap's --die-with-parent looks
// at threads), and so that commands end with the server, however that ends.
#define _GNU_SOURCE
#include "launcher.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define MOST_COMMANDS 256

static pid_t serving[MOST_COMMANDS];
static size_t serving_count;

static void forget(pid_t process, int status) {
    for (size_t i = 0; i < serving_count; i++) {
        if (serving[i] != process) continue;
        serving[i] = serving[--serving_count];
        // One that was killed has left its command to us.
        if (!WIFEXITED(status)) end_children(serving, serving_count);
        return;
    }
}

static void collect(void) {
    for (;;) {
        int status;
        pid_t process = waitpid(-1, &status, WNOHANG);
        if (process <= 0) return;
        forget(process, status);
    }
}

// Whether the server is still there.
static bool take_command(const struct setting *setting) {
    // The stream, the workspace, and the line or the input of those that have one.
    int descriptors[3] = {-1, -1, -1};
    char byte;
    struct iovec data = {.iov_base = &byte, .iov_len = 1};
    union {
        struct cmsghdr head;
        char space[CMSG_SPACE(sizeof descriptors)];
    } extra;
    struct msghdr message = {
        .msg_iov = &data, .msg_iovlen = 1, .msg_control = &extra, .msg_controllen = sizeof extra.space};
    ssize_t got = recvmsg(0, &message, MSG_CMSG_CLOEXEC);
    if (got < 0) return errno == EINTR || errno == EAGAIN;
    struct cmsghdr *head = CMSG_FIRSTHDR(&message);
    if (got == 0) return false;
    if (!head || head->cmsg_type != SCM_RIGHTS || head->cmsg_len < CMSG_LEN(2 * sizeof *descriptors)) return true;
    memcpy(descriptors, CMSG_DATA(head), head->cmsg_len - CMSG_LEN(0));
    if (serving_count < MOST_COMMANDS) {
        pid_t process = fork();
        if (process == 0) serve_command(setting, descriptors[0], descriptors[1], descriptors[2]);
        if (process > 0) serving[serving_count++] = process;
    }
    close(descriptors[0]);
    close(descriptors[1]);
    if (descriptors[2] >= 0) close(descriptors[2]);
    return true;
}

// The streams of all commands have ended with the server, so they end now; those that have not after a second are killed.
static void wind_up(const struct setting *setting) {
    struct timespec moment = {.tv_nsec = 5 * 1000 * 1000};
    for (int i = 0; i < 200 && serving_count > 0; i++) {
        collect();
        if (serving_count > 0) nanosleep(&moment, NULL);
    }
    end_children(NULL, 0);
    if (setting->wants_groups) groups_sweep();
}

int main(int count, char **arguments) {
    if (count > 4 && strcmp(arguments[1], INSIDE) == 0) become_command(arguments + 2);
    if (count != 4) {
        fputs("alma-sandbox is started by alma: alma-sandbox USER GROUPS BUBBLEWRAP\n", stderr);
        return 2;
    }
    struct setting setting = {
        .user = geteuid() == 0 ? (uid_t)strtoul(arguments[1], NULL, 10) : 0,
        .wants_groups = strcmp(arguments[2], "1") == 0,
        .bubblewrap = arguments[3],
        .hello = {.magic = CSANDBOX_MAGIC},
    };
    // A Ctrl-C is for the server, which ends us by going.
    setsid();
    const int ignored[] = {SIGINT, SIGTERM, SIGHUP, SIGPIPE};
    for (size_t i = 0; i < sizeof ignored / sizeof *ignored; i++) signal(ignored[i], SIG_IGN);
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    close_range(3, ~0u, 0);
    umask(022);
    if (chdir("/") != 0) return 1;
    // There are none yet. Where they could not be found later, nothing is begun.
    if (!end_children(NULL, 0)) {
        fputs("alma-sandbox: this kernel does not list the children of a process (CONFIG_PROC_CHILDREN)\n", stderr);
        return 1;
    }
    if (setting.wants_groups) {
        groups_prepare(&setting.hello);
        groups_sweep();
    }

    sigset_t children;
    sigemptyset(&children);
    sigaddset(&children, SIGCHLD);
    sigprocmask(SIG_BLOCK, &children, NULL);
    int ended = signalfd(-1, &children, SFD_CLOEXEC | SFD_NONBLOCK);
    if (ended < 0 || send(0, &setting.hello, sizeof setting.hello, MSG_NOSIGNAL) < 0) return 1;

    struct pollfd watched[2] = {{.fd = 0, .events = POLLIN}, {.fd = ended, .events = POLLIN}};
    for (;;) {
        if (poll(watched, 2, -1) < 0 && errno != EINTR) break;
        if (watched[1].revents) {
            struct signalfd_siginfo ends[8];
            while (read(ended, ends, sizeof ends) > 0) {}
            collect();
        }
        if (watched[0].revents && !take_command(&setting)) break;
    }
    wind_up(&setting);
    return 0;
}
