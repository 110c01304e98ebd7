/* http_answer.h - the bytes of an answer: status, headers, body, and the rules of RFC 9110 for
 * them (HEAD, 304, ranges, compression). Private to the framer of HTTP (frame/http.h). */
#ifndef CW_FRAME_HTTP_ANSWER_H
#define CW_FRAME_HTTP_ANSWER_H

#include "frame/http.h"
#include "frame/http_head.h"

/* Appends the answer to the request `head`. `closes`: the answer ends the connection. */
void cw_http_put_answer(struct cw_buf *out, const struct cw_http_site *site,
                        const struct cw_http_head *head, const struct cw_http_answer *answer,
                        bool closes);

/* Frees the answer's memory. */
void cw_http_answer_finish(struct cw_http_answer *answer);

/* --- for other answers (http_file.c) --- */

void cw_http_put_number(struct cw_buf *out, uint64_t number);
void cw_http_put_header(struct cw_buf *out, const char *name, const char *value);
void cw_http_put_status_line(struct cw_buf *out, unsigned status);

/* Is it the entity tag, with the suffix and quotes? */
bool cw_http_is_tag(struct cw_slice s, const char *tag, const char *suffix);

/* Bytes of a body: [begin, end). */
struct cw_http_range {
    uint64_t begin, end;
};
/* RFC 9110, 14.1.2: "bytes=FIRST-LAST", "bytes=FIRST-", "bytes=-COUNT" of n bytes. false: it is
 * none of these (or several ranges), and is ignored. A range outside the body is empty. */
bool cw_http_read_range(struct cw_slice s, uint64_t n, struct cw_http_range *range);
/* Takes digits from the front. A number over 64 bits becomes the largest one. */
bool cw_http_take_number(struct cw_slice *s, uint64_t *number);
bool cw_http_take_char(struct cw_slice *s, char c);

#endif
