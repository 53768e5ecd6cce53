#ifndef LAUNCHER_H
#define LAUNCHER_H

#include "CSandbox.h"

#include <stdbool.h>
#include <stddef.h>

// How this launcher was started, and what the host gives it.
struct setting {
    // Commands run as this user when we are root; 0 when they run as ourselves.
    uid_t user;
    const char *bubblewrap;
    bool wants_groups;
    struct csandbox_hello hello;
};

// What a command is given, as `csandbox_request` has it.
struct words {
    char **arguments;
    // Names and values, one after the other.
    char **variables;
    char **folders;
};

// Where the folder of that number is bound for a command's user when the server is root.
#define NEUTRAL_FOLDER "/mnt/folder-%u"

// What a command comes with, as descriptors: its stream, the folder that it works in, and, or -1, its line and its input.
struct visitor {
    int stream, workspace, line, input;
};

// Waits for a visitor, who comes as `csandbox_send` sends one. As `csandbox_receive` returns.
int visitor_receive(int door, struct visitor *visitor);

// Waits at `door` for a visitor, serves it, and ends the process. Called in a fork of the launcher.
_Noreturn void serve_command(const struct setting *setting, int door);

// Kills every child of this process, also those that orphans become (it is their reaper), until none is left.
// `spared` processes are left alone. Returns whether all ended; not so on a kernel that does not tell who its children are.
bool end_children(const pid_t *spared, size_t count);

// Control groups. A command's is named by the launcher and by the process that serves it.
void groups_prepare(struct csandbox_hello *hello);
void groups_sweep(void);
// Where they return false, `errno` says why.
bool group_make(const char *name);
bool group_limit(const char *name, const struct csandbox_request *request);
// Puts the calling process into it.
bool group_join(const char *name);
void group_kill(const char *name);
uint64_t group_microseconds(const char *name);
uint64_t group_peak_memory(const char *name);
uint64_t group_memory_kills(const char *name);
void group_remove(const char *name);

// A descriptor with the filter of system calls, as bubblewrap reads it; -1 when that is not possible. `limits` are the
// CSANDBOX_LIMITS_… of the host: without one for memory, calls are refused that take memory which no other limit counts.
int system_call_filter(uint32_t limits);

// A descriptor that reads `size` bytes of `data` from their start; -1 when that is not possible.
int bytes_to_read(const void *data, size_t size);

// The first argument of this program where it runs within a sandbox.
#define INSIDE "--inside"

// What a command consists of, as descriptors; -1 for none.
struct means {
    int workspace, program, status, output, error, line, input;
    // Of the mounts among which its folders lie, where they are not the launcher's.
    int mounts;
};

// Begins the process that a command shall be, before anybody knows which: to move into a group takes the kernel some
// milliseconds. `group` is NULL for none. `way`: where it is told by `runner_tell`; it ends when that is closed before.
// Returns -1 when that is not possible; `errno` says why.
pid_t runner_begin(const struct setting *setting, const char *group, int *way);

// What it is. `text`: the request's words.
bool runner_tell(int way, const struct csandbox_request *request, const char *text, const struct means *means);

// Where the words of a request lie in `text`; false when there are fewer. `words->arguments` is the caller's to free.
bool words_in(char *text, const struct csandbox_request *request, struct words *words);

// All of it, or false.
bool send_all(int stream, const void *data, size_t size);
bool receive_all(int stream, void *data, size_t size);

// Runs bubblewrap in place of this process.
_Noreturn void become_sandbox(
    const struct setting *setting, const struct csandbox_request *request, const struct words *words,
    const struct means *means);

// Within a sandbox: hands the line what CSANDBOX_… asks for, then runs the command in place of this process.
// `arguments`: the line's descriptor, the gifts, the command.
_Noreturn void become_command(char *const arguments[]);

#endif
