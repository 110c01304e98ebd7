/* log_line.c - see log_line.h. */
#include "server/log_line.h"

#include "base/utf8.h"

static const char *const levels[] = {"error", "warning", "info", "debug"};

/* In quotes. Both formats escape alike; what is no UTF-8 (a file's name) loses its strange bytes.
 */
static void put_quoted(struct cw_buf *to, const char *text)
{
    bool valid = cw_utf8_valid(cw_slice_str(text));
    cw_buf_append_byte(to, '"');
    for (const char *p = text; *p != 0; p++) {
        uint8_t c = (uint8_t)*p;
        if (c == '"' || c == '\\')
            cw_buf_append_byte(to, '\\');
        cw_buf_append_byte(to, c < 0x20 || c == 0x7f || (c >= 0x80 && !valid) ? '?' : c);
    }
    cw_buf_append_byte(to, '"');
}

/* Fit to stand without quotes. */
static bool is_word(const char *text)
{
    for (const char *p = text; *p != 0; p++)
        if (!((*p >= 'a' && *p <= 'z') || (*p >= 'A' && *p <= 'Z') || (*p >= '0' && *p <= '9') ||
              *p == '.' || *p == ':' || *p == '_' || *p == '-' || *p == '/'))
            return false;
    return *text != 0;
}

static void put_field(struct cw_buf *to, enum cw_log_format format, const char *key,
                      const char *value)
{
    bool json = format == CW_LOG_JSON;
    if (value == NULL)
        return;
    cw_buf_append_str(to, json ? ",\"" : " ");
    cw_buf_append_str(to, key);
    cw_buf_append_str(to, json ? "\":" : "=");
    if (!json && is_word(value))
        cw_buf_append_str(to, value);
    else
        put_quoted(to, value);
}

void cw_log_line(struct cw_buf *to, enum cw_log_format format, const char *time,
                 const struct cw_log_record *record)
{
    if (format == CW_LOG_PLAIN) {
        cw_buf_append_str(to, time);
        cw_buf_append_str(to, " chinwagd: ");
        cw_buf_append_str(to, record->plain);
        cw_buf_append_byte(to, '\n');
        return;
    }
    cw_buf_append_str(to, format == CW_LOG_JSON ? "{\"time\":\"" : "time=");
    cw_buf_append_str(to, time);
    if (format == CW_LOG_JSON)
        cw_buf_append_byte(to, '"');
    put_field(to, format, "level", levels[record->level]);
    put_field(to, format, "msg", record->what);
    for (int i = 0; i < CW_LOG_FIELDS_MAX; i++)
        put_field(to, format, record->fields[i].key, record->fields[i].value);
    cw_buf_append_str(to, format == CW_LOG_JSON ? "}\n" : "\n");
}
