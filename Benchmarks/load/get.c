// Asks for one page on several connections, each asking again as soon as it has its answer.
#include "load.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

enum { MOST_EVENTS = 64 };

typedef struct {
    int socket;
    Answer answer;
    Moment asked;
} Caller;

static long size;

static void weigh(void *reader, const char *bytes, size_t count) {
    (void)reader, (void)bytes;
    size += (long)count;
}

static void ask(Caller *caller, const Bytes *request) {
    answer_begin(&caller->answer);
    caller->asked = now();
    if (send(caller->socket, request->bytes, request->count, 0) != (ssize_t)request->count) {
        fail("a request was not taken: %s", strerror(errno));
    }
}

/// True when an answer is whole.
static bool hear(Caller *caller) {
    static char bytes[65536];
    ssize_t count = recv(caller->socket, bytes, sizeof bytes, 0);
    if (count < 0 && errno == EAGAIN) return false;
    if (count <= 0) fail("a connection was closed");
    answer_feed(&caller->answer, bytes, (size_t)count, weigh, NULL);
    if (caller->answer.state == BROKEN) fail("not HTTP");
    return caller->answer.state == COMPLETE;
}

int get(Options options) {
    struct epoll_event events[MOST_EVENTS];
    uint32_t count = (uint32_t)option_number(options, "--connections", 1);
    Requests requests = requests_load(option(options, "--requests", NULL));
    Caller *callers = calloc(count, sizeof *callers);
    if (!callers) fail("no memory");
    Samples times = {0};
    long refused = 0;
    int poll = epoll_create1(EPOLL_CLOEXEC);
    for (uint32_t i = 0; i < count; i++) {
        callers[i].socket = connect_to((int)option_number(options, "--port", 0));
        watch(poll, callers[i].socket, EPOLLIN, i);
    }
    Moment begin = now(), until = begin + option_number(options, "--seconds", 5) * SECOND;
    for (uint32_t i = 0; i < count; i++) ask(&callers[i], requests.requests);
    while (now() < until) {
        int happened = wait_for(poll, events, MOST_EVENTS, until);
        for (int i = 0; i < happened; i++) {
            Caller *caller = &callers[events[i].data.u32];
            if (!hear(caller)) continue;
            samples_add(&times, (double)(now() - caller->asked) / MILLISECOND);
            refused += caller->answer.status != 200;
            ask(caller, requests.requests);
        }
    }
    double seconds = (double)(now() - begin) / SECOND;
    printf("{\"requests\":%zu,\"refused\":%ld,\"seconds\":%.3f,\"bytes\":%ld,", times.count, refused, seconds,
           times.count ? size / (long)times.count : 0);
    samples_print("times_ms", &times);
    printf("}\n");
    return 0;
}
