#include "load.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { LONGEST_LINE = 16384 };

void answer_begin(Answer *answer) {
    answer->state = HEAD;
    answer->status = 0;
    answer->is_chunked = false;
    answer->left = 0;
    answer->line.count = 0;
}

/// Takes one line, its end included, out of what came; true when it is whole, and then `answer->line` holds it with a
/// zero instead of its end.
static bool take_line(Answer *answer, const char **bytes, size_t *count) {
    const char *end = memchr(*bytes, '\n', *count);
    size_t taken = end ? (size_t)(end - *bytes) + 1 : *count;
    bytes_add(&answer->line, *bytes, taken);
    *bytes += taken;
    *count -= taken;
    if (answer->line.count > LONGEST_LINE) answer->state = BROKEN;
    if (!end) return false;
    size_t length = answer->line.count - 1;
    if (length > 0 && answer->line.bytes[length - 1] == '\r') length--;
    answer->line.bytes[length] = 0;
    answer->line.count = 0;
    return true;
}

static void head_line(Answer *answer) {
    const char *line = answer->line.bytes;
    if (answer->status == 0) {
        if (sscanf(line, "HTTP/1.1 %d", &answer->status) != 1) answer->state = BROKEN;
    } else if (*line == 0) {
        bool is_empty = answer->status == 204 || (!answer->is_chunked && answer->left == 0);
        answer->state = is_empty ? COMPLETE : answer->is_chunked ? SIZE : PLAIN;
    } else if (!strncasecmp(line, "content-length:", 15)) {
        answer->left = atoll(line + 15);
    } else if (!strncasecmp(line, "transfer-encoding:", 18)) {
        answer->is_chunked = strcasestr(line + 18, "chunked") != NULL;
    }
}

static void size_line(Answer *answer) {
    char *end;
    answer->left = strtoll(answer->line.bytes, &end, 16);
    if (end == answer->line.bytes || answer->left < 0) answer->state = BROKEN;
    else answer->state = answer->left > 0 ? CHUNK : TRAILER;
}

static void take_line_of(Answer *answer) {
    switch (answer->state) {
    case HEAD: head_line(answer); break;
    case SIZE: size_line(answer); break;
    case CHUNK_END: answer->state = SIZE; break;
    case TRAILER: if (*answer->line.bytes == 0) answer->state = COMPLETE; break;
    default: break;
    }
}

void answer_feed(Answer *answer, const char *bytes, size_t count, BodyReader read, void *reader) {
    while (count > 0 && answer->state != BROKEN) {
        if (answer->state == COMPLETE) {
            // Nothing was asked for that this could answer.
            answer->state = BROKEN;
        } else if (answer->state == CHUNK || answer->state == PLAIN) {
            size_t part = (int64_t)count < answer->left ? count : (size_t)answer->left;
            read(reader, bytes, part);
            bytes += part;
            count -= part;
            answer->left -= (int64_t)part;
            if (answer->left == 0) answer->state = answer->state == CHUNK ? CHUNK_END : COMPLETE;
        } else if (take_line(answer, &bytes, &count)) {
            take_line_of(answer);
        }
    }
}
