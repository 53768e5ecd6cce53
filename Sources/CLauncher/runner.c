// The process that becomes a command, from before it is known which; and what the processes of the launcher say to each other.
#define _GNU_SOURCE
#include "launcher.h"

#include <errno.h>
#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { MEANS = sizeof(struct means) / sizeof(int) };
_Static_assert(MEANS <= CSANDBOX_MOST_DESCRIPTORS, "they go together");

bool send_all(int stream, const void *data, size_t size) {
    const char *place = data;
    while (size > 0) {
        ssize_t sent = send(stream, place, size, MSG_NOSIGNAL);
        if (sent < 0 && errno == EAGAIN) {
            // The server is slow, or gone: after ten seconds it is taken for gone.
            struct pollfd watched = {.fd = stream, .events = POLLOUT};
            if (poll(&watched, 1, 10000) <= 0) return false;
            continue;
        }
        if (sent < 0 && errno == EINTR) continue;
        if (sent <= 0) return false;
        place += sent;
        size -= (size_t)sent;
    }
    return true;
}

bool receive_all(int stream, void *data, size_t size) {
    char *place = data;
    while (size > 0) {
        ssize_t got = recv(stream, place, size, 0);
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) return false;
        place += got;
        size -= (size_t)got;
    }
    return true;
}

int visitor_receive(int door, struct visitor *visitor) {
    int all[4];
    int got = csandbox_receive(door, all, 4);
    *visitor = (struct visitor){.stream = all[0], .workspace = all[1], .line = all[2], .input = all[3]};
    return got;
}

bool words_in(char *text, const struct csandbox_request *request, struct words *words) {
    size_t count = request->arguments + 2 * (size_t)request->variables + request->folders;
    char **all = calloc(count + 1, sizeof(char *));
    if (!all || text[request->argument_bytes - 1] != 0) return false;
    char *place = text;
    for (size_t i = 0; i < count; i++) {
        if (place >= text + request->argument_bytes) return false;
        all[i] = place;
        place += strlen(place) + 1;
    }
    *words = (struct words){
        .arguments = all,
        .variables = all + request->arguments,
        .folders = all + request->arguments + 2 * (size_t)request->variables,
    };
    return true;
}

// A command is our child's no longer when we have gone: then it does not begin.
static _Noreturn void run(const struct setting *setting, const char *group, int way) {
    bool has_joined = !group || group_join(group);
    int error = errno;
    int all[MEANS];
    struct csandbox_request request;
    struct words words;
    if (csandbox_receive(way, all, MEANS) != 0) _exit(0);
    const struct means means = {all[0], all[1], all[2], all[3], all[4], all[5], all[6], all[7]};
    if (!receive_all(way, &request, sizeof request)) _exit(0);
    char *text = malloc(request.argument_bytes);
    if (!text || !receive_all(way, text, request.argument_bytes) || !words_in(text, &request, &words)) _exit(0);
    if (means.input >= 0) dup2(means.input, 0);
    dup2(means.output, 1);
    dup2(means.error, 2);
    if (!has_joined) {
        dprintf(2, "launcher: the control group cannot be joined: %s\n", strerror(error));
        _exit(126);
    }
    if (means.mounts >= 0 && (setns(means.mounts, CLONE_NEWNS) != 0 || chdir("/") != 0)) {
        dprintf(2, "launcher: the mounts cannot be reached: %s\n", strerror(errno));
        _exit(126);
    }
    become_sandbox(setting, &request, &words, &means);
}

pid_t runner_begin(const struct setting *setting, const char *group, int *way) {
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) return -1;
    pid_t process = fork();
    if (process == 0) {
        // Nothing is kept open here that somebody waits to see closed.
        if (dup2(ends[1], 3) < 0) _exit(1);
        close_range(4, ~0u, 0);
        run(setting, group, 3);
    }
    int error = errno;
    close(ends[1]);
    *way = ends[0];
    errno = error;
    return process;
}

bool runner_tell(int way, const struct csandbox_request *request, const char *text, const struct means *means) {
    const int all[] = {
        means->workspace, means->program, means->status, means->output,
        means->error,     means->line,    means->input,  means->mounts};
    return csandbox_send(way, all, MEANS) == 0 && send_all(way, request, sizeof *request)
        && send_all(way, text, request->argument_bytes);
}
