/* password.h - a password as it is hashed: the OpaqueString profile of RFC 8265.
 *
 * Pure. A password typed with composed characters and one typed with decomposed ones (macOS and
 * Windows differ in that) are the same. */
#ifndef CW_TEXT_PASSWORD_H
#define CW_TEXT_PASSWORD_H

#include "base/limits.h"
#include "base/rule.h"
#include "base/slice.h"

struct cw_password {
    uint8_t p[CW_PASSWORD_MAX];
    size_t n;
};

/* Converts spaces to U+0020 and the text to NFC. Returns CW_RULE_NONE, or the rule for which it is
 * refused as a new password: it has control, invisible or unassigned characters, or is too long
 * after that. */
enum cw_rule cw_password_prepare(struct cw_slice password, struct cw_password *prepared);

static inline struct cw_slice cw_password_slice(const struct cw_password *prepared)
{
    return cw_slice_of(prepared->p, prepared->n);
}

#endif
