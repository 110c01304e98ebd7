/* name.h - usernames and group names: which are valid, and when two are the same.
 *
 * Pure. A valid name (it may be older than the rules for new ones) has 1 to CW_NAME_MAX bytes of
 * UTF-8 without control, format, unassigned or white-space characters, not beginning with '@' or
 * '#', both before and after NFKC. Two names are the same when their keys are: NFKC and case
 * folding (Unicode 15 as in utf8proc) without the punctuation at either end. For a new name
 * cw_name_fault has more rules. docs/protocol.md, "Names". */
#ifndef CW_TEXT_NAME_H
#define CW_TEXT_NAME_H

#include "base/limits.h"
#include "base/rule.h"
#include "base/slice.h"

struct cw_name_key {
    uint8_t p[CW_NAME_KEY_MAX];
    size_t n;
};

/* Fills *key from a name. Returns false, with *key undefined, when `name` is not valid. A name of
 * punctuation alone keeps all of it. */
bool cw_name_fold(struct cw_slice name, struct cw_name_key *key);

/* The same with the punctuation at the ends: the key of 0.1.0, which some old names keep. */
bool cw_name_fold_whole(struct cw_slice name, struct cw_name_key *key);

/* The rule for which a new name is refused; CW_RULE_NONE: it is good. */
enum cw_rule cw_name_fault(struct cw_slice name);

/* The text without punctuation (and marks on it) at either end; all of it when there
 * is nothing else. The text is valid UTF-8. */
struct cw_slice cw_name_trim(struct cw_slice text);

static inline struct cw_slice cw_name_key_slice(const struct cw_name_key *key)
{
    return cw_slice_of(key->p, key->n);
}

#endif
