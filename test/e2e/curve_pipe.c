/* curve_pipe.c - a socket of libzmq with CURVE, worked from outside.
 *
 * curve_pipe ENDPOINT KEY DEALER|REQ: KEY is the server's, in Z85. Each line of hexadecimal digits
 * on standard input is a message to send; each message that comes is printed as such a line. It
 * shares no line with Chinwag and knows none of its messages. Started by test_curve_clients.py. */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zmq.h>

#define MESSAGE_MAX 2000000

static char line[2 * MESSAGE_MAX + 2];
static unsigned char message[MESSAGE_MAX];

static void use_curve(void *socket, const char *server_key)
{
    char public_key[41], secret_key[41];
    int linger = 0;
    if (zmq_curve_keypair(public_key, secret_key) != 0 ||
        zmq_setsockopt(socket, ZMQ_CURVE_SERVERKEY, server_key, strlen(server_key) + 1) != 0 ||
        zmq_setsockopt(socket, ZMQ_CURVE_PUBLICKEY, public_key, sizeof public_key) != 0 ||
        zmq_setsockopt(socket, ZMQ_CURVE_SECRETKEY, secret_key, sizeof secret_key) != 0 ||
        zmq_setsockopt(socket, ZMQ_LINGER, &linger, sizeof linger) != 0)
        exit(2);
}

static int digit(char c)
{
    return c >= 'a' ? c - 'a' + 10 : c - '0';
}

/* False: the input has ended. */
static bool send_line(void *socket)
{
    size_t n = 0;
    if (fgets(line, sizeof line, stdin) == NULL)
        return false;
    for (const char *p = line; *p != '\n' && *p != 0; p += 2)
        message[n++] = (unsigned char)(digit(p[0]) << 4 | digit(p[1]));
    if (zmq_send(socket, message, n, 0) < 0)
        exit(2);
    return true;
}

static void print_message(void *socket)
{
    int n = zmq_recv(socket, message, sizeof message, 0);
    for (int i = 0; i < n; i++)
        printf("%02x", message[i]);
    putchar('\n');
    fflush(stdout);
}

int main(int argc, char **argv)
{
    if (argc != 4)
        return 2;
    bool req = strcmp(argv[3], "REQ") == 0;
    void *socket = zmq_socket(zmq_ctx_new(), req ? ZMQ_REQ : ZMQ_DEALER);
    use_curve(socket, argv[2]);
    if (zmq_connect(socket, argv[1]) != 0)
        return 2;
    setvbuf(stdin, NULL, _IONBF, 0); /* what waits in a buffer, poll does not see */
    zmq_pollitem_t items[] = {{.fd = STDIN_FILENO, .events = ZMQ_POLLIN},
                              {.socket = socket, .events = ZMQ_POLLIN}};
    for (;;) {
        zmq_poll(items, 2, -1);
        if ((items[1].revents & ZMQ_POLLIN) != 0)
            print_message(socket);
        if (items[0].revents != 0 && !send_line(socket))
            return 0;
    }
}
