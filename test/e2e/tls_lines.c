/* tls_lines.c - sockets around the framer of TLS, with lines of text within: what OpenSSL's and
 * Python's programs are tested against.
 *
 *   tls_lines server CERTIFICATE KEY      prints "port N", then serves one connection after the
 *                                         other: each line comes back; "quit" ends it
 *   tls_lines client PORT HOST ROOTS      of a server whose certificate is in ROOTS
 *   tls_lines client PORT HOST pin HEX    of a server with this key: sends "hello" and prints
 *                                         the line that comes back
 *   tls_lines make CERTIFICATE KEY        makes them, for localhost and 127.0.0.1
 *
 * Both print how the connection ended: "done", "failed: REASON" or "closed". */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/alloc.h"
#include "frame/tls.h"
#include "frame/tls_certificate.h"
#include "line_framer.h"

#define LINE_MAX_N 100000

struct end {
    int fd;
    struct cw_framer *framer;
    struct cw_buf out;
    bool echoes;
    bool over; /* nothing more is read */
};

static void die(const char *what)
{
    perror(what);
    exit(1);
}

/* --- bytes ----------------------------------------------------------------------------- */

static void send_all(int fd, struct cw_slice bytes)
{
    while (bytes.n > 0) {
        ssize_t n = send(fd, bytes.p, bytes.n, MSG_NOSIGNAL);
        if (n < 0)
            return;
        bytes = cw_slice_of(bytes.p + n, bytes.n - (size_t)n);
    }
}

/* `count` 0: the end. */
static void seal(struct end *end, size_t count)
{
    struct cw_buf sealed = {0};
    struct cw_slice all = cw_buf_slice(&end->out);
    cw_framer_seal(end->framer, &all, count, &sealed);
    send_all(end->fd, cw_buf_slice(&sealed));
    cw_buf_finish(&sealed);
    end->out.n = 0;
}

static void take_line(struct end *end, struct cw_slice line)
{
    if (end->echoes && !cw_slice_eq(line, cw_slice_str("quit\n"))) {
        cw_framer_put(end->framer, line, &end->out);
        return;
    }
    if (!end->echoes)
        fwrite(line.p, 1, line.n, stdout);
    cw_framer_close(end->framer, &end->out);
    end->over = true;
}

static void take(struct end *end, const struct cw_framer_event *event)
{
    if (event->type == CW_FRAMER_READY && !end->echoes)
        cw_framer_put(end->framer, cw_slice_str("hello\n"), &end->out);
    else if (event->type == CW_FRAMER_MESSAGE)
        take_line(end, event->body);
    else if (event->type == CW_FRAMER_FAILED)
        printf("failed: %s\n", event->reason);
    else if (event->type == CW_FRAMER_CLOSED)
        printf("done\n");
    end->over |= event->type == CW_FRAMER_FAILED || event->type == CW_FRAMER_CLOSED;
}

static void run(struct end *end)
{
    uint8_t bytes[4096];
    while (!end->over) {
        ssize_t n = recv(end->fd, bytes, sizeof bytes, 0);
        if (n <= 0) {
            printf("closed\n");
            break;
        }
        struct cw_slice in = cw_slice_of(bytes, (size_t)n);
        struct cw_framer_event event;
        do {
            event = cw_framer_input(end->framer, &in, &end->out);
            take(end, &event);
        } while (event.type != CW_FRAMER_NEED_MORE && !end->over);
        if (end->out.n != 0)
            seal(end, 1);
    }
    seal(end, 0);
    fflush(stdout);
    shutdown(end->fd, SHUT_WR);
    while (recv(end->fd, bytes, sizeof bytes, 0) > 0) /* closing on unread input would reset */
        continue;
    close(end->fd);
    cw_framer_destroy(end->framer);
    cw_buf_finish(&end->out);
}

/* --- files ------------------------------------------------------------------------------- */

static struct cw_buf read_file(const char *path)
{
    struct cw_buf text = {0};
    FILE *file = fopen(path, "rb");
    if (file == NULL)
        die(path);
    for (size_t n = 1; n > 0; text.n += n)
        n = fread(cw_buf_reserve(&text, 4096), 1, 4096, file);
    fclose(file);
    return text;
}

