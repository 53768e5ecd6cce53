// Speaks at the pace that it is asked for. Every token is written by itself, as a model's server does it: whoever
// passes it on sees single tokens, not a file.
#include "upstream.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { MOST_CONNECTIONS = 8192, LONGEST_REQUEST = 1 << 20, MOST_EVENTS = 256 };
static const uint32_t listening = UINT32_MAX;

static const char models[] = "{\"object\":\"list\",\"data\":[{\"id\":\"t200r50\",\"object\":\"model\"}]}";
static const char no_such_model[] = "{\"error\":{\"message\":\"no such model\",\"code\":\"model_not_found\"}}";

/// A connection and the answer that is on its way over it.
typedef struct {
    int socket;
    uint32_t serial;
    bool is_open, is_speaking, is_blocked;
    Bytes in, out;
    Speech speech;
    Piece piece;
    Moment start;
    long sent;
} Line;

static Line lines[MOST_CONNECTIONS];
static uint32_t used;
static Schedule schedule;
static int poll_set;

static void hang_up(Line *line) {
    close(line->socket);
    line->is_open = line->is_speaking = line->is_blocked = false;
    line->in.count = line->out.count = 0;
    line->serial++;
}

/// Sends `bytes`, or keeps what does not go now.
static void send_or_keep(Line *line, const char *bytes, size_t count) {
    ssize_t sent = line->out.count ? 0 : send(line->socket, bytes, count, 0);
    if (sent < 0 && errno != EAGAIN) return hang_up(line);
    if (sent == (ssize_t)count) return;
    if (sent < 0) sent = 0;
    bytes_add(&line->out, bytes + sent, count - (size_t)sent);
    if (line->is_blocked) return;
    line->is_blocked = true;
    rewatch(poll_set, line->socket, EPOLLIN | EPOLLOUT, (uint32_t)(line - lines));
}

static void flush(Line *line) {
    ssize_t sent = send(line->socket, line->out.bytes, line->out.count, 0);
    if (sent < 0 && errno != EAGAIN) return hang_up(line);
    if (sent > 0) bytes_drop(&line->out, (size_t)sent);
    if (line->out.count) return;
    line->is_blocked = false;
    rewatch(poll_set, line->socket, EPOLLIN, (uint32_t)(line - lines));
}

static Moment due(const Line *line) { return line->start + line->sent * SECOND / line->speech.rate; }

static void plan(Line *line) {
    schedule_add(&schedule, (Appointment){due(line), (uint32_t)(line - lines), line->serial});
}

static void answer_request(Line *line);

static void finish(Line *line) {
    Bytes end = {0};
    speech_end(&line->speech, &end);
    line->is_speaking = false;
    send_or_keep(line, end.bytes, end.count);
    free(end.bytes);
    if (line->is_open) answer_request(line);
}

static void say(Line *line, Moment moment) {
    token_write(line->piece.bytes + line->piece.token, moment);
    line->sent++;
    send_or_keep(line, line->piece.bytes, line->piece.count);
    if (line->is_open && line->sent == line->speech.tokens) finish(line);
}

static void speak(Line *line) {
    Bytes begin = {0};
    line->is_speaking = true;
    line->start = now();
    line->sent = 0;
    line->piece = speech_piece(&line->speech);
    speech_begin(&line->speech, &begin);
    send_or_keep(line, begin.bytes, begin.count);
    free(begin.bytes);
    if (line->is_open && line->speech.rate > 0) plan(line);
}

static void answer_plainly(Line *line, int status, const char *body) {
    Bytes out = {0};
    plain_answer(&out, status, body);
    send_or_keep(line, out.bytes, out.count);
    free(out.bytes);
}

/// Answers the request that waits in `in`, when it is all there.
static void answer_request(Line *line) {
    bytes_add(&line->in, "", 1);
    line->in.count--;
    char *text = line->in.bytes, *end = strstr(text, "\r\n\r\n");
    if (!end) return;
    *end = 0;
    const char *length = strcasestr(text, "\r\ncontent-length:");
    size_t body = length ? strtoul(length + 17, NULL, 10) : 0, whole = (size_t)(end + 4 - text) + body;
    if (body > LONGEST_REQUEST) return hang_up(line);
    if (line->in.count < whole) {
        *end = '\r';
        return;
    }
    bool is_get = !strncmp(text, "GET ", 4);
    char after = text[whole];
    text[whole] = 0;
    bool is_speech = !is_get && speech_read(&line->speech, end + 4);
    text[whole] = after;
    bytes_drop(&line->in, whole);
    if (is_speech) speak(line);
    else if (is_get) answer_plainly(line, 200, models);
    else answer_plainly(line, 404, no_such_model);
}

static void hear(Line *line) {
    char bytes[16384];
    ssize_t count = recv(line->socket, bytes, sizeof bytes, 0);
    if (count == 0 || (count < 0 && errno != EAGAIN)) return hang_up(line);
    if (count < 0) return;
    bytes_add(&line->in, bytes, (size_t)count);
    if (line->in.count > LONGEST_REQUEST) return hang_up(line);
    if (!line->is_speaking) answer_request(line);
}

static Line *free_line(void) {
    for (uint32_t i = 0; i < used; i++) {
        if (!lines[i].is_open) return &lines[i];
    }
    return used < MOST_CONNECTIONS ? &lines[used++] : NULL;
}

static void accept_all(int server) {
    for (int socket; (socket = accept4(server, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0;) {
        Line *line = free_line();
        if (!line) {
            close(socket);
            continue;
        }
        line->socket = socket;
        line->is_open = true;
        watch(poll_set, socket, EPOLLIN, (uint32_t)(line - lines));
    }
}

/// One token for every stream at full speed; false when none could take one.
static bool say_to_the_eager(void) {
    bool did = false;
    for (uint32_t i = 0; i < used; i++) {
        Line *line = &lines[i];
        if (!line->is_speaking || line->is_blocked || line->speech.rate > 0) continue;
        say(line, now());
        did = true;
    }
    return did;
}

static void say_what_is_due(void) {
    while (schedule.count && schedule.heap[0].due <= now()) {
        Appointment next = schedule_take(&schedule);
        Line *line = &lines[next.slot];
        if (line->serial != next.serial || !line->is_speaking) continue;
        say(line, next.due);
        if (line->is_speaking) plan(line);
    }
}

int upstream(Options options) {
    struct epoll_event events[MOST_EVENTS];
    int server = listen_on((int)option_number(options, "--port", 0));
    poll_set = epoll_create1(EPOLL_CLOEXEC);
    watch(poll_set, server, EPOLLIN, listening);
    for (bool is_busy = false;;) {
        Moment until = is_busy ? 0 : schedule.count ? schedule.heap[0].due : now() + SECOND;
        int count = wait_for(poll_set, events, MOST_EVENTS, until);
        for (int i = 0; i < count; i++) {
            if (events[i].data.u32 == listening) {
                accept_all(server);
                continue;
            }
            Line *line = &lines[events[i].data.u32];
            if (line->is_open && events[i].events & EPOLLOUT) flush(line);
            if (line->is_open && events[i].events & ~(uint32_t)EPOLLOUT) hear(line);
        }
        say_what_is_due();
        is_busy = say_to_the_eager();
    }
}
