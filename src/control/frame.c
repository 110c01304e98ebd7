/* frame.c - see frame.h. */
#include "control/frame.h"

#include <string.h>

void cw_control_put_frame(struct cw_buf *out, enum cw_control_kind kind, struct cw_slice body)
{
    size_t n = body.n + 1;
    const uint8_t head[CW_CONTROL_HEAD] = {(uint8_t)(n >> 24), (uint8_t)(n >> 16),
                                           (uint8_t)(n >> 8), (uint8_t)n, (uint8_t)kind};
    cw_buf_append(out, head, sizeof head);
    if (body.n != 0)
        cw_buf_append(out, body.p, body.n);
}

enum cw_control_taken cw_control_take_frame(struct cw_slice *in, size_t max, uint8_t *kind,
                                            struct cw_slice *body)
{
    if (in->n < 4)
        return CW_CONTROL_MORE;
    size_t n = (size_t)in->p[0] << 24 | (size_t)in->p[1] << 16 | (size_t)in->p[2] << 8 | in->p[3];
    if (n == 0 || n > max)
        return CW_CONTROL_BROKEN;
    if (in->n < 4 + n)
        return CW_CONTROL_MORE;
    *kind = in->p[4];
    *body = cw_slice_of(in->p + CW_CONTROL_HEAD, n - 1);
    *in = cw_slice_of(in->p + 4 + n, in->n - 4 - n);
    return CW_CONTROL_FRAME;
}

size_t cw_control_split(struct cw_slice body, const char *words[CW_CONTROL_WORDS_MAX])
{
    size_t count = 0;
    for (size_t at = 0; at < body.n;) {
        const uint8_t *end = memchr(body.p + at, 0, body.n - at);
        if (end == NULL || count == CW_CONTROL_WORDS_MAX)
            return 0;
        words[count++] = (const char *)body.p + at;
        at = (size_t)(end - body.p) + 1;
    }
    return count;
}