static void write_file(const char *path, const struct cw_buf *text)
{
    FILE *file = fopen(path, "wb");
    if (file == NULL || fwrite(text->p, 1, text->n, file) != text->n || fclose(file) != 0)
        die(path);
}

static int make(const char *certificate_path, const char *key_path)
{
    static const char *const names[] = {"localhost", "127.0.0.1"};
    struct cw_buf certificate = {0}, key = {0};
    int64_t now_s = time(NULL);
    if (!cw_tls_self_signed(names, 2, now_s - 3600, now_s + 3600, &certificate, &key))
        return 1;
    write_file(certificate_path, &certificate);
    write_file(key_path, &key);
    cw_buf_finish(&certificate);
    cw_buf_finish(&key);
    return 0;
}

/* --- server and client ------------------------------------------------------------------------ */

static struct cw_framer *inner(void *context, uint8_t first)
{
    (void)context;
    return first >= 'a' && first <= 'z' ? line_framer_create(LINE_MAX_N) : NULL;
}

static void serve(struct cw_tls_server *server)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t n = sizeof address;
    int listener = socket(AF_INET, SOCK_STREAM, 0);
    if (bind(listener, (struct sockaddr *)&address, n) != 0 || listen(listener, 16) != 0 ||
        getsockname(listener, (struct sockaddr *)&address, &n) != 0)
        die("listen");
    printf("port %d\n", ntohs(address.sin_port));
    fflush(stdout);
    for (;;) {
        struct end end = {.fd = accept(listener, NULL, NULL), .echoes = true};
        if (end.fd < 0)
            die("accept");
        end.framer = cw_tls_create_server(server, inner, NULL, LINE_MAX_N);
        run(&end);
    }
}

static int server_main(const char *certificate_path, const char *key_path)
{
    char error[CW_TLS_ERROR_MAX];
    struct cw_buf certificate = read_file(certificate_path), key = read_file(key_path);
    struct cw_tls_server *server =
        cw_tls_server_create(cw_buf_slice(&certificate), cw_buf_slice(&key), time(NULL), error);
    cw_buf_finish(&certificate);
    cw_buf_finish(&key);
    if (server != NULL)
        serve(server);
    fprintf(stderr, "%s\n", error);
    return 1;
}

static int talk(const char *port, const char *host, struct cw_tls_client *client,
                const struct cw_tls_pin *pin)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons((uint16_t)atoi(port)),
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    struct cw_tls_peer peer = {.host = host, .pin = pin, .now_s = time(NULL)};
    struct end end = {.fd = socket(AF_INET, SOCK_STREAM, 0)};
    if (connect(end.fd, (struct sockaddr *)&address, sizeof address) != 0)
        die("connect");
    end.framer = cw_tls_create_client(client, &peer, line_framer_create(LINE_MAX_N));
    cw_tls_client_destroy(client);
    cw_framer_start(end.framer, &end.out);
    seal(&end, 1);
    run(&end);
    return 0;
}

static int client_main(int argc, char **argv)
{
    struct cw_tls_pin pin;
    if (argc == 6 && !cw_tls_pin_parse(cw_slice_str(argv[5]), &pin))
        return 2;
    struct cw_buf roots = {0};
    if (argc == 5)
        roots = read_file(argv[4]);
    struct cw_tls_client *client = cw_tls_client_create(cw_buf_slice(&roots));
    cw_buf_finish(&roots);
    return client == NULL ? 2 : talk(argv[2], argv[3], client, argc == 6 ? &pin : NULL);
}

int main(int argc, char **argv)
{
    if (argc == 4 && strcmp(argv[1], "make") == 0)
        return make(argv[2], argv[3]);
    if (argc == 4 && strcmp(argv[1], "server") == 0)
        return server_main(argv[2], argv[3]);
    if ((argc == 5 || argc == 6) && strcmp(argv[1], "client") == 0)
        return client_main(argc, argv);
    return 2;
}
