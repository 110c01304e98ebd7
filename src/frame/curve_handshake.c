/* curve_handshake.c - see curve_handshake.h. Comments quote RFC 26; keys have its letters:
 * S and C are the long-term pairs of server and client, S' and C' their short-term pairs. */
#include "frame/curve_handshake.h"

#include <assert.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "frame/zmtp_frame.h"

#define LONG_NONCE_N  16
#define SHORT_NONCE_N 8
#define COOKIE_N      96
#define BOX(n)        (CW_BOX_MAC_N + (n))

/* "hello = %d5 "HELLO" hello-version hello-padding hello-client hello-nonce hello-box" */
#define HELLO_N         200
#define HELLO_VERSION   6
#define HELLO_PADDING   8
#define HELLO_PADDING_N 72
#define HELLO_CLIENT    80
#define HELLO_NONCE     112
#define HELLO_BOX       120
#define HELLO_ZEROS     64

/* "welcome = %d7 "WELCOME" welcome-nonce welcome-box" */
#define WELCOME_N     168
#define WELCOME_NONCE 8
#define WELCOME_BOX   24
#define WELCOME_HELD  (CW_BOX_KEY_N + COOKIE_N)

/* "initiate = %d8 "INITIATE" initiate-cookie initiate-nonce initiate-box", the box of
 * "C + vouch + metadata", "vouch = vouch-nonce vouch-box", the box of "C',S". */
#define INITIATE_COOKIE 9
#define INITIATE_NONCE  105
#define INITIATE_BOX    113
#define INITIATE_MIN    257
#define VOUCH_NONCE     32
#define VOUCH_BOX       48
#define VOUCH_HELD      (2 * CW_BOX_KEY_N)
#define METADATA        128

/* "ready = %d5 "READY" ready-nonce ready-box" */
#define READY_NONCE 6
#define READY_BOX   14
#define READY_MIN   30

struct cw_curve_handshake {
    const struct cw_curve_server *server; /* NULL: this is the client's side */
    const struct cw_curve_client *client;
    bool by_old_key;
    bool welcomed;              /* client: WELCOME was received */
    struct cw_curve_key own;    /* S' or C' */
    uint8_t peer[CW_BOX_KEY_N]; /* C' or S' */
    uint8_t cookie[COOKIE_N];
};

/* --- keys -------------------------------------------------------------------------- */

void cw_curve_key_complete(struct cw_curve_key *key)
{
    cw_box_public_key(key->public_key, key->secret_key);
}

void cw_curve_key_make(struct cw_curve_key *key, cw_random random)
{
    random(key->secret_key, sizeof key->secret_key);
    cw_curve_key_complete(key);
}

void cw_curve_key_wipe(struct cw_curve_key *key)
{
    cw_box_wipe(key, sizeof *key);
}

bool cw_curve_by_old_key(const struct cw_curve_handshake *handshake)
{
    return handshake->by_old_key;
}

bool cw_curve_is_welcomed(const struct cw_curve_handshake *handshake)
{
    return handshake->welcomed;
}

void cw_curve_end(struct cw_curve_handshake *handshake)
{
    if (handshake == NULL)
        return;
    cw_box_wipe(handshake, sizeof *handshake);
    free(handshake);
}

/* --- nonces, comparison -------------------------------------------------------------------- */

/* A long nonce: "16 random octets from a sufficiently good entropy source", behind a prefix
 * of 8 characters. */
static void long_nonce(uint8_t nonce[CW_BOX_NONCE_N], const char *prefix, const uint8_t *octets)
{
    memcpy(nonce, prefix, CW_BOX_NONCE_N - LONG_NONCE_N);
    memcpy(nonce + CW_BOX_NONCE_N - LONG_NONCE_N, octets, LONG_NONCE_N);
}

static bool is_zero(const uint8_t *p, size_t n)
{
    uint8_t all = 0;
    for (size_t i = 0; i < n; i++)
        all |= p[i];
    return all == 0;
}

static bool is_equal(const uint8_t *a, const uint8_t *b, size_t n)
{
    return cw_slice_eq_secret(cw_slice_of(a, n), cw_slice_of(b, n));
}

/* --- the server -------------------------------------------------------------------------- */

static const char *check_hello(struct cw_slice hello)
{
    static const uint8_t begin[] = "\x05HELLO\1"; /* and the minor version, zero */
    if (hello.n != HELLO_N || memcmp(hello.p, begin, sizeof begin) != 0 ||
        !is_zero(hello.p + HELLO_PADDING, HELLO_PADDING_N))
        return "HELLO is malformed";
    return NULL;
}

