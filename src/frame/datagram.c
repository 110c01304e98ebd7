/* datagram.c - see datagram.h. */
#include "frame/datagram.h"

#include <assert.h>
#include <sodium.h>
#include <string.h>

#define FIRST_BYTE 0xc5
#define NONCE_N    crypto_aead_chacha20poly1305_IETF_NPUBBYTES
/* Each call has a secret of its own, so there is one epoch. */
#define EPOCH           0
#define KEY_CONTEXT     "chinwagu"
#define TO_SERVER_KEY   (2 * EPOCH)
#define FROM_SERVER_KEY (2 * EPOCH + 1)

_Static_assert(crypto_aead_chacha20poly1305_IETF_ABYTES == CW_DATAGRAM_TAG, "the tag's length");
_Static_assert(crypto_aead_chacha20poly1305_IETF_KEYBYTES == CW_DATAGRAM_KEY_N, "the key's");
_Static_assert(CW_DATAGRAM_WINDOW % 64 == 0, "the window has whole words");

void cw_datagram_begin(struct cw_datagram_end *end, bool server,
                       const uint8_t secret[CW_DATAGRAM_SECRET_N])
{
    const uint8_t *key = secret + CW_DATAGRAM_ID_N;
    *end = (struct cw_datagram_end){.sent = 0};
    memcpy(end->id, secret, CW_DATAGRAM_ID_N);
    crypto_kdf_derive_from_key(server ? end->to_key : end->from_key, CW_DATAGRAM_KEY_N,
                               FROM_SERVER_KEY, KEY_CONTEXT, key);
    crypto_kdf_derive_from_key(server ? end->from_key : end->to_key, CW_DATAGRAM_KEY_N,
                               TO_SERVER_KEY, KEY_CONTEXT, key);
}

void cw_datagram_finish(struct cw_datagram_end *end)
{
    sodium_memzero(end, sizeof *end);
}

static void write_counter(uint8_t p[8], uint64_t counter)
{
    for (int i = 0; i < 8; i++)
        p[i] = (uint8_t)(counter >> (56 - 8 * i));
}

static uint64_t read_counter(const uint8_t p[8])
{
    uint64_t counter = 0;
    for (int i = 0; i < 8; i++)
        counter = counter << 8 | p[i];
    return counter;
}

/* The nonce of a datagram with this head. */
static void make_nonce(const uint8_t *head, uint8_t nonce[NONCE_N])
{
    memset(nonce, 0, NONCE_N);
    memcpy(nonce + NONCE_N - 8, head + 1 + CW_DATAGRAM_ID_N, 8);
}

size_t cw_datagram_seal(struct cw_datagram_end *end, struct cw_slice content,
                        uint8_t datagram[CW_DATAGRAM_MAX])
{
    uint8_t nonce[NONCE_N];
    unsigned long long n;
    assert(content.n <= CW_DATAGRAM_CONTENT_MAX && end->sent < UINT64_MAX);
    datagram[0] = FIRST_BYTE;
    memcpy(datagram + 1, end->id, CW_DATAGRAM_ID_N);
    write_counter(datagram + 1 + CW_DATAGRAM_ID_N, ++end->sent);
    make_nonce(datagram, nonce);
    crypto_aead_chacha20poly1305_ietf_encrypt(datagram + CW_DATAGRAM_HEAD, &n, content.p, content.n,
                                              datagram, CW_DATAGRAM_HEAD, NULL, nonce, end->to_key);
    return CW_DATAGRAM_HEAD + (size_t)n;
}

const uint8_t *cw_datagram_id(struct cw_slice datagram)
{
    if (datagram.n <= CW_DATAGRAM_HEAD + CW_DATAGRAM_TAG || datagram.n > CW_DATAGRAM_MAX ||
        datagram.p[0] != FIRST_BYTE)
        return NULL;
    return datagram.p + 1;
}

uint64_t cw_datagram_counter(struct cw_slice datagram)
{
    return read_counter(datagram.p + 1 + CW_DATAGRAM_ID_N);
}

/* --- which counters have come ------------------------------------------------------------ */

static uint64_t *word_of(struct cw_datagram_end *end, uint64_t counter)
{
    return &end->window[counter / 64 % (CW_DATAGRAM_WINDOW / 64)];
}

static bool is_fresh(struct cw_datagram_end *end, uint64_t counter)
{
    if (counter > end->highest)
        return true;
    return end->highest - counter < CW_DATAGRAM_WINDOW &&
           (*word_of(end, counter) >> counter % 64 & 1) == 0;
}

/* Words that come into the window are cleared. */
static void note(struct cw_datagram_end *end, uint64_t counter)
{
    assert(is_fresh(end, counter));
    if (counter > end->highest) {
        uint64_t word = end->highest / 64 + 1, last = counter / 64;
        if (last - end->highest / 64 >= CW_DATAGRAM_WINDOW / 64)
            memset(end->window, 0, sizeof end->window);
        else
            for (; word <= last; word++)
                *word_of(end, word * 64) = 0;
        end->highest = counter;
    }
    *word_of(end, counter) |= (uint64_t)1 << counter % 64;
}

bool cw_datagram_open(struct cw_datagram_end *end, struct cw_slice datagram,
                      uint8_t content[CW_DATAGRAM_CONTENT_MAX], size_t *n, bool *newest)
{
    uint8_t nonce[NONCE_N];
    unsigned long long length;
    const uint8_t *id = cw_datagram_id(datagram);
    if (id == NULL || memcmp(id, end->id, CW_DATAGRAM_ID_N) != 0)
        return false;
    uint64_t counter = cw_datagram_counter(datagram);
    if (counter == 0 || !is_fresh(end, counter))
        return false;
    make_nonce(datagram.p, nonce);
    if (crypto_aead_chacha20poly1305_ietf_decrypt(
            content, &length, NULL, datagram.p + CW_DATAGRAM_HEAD, datagram.n - CW_DATAGRAM_HEAD,
            datagram.p, CW_DATAGRAM_HEAD, nonce, end->from_key) != 0)
        return false;
    *n = (size_t)length;
    *newest = counter > end->highest;
    note(end, counter);
    end->received++;
    return true;
}

bool cw_datagram_missed(struct cw_datagram_end *end, uint64_t counter)
{
    if (counter == 0 || counter > end->highest || !is_fresh(end, counter))
        return false;
    note(end, counter);
    return true;
}
