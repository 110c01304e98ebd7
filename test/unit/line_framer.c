/* line_framer.c - see line_framer.h. */
#include "line_framer.h"

#include "base/alloc.h"
#include "frame/partial.h"

struct line_framer {
    struct cw_framer framer;
    bool ready;
};

static void line_start(struct cw_framer *framer, struct cw_buf *out)
{
    (void)framer;
    (void)out;
}

static struct cw_framer_event event_of(enum cw_framer_event_type type, struct cw_slice body)
{
    return (struct cw_framer_event){.type = type, .body = body};
}

static struct cw_framer_event line_input(struct cw_framer *framer, struct cw_slice *in,
                                         struct cw_buf *out)
{
    struct line_framer *line = (struct line_framer *)framer;
    struct cw_buf *partial = &framer->partial;
    (void)out;
    if (!line->ready) {
        line->ready = framer->takes_updates = true;
        return event_of(CW_FRAMER_READY, (struct cw_slice){0});
    }
    if (partial->n != 0 && partial->p[partial->n - 1] == '\n')
        cw_buf_finish(partial); /* reported before */
    while (in->n > 0) {
        if (partial->n == framer->message_max)
            return (struct cw_framer_event){.type = CW_FRAMER_FAILED,
                                            .reason = "a line is too long"};
        uint8_t c = in->p[0];
        cw_buf_append_byte(partial, c);
        cw_partial_advance(in, 1);
        if (c == '\n')
            return event_of(CW_FRAMER_MESSAGE, cw_buf_slice(partial));
    }
    return event_of(CW_FRAMER_NEED_MORE, (struct cw_slice){0});
}

static size_t line_header(const struct cw_framer *framer, uint8_t *end, uint64_t n, bool envelope)
{
    (void)framer;
    (void)end;
    (void)n;
    (void)envelope;
    return 0;
}

static void line_close(struct cw_framer *framer, struct cw_buf *out)
{
    (void)framer;
    cw_buf_append(out, "bye\n", 4);
}

static void line_finish(struct cw_framer *framer)
{
    cw_buf_finish(&framer->partial);
}

struct cw_framer *line_framer_create(uint32_t message_max)
{
    static const struct cw_framer_type type = {.start = line_start,
                                               .input = line_input,
                                               .header = line_header,
                                               .close = line_close,
                                               .finish = line_finish};
    struct line_framer *line = cw_alloc_zero(sizeof *line);
    line->framer = (struct cw_framer){.type = &type, .message_max = message_max};
    return &line->framer;
}
