/* rows.h - what one row says. */
#ifndef CW_STORE_SQLITE_ROWS_H
#define CW_STORE_SQLITE_ROWS_H

#include "store/store_backend.h"

struct cw_sqlite; /* state.h */

bool cw_sqlite_user_exists(struct cw_sqlite *s, uint64_t user_id);
bool cw_sqlite_group_exists(struct cw_sqlite *s, uint64_t group_id);
/* It is there, and it is this user's. */
bool cw_sqlite_session_exists(struct cw_sqlite *s, uint64_t session_id, uint64_t user_id);

/* The registered spelling, or an empty slice. */
struct cw_slice cw_sqlite_name_of(struct cw_sqlite *s, uint64_t mailbox, struct cw_arena *arena);

/* Is the other one a contact of the user? */
bool cw_sqlite_has_contact(struct cw_sqlite *s, uint64_t user_id, uint64_t other_id);
bool cw_sqlite_has_blocked(struct cw_sqlite *s, uint64_t user_id, uint64_t other_id);

/* NONE: he is no member. */
enum cw_store_role cw_sqlite_role_of(struct cw_sqlite *s, uint64_t user_id, uint64_t group_id);

/* OK and his role; NOT_FOUND: no such group; NOT_MEMBER. */
enum cw_store_status cw_sqlite_find_asker(struct cw_sqlite *s, uint64_t user_id, uint64_t group_id,
                                          enum cw_store_role *role);

/* Until when the user is muted there, member or not; 0: not. */
uint64_t cw_sqlite_muted_until(struct cw_sqlite *s, uint64_t user_id, uint64_t group_id);
bool cw_sqlite_is_banned(struct cw_sqlite *s, uint64_t user_id, uint64_t group_id);

/* May the user read it? OK, NOT_FOUND (no such user or group) or NOT_MEMBER. */
enum cw_store_status cw_sqlite_may_read(struct cw_sqlite *s, uint64_t user_id,
                                        uint64_t conversation);

/* Where the user's marker stands, 0: before the first message. */
uint64_t cw_sqlite_read_seq(struct cw_sqlite *s, uint64_t user_id, uint64_t conversation);

/* The highest id that was ever given to a message, 0 when none was. */
uint64_t cw_sqlite_newest(struct cw_sqlite *s);

#endif
