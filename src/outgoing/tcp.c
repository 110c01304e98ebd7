/* tcp.c - see tcp.h. OpenSSL gets its bytes by memory: so no write raises SIGPIPE, and there is one
 * place that waits. */
#include "outgoing/tcp.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <poll.h>
#include <time.h>
#include <unistd.h>

#define STOP_CHECK_MS 500
#define PIECE         4096

int64_t cw_outgoing_now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static bool failed(struct cw_outgoing_tcp *tcp, const char *why)
{
    tcp->why = why;
    return false;
}

/* Until the socket is ready; false: it is too late, or the program stops. */
static bool wait_for(struct cw_outgoing_tcp *tcp, short events)
{
    for (;;) {
        int64_t left = tcp->until_ms - cw_outgoing_now_ms();
        if (tcp->stopped != NULL && tcp->stopped(tcp->context))
            return failed(tcp, "stopped");
        if (left <= 0)
            return failed(tcp, "no answer in time");
        struct pollfd at = {.fd = tcp->fd, .events = events};
        if (poll(&at, 1, (int)(left < STOP_CHECK_MS ? left : STOP_CHECK_MS)) > 0)
            return true;
    }
}

/* --- connecting ------------------------------------------------------------------------------- */

static void set_port(struct sockaddr_storage *address, uint16_t port)
{
    if (address->ss_family == AF_INET)
        ((struct sockaddr_in *)address)->sin_port = htons(port);
    else
        ((struct sockaddr_in6 *)address)->sin6_port = htons(port);
}

