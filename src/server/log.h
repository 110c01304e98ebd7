/* log.h - the log for the operator, lines on standard error, in the format and from the level on
 * that the settings name (log_line.h). Never message text, passwords or tokens. */
#ifndef CW_SERVER_LOG_H
#define CW_SERVER_LOG_H

#include "base/attributes.h"
#include "server/log_line.h"
#include "store/store.h"

#define CW_LOG_LINE_MAX 1024

/* printf-like; the line gets the time (RFC 3339, UTC) before it, and a control character in it
 * becomes '?', so that it stays one line. At most 200 lines a second are written, with a line that
 * says how many were not. Any thread. The first is of the level info. */
CW_PRINTF_LIKE(1, 2)
void cw_log(const char *format, ...);
CW_PRINTF_LIKE(1, 2)
void cw_log_warning(const char *format, ...);
CW_PRINTF_LIKE(1, 2)
void cw_log_error(const char *format, ...);

/* The same of a line with fields. */
void cw_log_record(const struct cw_log_record *record);

/* Before other threads log. */
void cw_log_set_format(enum cw_log_format format);
/* At any time, on any thread: less important lines are not written. */
void cw_log_set_level(enum cw_log_level level);
enum cw_log_level cw_log_get_level(void);

/* Logs what the store has found. */
void cw_log_notes(const struct cw_store_notes *notes);

/* "HOST: what", and ": " with the name behind it when that is not empty (it is one of
 * cw_log_quote); of an address (of IPv6 its /64) and `what` one line a minute. `request`: the
 * number of the request that it is about, 0: none. The loop's thread. */
void cw_log_peer(const char *host, const char *what, const char *quoted, uint64_t request);

/* Logs how many lines cw_log_peer has left out, for each kind whose minute is over. Call it at
 * intervals. */
void cw_log_flush(void);

/* A name that a peer sent, in quotes: control and format characters, line separators,
 * quotes and the backslash are written as \xNN or \u{NNNN}; at most so many bytes of it. */
#define CW_LOG_NAME_MAX   64
#define CW_LOG_QUOTED_MAX (2 + CW_LOG_NAME_MAX * 4 + 3 + 1)
void cw_log_quote(struct cw_slice name, char quoted[CW_LOG_QUOTED_MAX]);

#endif
