/* fuzz_names.c - any bytes as a name: no crash, a key is its own key, and a
 * name is the same however it is normalised. */
#include <utf8proc.h>

#include "base/utf8.h"
#include "fuzz.h"
#include "text/look.h"
#include "text/name.h"

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
static void try_long_road(struct cw_slice name, bool valid)
{
    uint8_t longer[CW_NAME_MAX + 2];
    struct cw_name_key other;
    if (name.n == 0 || name.n > CW_NAME_MAX - 2 || cw_utf8_count(name) != name.n)
        return;
    memcpy(longer, name.p, name.n);
    memcpy(longer + name.n, "\xc3\xa9", 2);
    struct cw_name_key whole;
    bool long_valid = cw_name_fold_whole(cw_slice_of(longer, name.n + 2), &other);
    for (size_t i = 0; i < name.n; i++)
        if (name.p[i] >= 0x80)
            return;
    expect(valid == long_valid);
    expect(!valid || (cw_name_fold_whole(name, &whole) && other.n == whole.n + 2 &&
                      memcmp(other.p, whole.p, whole.n) == 0));
}

/* A name looks like its key does, and all looks are of some length. */
static void try_looks(struct cw_slice name, const struct cw_name_key *key)
{
    struct cw_looks looks, of_key;
    struct cw_slice look, other;
    bool alike = false;
    cw_name_looks(name, &looks);
    if (key->n > CW_NAME_MAX)
        return;
    cw_name_looks(cw_name_key_slice(key), &of_key);
    for (struct cw_slice a = cw_looks_slice(&looks); cw_looks_next(&a, &look);) {
        expect(cw_utf8_valid(look) && look.n <= CW_LOOK_MAX);
        for (struct cw_slice b = cw_looks_slice(&of_key); cw_looks_next(&b, &other);)
            alike |= cw_slice_eq(look, other);
    }
    expect(alike || looks.n == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct cw_slice name = cw_slice_of(data, size);
    struct cw_name_key key;
    bool valid = cw_name_fold(name, &key);
    try_long_road(name, valid);
    expect(valid || cw_name_fault(name) != CW_RULE_NONE);
    if (!valid)
        return 0;
    try_looks(name, &key);
    expect(size >= 1 && size <= CW_NAME_MAX && key.n >= 1 && key.n <= CW_NAME_KEY_MAX);
    expect(cw_utf8_valid(cw_name_key_slice(&key)));
    expect_same(cw_name_key_slice(&key), &key);
    try_form(name, &key, UTF8PROC_COMPOSE);
    try_form(name, &key, UTF8PROC_DECOMPOSE);
    try_form(name, &key, UTF8PROC_COMPOSE | UTF8PROC_COMPAT);
    try_form(name, &key, UTF8PROC_DECOMPOSE | UTF8PROC_COMPAT);
    return 0;
}
