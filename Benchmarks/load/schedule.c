// The streams that wait for their next token, the earliest first: a heap.
#include "upstream.h"

#include <stdlib.h>

void schedule_add(Schedule *schedule, Appointment new) {
    if (schedule->count == schedule->capacity) {
        schedule->capacity = schedule->capacity ? schedule->capacity * 2 : 1024;
        schedule->heap = realloc(schedule->heap, schedule->capacity * sizeof *schedule->heap);
        if (!schedule->heap) fail("no memory");
    }
    size_t place = schedule->count++;
    while (place > 0 && schedule->heap[(place - 1) / 2].due > new.due) {
        schedule->heap[place] = schedule->heap[(place - 1) / 2];
        place = (place - 1) / 2;
    }
    schedule->heap[place] = new;
}

Appointment schedule_take(Schedule *schedule) {
    Appointment first = schedule->heap[0], last = schedule->heap[--schedule->count];
    size_t place = 0;
    for (size_t child; (child = 2 * place + 1) < schedule->count; place = child) {
        if (child + 1 < schedule->count && schedule->heap[child + 1].due < schedule->heap[child].due) child++;
        if (schedule->heap[child].due >= last.due) break;
        schedule->heap[place] = schedule->heap[child];
    }
    if (schedule->count) schedule->heap[place] = last;
    return first;
}
