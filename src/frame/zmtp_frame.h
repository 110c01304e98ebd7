/* zmtp_frame.h - writes headers of ZMTP frames and commands, and reads headers (RFC 37, "Framing"
 * and "Commands"). Private to src/frame. */
#ifndef CW_FRAME_ZMTP_FRAME_H
#define CW_FRAME_ZMTP_FRAME_H

#include "base/buf.h"

/* "Bits 7-3 are reserved for future use and MUST be zero." */
#define CW_ZMTP_MORE     0x01u
#define CW_ZMTP_LONG     0x02u
#define CW_ZMTP_COMMAND  0x04u
#define CW_ZMTP_RESERVED 0xf8u
/* Flags and one octet of length, or flags and eight. */
#define CW_ZMTP_SHORT_HEADER 2
#define CW_ZMTP_LONG_HEADER  9

/* A frame whose header was received. */
struct cw_zmtp_frame {
    uint8_t flags;
    size_t header_n;
    uint64_t body_n;
};

/* Bytes of the header that begins with these flags. */
static inline size_t cw_zmtp_header_size(uint8_t flags)
{
    return (flags & CW_ZMTP_LONG) != 0 ? CW_ZMTP_LONG_HEADER : CW_ZMTP_SHORT_HEADER;
}

/* Reads a complete header. */
static inline struct cw_zmtp_frame cw_zmtp_read_header(const uint8_t *p)
{
    struct cw_zmtp_frame frame = {.flags = p[0], .header_n = cw_zmtp_header_size(p[0])};
    for (size_t i = 1; i < frame.header_n; i++)
        frame.body_n = frame.body_n << 8 | p[i];
    return frame;
}

/* Writes the shortest header of a frame to the bytes before `end`, at most
 * CW_ZMTP_LONG_HEADER. `flags` without CW_ZMTP_LONG. Returns how many. */
static inline size_t cw_zmtp_write_header(uint8_t *end, uint8_t flags, uint64_t n)
{
    uint8_t *p = end;
    if (n <= UINT8_MAX) {
        *--p = (uint8_t)n;
        *--p = flags;
        return CW_ZMTP_SHORT_HEADER;
    }
    for (int i = 0; i < 8; i++)
        *--p = (uint8_t)(n >> (8 * i));
    *--p = flags | CW_ZMTP_LONG;
    return CW_ZMTP_LONG_HEADER;
}

/* Appends a command: "command-body = command-name command-data". */
void cw_zmtp_put_command(struct cw_buf *out, const char *name, struct cw_slice data);

#endif
