/* listener.c - a client that only listens, on libzmq in C.
 *
 * listener ENDPOINT NAME PASSWORD: logs in, says "ready", then prints the last string
 * of each update. It shares no line with Chinwag. Started by test_counterparts.py. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zmq.h>

static size_t put_string(unsigned char *p, const char *s)
{
    size_t n = strlen(s); /* MessagePack: fixstr, up to 31 bytes */
    if (n > 31)
        exit(2);
    p[0] = (unsigned char)(0xa0 | n);
    memcpy(p + 1, s, n);
    return n + 1;
}

static void log_in(void *socket, char **argv)
{
    unsigned char request[256];
    size_t n = put_string(request, "request");
    n += put_string(request + n, "login");
    n += put_string(request + n, argv[2]);
    n += put_string(request + n, argv[3]);
    if (zmq_send(socket, request, n, 0) < 0)
        exit(2);
}

/* An update of short strings: where the last of them begins. */
static void print_last(const unsigned char *p, size_t n)
{
    size_t at = 0, length = 0;
    while (at < n) {
        length = p[at] & 0x1f;
        at += length + 1;
    }
    printf("%.*s\n", (int)length, (const char *)p + at - length);
}

int main(int argc, char **argv)
{
    static const char update[] = "\xa6update";
    unsigned char message[256];
    if (argc != 4)
        return 2;
    void *context = zmq_ctx_new();
    void *socket = zmq_socket(context, ZMQ_DEALER);
    if (zmq_connect(socket, argv[1]) != 0)
        return 2;
    log_in(socket, argv);
    setvbuf(stdout, NULL, _IOLBF, 0);
    for (int n; (n = zmq_recv(socket, message, sizeof message, 0)) > 0;) {
        if (memcmp(message, update, sizeof update - 1) == 0)
            print_last(message, (size_t)n);
        else
            puts("ready");
    }
    return 1;
}
