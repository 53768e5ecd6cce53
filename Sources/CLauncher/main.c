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

// The one that waits for a command among them.
static pid_t serving[MOST_COMMANDS + 1];
static size_t serving_count;

// A process that is ready to serve the next command: most of what a command costs is making ready. 0 for none.
static pid_t waiting;
// Where a command is handed to it.
static int door = -1;

static void prepare_next(const struct setting *setting) {
    int ends[2];
    if (waiting != 0 || serving_count >= MOST_COMMANDS
        || socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0)
        return;
    pid_t process = fork();
    if (process == 0) {
        // Standard input is the server's, which it hears from nobody else.
        if (dup2(ends[1], 3) < 0) _exit(1);
        close_range(4, ~0u, 0);
        close(0);
        serve_command(setting, 3);
    }
    close(ends[1]);
    if (process < 0) {
        close(ends[0]);
        return;
    }
    waiting = serving[serving_count++] = process;
    door = ends[0];
}

// It serves a command now, or has gone.
static void waits_no_longer(void) {
    waiting = 0;
    if (door >= 0) close(door);
    door = -1;
}

static void forget(pid_t process, int status) {
    for (size_t i = 0; i < serving_count; i++) {
        if (serving[i] != process) continue;
        serving[i] = serving[--serving_count];
        if (process == waiting) waits_no_longer();
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
    struct visitor visitor;
    int got = visitor_receive(0, &visitor);
    if (got != 0) return got == -EAGAIN || got == -EPROTO;
    const int all[] = {visitor.stream, visitor.workspace, visitor.line, visitor.input};
    // Whoever waited may have been killed a moment ago.
    for (int attempt = 0; attempt < 2; attempt++) {
        prepare_next(setting);
        bool is_handed_over = waiting != 0 && csandbox_send(door, all, 4) == 0;
        waits_no_longer();
        if (is_handed_over) break;
    }
    prepare_next(setting);
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        if (all[i] >= 0) close(all[i]);
    }
    return true;
}

// The streams of all commands have ended with the server, so they end now; those that have not after a second are killed.
static void wind_up(const struct setting *setting) {
    struct timespec moment = {.tv_nsec = 5 * 1000 * 1000};
    waits_no_longer();
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

    prepare_next(&setting);

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
