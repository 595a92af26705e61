/* The load: readers of one server, and those who publish to it. One process on one core, told what to do by lines.
 *
 *     load PORT DIALECT UPGRADES PUBLISH
 *
 * DIALECT is confer, socketio or plain. UPGRADES is a file with one upgrade request after another, each ended by its
 * empty line and used in turn; PUBLISH one with a whole request that publishes once. Lines on the standard input:
 *
 *     open COUNT AT_ONCE       connect so many readers, at most so many at once, until each is greeted
 *     upgrade COUNT AT_ONCE    the same until each has its 101, saying no hello
 *     posts COUNT IN_FLIGHT EVERY_US
 *                              publish; the next when every reader has the earlier but for IN_FLIGHT - 1 of them, or
 *                              (EVERY_US not 0) at fixed times
 *     resume COUNT AT_ONCE EACH HELLO
 *                              open with this hello; until each reader has so many events besides its greeting
 *     expect COUNT             wait until every reader has so many frames that somebody else publishes
 *     close                    leave
 *
 * Each is answered by one line: "ok" and numbers, or "failed" and why. Times are in microseconds of one clock. When a
 * post came is what the kernel noted as it put the bytes into the reader's socket: it is right however late the load
 * itself gets round to reading them.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { MOST = 20000, POSTS = 4096, PUBLISHERS = 64, KEPT = 48, PATIENCE = 60 };
enum { CLOSED, CONNECTING, GREETING, READY };

struct reader {
    int fd, state, taken, kept, head_size;
    uint64_t left;             /* of the payload of the frame that is being read */
    unsigned char head[14];    /* of that frame, and how much of it is there */
    char start[KEPT + 1];      /* the first bytes of its payload */
};
struct publisher {
    int fd, busy;
    size_t left; /* of the body of the answer */
};
struct post {
    int64_t sent, first, middle, last;
    int reached;
};

static struct reader readers[MOST];
static struct publisher publishers[PUBLISHERS];
static struct post posts[POSTS];
static int count, ready, wanted, at_once, opening, until_101, poller, port, confer, socketio, broken;
static int published, complete, total, in_flight, refused;
static int64_t every, began;
static char **upgrades, *publish, input[1024], hello[512];
static int each_gets, caught_up;
static int upgrade_count, next_upgrade, input_size, running;
static size_t publish_size;
static char buffer[1 << 20];

static int64_t now(void) {
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t); /* the kernel's own stamps are of this clock */
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static void say(const char *format, ...) {
    va_list rest;
    va_start(rest, format);
    vprintf(format, rest);
    va_end(rest);
    fflush(stdout);
    running = 0;
}

static int dial(int blocking, int number) {
    struct sockaddr_in from = {.sin_family = AF_INET}, to = {.sin_family = AF_INET};
    int one = 1, fd = socket(AF_INET, SOCK_STREAM | (blocking ? 0 : SOCK_NONBLOCK), 0);
    if (!blocking)
        setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPNS, &one, sizeof one);
    /* From several addresses: one has no more than 28,000 ports. */
    from.sin_addr.s_addr = htonl(INADDR_LOOPBACK + 1 + (unsigned)number / 5000);
    setsockopt(fd, IPPROTO_IP, 24 /* IP_BIND_ADDRESS_NO_PORT */, &one, sizeof one);
    to.sin_port = htons((unsigned short)port);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    if (fd < 0 || bind(fd, (struct sockaddr *)&from, sizeof from) ||
        (connect(fd, (struct sockaddr *)&to, sizeof to) && errno != EINPROGRESS)) {
        perror("load");
        exit(1);
    }
    return fd;
}

static void watch(int fd, uint32_t what, int change, uint64_t who) {
    struct epoll_event event = {.events = what, .data.u64 = who};
    epoll_ctl(poller, change, fd, &event);
}

static void write_frame(struct reader *r, int opcode, const char *text, size_t size) {
    char frame[1024] = {(char)(0x80 | opcode)};
    size_t head = 2;
    if (size < 126) {
        frame[1] = (char)(0x80 | size);
    } else {
        frame[1] = (char)(0x80 | 126);
        frame[2] = (char)(size >> 8);
        frame[3] = (char)size;
        head = 4;
    }
    head += 4; /* the mask is zero: nothing to do with the text */
    memcpy(frame + head, text, size);
    if (send(r->fd, frame, head + size, MSG_NOSIGNAL) < 0)
        broken++;
}

