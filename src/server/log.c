/* log.c - see log.h. A flood of lines would fill the disk that messages need. */
#include "server/log.h"

#include <arpa/inet.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/utf8.h"
#include "server/log_limit.h"

#define LINES_PER_S_MAX 200
#define ADDRESS_MAX     64
#define FLUSH_MS        1000

/* --- lines ------------------------------------------------------------------------------ */

/* Of the process; the level may change while it runs. */
static _Atomic(enum cw_log_format) chosen_format = CW_LOG_PLAIN;
static _Atomic(enum cw_log_level) chosen_level = CW_LOG_INFO;

void cw_log_set_format(enum cw_log_format format)
{
    chosen_format = format;
}

void cw_log_set_level(enum cw_log_level level)
{
    chosen_level = level;
}

enum cw_log_level cw_log_get_level(void)
{
    return chosen_level;
}

static void put_line(const struct timespec *now, const struct cw_log_record *record)
{
    char time[32];
    struct tm utc;
    struct cw_buf line = {0};
    gmtime_r(&now->tv_sec, &utc);
    size_t n = strftime(time, sizeof time, "%Y-%m-%dT%H:%M:%S", &utc);
    snprintf(time + n, sizeof time - n, ".%03ldZ", now->tv_nsec / 1000000);
    cw_log_line(&line, chosen_format, time, record);
    fwrite(line.p, 1, line.n, stderr);
    cw_buf_finish(&line);
}

static void put_suppressed(const struct timespec *now, unsigned lines)
{
    char text[64];
    snprintf(text, sizeof text, "%u lines suppressed", lines);
    put_line(now, &(struct cw_log_record){.level = CW_LOG_WARNING, .plain = text, .what = text});
}

void cw_log_record(const struct cw_log_record *record)
{
    static time_t second;
    static unsigned lines;
    struct timespec now;
    if (record->level > chosen_level)
        return;
    clock_gettime(CLOCK_REALTIME, &now);
    flockfile(stderr); /* the store's thread logs, too */
    if (now.tv_sec != second) {
        if (lines > LINES_PER_S_MAX)
            put_suppressed(&now, lines - LINES_PER_S_MAX);
        second = now.tv_sec;
        lines = 0;
    }
    if (++lines <= LINES_PER_S_MAX)
        put_line(&now, record);
    funlockfile(stderr);
}

CW_PRINTF_LIKE(2, 0)
static void log_formatted(enum cw_log_level level, const char *format, va_list arguments)
{
    char line[CW_LOG_LINE_MAX];
    vsnprintf(line, sizeof line, format, arguments);
    for (char *p = line; *p != '\0'; p++)
        if ((unsigned char)*p < ' ' || *p == 0x7f)
            *p = '?';
    cw_log_record(&(struct cw_log_record){.level = level, .plain = line, .what = line});
}

void cw_log(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    log_formatted(CW_LOG_INFO, format, arguments);
    va_end(arguments);
}

void cw_log_warning(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    log_formatted(CW_LOG_WARNING, format, arguments);
    va_end(arguments);
}

void cw_log_error(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    log_formatted(CW_LOG_ERROR, format, arguments);
    va_end(arguments);
}

void cw_log_notes(const struct cw_store_notes *notes)
{
    for (size_t i = 0; i < notes->count; i++)
        cw_log_warning("store: %s", notes->lines[i]);
    if (notes->lost != 0)
        cw_log_warning("store: %zu more such lines", notes->lost);
}

/* --- lines about peers ------------------------------------------------------------------ */

static struct cw_log_limit limit;

static uint64_t monotonic_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

/* A /64 of IPv6 addresses belongs to one household. */
static void network_of(const char *host, char network[ADDRESS_MAX])
{
    uint8_t bytes[16];
    char text[INET6_ADDRSTRLEN];
    bool own = inet_pton(AF_INET6, host, bytes) == 1 &&
               memcmp(bytes, "\0\0\0\0\0\0\0\0", 8) != 0; /* not ::1, ::ffff:192.0.2.7 */
    if (own) {
        memset(bytes + 8, 0, 8);
        inet_ntop(AF_INET6, bytes, text, sizeof text);
    }
    snprintf(network, ADDRESS_MAX, own ? "%s/64" : "%s", own ? text : host);
}

