/* trace_pack.h - the objects of a transcript's line as MessagePack. For trace_main.c, which says
 * how they are written. */
#ifndef CW_TEST_TRACE_TRACE_PACK_H
#define CW_TEST_TRACE_TRACE_PACK_H

#include "world.h"

/* Appends the objects up to `end` or the end of the line to `out`; *count: how many. Returns what
 * stands behind them, NULL: there is something that is no object. */
const char *trace_pack(struct world *world, const char *p, char end, struct cw_buf *out,
                       uint32_t *count);

/* Appends bytes that are written as hexadecimal digits; returns what stands behind them. */
const char *trace_read_hex(const char *p, struct cw_buf *bytes);

#endif