static void dial_more(void) {
    while (count < wanted && opening < at_once) {
        struct reader *r = &readers[count];
        memset(r, 0, sizeof *r);
        r->fd = dial(0, count);
        r->state = CONNECTING;
        watch(r->fd, EPOLLOUT, EPOLL_CTL_ADD, (uint64_t)count);
        count++;
        opening++;
    }
}

static void greeted(struct reader *r) {
    r->state = READY;
    ready++;
    opening--;
    if (ready < wanted)
        dial_more();
    else if (!each_gets)
        say("ok %lld\n", (long long)(now() - began));
}

static void leave(struct reader *r) {
    if (r->state == CLOSED)
        return;
    if (r->state == READY)
        ready--;
    r->state = CLOSED;
    close(r->fd);
    broken++;
}

static void publish_more(void) {
    int64_t at = now();
    for (int i = 0; i < PUBLISHERS && i < in_flight; i++) {
        struct publisher *p = &publishers[i];
        if (published >= total || published - complete >= in_flight || (every && at < began + published * every))
            return;
        if (p->busy)
            continue;
        if (p->fd < 0) {
            p->fd = dial(1, 0);
            watch(p->fd, EPOLLIN, EPOLL_CTL_ADD, MOST + (uint64_t)i);
        }
        posts[published++].sent = now();
        p->busy = 1;
        if (send(p->fd, publish, publish_size, MSG_NOSIGNAL) != (ssize_t)publish_size)
            broken++;
    }
}

static void finish(void) {
    say("ok");
    for (int i = 0; i < total; i++)
        printf(" %lld,%lld,%lld,%lld", (long long)(posts[i].sent - began), (long long)(posts[i].first - began),
               (long long)(posts[i].middle - began), (long long)(posts[i].last - began));
    say(" %d\n", refused);
}

static void delivered(struct reader *r, int64_t at) {
    struct post *p = &posts[r->taken];
    if (each_gets && ++r->taken == each_gets && ++caught_up == wanted)
        say("ok %lld\n", (long long)(at - began));
    if (each_gets || r->taken >= total)
        return;
    r->taken++;
    p->reached++;
    if (p->reached == 1 || at < p->first)
        p->first = at;
    if (at > p->last)
        p->last = at;
    if (p->reached == (count + 1) / 2)
        p->middle = at;
    if (p->reached == count) {
        complete++;
        if (complete == total && published == total)
            finish();
        else
            publish_more();
    }
}

static void answer_ping(struct reader *r) {
    char pong[64], *n = strstr(r->start, "\"n\":");
    int size = snprintf(pong, sizeof pong, "{\"type\":\"pong\",\"n\":%d}", n ? atoi(n + 4) : 0);
    write_frame(r, 1, pong, (size_t)size);
}

static void heard_confer(struct reader *r, int64_t at) {
    if (!strncmp(r->start, "{\"type\":\"event\"", 15))
        delivered(r, at);
    else if (!strncmp(r->start, "{\"type\":\"welcome\"", 17))
        greeted(r);
    else if (!strncmp(r->start, "{\"type\":\"ping\"", 14))
        answer_ping(r);
    else
        fprintf(stderr, "load: not expected: %s\n", r->start);
}

static void heard_socketio(struct reader *r, int64_t at) {
    if (r->start[0] == '4' && r->start[1] == '2')
        delivered(r, at);
    else if (r->start[0] == '0')
        write_frame(r, 1, "40", 2);
    else if (r->start[0] == '2')
        write_frame(r, 1, "3", 1);
    else if (r->start[0] == '4' && r->start[1] == '0')
        greeted(r);
}

static void heard(struct reader *r, int64_t at) {
    int opcode = r->head[0] & 15;
    r->start[r->kept] = 0;
    if (opcode == 9)
        write_frame(r, 10, r->start, (size_t)r->kept);
    else if (opcode == 8)
        leave(r);
    else if (opcode > 2)
        return;
    else if (confer)
        heard_confer(r, at);
    else if (socketio)
        heard_socketio(r, at);
    else
        delivered(r, at);
}

