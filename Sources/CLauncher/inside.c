// What runs first within a sandbox that has a line: it opens the only door to the network, and hands it to the server.
#define _GNU_SOURCE
#include "launcher.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static _Noreturn void give_up(const char *what) {
    dprintf(2, "launcher: %s: %s\n", what, strerror(errno));
    _exit(126);
}

// In the sandbox's own network, where nobody else has a socket.
static int listening_socket(void) {
    struct sockaddr_in place = {
        .sin_family = AF_INET, .sin_port = htons(CSANDBOX_PROXY_PORT), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (listener < 0 || bind(listener, (struct sockaddr *)&place, sizeof place) != 0 || listen(listener, 128) != 0)
        give_up("the proxy's port cannot be opened");
    return listener;
}

static void hand_over(int line, int descriptor) {
    if (csandbox_send(line, &descriptor, 1) != 0) give_up("the proxy's port cannot be handed over");
    close(descriptor);
}

void become_command(char *const arguments[]) {
    int line = atoi(arguments[0]);
    unsigned gifts = (unsigned)strtoul(arguments[1], NULL, 10);
    if (gifts & CSANDBOX_NETWORK) hand_over(line, listening_socket());
    bool keeps_line = (gifts & CSANDBOX_LINE) != 0;
    if (keeps_line && (dup2(line, 3) < 0 || dup2(line, 4) < 0)) give_up("the line cannot be placed");
    close_range(keeps_line ? 5 : 3, ~0u, 0);
    execvp(arguments[2], arguments + 2);
    give_up(arguments[2]);
}
