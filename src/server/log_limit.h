/* log_limit.h - limits the lines of the log: one a minute of each kind (reason and address), with a
 * count of those that were left out. Pure. */
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

/* May a line of this kind be written now? If so, *left_out is how many were left out since the last
 * one. When more kinds come within a minute than are remembered, the oldest one is forgotten. */
bool cw_log_limit_take(struct cw_log_limit *limit, const char *kind, uint64_t now_ms,
                       unsigned *left_out);

/* A kind whose minute is over: it is forgotten. Returns how many of its lines were left
 * out and copies the kind; kinds without such lines are skipped. 0: there is none. */
unsigned cw_log_limit_expire(struct cw_log_limit *limit, uint64_t now_ms,
                             char kind[CW_LOG_KIND_MAX]);

#endif
