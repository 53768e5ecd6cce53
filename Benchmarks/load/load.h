// The benchmark's load: an upstream that speaks OpenAI's streaming protocol, and clients that measure what comes of it.
// All on one machine and one clock: every token carries the moment at which it was due.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/epoll.h>

// --- Time, in nanoseconds of the monotonic clock.

typedef int64_t Moment;
enum { MILLISECOND = 1000 * 1000 };
#define SECOND ((Moment)1000 * MILLISECOND)

Moment now(void);

// --- Tokens: a blank and four signs that tell the moment at which the token was due, in tenths of a millisecond.

enum { TOKEN_SIZE = 5 };
void token_write(char token[TOKEN_SIZE], Moment due);
/// Milliseconds since the token was due; negative for something that is no token.
double token_age(const char token[TOKEN_SIZE], Moment arrival);

// --- Samples and their percentiles.

typedef struct {
    float *values;
    size_t count, capacity;
} Samples;

void samples_add(Samples *samples, double value);
/// Prints `"name":{"p50":…,"p99":…,"max":…}`.
void samples_print(const char *name, Samples *samples);

// --- Bytes that wait.

typedef struct {
    char *bytes;
    size_t count, capacity;
} Bytes;

void bytes_add(Bytes *bytes, const char *more, size_t count);
void bytes_drop(Bytes *bytes, size_t count);

// --- Options: `--name value`.

typedef struct {
    int count;
    char **words;
} Options;

/// The program ends with a message when it is not given and there is no `otherwise`.
const char *option(Options options, const char *name, const char *otherwise);
long option_number(Options options, const char *name, long otherwise);
void fail(const char *format, ...) __attribute__((noreturn, format(printf, 1, 2)));

// --- Sockets, all on 127.0.0.1, all without delay.

int listen_on(int port);
int connect_to(int port);
void watch(int poll, int socket, uint32_t events, uint32_t number);
void rewatch(int poll, int socket, uint32_t events, uint32_t number);
/// Waits until something happens or `until`; a moment in the past only looks.
int wait_for(int poll, struct epoll_event *events, int most, Moment until);

// --- An HTTP answer as it comes in.

typedef struct {
    enum { HEAD, SIZE, CHUNK, CHUNK_END, PLAIN, TRAILER, COMPLETE, BROKEN } state;
    int status;
    bool is_chunked;
    int64_t left;
    Bytes line;
} Answer;

typedef void (*BodyReader)(void *reader, const char *bytes, size_t count);

void answer_begin(Answer *answer);
/// Takes what came and hands the body on, freed of its chunks.
void answer_feed(Answer *answer, const char *bytes, size_t count, BodyReader read, void *reader);

// --- What is asked for: a file of header lines, an empty line, then lines of `path TAB body`.

typedef struct {
    Bytes *requests;
    size_t count;
} Requests;

Requests requests_load(const char *path);

// --- The commands.

int upstream(Options options);
int stream(Options options);
int get(Options options);
