#include "load.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>

static struct sockaddr_in here(int port) {
    return (struct sockaddr_in){
        .sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
}

int listen_on(int port) {
    struct sockaddr_in address = here(port);
    int yes = 1, server = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    setsockopt(server, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    // What comes of accept() takes this over.
    setsockopt(server, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    if (bind(server, (struct sockaddr *)&address, sizeof address) || listen(server, 4096)) {
        fail("port %d: %s", port, strerror(errno));
    }
    return server;
}

int connect_to(int port) {
    struct sockaddr_in address = here(port);
    int yes = 1, client = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    if (connect(client, (struct sockaddr *)&address, sizeof address)) fail("port %d: %s", port, strerror(errno));
    fcntl(client, F_SETFL, O_NONBLOCK);
    return client;
}

static void control(int poll, int operation, int socket, uint32_t events, uint32_t number) {
    struct epoll_event event = {.events = events, .data.u32 = number};
    if (epoll_ctl(poll, operation, socket, &event)) fail("epoll: %s", strerror(errno));
}

void watch(int poll, int socket, uint32_t events, uint32_t number) {
    control(poll, EPOLL_CTL_ADD, socket, events, number);
}

void rewatch(int poll, int socket, uint32_t events, uint32_t number) {
    control(poll, EPOLL_CTL_MOD, socket, events, number);
}

int wait_for(int poll, struct epoll_event *events, int most, Moment until) {
    Moment left = until - now();
    if (left < 0) left = 0;
    struct timespec time = {.tv_sec = left / SECOND, .tv_nsec = left % SECOND};
    int count = epoll_pwait2(poll, events, most, &time, NULL);
    if (count < 0 && errno != EINTR) fail("epoll: %s", strerror(errno));
    return count < 0 ? 0 : count;
}
