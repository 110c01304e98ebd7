/* seal.c - see seal.h. */
#include "bus/seal.h"

#include <sodium.h>

#include "base/packed.h"

/* The first byte; another form gets another number. */
#define FORM   1
#define HEAD_N (1 + 4 + 8 + CW_BUS_BOOT_N + 8)
#define TAG_N  crypto_aead_xchacha20poly1305_ietf_ABYTES

_Static_assert(CW_BUS_KEY_N == crypto_aead_xchacha20poly1305_ietf_KEYBYTES, "the size of a key");
_Static_assert(CW_BUS_BOOT_N + 8 == crypto_aead_xchacha20poly1305_ietf_NPUBBYTES,
               "boot and counter are a nonce");

static void put_head(const struct cw_bus_head *head, struct cw_buf *buf)
{
    cw_packed_put_u8(buf, FORM);
    cw_packed_put_u32(buf, head->node);
    cw_packed_put_u64(buf, head->epoch);
    cw_buf_append(buf, head->boot, CW_BUS_BOOT_N);
    cw_packed_put_u64(buf, head->counter);
}

/* Boot and counter stand at the end of the head. */
static const uint8_t *nonce_of(const uint8_t *head)
{
    return head + HEAD_N - CW_BUS_BOOT_N - 8;
}

/* What is bound to the box beside the head that is sent. */
static void bind(const uint8_t *head, unsigned to, uint8_t bound[HEAD_N + 4])
{
    memcpy(bound, head, HEAD_N);
    for (int i = 0; i < 4; i++)
        bound[HEAD_N + i] = (uint8_t)(to >> (24 - 8 * i));
}

void cw_bus_seal(const uint8_t key[CW_BUS_KEY_N], const struct cw_bus_head *head, uint8_t kind,
                 struct cw_slice body, struct cw_buf *sealed)
{
    uint8_t bound[HEAD_N + 4];
    sealed->n = 0;
    put_head(head, sealed);
    bind(sealed->p, head->to, bound);
    uint8_t *box = cw_buf_reserve(sealed, 1 + body.n + TAG_N);
    box[0] = kind;
    if (body.n != 0)
        memcpy(box + 1, body.p, body.n);
    crypto_aead_xchacha20poly1305_ietf_encrypt(box, NULL, box, 1 + body.n, bound, sizeof bound,
                                               NULL, nonce_of(bound), key);
    sealed->n += 1 + body.n + TAG_N;
}

static void take_head(struct cw_slice sealed, struct cw_bus_head *head)
{
    struct cw_packed from = cw_packed_begin(cw_slice_of(sealed.p, HEAD_N));
    cw_packed_take_u8(&from);
    head->node = cw_packed_take_u32(&from);
    head->epoch = cw_packed_take_u64(&from);
    memcpy(head->boot, nonce_of(sealed.p), CW_BUS_BOOT_N);
    from.left = cw_slice_of(sealed.p + HEAD_N - 8, 8);
    head->counter = cw_packed_take_u64(&from);
}

bool cw_bus_open(const uint8_t key[CW_BUS_KEY_N], struct cw_slice sealed, struct cw_bus_head *head,
                 uint8_t *kind, struct cw_buf *opened, struct cw_slice *body)
{
    uint8_t bound[HEAD_N + 4];
    if (sealed.n < HEAD_N + 1 + TAG_N || sealed.n > HEAD_N + 1 + CW_BUS_BODY_MAX + TAG_N ||
        sealed.p[0] != FORM)
        return false;
    bind(sealed.p, head->to, bound);
    opened->n = 0;
    size_t n = sealed.n - HEAD_N;
    uint8_t *to = cw_buf_reserve(opened, n);
    if (crypto_aead_xchacha20poly1305_ietf_decrypt(to, NULL, NULL, sealed.p + HEAD_N, n, bound,
                                                   sizeof bound, nonce_of(bound), key) != 0)
        return false;
    take_head(sealed, head);
    opened->n = n - TAG_N;
    *kind = opened->p[0];
    *body = cw_slice_of(opened->p + 1, opened->n - 1);
    return true;
}

void cw_bus_derive_key(struct cw_slice secret, const char *community, uint8_t key[CW_BUS_KEY_N])
{
    static const char purpose[] = "chinwag bus 1";
    crypto_generichash_state state;
    crypto_generichash_init(&state, secret.p, secret.n, CW_BUS_KEY_N);
    crypto_generichash_update(&state, (const uint8_t *)purpose, sizeof purpose);
    crypto_generichash_update(&state, (const uint8_t *)community, strlen(community));
    crypto_generichash_final(&state, key, CW_BUS_KEY_N);
    sodium_memzero(&state, sizeof state);
}
