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

#endif
