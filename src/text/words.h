/* words.h - the words of a text, as a search compares them.
 *
 * Pure; every store uses it, so that all find the same. A word is a sequence of letters, digits and
 * their marks. Compatible forms are one (NFKD), case is folded in full (`ß` is `ss`), accents are
 * removed. Scripts without spaces between words (Chinese, Japanese, Thai, Korean, Lao, Khmer,
 * Burmese, ...) become overlapping pairs of characters; an emoji is a word of its own, without its
 * skin tone. docs/protocol.md, "search". */
#ifndef CW_TEXT_WORDS_H
#define CW_TEXT_WORDS_H

#include "base/buf.h"
#include "base/slice.h"

/* Longer words are cut to this many bytes before they are compared. */
#define CW_WORD_MAX 96

/* Replaces the content of *out by the tokens of a text, with a blank between them. Tokens consist
 * of ASCII letters in lower case, digits and bytes from 0x80 on. */
void cw_words(struct cw_slice text, struct cw_buf *out);

/* One term of a query; all terms must be in the text. A term has one token or several that follow
 * one another. With `begins` the last of them needs only to be a prefix. */
struct cw_words_term {
    struct cw_slice tokens; /* with a blank between them */
    bool begins;
};
/* Takes the next term from *terms; false: there is none left. */
bool cw_words_next(struct cw_slice *terms, struct cw_words_term *term);
/* Replaces the content of *out by the terms of a query, for cw_words_next. It is empty when the
 * query has no word. */
void cw_words_query(struct cw_slice query, struct cw_buf *out);

/* Do these tokens of a text (cw_words) contain all terms (cw_words_query)? */
bool cw_words_match(struct cw_slice tokens, struct cw_slice terms);

/* The version of the rules and data that made the tokens: an index with another version must be
 * built again. */
#define CW_WORDS_VERSION_MAX 32
void cw_words_version(char version[CW_WORDS_VERSION_MAX]);

#endif
