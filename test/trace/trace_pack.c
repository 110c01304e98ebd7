/* trace_pack.c - see trace_pack.h. */
#include "trace_pack.h"

#include <stddef.h>
#include <stdlib.h>

#include "opus_files.h"
#include "wire/msgpack.h"

static const char *pack_string(const char *p, struct cw_buf *out)
{
    char text[70000];
    size_t n = 0;
    for (p++; *p != '"' && *p != 0; p++) {
        if (*p == '*' && p[1] == '{') { /* *{N}: the character before, N times in all */
            size_t count = strtoul(p + 2, (char **)&p, 10);
            for (size_t i = 1; i < count && n < sizeof text; i++, n++)
                text[n] = text[n - 1];
        } else {
            text[n++] = *p;
        }
    }
    cw_pack_string(out, cw_slice_of(text, n));
    return *p == '"' ? p + 1 : p;
}

static const char *pack_samples(const char *p, struct cw_buf *out)
{
    int16_t samples[256];
    uint32_t n = 0;
    for (p++; *p != ']' && *p != 0 && n < 256;) {
        samples[n++] = (int16_t)strtol(p, (char **)&p, 10);
        while (*p == ' ' || *p == ',')
            p++;
    }
    cw_samples_encode(samples, n, out);
    return *p == ']' ? p + 1 : p;
}

static const char *pack_ogg(const char *p, struct cw_buf *out)
{
    struct cw_buf bytes = {0};
    struct opus_file file = {0};
    int n = 0;
    sscanf(p, "ogg(%u,%u%n", &file.channels, &file.packets, &n);
    p += n;
    if (sscanf(p, ",%d%n", &file.claim, &n) == 1)
        p += n;
    file.twice = strncmp(p, ",twice", 6) == 0;
    file.magic = strncmp(p, ",magic", 6) == 0 ? "OpusHeed" : NULL;
    opus_file_write(&file, &bytes);
    cw_samples_encode_ext(CW_SAMPLES_OGG, cw_buf_slice(&bytes), out);
    cw_buf_finish(&bytes);
    p += strcspn(p, ")");
    return *p == ')' ? p + 1 : p;
}

const char *trace_read_hex(const char *p, struct cw_buf *bytes)
{
    unsigned byte;
    for (int n; sscanf(p, " %2x%n", &byte, &n) == 1; p += n)
        cw_buf_append_byte(bytes, (uint8_t)byte);
    return p;
}

static const char *pack_packet(const char *p, struct cw_buf *out)
{
    struct cw_buf bytes = {0};
    unsigned sequence = 0;
    int n = 0;
    sscanf(p, "packet(%u,%n", &sequence, &n);
    for (int i = 24; i >= 0; i -= 8)
        cw_buf_append_byte(&bytes, (uint8_t)(sequence >> i));
    for (int i = 24; i >= 0; i -= 8)
        cw_buf_append_byte(&bytes, (uint8_t)(960 * sequence >> i));
    p = trace_read_hex(p + n, &bytes);
    cw_samples_encode_ext(CW_SAMPLES_PACKET, cw_buf_slice(&bytes), out);
    cw_buf_finish(&bytes);
    return *p == ')' ? p + 1 : p;
}

/* What a connection was given: "$NAME" its token, "@NAME" its last link. */
static const char *pack_given(struct world *world, const char *p, struct cw_buf *out)
{
    char name[16] = "";
    int n = 0;
    sscanf(p + 1, "%15[a-z0-9]%n", name, &n);
    struct world_conn *conn = world_find(world, name);
    const char *given = conn == NULL ? "" : *p == '$' ? conn->token : conn->link;
    cw_pack_string(out, cw_slice_str(given));
    return p + 1 + n;
}

const char *trace_pack(struct world *world, const char *p, char end, struct cw_buf *out,
                       uint32_t *count)
{
    for (*count = 0;; (*count)++) {
        while (*p == ' ' || *p == ',' || *p == ':')
            p++;
        if (*p == end || *p == 0)
            return p;
        if (*p == '"') {
            p = pack_string(p, out);
        } else if (*p == '[' && p[1] != '"') {
            p = pack_samples(p, out);
        } else if (*p == '{' || *p == '[') {
            struct cw_buf inside = {0};
            bool map = *p == '{';
            uint32_t items;
            p = trace_pack(world, p + 1, map ? '}' : ']', &inside, &items);
            if (p == NULL)
                return NULL;
            p++;
            map ? cw_pack_map(out, items / 2) : cw_pack_array(out, items);
            cw_buf_append(out, inside.p, inside.n);
            cw_buf_finish(&inside);
        } else if (*p == '$' || *p == '@') {
            p = pack_given(world, p, out);
        } else if (strncmp(p, "ogg(", 4) == 0) {
            p = pack_ogg(p, out);
        } else if (strncmp(p, "packet(", 7) == 0) {
            p = pack_packet(p, out);
        } else if (strncmp(p, "bin(", 4) == 0) {
            struct cw_buf bytes = {0};
            p = trace_read_hex(p + 4, &bytes) + 1;
            cw_pack_bytes(out, cw_buf_slice(&bytes));
            cw_buf_finish(&bytes);
        } else if (*p >= '0' && *p <= '9') {
            cw_pack_unsigned(out, strtoull(p, (char **)&p, 10));
        } else {
            return NULL;
        }
    }
}
