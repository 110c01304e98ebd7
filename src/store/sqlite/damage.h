/* damage.h - checksums of messages, and the replacement of a damaged one. */
#ifndef CW_STORE_SQLITE_DAMAGE_H
#define CW_STORE_SQLITE_DAMAGE_H

#include "store/sqlite/message.h"

struct cw_sqlite; /* state.h */

/* The checksum of a row, from what it covers. */
struct cw_sqlite_summed {
    uint64_t message_id, mailbox, seq, sender_id, time_ms;
    enum cw_store_kind kind;
    uint64_t body_sum;
};
uint64_t cw_sqlite_sum(const struct cw_sqlite_summed *summed);

/* The same of a message with a body of this sum. */
uint64_t cw_sqlite_sum_with(const struct cw_store_message *m, uint64_t body_sum);

/* Compares the checksum, with the body's as it was read; a damaged message is replaced. */
void cw_sqlite_check(struct cw_sqlite *s, struct cw_sqlite_message *message, uint64_t body_sum);

/* Replaces the message's body by that of a damaged one, and notes why. */
void cw_sqlite_spoil(struct cw_sqlite *s, struct cw_sqlite_message *message, const char *why);

#endif
