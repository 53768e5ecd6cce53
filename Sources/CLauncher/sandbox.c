// What a sandboxed command sees: bubblewrap's arguments, and what is done before it takes over.
#define _GNU_SOURCE
#include "launcher.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

// Where the descriptors lie that bubblewrap is given.
enum { ARGUMENTS = 10, FILTER, USERS, GROUPS, HOSTS, GIT, SELF, PROGRAM, WORKSPACE, STATUS, LINE, AFTER_LAST };

static const char users[] =
    "root:x:0:0::/root:/usr/sbin/nologin\nsandbox:x:65534:65534::/workspace:/bin/sh\n";
static const char groups[] = "root:x:0:\nsandbox:x:65534:\n";
static const char hosts[] = "127.0.0.1 localhost sandbox\n::1 localhost\n";
static const char git[] =
    "[user]\n\tname = ALMA agent\n\temail = agent@localhost\n[init]\n\tdefaultBranch = main\n\ttemplateDir =\n"
    "[advice]\n\tdetachedHead = false\n[gc]\n\tauto = 0\n";

int bytes_to_read(const void *data, size_t size) {
    int file = memfd_create("alma", MFD_CLOEXEC);
    if (file < 0) return -1;
    const char *place = data;
    size_t left = size;
    while (left > 0) {
        ssize_t written = write(file, place, left);
        if (written <= 0) {
            close(file);
            return -1;
        }
        place += written;
        left -= (size_t)written;
    }
    lseek(file, 0, SEEK_SET);
    return file;
}

static _Noreturn void give_up(const char *what) {
    dprintf(2, "launcher: %s: %s\n", what, strerror(errno));
    _exit(126);
}

// A list of bubblewrap's arguments, each ended by a NUL.
struct list {
    char text[3 * CSANDBOX_ARGUMENT_BYTES];
    size_t size;
};

__attribute__((format(printf, 2, 3))) static void add(struct list *list, const char *format, ...) {
    va_list values;
    va_start(values, format);
    int length = vsnprintf(list->text + list->size, sizeof list->text - list->size, format, values);
    va_end(values);
    if (length < 0 || list->size + (size_t)length + 1 > sizeof list->text) {
        errno = E2BIG;
        give_up("too many arguments");
    }
    // Words are written with spaces between them; none of ours holds one.
    char *begin = list->text + list->size;
    for (int i = 0; i < length; i++) {
        if (begin[i] == ' ') begin[i] = 0;
    }
    list->size += (size_t)length + 1;
}

// A word as it is, whatever it holds.
static void add_word(struct list *list, const char *word) {
    size_t size = strlen(word) + 1;
    if (list->size + size > sizeof list->text) {
        errno = E2BIG;
        give_up("too many arguments");
    }
    memcpy(list->text + list->size, word, size);
    list->size += size;
}

// Folders of the host that the command may read, where they lie. Root has bound them where the command's user may pass.
static void add_folders(struct list *list, char *const folders[], uint16_t count) {
    for (unsigned i = 0; i < count; i++) {
        char neutral[64];
        snprintf(neutral, sizeof neutral, NEUTRAL_FOLDER, i);
        add(list, "--ro-bind");
        add_word(list, geteuid() == 0 ? neutral : folders[i]);
        add_word(list, folders[i]);
    }
}

static void add_variables(struct list *list, char *const variables[], uint16_t count) {
    for (unsigned i = 0; i < count; i++) {
        add(list, "--setenv");
        add_word(list, variables[2 * i]);
        add_word(list, variables[2 * i + 1]);
    }
}

// `/bin` and its like are links into `/usr` on most systems, and folders on some.
static void add_root_folder(struct list *list, const char *path) {
    struct stat about;
    char target[256];
    if (lstat(path, &about) != 0) return;
    if (S_ISDIR(about.st_mode)) return add(list, "--ro-bind %s %s", path, path);
    ssize_t length = readlink(path, target, sizeof target - 1);
    if (length <= 0) return;
    target[length] = 0;
    add(list, "--symlink %s %s", target, path);
}

// Only our socket is there to answer; see CSandbox.h.
static void add_network(struct list *list) {
    static const char *const names[] = {"http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", NULL};
    for (const char *const *name = names; *name; name++)
        add(list, "--setenv %s http://127.0.0.1:%d", *name, CSANDBOX_PROXY_PORT);
    add(list, "--setenv no_proxy localhost,127.0.0.1 --setenv NO_PROXY localhost,127.0.0.1");
    add(list, "--setenv NODE_USE_ENV_PROXY 1");
}

