/* common.h - what back ends have in common whose operations are these: the state in memory, and
 * their part of the table of a back end. Called by backend.c of each driver. */
#ifndef CW_STORE_SQLITE_COMMON_H
#define CW_STORE_SQLITE_COMMON_H

#include "store/sqlite/admins.h"
#include "store/sqlite/bots.h"
#include "store/sqlite/file_rows.h"
#include "store/sqlite/invitations.h"
#include "store/sqlite/mentions.h"
#include "store/sqlite/messages.h"
#include "store/sqlite/names.h"
#include "store/sqlite/posting.h"
#include "store/sqlite/rights.h"
#include "store/sqlite/rows.h"
#include "store/sqlite/settings.h"
#include "store/sqlite/stored.h"
#include "store/sqlite/watch.h"

/* The state, with nothing read yet, of a store with its files in `folder`. */
struct cw_sqlite *cw_sqlite_create(const struct cw_store_backend *backend, const char *folder,
                                   const struct cw_store_options *options);
/* After the database has been closed. */
void cw_sqlite_destroy(struct cw_sqlite *s);

const char *cw_sqlite_failure(struct cw_store *store);
uint64_t cw_sqlite_newest_id(const struct cw_store *store);
bool cw_sqlite_renew_identity(struct cw_store *store);
void cw_sqlite_set_options(struct cw_store *store, const struct cw_store_options *options);

/* Members of struct cw_store_backend. */
#define CW_SQLITE_COMMON                                                                           \
    .list_twins = cw_sqlite_list_twins, .failure = cw_sqlite_failure,                              \
    .set_options = cw_sqlite_set_options, .newest = cw_sqlite_newest_id,                           \
    .renew_identity = cw_sqlite_renew_identity,                                                    \
    .facts = {.user_exists = cw_sqlite_user_exists,                                                \
              .is_bot = cw_sqlite_is_bot,                                                          \
              .user_known = cw_sqlite_user_known,                                                  \
              .is_deleted = cw_sqlite_is_deleted,                                                  \
              .group_exists = cw_sqlite_group_exists,                                              \
              .session_exists = cw_sqlite_session_exists,                                          \
              .role_of = cw_sqlite_role_of,                                                        \
              .standing = cw_sqlite_standing,                                                      \
              .written_ms = cw_sqlite_written_ms,                                                  \
              .muted_until = cw_sqlite_muted_until,                                                \
              .first_member = cw_sqlite_first_member,                                              \
              .is_banned = cw_sqlite_is_banned,                                                    \
              .group_count = cw_sqlite_group_count,                                                \
              .has_contact = cw_sqlite_has_contact,                                                \
              .has_blocked = cw_sqlite_has_blocked,                                                \
              .is_discreet = cw_sqlite_is_discreet,                                                \
              .user_by_key = cw_sqlite_user_by_key,                                                \
              .is_admin = cw_sqlite_is_admin,                                                      \
              .admin_count = cw_sqlite_admin_count,                                                \
              .setup_good = cw_sqlite_setup_good,                                                  \
              .invitation_good = cw_sqlite_invitation_good,                                        \
              .entry_at = cw_sqlite_entry_at,                                                      \
              .stored_of = cw_sqlite_stored_in_all,                                                \
              .file_at = cw_sqlite_file_at,                                                        \
              .message_at = cw_sqlite_message_at,                                                  \
              .right = cw_sqlite_right_of}

#endif
