/* users.h - users, their passwords and contacts. */
#ifndef CW_STORE_SQLITE_USERS_H
#define CW_STORE_SQLITE_USERS_H

#include "store/store_backend.h"

struct cw_sqlite; /* state.h */

/* A user with the request's name, key, looks and secret; the id. 0: the name is taken; with
 * result->other_name: it looks like that one. */
uint64_t cw_sqlite_user_insert(struct cw_sqlite *s, const struct cw_store_request *request,
                               struct cw_store_result *result, struct cw_arena *arena);

/* Puts request->renewed in the place of the expected hash, if that is there. */
void cw_sqlite_password_renew(struct cw_sqlite *s, const struct cw_store_request *request);

/* What is stored of the password of request->user_id; the hash lies in the arena. */
struct cw_store_password cw_sqlite_password_of(struct cw_sqlite *s,
                                               const struct cw_store_request *request,
                                               struct cw_arena *arena);

/* The user's blocked users and contacts, in the order of their ids. */
void cw_sqlite_list_blocked(struct cw_sqlite *s, uint64_t user_id, struct cw_store_result *result,
                            struct cw_arena *arena);
void cw_sqlite_list_contacts(struct cw_sqlite *s, uint64_t user_id, struct cw_store_result *result,
                             struct cw_arena *arena);

#endif