static bool connect_one(struct cw_outgoing_tcp *tcp, const struct sockaddr_storage *address,
                        socklen_t size)
{
    int one = 1, error = 0;
    socklen_t error_size = sizeof error;
    tcp->fd = socket(address->ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (tcp->fd < 0)
        return failed(tcp, "no socket");
    setsockopt(tcp->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    if (connect(tcp->fd, (const struct sockaddr *)address, size) == 0)
        return true;
    if (errno != EINPROGRESS)
        return failed(tcp, "it cannot be reached");
    if (!wait_for(tcp, POLLOUT))
        return false;
    getsockopt(tcp->fd, SOL_SOCKET, SO_ERROR, &error, &error_size);
    return error == 0 || failed(tcp, "it cannot be reached");
}

/* Each address gets an equal share of the time that is left. */
bool cw_outgoing_tcp_connect(struct cw_outgoing_tcp *tcp, struct cw_outgoing_addresses *to,
                             uint16_t port)
{
    int64_t until_ms = tcp->until_ms;
    bool connected = false;
    tcp->why = "it has no address";
    for (size_t i = 0; i < to->count && !connected; i++) {
        int64_t now_ms = cw_outgoing_now_ms();
        set_port(&to->items[i], port);
        tcp->until_ms = now_ms + (until_ms - now_ms) / (int64_t)(to->count - i);
        connected = connect_one(tcp, &to->items[i], to->sizes[i]);
        if (!connected)
            cw_outgoing_tcp_close(tcp);
    }
    tcp->until_ms = until_ms;
    return connected;
}

/* --- bytes ------------------------------------------------------------------------------------ */

static bool send_bytes(struct cw_outgoing_tcp *tcp, const uint8_t *bytes, size_t n)
{
    while (n > 0) {
        ssize_t sent = send(tcp->fd, bytes, n, MSG_NOSIGNAL);
        if (sent < 0 && errno != EAGAIN && errno != EINTR)
            return failed(tcp, "the connection broke");
        if (sent < 0 && !wait_for(tcp, POLLOUT))
            return false;
        bytes += sent < 0 ? 0 : sent;
        n -= sent < 0 ? 0 : (size_t)sent;
    }
    return true;
}

static long receive(struct cw_outgoing_tcp *tcp, uint8_t *bytes, size_t size)
{
    for (;;) {
        ssize_t n = recv(tcp->fd, bytes, size, 0);
        if (n >= 0)
            return (long)n;
        if (errno != EAGAIN && errno != EINTR)
            tcp->why = "the connection broke";
        if ((errno != EAGAIN && errno != EINTR) || !wait_for(tcp, POLLIN))
            return -1;
    }
}

/* --- TLS -------------------------------------------------------------------------------------- */

/* What OpenSSL has written goes out. */
static bool flush(struct cw_outgoing_tcp *tcp)
{
    uint8_t piece[PIECE];
    for (int n; (n = BIO_read(SSL_get_wbio(tcp->ssl), piece, sizeof piece)) > 0;)
        if (!send_bytes(tcp, piece, (size_t)n))
            return false;
    return true;
}

/* What the peer has sent comes in. False: nothing more comes. */
static bool fill(struct cw_outgoing_tcp *tcp)
{
    uint8_t piece[PIECE];
    long n = receive(tcp, piece, sizeof piece);
    if (n == 0)
        return failed(tcp, "the connection was closed");
    return n > 0 && BIO_write(SSL_get_rbio(tcp->ssl), piece, (int)n) == n;
}

/* After a call of OpenSSL returned `code`: true: call it again. */
static bool go_on(struct cw_outgoing_tcp *tcp, int code)
{
    bool wants = SSL_get_error(tcp->ssl, code) == SSL_ERROR_WANT_READ;
    ERR_clear_error(); /* what is left there would be taken for the next call's */
    if (!flush(tcp))
        return false;
    return wants ? fill(tcp) : failed(tcp, "TLS failed");
}

static bool set_identity(SSL *ssl, const char *host)
{
    X509_VERIFY_PARAM *check = SSL_get0_param(ssl);
    if (X509_VERIFY_PARAM_set1_ip_asc(check, host) == 1)
        return true;
    X509_VERIFY_PARAM_set_hostflags(check, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    return SSL_set_tlsext_host_name(ssl, host) == 1 &&
           X509_VERIFY_PARAM_set1_host(check, host, 0) == 1;
}

bool cw_outgoing_tcp_secure(struct cw_outgoing_tcp *tcp, SSL_CTX *context, const char *host)
{
    BIO *in = BIO_new(BIO_s_mem()), *out = BIO_new(BIO_s_mem());
    tcp->ssl = SSL_new(context);
    if (tcp->ssl == NULL || in == NULL || out == NULL) {
        BIO_free(in);
        BIO_free(out);
        return failed(tcp, "no memory");
    }
    SSL_set_bio(tcp->ssl, in, out);
    if (!set_identity(tcp->ssl, host))
        return failed(tcp, "no memory");
    SSL_set_connect_state(tcp->ssl);
    ERR_clear_error();
    for (int code; (code = SSL_do_handshake(tcp->ssl)) != 1;)
        if (!go_on(tcp, code)) {
            long verified = SSL_get_verify_result(tcp->ssl);
            return failed(tcp, verified == X509_V_OK ? tcp->why
                                                     : X509_verify_cert_error_string(verified));
        }
    return flush(tcp);
}

bool cw_outgoing_tcp_write(struct cw_outgoing_tcp *tcp, struct cw_slice bytes)
{
    if (tcp->ssl == NULL)
        return send_bytes(tcp, bytes.p, bytes.n);
    for (int code; (code = SSL_write(tcp->ssl, bytes.p, (int)bytes.n)) <= 0;)
        if (!go_on(tcp, code))
            return false;
    return flush(tcp);
}

long cw_outgoing_tcp_read(struct cw_outgoing_tcp *tcp, uint8_t *bytes, size_t size)
{
    if (tcp->ssl == NULL)
        return receive(tcp, bytes, size);
    for (;;) {
        int n = SSL_read(tcp->ssl, bytes, (int)size);
        if (n > 0)
            return n;
        if (SSL_get_error(tcp->ssl, n) == SSL_ERROR_ZERO_RETURN)
            return 0;
        if (!go_on(tcp, n))
            return -1;
    }
}

void cw_outgoing_tcp_close(struct cw_outgoing_tcp *tcp)
{
    SSL_free(tcp->ssl);
    if (tcp->fd >= 0)
        close(tcp->fd);
    tcp->fd = -1;
    tcp->ssl = NULL;
}
