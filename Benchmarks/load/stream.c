// Asks for many streams at once and reads them: when the first token comes, how late the others are, whether all come.
#include "load.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { MOST_EVENTS = 256, MOST_COMPLAINTS = 3 };

typedef struct {
    int socket;
    bool is_connected, is_asking, is_over;
    Answer answer;
    Bytes line;
    Moment asked, arrival, latest;
    long tokens;
    double worst;
    bool has_end, is_garbled;
} Stream;

/// What is wanted, and what came of it.
static struct {
    int port, poll;
    long tokens, late_after;
    char key[64];
    const char *end;
    Samples first, late;
    long asked, completed, late_streams, counted, complaints, over;
    Moment begin, last;
} all;

static void complain(const char *what, const Stream *stream) {
    if (all.complaints++ >= MOST_COMPLAINTS) return;
    fprintf(stderr, "load: a stream failed: %s (status %d, %ld of %ld tokens)\n", what, stream->answer.status,
            stream->tokens, all.tokens);
}

static void take_tokens(Stream *stream, const char *text, const char *end) {
    if (stream->tokens == 0) samples_add(&all.first, (double)(stream->arrival - stream->asked) / MILLISECOND);
    for (; end - text >= TOKEN_SIZE; text += TOKEN_SIZE) {
        double age = token_age(text, stream->arrival);
        Moment due = stream->arrival - (Moment)(age * MILLISECOND);
        // Their order, as exactly as tokens tell their moment.
        if (age < 0 || due + MILLISECOND < stream->latest) stream->is_garbled = true;
        stream->latest = due;
        stream->tokens++;
        if (age > stream->worst) stream->worst = age;
        samples_add(&all.late, age);
    }
    if (text != end) stream->is_garbled = true;
    all.last = stream->arrival;
}

static void take_line(Stream *stream, const char *line, size_t count) {
    size_t size = strlen(all.key);
    const char *text = memmem(line, count, all.key, size);
    if (text) {
        text += size;
        const char *end = memchr(text, '"', count - (size_t)(text - line));
        if (end && end > text) take_tokens(stream, text, end);
        if (!end) stream->is_garbled = true;
    } else if (memmem(line, count, all.end, strlen(all.end))) {
        stream->has_end = true;
    }
}

static void take_body(void *reader, const char *bytes, size_t count) {
    Stream *stream = reader;
    if (stream->answer.status != 200 && all.complaints < MOST_COMPLAINTS) {
        fprintf(stderr, "load: %.*s\n", (int)count, bytes);
    }
    for (const char *end; (end = memchr(bytes, '\n', count)); bytes = end + 1) {
        size_t part = (size_t)(end - bytes);
        count -= part + 1;
        if (stream->line.count == 0) {
            take_line(stream, bytes, part);
            continue;
        }
        bytes_add(&stream->line, bytes, part);
        take_line(stream, stream->line.bytes, stream->line.count);
        stream->line.count = 0;
    }
    bytes_add(&stream->line, bytes, count);
}

static void end(Stream *stream, const char *problem) {
    if (stream->is_asking) {
        stream->is_asking = false;
        stream->is_over = true;
        all.over++;
        all.counted += stream->tokens;
        if (problem) complain(problem, stream);
        else all.completed++;
        if (stream->worst > (double)all.late_after) all.late_streams++;
    }
    if (!problem) return;
    close(stream->socket);
    stream->is_connected = false;
}

static const char *verdict(const Stream *stream) {
    if (stream->answer.status != 200) return "refused";
    if (stream->is_garbled) return "what came is not what was sent";
    if (!stream->has_end) return "it has no proper end";
    return stream->tokens == all.tokens ? NULL : "tokens are missing";
}

static void write_request(Stream *stream, const Bytes *request) {
    ssize_t sent = send(stream->socket, request->bytes, request->count, 0);
    if (sent < 0 && errno != EAGAIN) return end(stream, strerror(errno));
    // Requests are some hundred bytes: a socket without room for them belongs to a server that does not read.
    if (sent < (ssize_t)request->count) end(stream, "the request was not taken");
}

