/* test_seal.c - sealed files: what was sealed comes out, for the right key and name only. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "backup/seal.h"

static struct cw_seal_key key, other;
#define NAME cw_slice_str("blobs/a")

struct sealed {
    uint8_t *bytes;
    size_t n;
};

static struct sealed seal_all(const uint8_t *content, size_t n)
{
    struct cw_seal seal;
    struct sealed to = {malloc(CW_SEAL_HEAD + n + (n / CW_SEAL_STEP + 2) * 17), CW_SEAL_HEAD};
    cw_seal_begin(&seal, key.public_key, NAME, to.bytes);
    do {
        size_t step = n < CW_SEAL_STEP ? n : CW_SEAL_STEP;
        uint8_t out[CW_SEAL_SEALED];
        size_t made = cw_seal_next(&seal, cw_slice_of(content, step), step == n, out);
        memcpy(to.bytes + to.n, out, made);
        to.n += made;
        content += step;
        n -= step;
    } while (!seal.ended);
    return to;
}

/* The bytes that came out; SIZE_MAX: it was refused. */
static size_t open_all(struct sealed sealed, const struct cw_seal_key *with, struct cw_slice name,
                       uint8_t *content)
{
    struct cw_seal seal;
    size_t at = CW_SEAL_HEAD, got = 0, n;
    if (sealed.n < CW_SEAL_HEAD || !cw_unseal_begin(&seal, with, name, sealed.bytes))
        return SIZE_MAX;
    while (!seal.ended) {
        static uint8_t out[CW_SEAL_STEP];
        size_t step = sealed.n - at < CW_SEAL_SEALED ? sealed.n - at : CW_SEAL_SEALED;
        if (!cw_unseal_next(&seal, cw_slice_of(sealed.bytes + at, step), out, &n))
            return SIZE_MAX;
        memcpy(content + got, out, n);
        got += n;
        at += step;
    }
    return at == sealed.n ? got : SIZE_MAX;
}

static void what_was_sealed_comes_out(void **state)
{
    (void)state;
    static const size_t sizes[] = {0,
                                   1,
                                   1000,
                                   CW_SEAL_STEP - 1,
                                   CW_SEAL_STEP,
                                   CW_SEAL_STEP + 1,
                                   2 * CW_SEAL_STEP,
                                   3 * CW_SEAL_STEP + 17};
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        size_t n = sizes[i];
        uint8_t *content = malloc(n + 1), *out = malloc(n + CW_SEAL_STEP);
        memset(content, (int)('a' + i), n);
        struct sealed sealed = seal_all(content, n);
        assert_int_equal(open_all(sealed, &key, NAME, out), n);
        assert_memory_equal(out, content, n);
        assert_true(open_all(sealed, &other, NAME, out) == SIZE_MAX);
        assert_true(open_all(sealed, &key, cw_slice_str("blobs/b"), out) == SIZE_MAX);
        free(sealed.bytes);
        free(content);
        free(out);
    }
}

static void a_change_or_a_cut_is_refused(void **state)
{
    (void)state;
    static uint8_t content[CW_SEAL_STEP + 100], out[2 * CW_SEAL_STEP];
    struct sealed sealed = seal_all(content, sizeof content);
    for (size_t i = 0; i < sealed.n; i += i < CW_SEAL_HEAD ? 1 : 997) {
        sealed.bytes[i] ^= 1;
        assert_true(open_all(sealed, &key, NAME, out) == SIZE_MAX);
        sealed.bytes[i] ^= 1;
    }
    /* Also where a message ends. */
    size_t first = CW_SEAL_HEAD + CW_SEAL_SEALED;
    const size_t cuts[] = {0, CW_SEAL_HEAD - 1, CW_SEAL_HEAD, first, first + 1, sealed.n - 1};
    for (size_t i = 0; i < sizeof cuts / sizeof cuts[0]; i++)
        assert_true(open_all((struct sealed){sealed.bytes, cuts[i]}, &key, NAME, out) == SIZE_MAX);
    free(sealed.bytes);
}

static int make_keys(void **state)
{
    (void)state;
    return sodium_init() < 0 || crypto_box_keypair(key.public_key, key.secret_key) != 0 ||
           crypto_box_keypair(other.public_key, other.secret_key) != 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_sealed_comes_out),
        cmocka_unit_test(a_change_or_a_cut_is_refused),
    };
    return cmocka_run_group_tests(tests, make_keys, NULL);
}
