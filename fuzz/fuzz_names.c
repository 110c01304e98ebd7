/* fuzz_names.c - any bytes as a name: no crash, a key is its own key, and a
 * name is the same however it is normalised. */
#include <stdlib.h>

#include <utf8proc.h>

#include "base/utf8.h"
#include "text/name.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void expect(bool good)
{
    if (!good)
        abort();
}

static void expect_same(struct cw_slice name, const struct cw_name_key *key)
{
    struct cw_name_key other;
    if (name.n > CW_NAME_MAX)
        return;
    expect(cw_name_fold(name, &other));
    expect(cw_slice_eq(cw_name_key_slice(key), cw_name_key_slice(&other)));
}

static void try_form(struct cw_slice name, const struct cw_name_key *key, utf8proc_option_t options)
{
    uint8_t *form;
    utf8proc_ssize_t n =
        utf8proc_map(name.p, (utf8proc_ssize_t)name.n, &form, UTF8PROC_STABLE | options);
    expect(n > 0);
    expect_same(cw_slice_of(form, (size_t)n), key);
    free(form);
}

/* The short road for ASCII has the rules of the long one. */
static void try_long_road(struct cw_slice name, bool valid, const struct cw_name_key *key)
{
    uint8_t longer[CW_NAME_MAX + 2];
    struct cw_name_key other;
    if (name.n == 0 || name.n > CW_NAME_MAX - 2 || cw_utf8_count(name) != name.n)
        return;
    memcpy(longer, name.p, name.n);
    memcpy(longer + name.n, "\xc3\xa9", 2);
    bool long_valid = cw_name_fold(cw_slice_of(longer, name.n + 2), &other);
    for (size_t i = 0; i < name.n; i++)
        if (name.p[i] >= 0x80)
            return;
    expect(valid == long_valid);
    expect(!valid || (other.n == key->n + 2 && memcmp(other.p, key->p, key->n) == 0));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct cw_slice name = cw_slice_of(data, size);
    struct cw_name_key key;
    bool valid = cw_name_fold(name, &key);
    try_long_road(name, valid, &key);
    if (!valid)
        return 0;
    expect(size >= 1 && size <= CW_NAME_MAX && key.n >= 1 && key.n <= CW_NAME_KEY_MAX);
    expect(cw_utf8_valid(cw_name_key_slice(&key)));
    expect_same(cw_name_key_slice(&key), &key);
    try_form(name, &key, UTF8PROC_COMPOSE);
    try_form(name, &key, UTF8PROC_DECOMPOSE);
    try_form(name, &key, UTF8PROC_COMPOSE | UTF8PROC_COMPAT);
    try_form(name, &key, UTF8PROC_DECOMPOSE | UTF8PROC_COMPAT);
    return 0;
}
