/* http_answer.h - the bytes of an answer: status, headers, body, and what RFC 9110 makes of them
 * (HEAD, 304, ranges, compression). Private to the framer of HTTP (frame/http.h). */
#ifndef CW_FRAME_HTTP_ANSWER_H
#define CW_FRAME_HTTP_ANSWER_H

#include "frame/http.h"
#include "frame/http_head.h"

/* Appends the answer to what `head` asks for. `closes`: the connection ends with it. */
void cw_http_put_answer(struct cw_buf *out, const struct cw_http_site *site,
                        const struct cw_http_head *head, const struct cw_http_answer *answer,
                        bool closes);

/* Frees what the answer has. */
void cw_http_answer_finish(struct cw_http_answer *answer);

#endif
