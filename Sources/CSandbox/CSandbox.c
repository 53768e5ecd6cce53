#define _GNU_SOURCE
#include "CSandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

int csandbox_pair(int type, int ends[2]) {
    return socketpair(AF_UNIX, type | SOCK_CLOEXEC, 0, ends) == 0 ? 0 : -errno;
}

pid_t csandbox_spawn(const char *program, char *const arguments[], int control) {
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    posix_spawn_file_actions_init(&actions);
    posix_spawnattr_init(&attributes);
    posix_spawn_file_actions_adddup2(&actions, control, 0);
    posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);

    sigset_t none, all;
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setsigdefault(&attributes, &all);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);

    char *const environment[] = {NULL};
    pid_t process = 0;
    int error = posix_spawn(&process, program, &actions, &attributes, arguments, environment);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    return error ? -error : process;
}

// The one byte that comes with descriptors, and the room for them.
struct parcel {
    unsigned char which;
    struct iovec data;
    union {
        struct cmsghdr head;
        char space[CMSG_SPACE(CSANDBOX_MOST_DESCRIPTORS * sizeof(int))];
    } room;
    struct msghdr message;
};

static void prepare(struct parcel *parcel, size_t room) {
    memset(parcel, 0, sizeof *parcel);
    parcel->data = (struct iovec){.iov_base = &parcel->which, .iov_len = 1};
    parcel->message = (struct msghdr){
        .msg_iov = &parcel->data, .msg_iovlen = 1, .msg_control = &parcel->room, .msg_controllen = room};
}

int csandbox_send(int way, const int *descriptors, size_t count) {
    int there[CSANDBOX_MOST_DESCRIPTORS];
    size_t size = 0;
    unsigned char which = 0;
    for (size_t i = 0; i < count; i++) {
        if (descriptors[i] < 0) continue;
        which |= (unsigned char)(1u << i);
        there[size++] = descriptors[i];
    }
    struct parcel parcel;
    prepare(&parcel, CMSG_SPACE(size * sizeof *there));
    parcel.which = which;
    struct cmsghdr *head = CMSG_FIRSTHDR(&parcel.message);
    head->cmsg_level = SOL_SOCKET;
    head->cmsg_type = SCM_RIGHTS;
    head->cmsg_len = CMSG_LEN(size * sizeof *there);
    memcpy(CMSG_DATA(head), there, size * sizeof *there);
    ssize_t sent;
    do sent = sendmsg(way, &parcel.message, MSG_NOSIGNAL);
    while (sent < 0 && errno == EINTR);
    return sent < 0 ? -errno : 0;
}

int csandbox_receive(int way, int *descriptors, size_t count) {
    for (size_t i = 0; i < count; i++) descriptors[i] = -1;
    struct parcel parcel;
    prepare(&parcel, sizeof parcel.room.space);
    ssize_t got;
    do got = recvmsg(way, &parcel.message, MSG_CMSG_CLOEXEC);
    while (got < 0 && errno == EINTR);
    if (got <= 0) return got < 0 ? -errno : -EPIPE;
    struct cmsghdr *head = CMSG_FIRSTHDR(&parcel.message);
    if (!head || head->cmsg_type != SCM_RIGHTS) return -EPROTO;
    int there[CSANDBOX_MOST_DESCRIPTORS];
    size_t size = (head->cmsg_len - CMSG_LEN(0)) / sizeof *there;
    memcpy(there, CMSG_DATA(head), size * sizeof *there);
    if (parcel.which >> count != 0 || size != (size_t)__builtin_popcount(parcel.which)) {
        while (size > 0) close(there[--size]);
        return -EPROTO;
    }
    for (size_t i = 0, next = 0; i < count; i++) {
        if (parcel.which & (1u << i)) descriptors[i] = there[next++];
    }
    return 0;
}

int csandbox_open_beneath(int folder, const char *path, int flags, mode_t mode) {
    struct open_how how = {
        .flags = (unsigned)(flags | O_CLOEXEC),
        .mode = (flags & O_CREAT) ? mode : 0,
        .resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS,
    };
    // EAGAIN: something was renamed on the way meanwhile.
    for (int attempt = 0; attempt < 100; attempt++) {
        long opened = syscall(SYS_openat2, folder, path, &how, sizeof how);
        if (opened >= 0) return (int)opened;
        if (errno != EAGAIN && errno != EINTR) return -errno;
    }
    return -EAGAIN;
}

int csandbox_move(int folder, const char *name, int other_folder, const char *other_name) {
    return renameat2(folder, name, other_folder, other_name, RENAME_NOREPLACE) == 0 ? 0 : -errno;
}