static void say_left_out(const char *kind, unsigned left_out)
{
    cw_log("%s: %u more in a minute", kind, left_out);
}

/* What stands between the first and the last quote: a name as cw_log_quote writes it. */
static const char *unquoted(const char *quoted, char name[CW_LOG_QUOTED_MAX])
{
    const char *end = strrchr(quoted, '"');
    if (quoted[0] != '"' || end == quoted)
        return NULL;
    snprintf(name, CW_LOG_QUOTED_MAX, "%.*s", (int)(end - quoted - 1), quoted + 1);
    return name;
}

void cw_log_peer(const char *host, const char *what, const char *quoted, uint64_t request)
{
    char network[ADDRESS_MAX], kind[CW_LOG_KIND_MAX], line[CW_LOG_LINE_MAX];
    char name[CW_LOG_QUOTED_MAX], number[24];
    unsigned left_out;
    network_of(host, network);
    snprintf(kind, sizeof kind, "%s: %s", network, what);
    if (!cw_log_limit_take(&limit, kind, monotonic_ms(), &left_out))
        return;
    if (left_out != 0)
        say_left_out(kind, left_out);
    snprintf(line, sizeof line, "%s: %s%s%s", host, what, quoted[0] == '\0' ? "" : ": ", quoted);
    snprintf(number, sizeof number, "%" PRIu64, request);
    cw_log_record(&(struct cw_log_record){.level = CW_LOG_INFO,
                                          .plain = line,
                                          .what = what,
                                          .fields = {{"host", host},
                                                     {"user", unquoted(quoted, name)},
                                                     {"request", request == 0 ? NULL : number}}});
}

void cw_log_flush(void)
{
    static uint64_t looked_ms;
    char kind[CW_LOG_KIND_MAX];
    uint64_t now_ms = limit.count == 0 ? looked_ms : monotonic_ms();
    if (now_ms - looked_ms < FLUSH_MS)
        return;
    looked_ms = now_ms;
    for (unsigned left_out; (left_out = cw_log_limit_expire(&limit, now_ms, kind)) != 0;)
        say_left_out(kind, left_out);
}

/* --- names from peers --------------------------------------------------------------------- */

/* Not shown: characters that could break a line, or hide or reverse what follows. */
static bool is_shown(uint32_t c)
{
    bool control = c < 0x20 || (c >= 0x7f && c < 0xa0);
    bool format = c == 0xad || c == 0x61c || c == 0x180e || (c >= 0x200b && c <= 0x200f) ||
                  (c >= 0x2028 && c <= 0x202e) || (c >= 0x2060 && c <= 0x206f) || c == 0xfeff ||
                  (c >= 0xfff0 && c <= 0xfffb) || c >= 0xe0000;
    return !control && !format && c != '"' && c != '\\';
}

/* The code point at p, of valid UTF-8, and how many bytes it has. */
static uint32_t code_point(const uint8_t *p, size_t *n)
{
    *n = p[0] < 0x80 ? 1 : p[0] < 0xe0 ? 2 : p[0] < 0xf0 ? 3 : 4;
    uint32_t c = *n == 1 ? p[0] : p[0] & (0x7fu >> *n);
    for (size_t i = 1; i < *n; i++)
        c = c << 6 | (p[i] & 0x3f);
    return c;
}

void cw_log_quote(struct cw_slice name, char quoted[CW_LOG_QUOTED_MAX])
{
    char *p = quoted;
    bool valid = cw_utf8_valid(name);
    size_t at = 0, n = 1;
    *p++ = '"';
    for (; at < name.n && at < CW_LOG_NAME_MAX; at += n) {
        uint32_t c = name.p[at];
        if (valid)
            c = code_point(name.p + at, &n);
        if (at + n > CW_LOG_NAME_MAX)
            break;
        if (is_shown(c) && (valid || c < 0x80)) {
            memcpy(p, name.p + at, n);
            p += n;
        } else {
            p += sprintf(p, n == 1 ? "\\x%02X" : "\\u{%X}", (unsigned)c);
        }
    }
    *p++ = '"';
    snprintf(p, 4, "%s", at < name.n ? "..." : "");
}
