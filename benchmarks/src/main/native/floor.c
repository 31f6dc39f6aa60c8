/*
 * The floor: what the kernel asks for when one event goes to many connections, and nothing more.
 *
 *   floor PORT [FILE]
 *
 * A GET is a subscriber: it gets the head of a chunked event stream. A POST is an event: one frame is made of its body and
 * sent to every subscriber with a plain send(), then the publisher is answered. With FILE the body is appended to it and
 * synced (fdatasync) before anything is sent: one sync per publish.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { MAX_CONNECTIONS = 65536, MAX_REQUEST = 65536, MAX_EVENTS = 256 };

static const char STREAM[] =
    "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n";
static const char CREATED[] = "HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n";

struct request {
    size_t length;
    char bytes[MAX_REQUEST];
};

static struct request *requests[MAX_CONNECTIONS];
static int subscribers[MAX_CONNECTIONS];
static int subscriber_count;
static int log_file = -1;
static long long next_id = 1;

static void fail(const char *what) {
    perror(what);
    exit(1);
}

static void send_all(int fd, const char *bytes, size_t length) {
    while (length > 0) {
        ssize_t n = send(fd, bytes, length, MSG_NOSIGNAL);
        if (n > 0) {
            bytes += n;
            length -= (size_t) n;
        } else if (errno != EAGAIN && errno != EINTR) {
            return;
        }
    }
}

static void publish(const char *body, size_t length) {
    static char frame[MAX_REQUEST + 256];
    static char event[MAX_REQUEST + 128];
    if (log_file >= 0 && (write(log_file, body, length) != (ssize_t) length || fdatasync(log_file) != 0)) {
        fail("log");
    }
    int event_length = snprintf(event, sizeof event, "id: %lld\nevent: notification\ndata: %.*s\n\n", next_id++,
                                (int) length, body);
    int frame_length = snprintf(frame, sizeof frame, "%x\r\n%s\r\n", event_length, event);
    for (int i = 0; i < subscriber_count; i++) {
        send_all(subscribers[i], frame, (size_t) frame_length);
    }
}

/* Takes one whole request from the front of what has been read; 0 when there is none. */
static int serve(int fd, struct request *request) {
    request->bytes[request->length] = 0;
    char *end = strstr(request->bytes, "\r\n\r\n");
    if (end == NULL) {
        return 0;
    }
    char *body = end + 4;
    size_t head_length = (size_t) (body - request->bytes);
    size_t body_length = 0;
    char *header = strcasestr(request->bytes, "\r\ncontent-length:");
    if (header != NULL && header < end) {
        body_length = (size_t) atol(header + 17);
    }
    if (request->length < head_length + body_length) {
        return 0;
    }
    if (strncmp(request->bytes, "POST", 4) == 0) {
        publish(body, body_length);
        send_all(fd, CREATED, sizeof CREATED - 1);
    } else {
        send_all(fd, STREAM, sizeof STREAM - 1);
        subscribers[subscriber_count++] = fd;
    }
    request->length -= head_length + body_length;
    memmove(request->bytes, request->bytes + head_length + body_length, request->length);
    return 1;
}

static void forget(int fd) {
    for (int i = 0; i < subscriber_count; i++) {
        if (subscribers[i] == fd) {
            subscribers[i] = subscribers[--subscriber_count];
            break;
        }
    }
    free(requests[fd]);
    requests[fd] = NULL;
    close(fd);
}

static void receive(int fd) {
    struct request *request = requests[fd];
    ssize_t n = recv(fd, request->bytes + request->length, MAX_REQUEST - 1 - request->length, 0);
    if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR)) {
        forget(fd);
        return;
    }
    if (n > 0) {
        request->length += (size_t) n;
        while (serve(fd, request)) {
        }
    }
}

static void accept_one(int listener, int poll) {
    int fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK);
    if (fd < 0) {
        return;
    }
    if (fd >= MAX_CONNECTIONS) {
        close(fd);
        return;
    }
    int on = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    requests[fd] = calloc(1, sizeof(struct request));
    struct epoll_event event = {.events = EPOLLIN, .data.fd = fd};
    if (requests[fd] == NULL || epoll_ctl(poll, EPOLL_CTL_ADD, fd, &event) != 0) {
        fail("accept");
    }
}

int main(int argc, char **argv) {
    if (argc < 2) {
        fprintf(stderr, "usage: floor PORT [FILE]\n");
        return 2;
    }
    if (argc > 2) {
        log_file = open(argv[2], O_WRONLY | O_CREAT | O_TRUNC, 0600);
        if (log_file < 0) {
            fail(argv[2]);
        }
    }
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    int on = 1;
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons((unsigned short) atoi(argv[1])), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    if (bind(listener, (struct sockaddr *) &address, sizeof address) != 0 || listen(listener, 4096) != 0) {
        fail("listen");
    }
    int poll = epoll_create1(0);
    struct epoll_event event = {.events = EPOLLIN, .data.fd = listener};
    epoll_ctl(poll, EPOLL_CTL_ADD, listener, &event);
    struct epoll_event events[MAX_EVENTS];
    while (1) {
        int n = epoll_wait(poll, events, MAX_EVENTS, -1);
        for (int i = 0; i < n; i++) {
            if (events[i].data.fd == listener) {
                accept_one(listener, poll);
            } else if (requests[events[i].data.fd] != NULL) {
                receive(events[i].data.fd);
            }
        }
    }
}
