/* name.h - usernames and group names: what is one, and when two are the same.
 *
 * Pure. A name is 1 to CW_NAME_MAX bytes of UTF-8 without control, format,
 * unassigned or white-space characters, and does not start with '@' or '#';
 * both before and after NFKC. Two names are the same when their keys are: NFKC
 * and case folding (Unicode 15 as in utf8proc). docs/protocol.md, "Names". */
#ifndef CW_TEXT_NAME_H
#define CW_TEXT_NAME_H

#include "base/limits.h"
#include "base/slice.h"

struct cw_name_key {
    uint8_t p[CW_NAME_KEY_MAX];
    size_t n;
};

/* Fills *key from a name. Returns false, with *key undefined, when `name` is
 * not a valid name. */
bool cw_name_fold(struct cw_slice name, struct cw_name_key *key);

static inline struct cw_slice cw_name_key_slice(const struct cw_name_key *key)
{
    return cw_slice_of(key->p, key->n);
}

#endif
