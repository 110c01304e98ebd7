/* mention.h - which names a text mentions: what stands behind an '@'.
 *
 * Pure. An '@' counts at the beginning of a word: behind a blank, punctuation that opens or
 * separates, a picture, or a script without spaces; not in a word, so an address of e-mail mentions
 * nobody. Nor does what stands in a code span: between two runs of as many backticks. */
#ifndef CW_TEXT_MENTION_H
#define CW_TEXT_MENTION_H

#include <stdbool.h>

#include "base/slice.h"

struct cw_mention_scan {
    struct cw_slice rest; /* valid UTF-8 */
    bool joined;          /* what stands before it makes an '@' a part of a word */
    unsigned unclosed;    /* bit n: no run of n backticks follows any more */
};

static inline struct cw_mention_scan cw_mention_scan(struct cw_slice text)
{
    return (struct cw_mention_scan){.rest = text};
}

/* Takes the next word behind an '@', up to a blank, which may be longer than the name: 1 to
 * CW_NAME_MAX bytes. False: there is none left. */
bool cw_mention_next(struct cw_mention_scan *scan, struct cw_slice *word);

/* The next shorter name that may be meant: without the last punctuation inside the word and what
 * follows it ("bob's"), or without the characters of a script without spaces. False: none. */
bool cw_mention_shorten(struct cw_slice *word);

#endif
