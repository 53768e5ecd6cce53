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
    int stream;
    struct csandbox_request request;
    char *text;
    struct words words;
    int program;
    // Where bubblewrap writes how the command went, once it was begun.
    int status;
    char group[48];
    bool has_group;
    pid_t process;
    // Why there is no group or no process: it is said much later, when somebody is there to hear it.
    int group_error, process_error;
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

static void send_frame(int stream, uint32_t kind, const void *data, size_t size) {
    struct csandbox_frame frame = {.kind = kind, .length = (uint32_t)size};
    if (send_all(stream, &frame, sizeof frame)) send_all(stream, data, size);
}

static _Noreturn void fail_with(struct command *command, const char *what, int error) {
    char words[256];
    int length = snprintf(words, sizeof words, "%s: %s", what, strerror(error));
    send_frame(command->stream, CSANDBOX_FAILURE, words, (size_t)length);
    end_children(NULL, 0);
    if (command->has_group) group_remove(command->group);
    _exit(1);
}

static _Noreturn void fail(struct command *command, const char *what) { fail_with(command, what, errno); }

static bool read_request(struct command *command) {
    struct timeval patience = {.tv_sec = 5};
    setsockopt(command->stream, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    struct csandbox_request *request = &command->request;
    if (!receive_all(command->stream, request, sizeof *request) || request->magic != CSANDBOX_MAGIC) return false;
    if (request->arguments == 0 || request->argument_bytes > CSANDBOX_ARGUMENT_BYTES
        || request->program_bytes > CSANDBOX_PROGRAM_BYTES || request->arguments > request->argument_bytes)
        return false;
    command->text = malloc(request->argument_bytes);
    char *program = malloc(request->program_bytes + 1);
    if (!command->text || !program || !receive_all(command->stream, command->text, request->argument_bytes)
        || !receive_all(command->stream, program, request->program_bytes)
        || !words_in(command->text, request, &command->words))
        return false;
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
// has to. `mounts` becomes the namespace in which that is so.
static int neutral_workspace(struct command *command, int workspace, int *mounts) {
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
    *mounts = open("/proc/self/ns/mnt", O_RDONLY | O_CLOEXEC);
    if (*mounts < 0) fail(command, "no mounts");
    for (unsigned i = 0; i < count; i++) {
        char path[64];
        snprintf(path, sizeof path, NEUTRAL_FOLDER, i);
        if (!put_tree(trees[i], path)) fail(command, command->words.folders[i]);
    }
    if (!put_tree(tree, "/mnt/workspace")) return workspace;
    int bound = open("/mnt/workspace", O_PATH | O_DIRECTORY | O_CLOEXEC);
    return bound < 0 ? workspace : bound;
}

// Tells the process that waits what it is.
static void start(struct command *command, const struct visitor *visitor, int way) {
    int output[2], error[2], mounts = -1;
    if (pipe2(output, O_CLOEXEC) != 0 || pipe2(error, O_CLOEXEC) != 0) fail(command, "no pipe");
    const struct means means = {
        .workspace = neutral_workspace(command, visitor->workspace, &mounts),
        .program = command->program,
        .status = command->status,
        .output = output[1],
        .error = error[1],
        .line = command->request.gifts == 0 ? -1 : visitor->line,
        .input = visitor->input,
        .mounts = mounts,
    };
    if (!runner_tell(way, &command->request, command->text, &means)) fail(command, "no process");
    close(way);
    // Whoever listens at the other end learns so of the command's end, and the writer of its input that it has gone.
    if (visitor->line >= 0) close(visitor->line);
    if (visitor->input >= 0) close(visitor->input);
    close(output[1]);
    close(error[1]);
    command->pipes[0] = output[0];
    command->pipes[1] = error[0];
    for (int i = 0; i < 2; i++) fcntl(command->pipes[i], F_SETFL, O_NONBLOCK);
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

// The process that the command will be waits in its group, as this one waits for the command.
static void prepare(struct command *command, const struct setting *setting, int *way) {
    if (setting->hello.limits != 0) {
        snprintf(command->group, sizeof command->group, "%d-%d", getppid(), getpid());
        command->has_group = group_make(command->group);
        command->group_error = errno;
    }
    command->process = runner_begin(setting, command->has_group ? command->group : NULL, way);
    command->process_error = errno;
    command->handle = command->process < 0 ? -1 : (int)syscall(SYS_pidfd_open, command->process, 0);
}

void serve_command(const struct setting *setting, int door) {
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    prctl(PR_SET_NAME, "alma-command");
    if (open("/dev/null", O_RDWR) != 0) _exit(1);
    static struct command command = {.pipes = {-1, -1}, .program = -1};
    int way = -1;
    prepare(&command, setting, &way);
    struct visitor visitor;
    bool is_wanted = visitor_receive(door, &visitor) == 0;
    close(door);
    command.stream = visitor.stream;
    if (!is_wanted || !read_request(&command) || (command.request.gifts != 0 && visitor.line < 0)) {
        end_children(NULL, 0);
        if (command.has_group) group_remove(command.group);
        _exit(is_wanted ? 1 : 0);
    }
    fcntl(command.stream, F_SETFL, O_NONBLOCK);
    if (command.process < 0) fail_with(&command, "no process", command.process_error);
    if (setting->hello.limits != 0) {
        if (!command.has_group) fail_with(&command, "no control group", command.group_error);
        if (!group_limit(command.group, &command.request)) fail(&command, "no control group");
    }

    uint64_t begin = microseconds();
    start(&command, &visitor, way);
    uint32_t first = (uint32_t)command.process;
    send_frame(command.stream, CSANDBOX_BEGUN, &first, sizeof first);
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
    if (is_heard) send_frame(command.stream, CSANDBOX_RESULT, &result, sizeof result);
    close(command.stream);
    if (command.has_group) group_remove(command.group);
    _exit(0);
}