static int head_length(const struct reader *r) {
    int size = r->head_size < 2 ? 0 : r->head[1] & 127;
    return size == 126 ? 4 : size == 127 ? 10 : 2;
}

static void begin_payload(struct reader *r) {
    int long_size = head_length(r);
    r->left = r->head[1] & 127;
    if (long_size > 2)
        r->left = 0;
    for (int i = 2; i < long_size; i++)
        r->left = r->left << 8 | r->head[i];
    r->kept = 0;
}

static void take(struct reader *r, const char *data, size_t size, int64_t at) {
    while (size && r->state != CLOSED) {
        if (r->head_size < head_length(r)) {
            r->head[r->head_size++] = (unsigned char)*data++;
            size--;
            if (r->head_size < head_length(r) || r->head_size < 2)
                continue;
            begin_payload(r);
        }
        size_t part = size < r->left ? size : (size_t)r->left;
        size_t keep = part < (size_t)(KEPT - r->kept) ? part : (size_t)(KEPT - r->kept);
        memcpy(r->start + r->kept, data, keep);
        r->kept += (int)keep;
        r->left -= part;
        data += part;
        size -= part;
        if (!r->left) {
            r->head_size = 0;
            heard(r, at);
        }
    }
}

static void say_hello(struct reader *r) {
    if (until_101 || (!confer && !socketio))
        greeted(r);
    else if (confer)
        write_frame(r, 1, hello, strlen(hello));
}

