// One command from its request to its result, in a process of its own.
#define _GNU_SOURCE
#include "launcher.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

struct command {
    const struct setting *setting;
    int stream;
    struct csandbox_request request;
    struct words words;
    int program;
    // Its standard input; -1 for none.
    int input;
    // Where bubblewrap writes how the command went, once it was begun.
    int status;
    char group[48];
    bool has_group;
    pid_t process;
    int handle;
    // Standard output and error; -1 after their end.
    int pipes[2];
    uint64_t passed, dropped;
    // What is on its way to the server.
    char outgoing[sizeof(struct csandbox_frame) + 32768];
    size_t filled, sent;
};

static uint64_t microseconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}

static bool send_all(int stream, const void *data, size_t size) {
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

static void send_frame(int stream, uint32_t kind, const void *data, size_t size) {
    struct csandbox_frame frame = {.kind = kind, .length = (uint32_t)size};
    if (send_all(stream, &frame, sizeof frame)) send_all(stream, data, size);
}

static _Noreturn void fail(struct command *command, const char *what) {
    char words[256];
    int length = snprintf(words, sizeof words, "%s: %s", what, strerror(errno));
    send_frame(command->stream, CSANDBOX_FAILURE, words, (size_t)length);
    if (command->has_group) group_remove(command->group);
    _exit(1);
}

static bool receive(int stream, void *data, size_t size) {
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

static bool read_request(struct command *command) {
    struct timeval patience = {.tv_sec = 5};
    setsockopt(command->stream, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    struct csandbox_request *request = &command->request;
    if (!receive(command->stream, request, sizeof *request) || request->magic != CSANDBOX_MAGIC) return false;
    if (request->arguments == 0 || request->argument_bytes > CSANDBOX_ARGUMENT_BYTES
        || request->program_bytes > CSANDBOX_PROGRAM_BYTES || request->arguments > request->argument_bytes)
        return false;
    size_t count = request->arguments + 2 * (size_t)request->variables + request->folders;
    char *text = malloc(request->argument_bytes);
    char *program = malloc(request->program_bytes + 1);
    char **words = calloc(count + 1, sizeof(char *));
    if (!text || !program || !words || !receive(command->stream, text, request->argument_bytes)
        || !receive(command->stream, program, request->program_bytes) || text[request->argument_bytes - 1] != 0)
        return false;
    char *place = text;
    for (size_t i = 0; i < count; i++) {
        if (place >= text + request->argument_bytes) return false;
        words[i] = place;
        place += strlen(place) + 1;
    }
    command->words = (struct words){
        .arguments = words,
        .variables = words + request->arguments,
        .folders = words + request->arguments + 2 * (size_t)request->variables,
    };
    command->program = bytes_to_read(program, request->program_bytes);
    command->status = bytes_to_read("", 0);
    return command->program >= 0 && command->status >= 0;
}

static int tree_of(int folder, const char *path) {
    return (int)syscall(SYS_open_tree, folder, path, AT_EMPTY_PATH | OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC);
}

static bool put_tree(int tree, const char *path) {
    const unsigned long flags = MS_REMOUNT | MS_BIND | MS_NOSUID | MS_NODEV;
    return tree >= 0 && mkdir(path, 0755) == 0
        && syscall(SYS_move_mount, tree, "", AT_FDCWD, path, MOVE_MOUNT_F_EMPTY_PATH) == 0
        && mount(NULL, path, NULL, flags, NULL) == 0;
}

// The other user may not pass through the folders above the workspace, so it is bound where everybody may; there it also
// has no set-user-id programs and no devices. So are the folders that the command may read. Only root can, and only root
// has to.
static int neutral_workspace(struct command *command, int workspace) {
    if (geteuid() != 0) return workspace;
    // Taken before the namespace changes: a folder of another one cannot be bound.
    int tree = tree_of(workspace, "");
    uint16_t count = command->request.folders;
    int *trees = calloc(count + 1, sizeof(int));
    if (!trees) fail(command, "no memory");
    for (unsigned i = 0; i < count; i++) {
        trees[i] = tree_of(AT_FDCWD, command->words.folders[i]);
        if (trees[i] < 0) fail(command, command->words.folders[i]);
    }
    if (unshare(CLONE_NEWNS) != 0 || mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0
        || mount("alma", "/mnt", "tmpfs", MS_NOSUID | MS_NODEV, "mode=0755,size=64k") != 0) {
        if (count > 0) fail(command, "no mounts");
        return workspace;
    }
    for (unsigned i = 0; i < count; i++) {
        char path[64];
        snprintf(path, sizeof path, NEUTRAL_FOLDER, i);
        if (!put_tree(trees[i], path)) fail(command, command->words.folders[i]);
    }
    if (!put_tree(tree, "/mnt/workspace")) return workspace;
    int bound = open("/mnt/workspace", O_PATH | O_DIRECTORY | O_CLOEXEC);
    return bound < 0 ? workspace : bound;
}

static void start(struct command *command, int workspace, int line) {
    int output[2], error[2];
    if (pipe2(output, O_CLOEXEC) != 0 || pipe2(error, O_CLOEXEC) != 0) fail(command, "no pipe");
    workspace = neutral_workspace(command, workspace);
    command->process = fork();
    if (command->process < 0) fail(command, "no process");
    if (command->process == 0) {
        if (command->input >= 0) dup2(command->input, 0);
        dup2(output[1], 1);
        dup2(error[1], 2);
        if (command->has_group && !group_join(command->group)) {
            dprintf(2, "launcher: the control group cannot be joined\n");
            _exit(126);
        }
        const struct means means = {
            .workspace = workspace, .program = command->program, .status = command->status, .line = line};
        become_sandbox(command->setting, &command->request, &command->words, &means);
    }
    // Whoever listens at the other end learns so of the command's end.
    if (line >= 0) close(line);
    close(output[1]);
    close(error[1]);
    // Its writer hears when the command has gone.
    if (command->input >= 0) close(command->input);
    command->pipes[0] = output[0];
    command->pipes[1] = error[0];
    for (int i = 0; i < 2; i++) fcntl(command->pipes[i], F_SETFL, O_NONBLOCK);
    command->handle = (int)syscall(SYS_pidfd_open, command->process, 0);
}

// Reads what there is into `outgoing`, so far as the limit lets it pass. Returns whether anything was read.
static bool take_output(struct command *command, int index) {
    char bytes[32768];
    ssize_t got = read(command->pipes[index], bytes, sizeof bytes);
    if (got < 0) return false;
    if (got == 0) {
        close(command->pipes[index]);
        command->pipes[index] = -1;
        return false;
    }
    uint64_t room = command->request.output - command->passed;
    size_t kept = (uint64_t)got < room ? (size_t)got : (size_t)room;
    command->passed += kept;
    command->dropped += (uint64_t)got - kept;
    if (kept > 0) {
        struct csandbox_frame frame = {.kind = index == 0 ? CSANDBOX_STDOUT : CSANDBOX_STDERR, .length = (uint32_t)kept};
        memcpy(command->outgoing, &frame, sizeof frame);
        memcpy(command->outgoing + sizeof frame, bytes, kept);
        command->filled = sizeof frame + kept;
        command->sent = 0;
    }
    return true;
}

// Whether the server still listens.
static bool pass_on(struct command *command) {
    ssize_t sent = send(command->stream, command->outgoing + command->sent, command->filled - command->sent, MSG_NOSIGNAL);
    if (sent < 0) return errno == EAGAIN || errno == EINTR;
    command->sent += (size_t)sent;
    if (command->sent == command->filled) command->sent = command->filled = 0;
    return true;
}

// Until the command ends, its time is over, or the server wants it no more. Returns a CSANDBOX_ENDED_….
static uint32_t attend(struct command *command, uint64_t deadline) {
    for (;;) {
        uint64_t now = microseconds();
        if (now >= deadline) return CSANDBOX_ENDED_BY_TIME;
        bool has_room = command->filled == 0;
        struct pollfd watched[4] = {
            {.fd = command->handle, .events = POLLIN},
            {.fd = command->stream, .events = (short)(POLLRDHUP | (has_room ? 0 : POLLOUT))},
            {.fd = has_room ? command->pipes[0] : -1, .events = POLLIN},
            {.fd = has_room ? command->pipes[1] : -1, .events = POLLIN},
        };
        struct timespec patience = {
            .tv_sec = (time_t)((deadline - now) / 1000000), .tv_nsec = (long)((deadline - now) % 1000000) * 1000};
        if (ppoll(watched, 4, &patience, NULL) < 0 && errno != EINTR) return CSANDBOX_ENDED_BY_SERVER;
        if (watched[1].revents & (POLLRDHUP | POLLHUP | POLLERR)) return CSANDBOX_ENDED_BY_SERVER;
        if ((watched[1].revents & POLLOUT) && !pass_on(command)) return CSANDBOX_ENDED_BY_SERVER;
        for (int i = 0; i < 2; i++) {
            if (watched[2 + i].revents && command->filled == 0) take_output(command, i);
        }
        if (watched[0].revents) return CSANDBOX_ENDED_ITSELF;
    }
}

// What was written before the end. Whether the server still listens.
static bool drain(struct command *command) {
    for (int i = 0; i < 2; i++) {
        do {
            if (command->filled == 0) continue;
            if (!send_all(command->stream, command->outgoing + command->sent, command->filled - command->sent)) return false;
            command->sent = command->filled = 0;
        } while (command->pipes[i] >= 0 && take_output(command, i));
    }
    return true;
}

// Bubblewrap tells the exit code only of a command that it has begun.
static bool was_begun(const struct command *command) {
    char text[256];
    ssize_t size = pread(command->status, text, sizeof text - 1, 0);
    text[size > 0 ? size : 0] = 0;
    return strstr(text, "exit-code") != NULL;
}

void serve_command(const struct setting *setting, int stream, int workspace, int third) {
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    prctl(PR_SET_NAME, "alma-command");
    close(0);
    if (open("/dev/null", O_RDWR) != 0) _exit(1);
    static struct command command;
    command = (struct command){.setting = setting, .stream = stream, .pipes = {-1, -1}, .program = -1, .input = -1};
    if (!read_request(&command) || (command.request.gifts != 0 && third < 0)) _exit(1);
    int line = command.request.gifts != 0 ? third : -1;
    if (line < 0) command.input = third;
    fcntl(stream, F_SETFL, O_NONBLOCK);
    if (setting->hello.limits != 0) {
        snprintf(command.group, sizeof command.group, "%d-%d", getppid(), getpid());
        command.has_group = group_make(command.group, &command.request);
        if (!command.has_group) fail(&command, "no control group");
    }

    uint64_t begin = microseconds();
    start(&command, workspace, line);
    struct csandbox_result result = {0};
    result.ended = attend(&command, begin + (uint64_t)command.request.wall_milliseconds * 1000);
    if (command.has_group) group_kill(command.group);
    if (result.ended != CSANDBOX_ENDED_ITSELF) kill(command.process, SIGKILL);
    int status = 0;
    while (waitpid(command.process, &status, 0) < 0 && errno == EINTR) {}
    end_children(NULL, 0);
    result.wall_microseconds = microseconds() - begin;
    // However it ended: a server that ended it may still listen, and a frame that was begun has to be finished.
    bool is_heard = drain(&command);

    struct rusage usage;
    getrusage(RUSAGE_CHILDREN, &usage);
    result.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    result.cpu_microseconds = (uint64_t)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1000000
        + (uint64_t)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
    result.was_begun = was_begun(&command);
    result.peak_memory = (uint64_t)usage.ru_maxrss * 1024;
    result.dropped = command.dropped;
    if (setting->hello.limits & CSANDBOX_LIMITS_MEMORY) {
        result.peak_memory = group_peak_memory(command.group);
        result.memory_kills = group_memory_kills(command.group);
    }
    if (setting->hello.limits & CSANDBOX_COUNTS_TIME) result.cpu_microseconds = group_microseconds(command.group);
    if (is_heard) send_frame(stream, CSANDBOX_RESULT, &result, sizeof result);
    close(stream);
    if (command.has_group) group_remove(command.group);
    _exit(0);
}
