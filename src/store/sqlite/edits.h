/* edits.h - the deletion of a message's content. */
#ifndef CW_STORE_SQLITE_EDITS_H
#define CW_STORE_SQLITE_EDITS_H

#include "store/sqlite/message.h"

struct cw_sqlite; /* state.h */

/* The message loses its text or recording, file, reactions and pin, and is deleted from now on.
 * event_seq: the number of the entry that says so, 0: there is none. */
void cw_sqlite_message_blank(struct cw_sqlite *s, const struct cw_sqlite_message *message,
                             uint64_t time_ms, uint64_t event_seq);

#endif
