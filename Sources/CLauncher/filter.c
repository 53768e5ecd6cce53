// The filter of system calls (seccomp), written as the program that the kernel runs for each call.
//
// Most calls are harmless within the namespaces. Refused are those that reach around them (vsock, packet and crypto
// sockets, io_uring, keys of the session), that have given kernels away (user namespaces, bpf, userfaultfd, perf), that look
// into or change other processes, and calls of another architecture, for which the numbers would mean something else.
#define _GNU_SOURCE
#include "launcher.h"

#include <asm/ioctls.h>
#include <asm/termbits.h>
#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <stddef.h>
#include <sys/personality.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#if defined(__x86_64__)
#define ARCHITECTURE AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define ARCHITECTURE AUDIT_ARCH_AARCH64
#else
#error "the filter is written for x86-64 and arm64"
#endif

#define ALLOW SECCOMP_RET_ALLOW
#define KILL SECCOMP_RET_KILL_PROCESS
#define REFUSE(number) (SECCOMP_RET_ERRNO | (number))

// The low half of an argument: the kernel looks at no more of those that are tested here.
#define ARGUMENT(index) (offsetof(struct seccomp_data, args) + 8 * (index))

// Calls after this one are younger than the filter; programs have to do without them where they are missing.
#define LAST_KNOWN_CALL 456
#define FIRST_X32_CALL 0x40000000u

#define NAMESPACES \
    (CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET \
     | 0x80 /* CLONE_NEWTIME */)

static const int not_permitted[] = {
    // Other processes, and what is kept for the session.
    SYS_ptrace, SYS_process_vm_readv, SYS_process_vm_writev, SYS_kcmp, SYS_pidfd_getfd, SYS_process_madvise,
    SYS_keyctl, SYS_add_key, SYS_request_key,
    // Namespaces and mounts.
    SYS_unshare, SYS_setns, SYS_mount, SYS_umount2, SYS_pivot_root, SYS_chroot, SYS_fsopen, SYS_fsconfig, SYS_fsmount,
    SYS_fspick, SYS_move_mount, SYS_open_tree, SYS_mount_setattr, SYS_open_by_handle_at, SYS_name_to_handle_at,
    SYS_fanotify_init, SYS_quotactl, SYS_quotactl_fd,
    // The kernel and the machine.
    SYS_bpf, SYS_perf_event_open, SYS_userfaultfd, SYS_kexec_load, SYS_init_module, SYS_finit_module, SYS_delete_module,
    SYS_reboot, SYS_swapon, SYS_swapoff, SYS_syslog, SYS_acct, SYS_settimeofday, SYS_clock_settime, SYS_clock_adjtime,
    SYS_adjtimex, SYS_sethostname, SYS_setdomainname, SYS_vhangup, SYS_lookup_dcookie, SYS_nfsservctl,
    SYS_mbind, SYS_set_mempolicy, SYS_migrate_pages, SYS_move_pages,
#ifdef SYS_kexec_file_load
    SYS_kexec_file_load,
#endif
#ifdef SYS_iopl
    SYS_iopl, SYS_ioperm, SYS_modify_ldt, SYS_uselib, SYS_ustat, SYS_sysfs, SYS__sysctl,
#endif
};

// Libraries ask for these and fall back on older ones.
static const int not_there[] = {
    SYS_clone3, SYS_io_uring_setup, SYS_io_uring_enter, SYS_io_uring_register, SYS_memfd_secret,
};

// Memory that belongs to no process, so that limits for each process do not count it.
static const int uncounted_memory[] = {SYS_memfd_create, SYS_shmget};

static const int families[] = {AF_UNIX, AF_INET, AF_INET6, AF_NETLINK};

struct program {
    struct sock_filter code[512];
    unsigned short size;
};

static void put(struct program *program, unsigned short code, unsigned int value, unsigned char yes, unsigned char no) {
    program->code[program->size++] = (struct sock_filter){.code = code, .jt = yes, .jf = no, .k = value};
}

