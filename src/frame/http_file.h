/* http_file.h - the bytes of answers about files, which the owner of a framer of HTTP makes after
 * the event ASKED (frame/http.h): it sends them as they are, then the bytes of the file. Whatever a
 * file is, a browser only shows it as a picture, plays it, or saves it.
 *
 * Caller: src/server/linked.c. */
#ifndef CW_FRAME_HTTP_FILE_H
#define CW_FRAME_HTTP_FILE_H

#include "frame/http.h"

/* A file, and what is wanted of it. */
struct cw_http_file {
    const struct cw_http_site *site;
    bool closes;
    uint64_t id;
    uint64_t size;
    struct cw_slice name, type;
    struct cw_slice range, if_range; /* of the request */
};

/* Appends status and headers of the answer. Returns false for a 416; else bytes [*begin, *end) of
 * the file follow, unless the request was HEAD. */
bool cw_http_put_file(struct cw_buf *out, const struct cw_http_file *file, uint64_t *begin,
                      uint64_t *end);

/* Appends a whole answer without a file: the sentence, static, ends with a newline. */
void cw_http_put_no_file(struct cw_buf *out, const struct cw_http_asked *asked, unsigned status,
                         const char *sentence);

/* Appends the 100 that a client awaits before it sends a body. */
void cw_http_put_continue(struct cw_buf *out);

/* The place of a PUT's body in the whole: [*begin, *begin + asked->length) of *size; without
 * Content-Range it is the whole. False: the header is malformed, or is of another length. */
bool cw_http_read_place(const struct cw_http_asked *asked, uint64_t *begin, uint64_t *size);

#endif
