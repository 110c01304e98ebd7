/* emoji.c - see emoji.h. Called by the core, for reactions. */
#include "text/emoji.h"

#include <stdbool.h>
#include <string.h>

#include <utf8proc.h>

#include "text/unicode.h"

#define JOINER     0x200d
#define AS_PICTURE 0xfe0f
#define KEYCAP     0x20e3
#define BLACK_FLAG 0x1f3f4
#define LAST_TAG   0xe007f

struct reader {
    struct cw_slice rest;
    int32_t next; /* 0: the text has ended, or a zero, which is no emoji, follows */
    struct cw_emoji *out;
    bool full;
};

static void look(struct reader *r)
{
    if (r->rest.n == 0 || utf8proc_iterate(r->rest.p, (utf8proc_ssize_t)r->rest.n, &r->next) <= 0)
        r->next = 0;
}

static void put_point(struct reader *r, int32_t c)
{
    uint8_t bytes[4];
    size_t n = (size_t)utf8proc_encode_char(c, bytes);
    r->full |= r->out->n + n > sizeof r->out->p;
    if (r->full)
        return;
    memcpy(r->out->p + r->out->n, bytes, n);
    r->out->n += n;
}

static void skip(struct reader *r)
{
    utf8proc_ssize_t n = utf8proc_iterate(r->rest.p, (utf8proc_ssize_t)r->rest.n, &r->next);
    r->rest.p += n;
    r->rest.n -= (size_t)n;
    look(r);
}

static void take(struct reader *r)
{
    put_point(r, r->next);
    skip(r);
}

static bool is_between(int32_t c, int32_t first, int32_t last)
{
    return c >= first && c <= last;
}

static bool is_flag_half(int32_t c)
{
    return is_between(c, 0x1f1e6, 0x1f1ff);
}

/* A digit, '#' or '*': with its frame alone. */
static bool take_key(struct reader *r)
{
    take(r);
    if (r->next == AS_PICTURE)
        skip(r);
    put_point(r, AS_PICTURE);
    if (r->next != KEYCAP)
        return false;
    take(r);
    return true;
}

static bool take_flag(struct reader *r)
{
    take(r);
    if (!is_flag_half(r->next))
        return false;
    take(r);
    return true;
}

/* A part of a country: its letters and digits as tags behind the black flag. */
static bool take_tags(struct reader *r)
{
    if (r->next == LAST_TAG)
        return false;
    while (is_between(r->next, 0xe0030, 0xe0039) || is_between(r->next, 0xe0061, 0xe007a))
        take(r);
    if (r->next != LAST_TAG)
        return false;
    take(r);
    return true;
}

/* One emoji of those that are joined. */
static bool take_element(struct reader *r)
{
    int32_t c = r->next;
    if (!cw_unicode_is_emoji(c) || c < 0x80 || is_flag_half(c))
        return false;
    take(r);
    if (cw_unicode_is_emoji_base(c) && is_between(r->next, 0x1f3fb, 0x1f3ff)) {
        take(r);
        return true;
    }
    if (r->next == AS_PICTURE)
        skip(r);
    if (!cw_unicode_is_shown_as_emoji(c))
        put_point(r, AS_PICTURE);
    bool tagged = c == BLACK_FLAG && is_between(r->next, 0xe0020, LAST_TAG);
    return !tagged || take_tags(r);
}

static bool take_joined(struct reader *r)
{
    for (int count = 1; take_element(r) && !r->full; count++) {
        if (r->next != JOINER)
            return true;
        if (count == CW_EMOJI_JOINED_MAX)
            return false;
        take(r);
    }
    return false;
}

bool cw_emoji_read(struct cw_slice text, struct cw_emoji *emoji)
{
    struct reader r = {.rest = text, .out = emoji};
    emoji->n = 0;
    if (text.n == 0 || text.n > CW_EMOJI_BYTES_MAX)
        return false;
    look(&r);
    bool one = is_flag_half(r.next)                           ? take_flag(&r)
               : r.next < 0x80 && cw_unicode_is_emoji(r.next) ? take_key(&r)
                                                              : take_joined(&r);
    return one && r.rest.n == 0 && !r.full;
}