/* "Signature, Box [64 * %x0](C'->S)". The answer uses *shared, too. */
static bool opens_hello(const struct cw_curve_key *key, struct cw_slice hello,
                        uint8_t shared[CW_BOX_KEY_N])
{
    uint8_t zeros[HELLO_ZEROS], nonce[CW_BOX_NONCE_N];
    cw_curve_nonce(nonce, "CurveZMQHELLO---", cw_curve_read_number(hello.p + HELLO_NONCE));
    return cw_box_shared_key(shared, hello.p + HELLO_CLIENT, key->secret_key) &&
           cw_box_open(zeros, hello.p + HELLO_BOX, sizeof zeros, nonce, shared) &&
           is_zero(zeros, sizeof zeros);
}

/* Finds the server key for which the client made its box. */
static const char *find_key(struct cw_curve_handshake *h, struct cw_slice hello,
                            uint8_t shared[CW_BOX_KEY_N])
{
    const struct cw_curve_server *server = h->server;
    if (opens_hello(&server->key, hello, shared))
        return NULL;
    h->by_old_key = server->old_key_opens && opens_hello(&server->old_key, hello, shared);
    return h->by_old_key ? NULL : "HELLO does not open: the peer has another server key";
}

/* "welcome-box = Box [S' + cookie](S->C')" */
static void put_welcome(const struct cw_curve_handshake *h, const uint8_t shared[CW_BOX_KEY_N],
                        struct cw_buf *out)
{
    uint8_t data[LONG_NONCE_N + BOX(WELCOME_HELD)], held[WELCOME_HELD], nonce[CW_BOX_NONCE_N];
    memcpy(held, h->own.public_key, CW_BOX_KEY_N);
    memcpy(held + CW_BOX_KEY_N, h->cookie, COOKIE_N);
    h->server->random(data, LONG_NONCE_N);
    long_nonce(nonce, "WELCOME-", data);
    cw_box_seal(data + LONG_NONCE_N, held, sizeof held, nonce, shared);
    cw_zmtp_put_command(out, "WELCOME", cw_slice_of(data, sizeof data));
}

/* RFC 26 lets the server delete its state here and put it into the cookie. This server keeps
 * the pair S' until the handshake ends, as libzmq does. So the cookie is valid once, on this
 * connection; it is compared and never decrypted, so random octets are enough. */
const char *cw_curve_take_hello(struct cw_curve_handshake **handshake,
                                struct cw_curve_traffic *traffic,
                                const struct cw_curve_server *server, struct cw_slice hello,
                                struct cw_buf *out)
{
    uint8_t shared[CW_BOX_KEY_N];
    const char *wrong = check_hello(hello);
    if (wrong != NULL)
        return wrong;
    if (!server->may_begin(server->context))
        return "too many CURVE handshakes at once";
    struct cw_curve_handshake *h = *handshake = cw_alloc_zero(sizeof *h);
    h->server = server;
    wrong = find_key(h, hello, shared);
    if (wrong == NULL) {
        memcpy(h->peer, hello.p + HELLO_CLIENT, CW_BOX_KEY_N);
        traffic->received = cw_curve_read_number(hello.p + HELLO_NONCE);
        cw_curve_key_make(&h->own, server->random);
        server->random(h->cookie, sizeof h->cookie);
        put_welcome(h, shared, out);
    }
    cw_box_wipe(shared, sizeof shared);
    return wrong;
}

/* "vouch-box = Box [C',S](C->S')": proves that the owner of C opened this connection to this
 * server. */
static bool vouches(const struct cw_curve_handshake *h, const uint8_t *held)
{
    uint8_t shared[CW_BOX_KEY_N], keys[VOUCH_HELD], nonce[CW_BOX_NONCE_N];
    const struct cw_curve_key *key = h->by_old_key ? &h->server->old_key : &h->server->key;
    long_nonce(nonce, "VOUCH---", held + VOUCH_NONCE);
    bool good = cw_box_shared_key(shared, held, h->own.secret_key) &&
                cw_box_open(keys, held + VOUCH_BOX, sizeof keys, nonce, shared) &&
                is_equal(keys, h->peer, CW_BOX_KEY_N) &&
                is_equal(keys + CW_BOX_KEY_N, key->public_key, CW_BOX_KEY_N);
    cw_box_wipe(shared, sizeof shared);
    return good;
}

