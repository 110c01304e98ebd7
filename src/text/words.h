/* words.h - the words of a text, as a search compares them.
 *
 * Pure; every store uses it, so that all find the same. A word is a row of letters,
 * digits and their marks. Compatible forms are one (NFKD), case is folded in full
 * (`ß` is `ss`), accents go. What is written without spaces between words (Chinese,
 * Japanese, Thai, Korean, Lao, Khmer, Burmese, ...) becomes overlapping pairs of
 * characters; an emoji is a word of its own, whatever its colour of skin.
 * docs/protocol.md, "search". */
#ifndef CW_TEXT_WORDS_H
#define CW_TEXT_WORDS_H

#include "base/buf.h"
#include "base/slice.h"

/* Words are cut to so many bytes, and compared as if they ended there. */
#define CW_WORD_MAX 96

/* Puts the tokens of a text into *out, in place of what is there: words with a blank
 * before each but the first, of ASCII letters in small, digits, and bytes from 0x80 on. */
void cw_words(struct cw_slice text, struct cw_buf *out);

/* A query: terms that all have to be in the text. Each has one token, or several that
 * stand behind one another; of the last of them, when `begins`, the beginning will do. */
struct cw_words_term {
    struct cw_slice tokens; /* with a blank between them */
    bool begins;
};
/* The next term of *terms, which is cut to what follows it; false: no more. */
bool cw_words_next(struct cw_slice *terms, struct cw_words_term *term);
/* Puts the terms of a query into *out likewise, for cw_words_next. Nothing when no word is in it.
 */
void cw_words_query(struct cw_slice query, struct cw_buf *out);

/* Has a text with these tokens (cw_words) all terms (cw_words_query)? */
bool cw_words_match(struct cw_slice tokens, struct cw_slice terms);

/* Which rules and data made the tokens: those of others are to be made anew. */
#define CW_WORDS_VERSION_MAX 32
void cw_words_version(char version[CW_WORDS_VERSION_MAX]);

#endif
