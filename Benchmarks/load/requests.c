#include "load.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/// `path TAB body` with the headers of all: a POST, or a GET when there is no body.
static Bytes request(char *line, const Bytes *headers) {
    char *body = strchr(line, '\t');
    if (body) *body++ = 0;
    char start[4096];
    int size = snprintf(start, sizeof start, "%s %s HTTP/1.1\r\nHost: 127.0.0.1\r\n", body ? "POST" : "GET", line);
    if (size < 0 || (size_t)size >= sizeof start) fail("a path is too long");
    Bytes result = {0};
    bytes_add(&result, start, (size_t)size);
    bytes_add(&result, headers->bytes, headers->count);
    if (body) {
        size = snprintf(start, sizeof start, "Content-Type: application/json\r\nContent-Length: %zu\r\n", strlen(body));
        bytes_add(&result, start, (size_t)size);
    }
    bytes_add(&result, "\r\n", 2);
    if (body) bytes_add(&result, body, strlen(body));
    return result;
}

static void add(Requests *requests, Bytes request) {
    if (requests->count % 1024 == 0) {
        requests->requests = realloc(requests->requests, (requests->count + 1024) * sizeof *requests->requests);
        if (!requests->requests) fail("no memory");
    }
    requests->requests[requests->count++] = request;
}

Requests requests_load(const char *path) {
    FILE *file = fopen(path, "r");
    if (!file) fail("%s cannot be read", path);
    Requests requests = {0};
    Bytes headers = {0};
    char *line = NULL;
    size_t capacity = 0;
    bool is_head = true;
    for (ssize_t size; (size = getline(&line, &capacity, file)) > 0;) {
        if (line[size - 1] == '\n') line[--size] = 0;
        if (is_head && size == 0) is_head = false;
        else if (is_head) bytes_add(&headers, line, (size_t)size), bytes_add(&headers, "\r\n", 2);
        else add(&requests, request(line, &headers));
    }
    free(line);
    fclose(file);
    if (requests.count == 0) fail("%s holds no requests", path);
    return requests;
}
