/* buf.h - a growing array of bytes; the holder of the struct owns them. A zeroed struct is empty.
 *
 * Growing doubles, so that n bytes cost O(n); callers bound n (limits.h). */
#ifndef CW_BASE_BUF_H
#define CW_BASE_BUF_H

#include "base/slice.h"

struct cw_buf {
    uint8_t *p;
    size_t n;        /* bytes in use */
    size_t capacity; /* bytes allocated */
};

/* Makes room for `more` bytes at the end and returns their place. The caller writes them and then
 * raises n. NULL only as cw_alloc: the buf is as it was. (The functions below then append nothing:
 * cw_alloc_failed says so.) */
uint8_t *cw_buf_reserve(struct cw_buf *buf, size_t more);

void cw_buf_append(struct cw_buf *buf, const void *p, size_t n);
void cw_buf_append_byte(struct cw_buf *buf, uint8_t byte);
/* The characters of a string, without its zero. */
void cw_buf_append_str(struct cw_buf *buf, const char *s);

/* Removes the first n bytes (n <= buf->n). */
void cw_buf_consume(struct cw_buf *buf, size_t n);

static inline struct cw_slice cw_buf_slice(const struct cw_buf *buf)
{
    return cw_slice_of(buf->p, buf->n);
}

/* Frees the memory; the buf is empty and may be used again. */
void cw_buf_finish(struct cw_buf *buf);

#endif