// Where package managers put what they install, and where it is found again.
static void add_packages(struct list *list) {
    add(list, "--setenv PATH /usr/bin:/bin:/workspace/.packages/bin:/workspace/node_modules/.bin");
    add(list, "--setenv PYTHONUSERBASE /workspace/.packages --setenv PIP_BREAK_SYSTEM_PACKAGES 1");
    add(list, "--setenv PIP_NO_CACHE_DIR 1 --setenv PIP_DISABLE_PIP_VERSION_CHECK 1 --setenv PIP_NO_INPUT 1");
    add(list, "--setenv npm_config_cache /tmp/npm --setenv npm_config_prefix /workspace/.packages");
    add(list, "--setenv npm_config_update_notifier false --setenv npm_config_fund false --setenv npm_config_audit false");
    add(list, "--setenv GIT_TERMINAL_PROMPT 0 --perms 0644 --ro-bind-data %d /etc/gitconfig", GIT);
}

static void add_arguments(struct list *list, const struct csandbox_request *request, const struct words *words) {
    add(list, "--unshare-all --unshare-user --disable-userns --assert-userns-disabled");
    add(list, "--die-with-parent --new-session --hostname sandbox --uid 65534 --gid 65534 --cap-drop ALL");
    add(list, "--clearenv --setenv HOME /workspace --setenv LANG C.UTF-8");
    add(list, "--setenv TMPDIR /tmp --setenv PYTHONPATH /workspace --setenv PYTHONDONTWRITEBYTECODE 1");
    add(list, "--setenv PYTHONUNBUFFERED 1");
    if (request->gifts & CSANDBOX_NETWORK) add_network(list);
    // The distribution's programs; what was installed by hand, ALMA itself perhaps, is nobody's business.
    add(list, "--ro-bind /usr /usr --size 4096 --tmpfs /usr/local");
    for (const char *const *path = (const char *const[]){"/bin", "/sbin", "/lib", "/lib32", "/lib64", NULL}; *path; path++)
        add_root_folder(list, *path);
    add(list, "--perms 0755 --dir /etc --ro-bind-try /etc/alternatives /etc/alternatives");
    add(list, "--ro-bind-try /etc/ld.so.cache /etc/ld.so.cache --ro-bind-try /etc/ssl/certs /etc/ssl/certs");
    add(list, "--ro-bind-try /etc/fonts /etc/fonts --ro-bind-try /etc/libreoffice /etc/libreoffice");
    add(list, "--perms 0644 --ro-bind-data %d /etc/passwd --perms 0644 --ro-bind-data %d /etc/group", USERS, GROUPS);
    add(list, "--perms 0644 --ro-bind-data %d /etc/hosts", HOSTS);
    add_packages(list);
    add_variables(list, words->variables, request->variables);
    add(list, "--proc /proc --dev /dev --size 16777216 --perms 1777 --tmpfs /dev/shm");
    add(list, "--size %llu --perms 1777 --tmpfs /tmp", (unsigned long long)request->temporary);
    add(list, "--perms 0755 --dir /run --perms 0444 --ro-bind-data %d /run/program", PROGRAM);
    add_folders(list, words->folders, request->folders);
    if (request->gifts) add(list, "--perms 0555 --ro-bind-data %d /run/inside", SELF);
    add(list, "--bind-fd %d /workspace --chdir /workspace", WORKSPACE);
    add(list, "--remount-ro /usr/local --remount-ro /dev --remount-ro /");
    add(list, "--seccomp %d --json-status-fd %d", FILTER, STATUS);
}

static void limit(int resource, uint64_t value) {
    struct rlimit now;
    if (getrlimit(resource, &now) == 0 && value > now.rlim_max) value = now.rlim_max;
    struct rlimit both = {.rlim_cur = value, .rlim_max = value};
    if (setrlimit(resource, &both) != 0) give_up("a limit cannot be set");
}

static void set_limits(const struct csandbox_request *request, uint32_t groups_limits) {
    const uint64_t addresses = 4ull << 30;
    limit(RLIMIT_CPU, request->cpu_seconds);
    // Programs reserve far more addresses than they use, so this does not limit their memory.
    if (!(request->gifts & CSANDBOX_MANY_ADDRESSES))
        limit(RLIMIT_AS, request->memory * 2 > addresses ? request->memory * 2 : addresses);
    if (!(groups_limits & CSANDBOX_LIMITS_MEMORY)) limit(RLIMIT_DATA, request->memory);
    limit(RLIMIT_FSIZE, request->file_size);
    limit(RLIMIT_NOFILE, request->gifts & CSANDBOX_MANY_ADDRESSES ? 4096 : 512);
    // Of all sandboxes together, while bubblewrap makes its namespaces; see `inner_arguments`.
    limit(RLIMIT_NPROC, 4096);
    limit(RLIMIT_CORE, 0);
    limit(RLIMIT_MEMLOCK, 65536);
    limit(RLIMIT_MSGQUEUE, 0);
}

