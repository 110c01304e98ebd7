/* zmtp_frame.c - see zmtp_frame.h. */
#include "frame/zmtp_frame.h"

void cw_zmtp_put_command(struct cw_buf *out, const char *name, struct cw_slice data)
{
    uint8_t header[CW_ZMTP_LONG_HEADER], *end = header + sizeof header;
    size_t name_n = strlen(name);
    size_t n = cw_zmtp_write_header(end, CW_ZMTP_COMMAND, 1 + name_n + data.n);
    cw_buf_append(out, end - n, n);
    cw_buf_append_byte(out, (uint8_t)name_n);
    cw_buf_append(out, name, name_n);
    cw_buf_append(out, data.p, data.n);
}
