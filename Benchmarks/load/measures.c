// Moments, tokens that tell theirs, samples, and bytes that wait.
#include "load.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

Moment now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * SECOND + time.tv_nsec;
}

static const char signs[] = "abcdefghijklmnopqrstuvwxyz234567";
enum { TENTH = MILLISECOND / 10, TURN = 1 << 20 };

void token_write(char token[TOKEN_SIZE], Moment due) {
    uint32_t tenths = (uint32_t)(due / TENTH) % TURN;
    token[0] = ' ';
    for (int i = TOKEN_SIZE - 1; i > 0; i--, tenths >>= 5) token[i] = signs[tenths & 31];
}

double token_age(const char token[TOKEN_SIZE], Moment arrival) {
    if (token[0] != ' ') return -1;
    uint32_t tenths = 0;
    for (int i = 1; i < TOKEN_SIZE; i++) {
        char sign = token[i];
        if (sign >= 'a' && sign <= 'z') tenths = tenths << 5 | (uint32_t)(sign - 'a');
        else if (sign >= '2' && sign <= '7') tenths = tenths << 5 | (uint32_t)(sign - '2' + 26);
        else return -1;
    }
    // The clock goes round every 105 seconds; nothing here is half as old.
    uint32_t age = ((uint32_t)(arrival / TENTH) % TURN - tenths) & (TURN - 1);
    return age < TURN / 2 ? age / 10.0 : 0;
}

void samples_add(Samples *samples, double value) {
    if (samples->count == samples->capacity) {
        samples->capacity = samples->capacity ? samples->capacity * 2 : 4096;
        samples->values = realloc(samples->values, samples->capacity * sizeof *samples->values);
        if (!samples->values) fail("no memory");
    }
    samples->values[samples->count++] = (float)value;
}

static int by_value(const void *left, const void *right) {
    float a = *(const float *)left, b = *(const float *)right;
    return (a > b) - (a < b);
}

static double percentile(const Samples *samples, double part) {
    if (samples->count == 0) return 0;
    size_t rank = (size_t)(part * (double)samples->count);
    return samples->values[rank < samples->count ? rank : samples->count - 1];
}

void samples_print(const char *name, Samples *samples) {
    qsort(samples->values, samples->count, sizeof *samples->values, by_value);
    printf("\"%s\":{\"count\":%zu,\"p50\":%.3f,\"p99\":%.3f,\"max\":%.3f}", name, samples->count,
           percentile(samples, 0.50), percentile(samples, 0.99), percentile(samples, 1));
}

void bytes_add(Bytes *bytes, const char *more, size_t count) {
    if (bytes->count + count > bytes->capacity) {
        bytes->capacity = (bytes->count + count) * 2;
        bytes->bytes = realloc(bytes->bytes, bytes->capacity);
        if (!bytes->bytes) fail("no memory");
    }
    if (count) memcpy(bytes->bytes + bytes->count, more, count);
    bytes->count += count;
}

void bytes_drop(Bytes *bytes, size_t count) {
    bytes->count -= count;
    if (bytes->count) memmove(bytes->bytes, bytes->bytes + count, bytes->count);
}
