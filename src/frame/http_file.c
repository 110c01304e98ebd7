/* http_file.c - see http_file.h. */
#include "frame/http_file.h"

#include <stdio.h>

#include "frame/http_answer.h"
#include "frame/http_words.h"

/* The longest entity tag: the number of a file. */
#define TAG_ROOM 24

static void put_end(struct cw_buf *out, const struct cw_http_site *site)
{
    cw_buf_append_str(out, site->file_headers);
    cw_buf_append_str(out, "\r\n");
}

static void put_length(struct cw_buf *out, uint64_t length)
{
    cw_buf_append_str(out, "Content-Length: ");
    cw_http_put_number(out, length);
    cw_buf_append_str(out, "\r\n");
}

static void put_closing(struct cw_buf *out, bool closes)
{
    if (closes)
        cw_http_put_header(out, "Connection", "close");
}

/* --- the file's name ----------------------------------------------------------------------- */

static bool is_name_plain(uint8_t c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '-' || c == '_';
}

/* RFC 6266, and RFC 8187 for the name with all its characters; and for old programs one in ASCII.
 */
static void put_disposition(struct cw_buf *out, struct cw_slice name)
{
    static const char digits[] = "0123456789ABCDEF";
    cw_buf_append_str(out, "Content-Disposition: attachment; filename=\"");
    for (size_t i = 0; i < name.n; i++)
        cw_buf_append_byte(out, is_name_plain(name.p[i]) || name.p[i] == ' ' ? name.p[i] : '_');
    cw_buf_append_str(out, "\"; filename*=UTF-8''");
    for (size_t i = 0; i < name.n; i++) {
        if (is_name_plain(name.p[i])) {
            cw_buf_append_byte(out, name.p[i]);
            continue;
        }
        cw_buf_append_byte(out, '%');
        cw_buf_append_byte(out, (uint8_t)digits[name.p[i] >> 4]);
        cw_buf_append_byte(out, (uint8_t)digits[name.p[i] & 15]);
    }
    cw_buf_append_str(out, "\r\n");
}

/* --- answers ------------------------------------------------------------------------------- */

/* RFC 9110, 13.1.5: a part of another file is of no use. */
static bool is_range_wanted(const struct cw_http_file *file, const char *tag,
                            struct cw_http_range *range)
{
    return file->range.n != 0 &&
           (file->if_range.n == 0 || cw_http_is_tag(file->if_range, tag, "")) &&
           cw_http_read_range(file->range, file->size, range);
}

static void put_range(struct cw_buf *out, const struct cw_http_range *range, uint64_t size)
{
    cw_buf_append_str(out, "Content-Range: bytes ");
    if (range->begin < range->end) {
        cw_http_put_number(out, range->begin);
        cw_buf_append_str(out, "-");
        cw_http_put_number(out, range->end - 1);
    } else {
        cw_buf_append_str(out, "*");
    }
    cw_buf_append_str(out, "/");
    cw_http_put_number(out, size);
    cw_buf_append_str(out, "\r\n");
}

bool cw_http_put_file(struct cw_buf *out, const struct cw_http_file *file, uint64_t *begin,
                      uint64_t *end)
{
    char tag[TAG_ROOM], type[64];
    struct cw_http_range range = {0, file->size};
    snprintf(tag, sizeof tag, "%llu", (unsigned long long)file->id);
    snprintf(type, sizeof type, "%.*s", (int)file->type.n, (const char *)file->type.p);
    bool ranged = is_range_wanted(file, tag, &range);
    bool any = range.begin < range.end;
    cw_http_put_status_line(out, !ranged ? 200 : any ? 206 : 416);
    put_closing(out, file->closes);
    if (ranged)
        put_range(out, &range, file->size);
    if (any)
        cw_http_put_header(out, "Content-Type", type);
    put_length(out, any ? range.end - range.begin : 0);
    cw_http_put_header(out, "Accept-Ranges", "bytes");
    cw_buf_append_str(out, "ETag: \"");
    cw_buf_append_str(out, tag);
    cw_buf_append_str(out, "\"\r\n");
    put_disposition(out, file->name);
    put_end(out, file->site);
    *begin = range.begin;
    *end = range.end;
    return any;
}

void cw_http_put_no_file(struct cw_buf *out, const struct cw_http_asked *asked, unsigned status,
                         const char *sentence)
{
    cw_http_put_status_line(out, status);
    put_closing(out, asked->closes);
    if (status != 204) { /* which has no body, and no length */
        cw_http_put_header(out, "Content-Type", "text/plain; charset=utf-8");
        put_length(out, strlen(sentence));
    }
    put_end(out, asked->site);
    if (!asked->wants_head && status != 204)
        cw_buf_append_str(out, sentence);
}

void cw_http_put_continue(struct cw_buf *out)
{
    cw_http_put_status_line(out, 100);
    cw_buf_append_str(out, "\r\n");
}

/* --- uploads ------------------------------------------------------------------------------- */

/* RFC 9110, 14.4: "bytes FIRST-LAST/SIZE". */
bool cw_http_read_place(const struct cw_http_asked *asked, uint64_t *begin, uint64_t *size)
{
    struct cw_slice s = asked->content_range;
    uint64_t last;
    *begin = 0;
    *size = asked->length;
    if (s.n == 0)
        return true;
    if (s.n < 6 || !cw_http_same_word(cw_slice_of(s.p, 6), "bytes "))
        return false;
    s = cw_slice_of(s.p + 6, s.n - 6);
    return cw_http_take_number(&s, begin) && cw_http_take_char(&s, '-') &&
           cw_http_take_number(&s, &last) && cw_http_take_char(&s, '/') &&
           cw_http_take_number(&s, size) && s.n == 0 && last >= *begin && last < *size &&
           last - *begin == asked->length - 1;
}
