#include "load.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

static const char help[] =
    "load upstream --port P\n"
    "    answers OpenAI chat completions; the model t200r50 is 200 tokens at 50 a second, r0 is full speed\n"
    "load stream --port P --requests FILE --streams N [--rounds R] [--ramp MS] --tokens T --key K --end TEXT\n"
    "    N streams at once, R times; K is the JSON member that holds text, TEXT what a whole stream holds\n"
    "load get --port P --requests FILE --connections N --seconds S\n"
    "    the first request of FILE, again and again\n"
    "All take --limit S: the most seconds that it may last.\n";

int main(int count, char **words) {
    if (count < 2 || !strcmp(words[1], "--help")) {
        fputs(help, stdout);
        return count < 2 ? 64 : 0;
    }
    Options options = {count - 2, words + 2};
    signal(SIGPIPE, SIG_IGN);
    // Whatever becomes of the one that started this, it does not stay behind, and it does not last for ever.
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    alarm((unsigned)option_number(options, "--limit", 300));
    if (!strcmp(words[1], "upstream")) return upstream(options);
    if (!strcmp(words[1], "stream")) return stream(options);
    if (!strcmp(words[1], "get")) return get(options);
    fail("there is no command '%s'", words[1]);
}
