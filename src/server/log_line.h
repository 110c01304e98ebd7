/* log_line.h - the text of a line of the log, in each of its formats: plain, as people and fail2ban
 * read it, logfmt, or JSON.
 *
 * Pure. Caller: log.c. */
#ifndef CW_SERVER_LOG_LINE_H
#define CW_SERVER_LOG_LINE_H

#include "base/buf.h"

enum cw_log_level { CW_LOG_ERROR, CW_LOG_WARNING, CW_LOG_INFO, CW_LOG_DEBUG };
enum cw_log_format { CW_LOG_PLAIN, CW_LOG_LOGFMT, CW_LOG_JSON };

#define CW_LOG_FIELDS_MAX 6

struct cw_log_record {
    enum cw_log_level level;
    const char *plain; /* the whole sentence */
    const char *what;  /* what is the same of all such lines */
    /* What differs. Values are never of more lines than one, nor secret. */
    struct cw_log_field {
        const char *key;
        const char *value; /* NULL: left out */
    } fields[CW_LOG_FIELDS_MAX];
};

/* Appends the line with its end. `time`: RFC 3339, UTC. */
void cw_log_line(struct cw_buf *to, enum cw_log_format format, const char *time,
                 const struct cw_log_record *record);

#endif
