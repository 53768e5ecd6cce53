#include "upstream.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool speech_read(Speech *speech, const char *body) {
    const char *name = strstr(body, "\"model\"");
    if (!name || !(name = strchr(name + 7, '"'))) return false;
    if (sscanf(name, "\"t%ldr%ld\"", &speech->tokens, &speech->rate) != 2) return false;
    if (speech->tokens < 1 || speech->tokens > 100000 || speech->rate < 0 || speech->rate > 100000) return false;
    snprintf(speech->model, sizeof speech->model, "t%ldr%ld", speech->tokens, speech->rate);
    return true;
}

/// As long as the ones that OpenAI sends.
#define EVENT                                                                                                          \
    "data: {\"id\":\"chatcmpl-Benchmark0000000000000000000\",\"object\":\"chat.completion.chunk\","                \
    "\"created\":1700000000,\"model\":\"%s\",\"system_fingerprint\":\"fp_0000000000\",\"choices\":[%s]%s}\n\n"
#define CHOICE "{\"index\":0,\"delta\":{%s},\"logprobs\":null,\"finish_reason\":%s}"

static void add_chunk(Bytes *out, const char *text) {
    char size[16];
    bytes_add(out, size, (size_t)snprintf(size, sizeof size, "%zx\r\n", strlen(text)));
    bytes_add(out, text, strlen(text));
    bytes_add(out, "\r\n", 2);
}

static void add_event(const Speech *speech, Bytes *out, const char *choice, const char *more) {
    char text[512];
    snprintf(text, sizeof text, EVENT, speech->model, choice, more);
    add_chunk(out, text);
}

static void add_choice(const Speech *speech, Bytes *out, const char *delta, const char *reason) {
    char choice[128];
    snprintf(choice, sizeof choice, CHOICE, delta, reason);
    add_event(speech, out, choice, "");
}

Piece speech_piece(const Speech *speech) {
    Bytes out = {0};
    add_choice(speech, &out, "\"content\":\" zzzz\"", "null");
    Piece piece = {.count = out.count};
    if (out.count > sizeof piece.bytes) fail("a piece is too long");
    memcpy(piece.bytes, out.bytes, out.count);
    piece.token = (size_t)((char *)memmem(piece.bytes, piece.count, " zzzz", TOKEN_SIZE) - piece.bytes);
    free(out.bytes);
    return piece;
}

void speech_begin(const Speech *speech, Bytes *out) {
    static const char head[] = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream; charset=utf-8\r\n"
                               "Cache-Control: no-cache\r\nTransfer-Encoding: chunked\r\n\r\n";
    bytes_add(out, head, sizeof head - 1);
    add_choice(speech, out, "\"role\":\"assistant\",\"content\":\"\",\"refusal\":null", "null");
}

void speech_end(const Speech *speech, Bytes *out) {
    char usage[128];
    add_choice(speech, out, "", "\"stop\"");
    snprintf(usage, sizeof usage, ",\"usage\":{\"prompt_tokens\":20,\"completion_tokens\":%ld,\"total_tokens\":%ld}",
             speech->tokens, speech->tokens + 20);
    add_event(speech, out, "", usage);
    add_chunk(out, "data: [DONE]\n\n");
    bytes_add(out, "0\r\n\r\n", 5);
}

void plain_answer(Bytes *out, int status, const char *body) {
    char head[160];
    int size = snprintf(head, sizeof head,
                        "HTTP/1.1 %d %s\r\nContent-Type: application/json\r\nContent-Length: %zu\r\n\r\n", status,
                        status == 200 ? "OK" : "Error", strlen(body));
    bytes_add(out, head, (size_t)size);
    bytes_add(out, body, strlen(body));
}
