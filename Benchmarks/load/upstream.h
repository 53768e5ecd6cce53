// The parts of the upstream.
#pragma once

#include "load.h"

// --- When which stream has a token to send.

typedef struct {
    Moment due;
    uint32_t slot, serial;
} Appointment;

typedef struct {
    Appointment *heap;
    size_t count, capacity;
} Schedule;

void schedule_add(Schedule *schedule, Appointment new);
/// The earliest; there must be one.
Appointment schedule_take(Schedule *schedule);

// --- What a model says, as OpenAI writes it.

typedef struct {
    /// Tokens of the answer; tokens a second, 0 for as many as the reader takes.
    long tokens, rate;
    char model[24];
} Speech;

/// False when the body asks for no model of ours.
bool speech_read(Speech *speech, const char *body);

/// One chunk of a chunked answer, with the place of the token in it.
typedef struct {
    char bytes[384];
    size_t count, token;
} Piece;

Piece speech_piece(const Speech *speech);
void speech_begin(const Speech *speech, Bytes *out);
void speech_end(const Speech *speech, Bytes *out);
void plain_answer(Bytes *out, int status, const char *body);
