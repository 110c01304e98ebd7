/* password.h - a password as it is hashed: the OpaqueString profile of RFC 8265.
 *
 * Pure. So one that is typed with composed characters and one with decomposed ones (as
 * macOS and Windows do) are the same. */
#ifndef CW_TEXT_PASSWORD_H
#define CW_TEXT_PASSWORD_H

#include "base/limits.h"
#include "base/slice.h"

struct cw_password {
    uint8_t p[CW_PASSWORD_MAX];
    size_t n;
};

/* Spaces become U+0020, and all of it NFC. Returns NULL, or for people why it can be no
 * new password: control characters, what is invisible or unassigned, or too long then. */
const char *cw_password_prepare(struct cw_slice password, struct cw_password *prepared);

static inline struct cw_slice cw_password_slice(const struct cw_password *prepared)
{
    return cw_slice_of(prepared->p, prepared->n);
}

#endif
