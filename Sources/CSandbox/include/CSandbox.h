#ifndef CSANDBOX_H
#define CSANDBOX_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

// What the server and its launcher say to each other, and the calls that Swift cannot make itself.
//
// The server starts one launcher and keeps one end of a SOCK_SEQPACKET pair. The launcher says at once what it can do
// (`csandbox_hello`). A command is four descriptors (`csandbox_send`): a stream of its own, the workspace, and, or none, the
// command's line, of those that are given something besides, and its standard input. On the stream goes a request with its words
// and its program, and come frames until the launcher closes it. Closing the server's side ends the command; closing the pair
// ends all of them and the launcher.
//
// A line with CSANDBOX_NETWORK brings, before anything else, a descriptor: a socket that listens on
// 127.0.0.1:CSANDBOX_PROXY_PORT of the sandbox's own network. The server answers on it; nothing else leads out.

#define CSANDBOX_MAGIC 0x414c4d41u

// How many bytes of words, and of a program, a request may have.
#define CSANDBOX_ARGUMENT_BYTES (64u << 10)
#define CSANDBOX_PROGRAM_BYTES (1u << 20)

// What a command is given besides.
#define CSANDBOX_NETWORK 1u
// Its line, as descriptors 3 (to read) and 4 (to write).
#define CSANDBOX_LINE 2u
// It may reserve more addresses than it could ever use, as browsers do.
#define CSANDBOX_MANY_ADDRESSES 4u

#define CSANDBOX_PROXY_PORT 3128

// What goes together from one process to another.
#define CSANDBOX_MOST_DESCRIPTORS 8

// The groups of limits that the host gives.
#define CSANDBOX_LIMITS_MEMORY 1u
#define CSANDBOX_LIMITS_PROCESSES 2u
#define CSANDBOX_LIMITS_CPU 4u
#define CSANDBOX_COUNTS_TIME 8u

struct csandbox_hello {
    uint32_t magic;
    // 1 or 2, or 0 without control groups.
    uint32_t cgroup_version;
    // CSANDBOX_LIMITS_…
    uint32_t limits;
};

// Followed by the words, each ended by a NUL, and the program's bytes. Sizes in bytes. The words are the arguments, the
// variables of its environment (name, then value), and folders of the host that it may read, where they lie.
struct csandbox_request {
    uint32_t magic;
    uint32_t wall_milliseconds;
    uint32_t cpu_seconds;
    uint32_t processes;
    uint64_t memory;
    uint64_t file_size;
    uint64_t temporary;
    uint64_t output;
    uint32_t arguments;
    uint32_t argument_bytes;
    uint32_t program_bytes;
    uint16_t variables;
    uint16_t folders;
    // CSANDBOX_NETWORK, …; with any of them the command has a line.
    uint32_t gifts;
};

#define CSANDBOX_STDOUT 1u
#define CSANDBOX_STDERR 2u
#define CSANDBOX_RESULT 3u
#define CSANDBOX_FAILURE 4u
#define CSANDBOX_BEGUN 5u

// Before `length` bytes: output, a `csandbox_result`, words on why nothing was started, or, before all others, the process
// id (32 bits) of the bubblewrap that everything of the command descends from.
struct csandbox_frame {
    uint32_t kind;
    uint32_t length;
};

#define CSANDBOX_ENDED_ITSELF 0u
#define CSANDBOX_ENDED_BY_TIME 1u
#define CSANDBOX_ENDED_BY_SERVER 2u

struct csandbox_result {
    // 128 and the signal for a command that was killed, as shells say it.
    int32_t exit_code;
    uint32_t ended;
    uint64_t wall_microseconds;
    uint64_t cpu_microseconds;
    // Of all its processes together, or of the largest one where the host has no memory groups.
    uint64_t peak_memory;
    // Bytes of output that were read and not passed on.
    uint64_t dropped;
    // Processes that the kernel killed because the memory was used up.
    uint64_t memory_kills;
    // 0 when bubblewrap gave up before the command's first instruction, or was killed.
    uint64_t was_begun;
};

// Two ends of a connection within this machine, `type` a SOCK_…. Returns 0 or -errno.
int csandbox_pair(int type, int ends[2]);

// Starts `program` with `arguments` (ended by NULL), an empty environment, `control` as its standard input and nothing
// else but standard error. Returns its process id, or -errno.
pid_t csandbox_spawn(const char *program, char *const arguments[], int control);

// Sends `count` descriptors, of which -1 stands for none, with a byte that says which there are. Returns 0 or -errno.
int csandbox_send(int way, const int *descriptors, size_t count);

// Waits for them. Returns 0, or -errno with none of them: -EPIPE when the other end is gone, -EPROTO when something else came.
int csandbox_receive(int way, int *descriptors, size_t count);

// Opens `path` beneath `folder`: no way out of it, no symbolic link on the way. Returns a descriptor or -errno.
int csandbox_open_beneath(int folder, const char *path, int flags, mode_t mode);

// Gives what `name` names in `folder` another name or place; what is there already stays. Returns 0 or -errno.
int csandbox_move(int folder, const char *name, int other_folder, const char *other_name);

#endif
