/* log_limit.h - which lines of the log are written: of each kind (what is said of whom)
 * one a minute, with a count of those that were left out. Pure. */
#ifndef CW_SERVER_LOG_LIMIT_H
#define CW_SERVER_LOG_LIMIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CW_LOG_MINUTE_MS 60000
#define CW_LOG_KINDS     512
#define CW_LOG_KIND_MAX  160

/* Zeroed: nothing was written yet. */
struct cw_log_limit {
    uint64_t hashes[CW_LOG_KINDS]; /* of the kinds, in the same order */
    struct {
        char kind[CW_LOG_KIND_MAX]; /* cut */
        uint64_t since_ms;
        unsigned left_out;
    } entries[CW_LOG_KINDS]; /* in no order */
    size_t count;
};

/* A line of this kind is there: is it to be written? If so, *left_out is how many were
 * not since the last one that was. When more kinds come within a minute than are
 * remembered, the oldest one is forgotten. */
bool cw_log_limit_take(struct cw_log_limit *limit, const char *kind, uint64_t now_ms,
                       unsigned *left_out);

/* A kind whose minute is over: it is forgotten. Returns how many of its lines were left
 * out and copies the kind; kinds of which none were are passed over. 0: there is none. */
unsigned cw_log_limit_expire(struct cw_log_limit *limit, uint64_t now_ms,
                             char kind[CW_LOG_KIND_MAX]);

#endif