static const char *check_initiate(const struct cw_curve_handshake *h,
                                  const struct cw_curve_traffic *traffic, struct cw_slice initiate)
{
    static const uint8_t name[] = {8, 'I', 'N', 'I', 'T', 'I', 'A', 'T', 'E'};
    if (initiate.n < INITIATE_MIN || memcmp(initiate.p, name, sizeof name) != 0)
        return "INITIATE is malformed";
    if (!is_equal(initiate.p + INITIATE_COOKIE, h->cookie, COOKIE_N))
        return "the cookie of INITIATE is not of this connection";
    if (cw_curve_read_number(initiate.p + INITIATE_NONCE) <= traffic->received)
        return "the nonce of INITIATE does not ascend";
    return NULL;
}

const char *cw_curve_take_initiate(struct cw_curve_handshake *h, struct cw_curve_traffic *traffic,
                                   struct cw_slice initiate, struct cw_curve_opened *opened)
{
    uint8_t nonce[CW_BOX_NONCE_N];
    const char *wrong = check_initiate(h, traffic, initiate);
    if (wrong != NULL)
        return wrong;
    size_t n = initiate.n - INITIATE_BOX - CW_BOX_MAC_N;
    assert(n <= sizeof opened->bytes);
    traffic->received = cw_curve_read_number(initiate.p + INITIATE_NONCE);
    cw_curve_nonce(nonce, "CurveZMQINITIATE", traffic->received);
    if (!cw_box_shared_key(traffic->shared, h->peer, h->own.secret_key) ||
        !cw_box_open(opened->bytes, initiate.p + INITIATE_BOX, n, nonce, traffic->shared))
        return "INITIATE does not open";
    if (!vouches(h, opened->bytes))
        return "the vouch of INITIATE is not for this connection";
    opened->metadata = cw_slice_of(opened->bytes + METADATA, n - METADATA);
    return NULL;
}

/* "ready-box = Box [metadata](S'->C')" */
void cw_curve_put_ready(struct cw_curve_traffic *traffic, struct cw_slice metadata,
                        struct cw_buf *out)
{
    uint8_t data[SHORT_NONCE_N + BOX(UINT8_MAX)], nonce[CW_BOX_NONCE_N];
    assert(metadata.n <= UINT8_MAX);
    cw_curve_nonce(nonce, "CurveZMQREADY---", cw_curve_next_nonce(traffic));
    cw_curve_write_number(data, traffic->sent);
    cw_box_seal(data + SHORT_NONCE_N, metadata.p, metadata.n, nonce, traffic->shared);
    cw_zmtp_put_command(out, "READY", cw_slice_of(data, SHORT_NONCE_N + BOX(metadata.n)));
}

/* --- the client -------------------------------------------------------------------------- */

/* A server key of low order gives no shared key: then WELCOME does not open. */
struct cw_curve_handshake *cw_curve_begin(struct cw_curve_traffic *traffic,
                                          const struct cw_curve_client *client, struct cw_buf *out)
{
    static const uint8_t zeros[HELLO_ZEROS];
    uint8_t hello[HELLO_N] = "\x05HELLO\1", shared[CW_BOX_KEY_N] = {0}, nonce[CW_BOX_NONCE_N];
    struct cw_curve_handshake *h = cw_alloc_zero(sizeof *h);
    if (h == NULL)
        return NULL;
    h->client = client;
    cw_curve_key_make(&h->own, client->random);
    memcpy(hello + HELLO_CLIENT, h->own.public_key, CW_BOX_KEY_N);
    cw_curve_nonce(nonce, "CurveZMQHELLO---", cw_curve_next_nonce(traffic));
    cw_curve_write_number(hello + HELLO_NONCE, traffic->sent);
    cw_box_shared_key(shared, client->server_key, h->own.secret_key);
    cw_box_seal(hello + HELLO_BOX, zeros, sizeof zeros, nonce, shared);
    cw_zmtp_put_command(out, "HELLO", cw_slice_of(hello + HELLO_VERSION, HELLO_N - HELLO_VERSION));
    cw_box_wipe(shared, sizeof shared);
    return h;
}

