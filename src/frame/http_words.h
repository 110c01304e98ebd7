/* http_words.h - words and lists in the headers and answers of HTTP, for the framers of both ends.
 * Private to src/frame. */
#ifndef CW_FRAME_HTTP_WORDS_H
#define CW_FRAME_HTTP_WORDS_H

#include "base/slice.h"

/* Why a client's request ends with status 421, for people. */
#define CW_HTTP_WRONG_HOST                                                                         \
    "the server does not serve this name, but one that its operator has set (HTTP status 421)"

/* Are they equal except for the case of ASCII letters? */
bool cw_http_same_word(struct cw_slice a, const char *b);

struct cw_slice cw_http_without_blanks(struct cw_slice s);

/* Takes the bytes before the separator, or all, from the front of *rest, which then begins behind
 * the separator. */
struct cw_slice cw_http_cut(struct cw_slice *rest, char separator);

/* Takes the next element of a list with commas, without the blanks around it, from *list;
 * false: there is none. It may be empty. */
bool cw_http_next_element(struct cw_slice *list, struct cw_slice *element);

/* Is one of the list's elements this word? */
bool cw_http_list_has(struct cw_slice list, const char *word);

#endif