static void load(struct program *program, unsigned int offset) { put(program, BPF_LD | BPF_W | BPF_ABS, offset, 0, 0); }
static void answer(struct program *program, unsigned int action) { put(program, BPF_RET | BPF_K, action, 0, 0); }

static void if_equal(struct program *program, unsigned int value, unsigned int action) {
    put(program, BPF_JMP | BPF_JEQ | BPF_K, value, 0, 1);
    answer(program, action);
}

static void refuse_all(struct program *program, const int *calls, size_t count, unsigned int action) {
    for (size_t i = 0; i < count; i++) if_equal(program, (unsigned int)calls[i], action);
}

// Skips `body`'s instructions unless the call is this one; the body ends the program for it.
#define FOR_CALL(program, call, body) \
    do { \
        unsigned short at = (program)->size; \
        put(program, BPF_JMP | BPF_JEQ | BPF_K, (unsigned int)(call), 0, 0); \
        body; \
        (program)->code[at].jf = (unsigned char)((program)->size - at - 1); \
    } while (0)

static void check_socket(struct program *program) {
    load(program, ARGUMENT(0));
    for (size_t i = 0; i < sizeof families / sizeof *families; i++) if_equal(program, (unsigned int)families[i], ALLOW);
    answer(program, REFUSE(EAFNOSUPPORT));
}

static void check_clone(struct program *program) {
    load(program, ARGUMENT(0));
    put(program, BPF_JMP | BPF_JSET | BPF_K, (unsigned int)NAMESPACES, 0, 1);
    answer(program, REFUSE(EPERM));
    answer(program, ALLOW);
}

static void check_ioctl(struct program *program) {
    load(program, ARGUMENT(1));
    if_equal(program, TIOCSTI, REFUSE(EPERM));
    if_equal(program, TIOCLINUX, REFUSE(EPERM));
    answer(program, ALLOW);
}

static void check_personality(struct program *program) {
    load(program, ARGUMENT(0));
    if_equal(program, PER_LINUX, ALLOW);
    if_equal(program, ADDR_NO_RANDOMIZE, ALLOW);
    if_equal(program, 0xffffffffu, ALLOW);
    answer(program, REFUSE(EPERM));
}

int system_call_filter(uint32_t limits) {
    static struct program program;
    program.size = 0;
    load(&program, offsetof(struct seccomp_data, arch));
    put(&program, BPF_JMP | BPF_JEQ | BPF_K, ARCHITECTURE, 1, 0);
    answer(&program, KILL);
    load(&program, offsetof(struct seccomp_data, nr));
#if defined(__x86_64__)
    put(&program, BPF_JMP | BPF_JGE | BPF_K, FIRST_X32_CALL, 0, 1);
    answer(&program, KILL);
#endif
    put(&program, BPF_JMP | BPF_JGT | BPF_K, LAST_KNOWN_CALL, 0, 1);
    answer(&program, REFUSE(ENOSYS));
    FOR_CALL(&program, SYS_socket, check_socket(&program));
    FOR_CALL(&program, SYS_socketpair, check_socket(&program));
    FOR_CALL(&program, SYS_clone, check_clone(&program));
    FOR_CALL(&program, SYS_ioctl, check_ioctl(&program));
    FOR_CALL(&program, SYS_personality, check_personality(&program));
    refuse_all(&program, not_there, sizeof not_there / sizeof *not_there, REFUSE(ENOSYS));
    if (!(limits & CSANDBOX_LIMITS_MEMORY))
        refuse_all(&program, uncounted_memory, sizeof uncounted_memory / sizeof *uncounted_memory, REFUSE(ENOSYS));
    refuse_all(&program, not_permitted, sizeof not_permitted / sizeof *not_permitted, REFUSE(EPERM));
    answer(&program, ALLOW);
    return bytes_to_read(program.code, program.size * sizeof *program.code);
}