static const char *open_welcome(struct cw_curve_handshake *h, struct cw_slice welcome)
{
    static const uint8_t name[] = {7, 'W', 'E', 'L', 'C', 'O', 'M', 'E'};
    uint8_t held[WELCOME_HELD], shared[CW_BOX_KEY_N], nonce[CW_BOX_NONCE_N];
    assert(!h->welcomed);
    if (welcome.n != WELCOME_N || memcmp(welcome.p, name, sizeof name) != 0)
        return "WELCOME is malformed";
    long_nonce(nonce, "WELCOME-", welcome.p + WELCOME_NONCE);
    bool good = cw_box_shared_key(shared, h->client->server_key, h->own.secret_key) &&
                cw_box_open(held, welcome.p + WELCOME_BOX, sizeof held, nonce, shared);
    cw_box_wipe(shared, sizeof shared);
    if (!good)
        return "WELCOME does not open: the server has another key";
    memcpy(h->peer, held, CW_BOX_KEY_N);
    memcpy(h->cookie, held + CW_BOX_KEY_N, COOKIE_N);
    h->welcomed = true;
    return NULL;
}

/* "C + vouch": the client's key, and its proof for this connection and this server. */
static bool put_vouch(const struct cw_curve_handshake *h, uint8_t *held)
{
    uint8_t shared[CW_BOX_KEY_N], keys[VOUCH_HELD], nonce[CW_BOX_NONCE_N];
    memcpy(held, h->client->key.public_key, CW_BOX_KEY_N);
    h->client->random(held + VOUCH_NONCE, LONG_NONCE_N);
    long_nonce(nonce, "VOUCH---", held + VOUCH_NONCE);
    memcpy(keys, h->own.public_key, CW_BOX_KEY_N);
    memcpy(keys + CW_BOX_KEY_N, h->client->server_key, CW_BOX_KEY_N);
    bool good = cw_box_shared_key(shared, h->peer, h->client->key.secret_key);
    if (good)
        cw_box_seal(held + VOUCH_BOX, keys, sizeof keys, nonce, shared);
    cw_box_wipe(shared, sizeof shared);
    return good;
}

const char *cw_curve_take_welcome(struct cw_curve_handshake *h, struct cw_curve_traffic *traffic,
                                  struct cw_slice welcome, struct cw_slice metadata,
                                  struct cw_buf *out)
{
    uint8_t initiate[CW_ZMTP_COMMAND_MAX], nonce[CW_BOX_NONCE_N];
    uint8_t *box = initiate + INITIATE_BOX - INITIATE_COOKIE, *held = box + CW_BOX_MAC_N;
    size_t n = METADATA + metadata.n;
    const char *wrong = open_welcome(h, welcome);
    if (wrong != NULL)
        return wrong;
    assert(held + n <= initiate + sizeof initiate);
    if (!cw_box_shared_key(traffic->shared, h->peer, h->own.secret_key) || !put_vouch(h, held))
        return "WELCOME has a key that is none";
    memcpy(held + METADATA, metadata.p, metadata.n);
    memcpy(initiate, h->cookie, COOKIE_N);
    cw_curve_nonce(nonce, "CurveZMQINITIATE", cw_curve_next_nonce(traffic));
    cw_curve_write_number(initiate + COOKIE_N, traffic->sent);
    cw_box_seal(box, held, n, nonce, traffic->shared);
    cw_zmtp_put_command(out, "INITIATE",
                        cw_slice_of(initiate, INITIATE_BOX - INITIATE_COOKIE + BOX(n)));
    return NULL;
}

const char *cw_curve_take_ready(const struct cw_curve_handshake *h,
                                struct cw_curve_traffic *traffic, struct cw_slice ready,
                                struct cw_curve_opened *opened)
{
    assert(h->welcomed); /* else traffic->shared is no secret */
    static const uint8_t name[] = {5, 'R', 'E', 'A', 'D', 'Y'};
    uint8_t nonce[CW_BOX_NONCE_N];
    if (ready.n < READY_MIN || memcmp(ready.p, name, sizeof name) != 0)
        return "READY is malformed";
    size_t n = ready.n - READY_BOX - CW_BOX_MAC_N;
    assert(n <= sizeof opened->bytes);
    traffic->received = cw_curve_read_number(ready.p + READY_NONCE);
    cw_curve_nonce(nonce, "CurveZMQREADY---", traffic->received);
    if (!cw_box_open(opened->bytes, ready.p + READY_BOX, n, nonce, traffic->shared))
        return "READY does not open";
    opened->metadata = cw_slice_of(opened->bytes, n);
    return NULL;
}
