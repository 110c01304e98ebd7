/* profiles.h - what users say of themselves, in SQLite. */
#ifndef CW_STORE_SQLITE_PROFILES_H
#define CW_STORE_SQLITE_PROFILES_H

#include "store/store_backend.h"

struct cw_sqlite; /* state.h */

/* Of a user in a list: the display name, as this asker may know it; and is the user hidden? */
struct cw_sqlite_face {
    struct cw_slice display;
    bool hidden;
};
struct cw_sqlite_face cw_sqlite_face_of(struct cw_sqlite *s, uint64_t user_id,
                                        struct cw_arena *arena);

/* All that the user has said, whoever asks. */
struct cw_store_profile cw_sqlite_profile_of(struct cw_sqlite *s, uint64_t user_id,
                                             struct cw_arena *arena);

/* All that the user has said goes, with the picture: the account is deleted. */
void cw_sqlite_profile_drop(struct cw_sqlite *s, uint64_t user_id);

/* Fills in the person's display name and takes away when a hidden one was seen; nothing of one who
 * has blocked the asker is left. */
void cw_sqlite_face_person(struct cw_sqlite *s, uint64_t asker_id, struct cw_store_person *person,
                           struct cw_arena *arena);

#endif
