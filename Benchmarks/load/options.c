#include "load.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *option(Options options, const char *name, const char *otherwise) {
    for (int i = 0; i + 1 < options.count; i += 2) {
        if (!strcmp(options.words[i], name)) return options.words[i + 1];
    }
    if (!otherwise) fail("%s is missing", name);
    return otherwise;
}

long option_number(Options options, const char *name, long otherwise) {
    char *end, text[32];
    snprintf(text, sizeof text, "%ld", otherwise);
    const char *value = option(options, name, text);
    long number = strtol(value, &end, 10);
    if (*value == 0 || *end != 0 || number < 0) fail("%s is not a number: '%s'", name, value);
    return number;
}

void fail(const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    fputs("load: ", stderr);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
    va_end(arguments);
    exit(1);
}