static void place(int *descriptor, int wanted) {
    if (*descriptor < 0 || dup2(*descriptor, wanted) < 0) give_up("a descriptor is missing");
    *descriptor = wanted;
}

static void place_descriptors(const struct list *list, uint32_t limits, const struct means *means) {
    int all[] = {
        bytes_to_read(list->text, list->size), system_call_filter(limits), bytes_to_read(users, sizeof users - 1),
        bytes_to_read(groups, sizeof groups - 1), bytes_to_read(hosts, sizeof hosts - 1),
        bytes_to_read(git, sizeof git - 1), open("/proc/self/exe", O_RDONLY | O_CLOEXEC), means->program,
        means->workspace, means->status, means->line < 0 ? open("/dev/null", O_RDONLY | O_CLOEXEC) : means->line};
    // Out of the way first: they may lie where others belong.
    for (int i = 0; i < AFTER_LAST - ARGUMENTS; i++) {
        if (all[i] < 0 || (all[i] = fcntl(all[i], F_DUPFD_CLOEXEC, 64)) < 0) give_up("a descriptor is missing");
    }
    for (int i = 0; i < AFTER_LAST - ARGUMENTS; i++) place(&all[i], ARGUMENTS + i);
    // Nothing of the launcher's goes along.
    close_range(3, ARGUMENTS - 1, 0);
    close_range(means->line < 0 ? LINE : AFTER_LAST, ~0u, 0);
    if (means->line < 0) close(SELF);
}

static void become_user(uid_t user) {
    if (user != 0 && (setgroups(0, NULL) != 0 || setresgid(user, user, user) != 0 || setresuid(user, user, user) != 0))
        give_up("the user cannot be changed");
    if (geteuid() == 0) {
        errno = EPERM;
        give_up("a command never runs as root");
    }
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) give_up("no new privileges");
}

static void reset_signals(void) {
    sigset_t none;
    sigemptyset(&none);
    for (int number = 1; number < 32; number++) signal(number, SIG_DFL);
    sigprocmask(SIG_SETMASK, &none, NULL);
}

// Without a group for processes, their number is limited from within: there it counts those of this sandbox only.
static size_t inner_arguments(
    char **place, char *limit_word, const struct setting *setting, const struct csandbox_request *request) {
    static char gifts[16], line[8];
    size_t count = 0;
    if (!(setting->hello.limits & CSANDBOX_LIMITS_PROCESSES)) {
        place[count++] = "/usr/bin/prlimit";
        place[count++] = limit_word;
        place[count++] = "--";
    }
    if (request->gifts) {
        snprintf(gifts, sizeof gifts, "%u", request->gifts);
        snprintf(line, sizeof line, "%d", LINE);
        place[count++] = "/run/inside";
        place[count++] = INSIDE;
        place[count++] = line;
        place[count++] = gifts;
    }
    return count;
}

void become_sandbox(
    const struct setting *setting, const struct csandbox_request *request, const struct words *words,
    const struct means *means) {
    static struct list list;
    add_arguments(&list, request, words);
    char limit_word[64], where[8];
    snprintf(limit_word, sizeof limit_word, "--nproc=%u:%u", request->processes, request->processes);
    snprintf(where, sizeof where, "%d", ARGUMENTS);
    char **all = calloc(request->arguments + 16, sizeof(char *));
    if (!all) give_up("no memory");
    size_t count = 0;
    all[count++] = "bwrap";
    all[count++] = "--args";
    all[count++] = where;
    all[count++] = "--";
    count += inner_arguments(all + count, limit_word, setting, request);
    for (uint32_t i = 0; i < request->arguments; i++) all[count++] = words->arguments[i];

    // The first to go when the host itself runs out of memory.
    int score = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
    if (score >= 0 && write(score, "800", 3) != 3) {}
    place_descriptors(&list, setting->hello.limits, means);
    set_limits(request, setting->hello.limits);
    become_user(setting->user);
    reset_signals();
    char *const environment[] = {NULL};
    execve(setting->bubblewrap, all, environment);
    give_up(setting->bubblewrap);
}
