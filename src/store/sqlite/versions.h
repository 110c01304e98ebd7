/* versions.h - earlier texts of edited messages, in SQLite. Private to this folder. */
#ifndef CW_STORE_SQLITE_VERSIONS_H
#define CW_STORE_SQLITE_VERSIONS_H

#include "store/sqlite/message.h"

struct cw_sqlite; /* state.h */

/* The text of the message, before the edit replaces it, if its group keeps such. */
void cw_sqlite_version_keep(struct cw_sqlite *s, const struct cw_store_request *request,
                            const struct cw_store_message *message);
/* The message goes, or is deleted. */
void cw_sqlite_versions_drop(struct cw_sqlite *s, uint64_t message_id);

/* In idle moments: is the time of one over? Removes a few of them; true when there are more. */
bool cw_sqlite_versions_due(const struct cw_sqlite *s);
bool cw_sqlite_versions_expire(struct cw_sqlite *s);

#endif