static void ask(Stream *stream, const Bytes *request) {
    stream->tokens = stream->latest = 0;
    stream->worst = 0;
    stream->line.count = 0;
    stream->has_end = stream->is_garbled = false;
    stream->is_asking = true;
    answer_begin(&stream->answer);
    all.asked++;
    stream->asked = now();
    write_request(stream, request);
}

static void hear(Stream *stream) {
    static char bytes[65536];
    ssize_t count = recv(stream->socket, bytes, sizeof bytes, 0);
    if (count < 0 && errno == EAGAIN) return;
    if (count <= 0) return end(stream, count ? strerror(errno) : "the connection was closed");
    stream->arrival = now();
    answer_feed(&stream->answer, bytes, (size_t)count, take_body, stream);
    if (stream->answer.state == BROKEN) end(stream, "not HTTP");
    else if (stream->answer.state == COMPLETE) end(stream, verdict(stream));
}

static void connect_all(Stream *streams, uint32_t count) {
    for (uint32_t i = 0; i < count; i++) {
        streams[i].is_over = false;
        if (streams[i].is_connected) continue;
        streams[i].socket = connect_to(all.port);
        streams[i].is_connected = true;
        watch(all.poll, streams[i].socket, EPOLLIN, i);
    }
}

/// All streams once, begun evenly over `ramp`.
static void perform(Stream *streams, uint32_t count, const Bytes *requests, Moment ramp, Moment deadline) {
    struct epoll_event events[MOST_EVENTS];
    connect_all(streams, count);
    all.over = 0;
    uint32_t begun = 0;
    for (Moment start = now(); all.over < count && now() < deadline;) {
        while (begun < count && start + ramp * begun / count <= now()) {
            ask(&streams[begun], &requests[begun]);
            begun++;
        }
        Moment next = begun < count ? start + ramp * begun / count : deadline;
        int happened = wait_for(all.poll, events, MOST_EVENTS, next);
        for (int i = 0; i < happened; i++) {
            if (streams[events[i].data.u32].is_connected) hear(&streams[events[i].data.u32]);
        }
    }
    for (uint32_t i = 0; i < count; i++) {
        if (!streams[i].is_over) end(&streams[i], "not finished in time");
    }
}

static void report(void) {
    double seconds = all.last > all.begin ? (double)(all.last - all.begin) / SECOND : 0;
    printf("{\"asked\":%ld,\"completed\":%ld,\"late_streams\":%ld,\"tokens\":%ld,\"seconds\":%.3f,", all.asked,
           all.completed, all.late_streams, all.counted, seconds);
    samples_print("first_ms", &all.first);
    printf(",");
    samples_print("late_ms", &all.late);
    printf("}\n");
}

int stream(Options options) {
    uint32_t count = (uint32_t)option_number(options, "--streams", 1);
    long rounds = option_number(options, "--rounds", 1);
    Moment ramp = option_number(options, "--ramp", 0) * (Moment)MILLISECOND;
    Requests requests = requests_load(option(options, "--requests", NULL));
    if (requests.count < count * (size_t)rounds) fail("there are too few requests");
    all.port = (int)option_number(options, "--port", 0);
    all.tokens = option_number(options, "--tokens", 0);
    all.late_after = option_number(options, "--late", 250);
    all.end = option(options, "--end", NULL);
    snprintf(all.key, sizeof all.key, "\"%s\":\"", option(options, "--key", NULL));
    all.poll = epoll_create1(EPOLL_CLOEXEC);
    Stream *streams = calloc(count, sizeof *streams);
    if (!streams) fail("no memory");
    connect_all(streams, count);
    all.begin = now();
    Moment deadline = all.begin + (option_number(options, "--limit", 300) - 1) * SECOND;
    for (long round = 0; round < rounds; round++) {
        perform(streams, count, requests.requests + (size_t)round * count, ramp, deadline);
    }
    report();
    return 0;
}
