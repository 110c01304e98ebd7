/* log.h - what the operator is told, a line each on standard error. Never
 * message text, passwords or tokens. */
#ifndef CW_SERVER_LOG_H
#define CW_SERVER_LOG_H

#include "base/attributes.h"
#include "store/store.h"

/* printf-like; the line gets "chinwagd: " before it. At most 200 lines a
 * second are written, with a line that says how many were not. */
CW_PRINTF_LIKE(1, 2)
void cw_log(const char *format, ...);

/* What the store found. */
void cw_log_notes(const struct cw_store_notes *notes);

#endif
