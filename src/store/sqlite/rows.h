/* rows.h - queries of one row. */
#ifndef CW_STORE_SQLITE_ROWS_H
#define CW_STORE_SQLITE_ROWS_H

#include "store/store_backend.h"

struct cw_sqlite; /* state.h */

/* struct cw_store_facts. */
bool cw_sqlite_user_exists(struct cw_store *store, uint64_t user_id);
bool cw_sqlite_user_known(struct cw_store *store, uint64_t user_id);
bool cw_sqlite_group_exists(struct cw_store *store, uint64_t group_id);
bool cw_sqlite_session_exists(struct cw_store *store, uint64_t session_id, uint64_t user_id);
enum cw_store_role cw_sqlite_role_of(struct cw_store *store, uint64_t user_id, uint64_t group_id);
struct cw_store_standing cw_sqlite_standing(struct cw_store *store, uint64_t user_id,
                                            uint64_t group_id);
uint64_t cw_sqlite_muted_until(struct cw_store *store, uint64_t user_id, uint64_t group_id);
uint64_t cw_sqlite_first_member(struct cw_store *store, uint64_t group_id, enum cw_store_role role);
bool cw_sqlite_is_banned(struct cw_store *store, uint64_t user_id, uint64_t group_id);
uint64_t cw_sqlite_group_count(struct cw_store *store, uint64_t user_id);
bool cw_sqlite_has_contact(struct cw_store *store, uint64_t user_id, uint64_t other_id);

/* The registered spelling, or an empty slice. */
struct cw_slice cw_sqlite_name_of(struct cw_sqlite *s, uint64_t mailbox, struct cw_arena *arena);
/* The folded name of a user, or an empty slice. */
struct cw_slice cw_sqlite_key_of(struct cw_sqlite *s, uint64_t user_id, struct cw_arena *arena);
/* The position of the user's read marker, 0: before the first message. */
uint64_t cw_sqlite_read_seq(struct cw_sqlite *s, uint64_t user_id, uint64_t conversation);
/* The highest id that was ever given to a message, 0 when none was. */
uint64_t cw_sqlite_newest(struct cw_sqlite *s);

#endif
