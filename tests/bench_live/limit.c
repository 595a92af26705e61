/* The limit: an epoll server that does nothing but write the same bytes to every socket.
 *
 *     limit PORT
 *
 * GET upgrades to a websocket (its key is not looked at: this is no server for browsers); POST sends its body as one
 * text frame to every socket and is answered after that. There are no accounts, streams, limits or pings.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

enum { MOST = 65536, ROOM = 128 * 1024 };

static int listeners[MOST], listening, place[MOST];
static char *half[MOST]; /* what has come of a request, for those who have not upgraded */
static int length[MOST];
static char frame[ROOM + 16];

static void put(int fd, const char *data, size_t size) {
    while (size) {
        ssize_t n = send(fd, data, size, MSG_NOSIGNAL);
        if (n > 0) {
            data += n;
            size -= (size_t)n;
        } else if (errno == EAGAIN) {
            poll(&(struct pollfd){.fd = fd, .events = POLLOUT}, 1, 1000);
        } else if (errno != EINTR) {
            return;
        }
    }
}

static void fan_out(const char *body, size_t size) {
    size_t head = size < 126 ? 2 : 4;
    frame[0] = (char)0x81;
    frame[1] = (char)(size < 126 ? size : 126);
    if (head == 4) {
        frame[2] = (char)(size >> 8);
        frame[3] = (char)size;
    }
    memcpy(frame + head, body, size);
    for (int i = 0; i < listening; i++)
        put(listeners[i], frame, head + size);
}

static void drop(int fd) {
    if (place[fd] >= 0) {
        int last = listeners[--listening];
        listeners[place[fd]] = last;
        place[last] = place[fd];
    }
    free(half[fd]);
    half[fd] = NULL;
    close(fd);
}

/* A whole request is answered and taken off; whether there was one. */
static int answer(int fd) {
    static const char upgraded[] =
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n";
    static const char done[] = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
    char *end = strstr(half[fd], "\r\n\r\n"), *field;
    if (!end)
        return 0;
    if (half[fd][0] == 'G') {
        put(fd, upgraded, sizeof upgraded - 1);
        place[fd] = listening;
        listeners[listening++] = fd;
        free(half[fd]);
        half[fd] = NULL;
        return 0;
    }
    size_t size = (field = strcasestr(half[fd], "content-length:")) ? (size_t)atoi(field + 15) : 0;
    size_t whole = (size_t)(end + 4 - half[fd]) + size;
    if (size > 65535 || (size_t)length[fd] < whole)
        return 0;
    fan_out(end + 4, size);
    put(fd, done, sizeof done - 1);
    length[fd] -= (int)whole;
    memmove(half[fd], half[fd] + whole, (size_t)length[fd] + 1);
    return 1;
}

static void hear(int fd) {
    static char heard[ROOM];
    char *to = half[fd] ? half[fd] + length[fd] : heard;
    ssize_t n = recv(fd, to, half[fd] ? (size_t)(ROOM - length[fd] - 1) : sizeof heard, 0);
    if (n == 0 || (n < 0 && errno != EAGAIN)) {
        drop(fd);
    } else if (n > 0 && half[fd]) {
        length[fd] += (int)n;
        half[fd][length[fd]] = 0;
        while (half[fd] && answer(fd))
            ;
    }
}

int main(int argc, char **argv) {
    struct rlimit files;
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int one = 1, fd, listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), poller = epoll_create1(0);
    struct epoll_event events[512], event = {.events = EPOLLIN, .data.fd = listener};
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
    address.sin_port = htons((unsigned short)(argc > 1 ? atoi(argv[1]) : 0));
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    if (bind(listener, (struct sockaddr *)&address, sizeof address) || listen(listener, 4096)) {
        perror("limit");
        return 1;
    }
    epoll_ctl(poller, EPOLL_CTL_ADD, listener, &event);
    for (;;) {
        int count = epoll_wait(poller, events, 512, -1);
        for (int i = 0; i < count; i++) {
            if (events[i].data.fd != listener) {
                hear(events[i].data.fd);
                continue;
            }
            while ((fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK)) >= 0 && fd < MOST) {
                setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
                half[fd] = malloc(ROOM);
                length[fd] = 0;
                place[fd] = -1;
                event.data.fd = fd;
                epoll_ctl(poller, EPOLL_CTL_ADD, fd, &event);
            }
        }
    }
}