/* Read, and tell when the last of it came. */
static ssize_t receive(int fd, int64_t *at) {
    static char control[256];
    struct iovec to = {buffer, sizeof buffer - 1};
    struct msghdr message = {.msg_iov = &to, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
    ssize_t n = recvmsg(fd, &message, 0);
    struct cmsghdr *c = n > 0 ? CMSG_FIRSTHDR(&message) : NULL;
    struct timespec t;
    for (; c; c = CMSG_NXTHDR(&message, c))
        if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_TIMESTAMPNS) {
            memcpy(&t, CMSG_DATA(c), sizeof t);
            *at = (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
        }
    return n;
}

static void hear(struct reader *r, int64_t at) {
    ssize_t n = receive(r->fd, &at);
    char *data = buffer, *end;
    if (n < 0 && errno == EAGAIN)
        return;
    if (n <= 0) {
        leave(r);
        return;
    }
    if (r->state == CONNECTING) {
        buffer[n] = 0;
        end = strstr(buffer, "\r\n\r\n");
        if (!end || strncmp(buffer, "HTTP/1.1 101", 12)) {
            fprintf(stderr, "load: refused: %.*s\n", (int)strcspn(buffer, "\r\n"), buffer);
            leave(r);
            return;
        }
        data = end + 4;
        r->state = GREETING;
        say_hello(r);
    }
    take(r, data, (size_t)(buffer + n - data), at);
}

static void connected(struct reader *r, uint64_t who) {
    const char *request = upgrades[next_upgrade++ % upgrade_count];
    watch(r->fd, EPOLLIN, EPOLL_CTL_MOD, who);
    if (send(r->fd, request, strlen(request), MSG_NOSIGNAL) < 0)
        leave(r);
}

static void hear_publisher(struct publisher *p) {
    ssize_t n = recv(p->fd, buffer, sizeof buffer - 1, 0);
    size_t size = n > 0 ? (size_t)n : 0;
    buffer[size] = 0;
    if (!size) { /* a connection that is kept too long unused is closed by servers: the next post makes another */
        broken += p->busy;
        close(p->fd);
        p->fd = -1;
        p->busy = 0;
        return;
    }
    if (!p->left) {
        char *end = strstr(buffer, "\r\n\r\n"), *field = strcasestr(buffer, "content-length:");
        if (strncmp(buffer, "HTTP/1.1 2", 10) || !end) {
            fprintf(stderr, "load: not published: %.60s\n", buffer);
            refused++;
            end = buffer + size - 4;
        }
        p->left = field && field < end ? (size_t)atoi(field + 15) : 0;
        size = (size_t)(buffer + size - end - 4);
    }
    p->left -= size < p->left ? size : p->left;
    if (!p->left) {
        p->busy = 0;
        publish_more();
    }
}

static void forget(void) {
    for (int i = 0; i < count; i++)
        if (readers[i].state != CLOSED)
            close(readers[i].fd);
    count = ready = opening = next_upgrade = 0;
}

static void obey(const char *line) {
    int64_t pause = 0;
    running = 1;
    began = now();
    broken = refused = published = complete = total = each_gets = caught_up = 0;
    strcpy(hello, "{\"type\":\"hello\",\"v\":1,\"client\":\"bench\",\"resume\":{}}");
    memset(posts, 0, sizeof posts);
    for (int i = 0; i < count; i++)
        readers[i].taken = 0;
    until_101 = !strncmp(line, "upgrade", 7);
    if (sscanf(line, "resume %d %d %d %511[^\n]", &wanted, &at_once, &each_gets, hello) == 4) {
        dial_more();
    } else if (sscanf(line, "open %d %d", &wanted, &at_once) == 2 || sscanf(line, "upgrade %d %d", &wanted, &at_once) == 2) {
        dial_more();
        if (ready >= wanted && running)
            say("ok 0\n");
    } else if (sscanf(line, "posts %d %d %lld", &total, &in_flight, (long long *)&pause) == 3 && total <= POSTS) {
        every = pause;
        publish_more();
    } else if (sscanf(line, "expect %d", &total) == 1 && total <= POSTS) {
        in_flight = 0;
        published = total;
    } else if (!strncmp(line, "close", 5)) {
        forget();
        say("ok 0\n");
    } else {
        say("failed: not understood\n");
    }
}

static void hear_orders(void) {
    ssize_t n = read(0, input + input_size, sizeof input - 1 - (size_t)input_size);
    if (n <= 0)
        exit(0);
    input_size += (int)n;
    input[input_size] = 0;
    if (strchr(input, '\n')) {
        input_size = 0;
        obey(input);
    }
}

static char *read_file(const char *path, size_t *size) {
    FILE *file = fopen(path, "rb");
    char *text = malloc(1 << 24);
    if (!file || !text) {
        perror(path);
        exit(1);
    }
    *size = fread(text, 1, (1 << 24) - 1, file);
    text[*size] = 0;
    fclose(file);
    return text;
}

static void read_upgrades(const char *path) {
    size_t size;
    char *text = read_file(path, &size), *end;
    upgrades = malloc(MOST * sizeof *upgrades);
    while (upgrade_count < MOST && (end = strstr(text, "\r\n\r\n"))) {
        upgrades[upgrade_count++] = strndup(text, (size_t)(end + 4 - text));
        text = end + 4;
    }
}

int main(int argc, char **argv) {
    struct rlimit files;
    struct epoll_event events[512];
    if (argc != 5)
        return 2;
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
    port = atoi(argv[1]);
    confer = !strcmp(argv[2], "confer");
    socketio = !strcmp(argv[2], "socketio");
    read_upgrades(argv[3]);
    publish = read_file(argv[4], &publish_size);
    for (int i = 0; i < PUBLISHERS; i++)
        publishers[i].fd = -1;
    poller = epoll_create1(0);
    watch(0, EPOLLIN, EPOLL_CTL_ADD, UINT64_MAX);
    for (;;) {
        int n = epoll_wait(poller, events, 512, every && running && published < total ? 1 : 1000);
        int64_t at = now();
        for (int i = 0; i < n; i++) {
            uint64_t who = events[i].data.u64;
            if (who == UINT64_MAX)
                hear_orders();
            else if (who >= MOST)
                hear_publisher(&publishers[who - MOST]);
            else if (readers[who].state == CONNECTING && events[i].events & EPOLLOUT)
                connected(&readers[who], who);
            else if (readers[who].state != CLOSED)
                hear(&readers[who], at);
        }
        if (running && every && published < total)
            publish_more();
        if (running && (broken || now() - began > PATIENCE * 1000000LL))
            say("failed: %d sockets broken, %d of %d ready, %d of %d posts complete\n", broken, ready, wanted, complete,
                total);
    }
}
