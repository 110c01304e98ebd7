/* buf.c - see buf.h. */
#include "base/buf.h"

#include <stdlib.h>

#include "base/alloc.h"

#define FIRST_CAPACITY 128

uint8_t *cw_buf_reserve(struct cw_buf *buf, size_t more)
{
    size_t needed = buf->n + more;
    if (needed > buf->capacity) {
        size_t capacity = buf->capacity == 0 ? FIRST_CAPACITY : buf->capacity;
        while (capacity < needed)
            capacity *= 2;
        uint8_t *p = cw_realloc(buf->p, capacity);
        if (p == NULL)
            return NULL;
        buf->p = p;
        buf->capacity = capacity;
    }
    return buf->p + buf->n;
}

void cw_buf_append(struct cw_buf *buf, const void *p, size_t n)
{
    uint8_t *at = n == 0 ? NULL : cw_buf_reserve(buf, n);
    if (at == NULL)
        return;
    memcpy(at, p, n);
    buf->n += n;
}

void cw_buf_append_byte(struct cw_buf *buf, uint8_t byte)
{
    cw_buf_append(buf, &byte, 1);
}

void cw_buf_append_str(struct cw_buf *buf, const char *s)
{
    cw_buf_append(buf, s, strlen(s));
}

void cw_buf_consume(struct cw_buf *buf, size_t n)
{
    buf->n -= n;
    if (buf->n != 0)
        memmove(buf->p, buf->p + n, buf->n);
}

void cw_buf_finish(struct cw_buf *buf)
{
    free(buf->p);
    *buf = (struct cw_buf){0};
}
