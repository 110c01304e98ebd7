/* rows.c - queries of one row: existence, role, name. */
#include "store/sqlite/rows.h"
#include "store/sqlite/lost.h"
#include "store/sqlite/sql.h"
#include "store/sqlite/state.h"
#include "store/sqlite/trouble.h"

static struct cw_sqlite *sqlite_of(struct cw_store *store)
{
    return (struct cw_sqlite *)store;
}

bool cw_sqlite_user_exists(struct cw_store *store, uint64_t user_id)
{
    return cw_sql_finds(sqlite_of(store), CW_SQL_USER_EXISTS, CW_NUMBERS(user_id));
}

bool cw_sqlite_user_known(struct cw_store *store, uint64_t user_id)
{
    return cw_sql_finds(sqlite_of(store), CW_SQL_USER_BY_ID, CW_NUMBERS(user_id));
}

bool cw_sqlite_has_contact(struct cw_store *store, uint64_t user_id, uint64_t other_id)
{
    return cw_sql_finds(sqlite_of(store), CW_SQL_CONTACT_FIND, CW_NUMBERS(user_id, other_id));
}

bool cw_sqlite_session_exists(struct cw_store *store, uint64_t session_id, uint64_t user_id)
{
    return cw_sql_finds(sqlite_of(store), CW_SQL_SESSION_OF_USER, CW_NUMBERS(session_id, user_id));
}

bool cw_sqlite_group_exists(struct cw_store *store, uint64_t group_id)
{
    return cw_sql_finds(sqlite_of(store), CW_SQL_GROUP_EXISTS, CW_NUMBERS(group_id));
}

enum cw_store_role cw_sqlite_role_of(struct cw_store *store, uint64_t user_id, uint64_t group_id)
{
    return (enum cw_store_role)cw_sql_query(sqlite_of(store), CW_SQL_MEMBER_FIND,
                                            CW_NUMBERS(user_id, group_id));
}

struct cw_store_standing cw_sqlite_standing(struct cw_store *store, uint64_t user_id,
                                            uint64_t group_id)
{
    struct cw_sqlite *s = sqlite_of(store);
    struct cw_store_standing standing = {.role = CW_ROLE_NONE};
    cw_sql_statement *st = cw_sql_of(s, CW_SQL_MEMBER_STANDING);
    cw_sql_int(st, 1, user_id);
    cw_sql_int(st, 2, group_id);
    if (cw_sql_row(s, st))
        standing = (struct cw_store_standing){.role = (enum cw_store_role)cw_sql_column_int(st, 0),
                                              .muted_until_ms = cw_sql_column_int(st, 1),
                                              .announcements = cw_sql_column_int(st, 2) != 0,
                                              .slow_s = cw_sql_column_int(st, 3),
                                              .here = (enum cw_store_here)cw_sql_column_int(st, 4)};
    cw_sql_end(st);
    return standing;
}

uint64_t cw_sqlite_group_count(struct cw_store *store, uint64_t user_id)
{
    return cw_sql_query(sqlite_of(store), CW_SQL_MEMBERSHIPS_COUNT, CW_NUMBERS(user_id));
}

uint64_t cw_sqlite_first_member(struct cw_store *store, uint64_t group_id, enum cw_store_role role)
{
    return cw_sql_query(sqlite_of(store), CW_SQL_MEMBER_FIRST, CW_NUMBERS(group_id, role));
}

bool cw_sqlite_is_banned(struct cw_store *store, uint64_t user_id, uint64_t group_id)
{
    return cw_sql_finds(sqlite_of(store), CW_SQL_BAN_FIND, CW_NUMBERS(group_id, user_id));
}

uint64_t cw_sqlite_muted_until(struct cw_store *store, uint64_t user_id, uint64_t group_id)
{
    return cw_sql_query(sqlite_of(store), CW_SQL_MUTE_FIND, CW_NUMBERS(group_id, user_id));
}

struct cw_slice cw_sqlite_key_of(struct cw_sqlite *s, uint64_t user_id, struct cw_arena *arena)
{
    cw_sql_statement *st = cw_sql_of(s, CW_SQL_USER_KEY);
    struct cw_slice key = {0};
    cw_sql_int(st, 1, user_id);
    if (cw_sql_row(s, st))
        key = cw_sql_column_copy(st, 0, arena);
    cw_sql_end(st);
    return key;
}

struct cw_slice cw_sqlite_name_of(struct cw_sqlite *s, uint64_t mailbox, struct cw_arena *arena)
{
    cw_sql_statement *st =
        cw_sql_of(s, cw_mailbox_is_group(mailbox) ? CW_SQL_GROUP_BY_ID : CW_SQL_USER_BY_ID);
    struct cw_slice name = {0};
    cw_sql_int(st, 1, mailbox >> 1);
    if (cw_sql_row(s, st))
        name = cw_sql_column_copy(st, 0, arena);
    cw_sql_end(st);
    if (cw_sqlite_pass(s, cw_mailbox_is_group(mailbox) ? CW_SQL_GROUP_BY_ID : CW_SQL_USER_BY_ID)) {
        cw_sqlite_note_loss(s);
        name = cw_slice_str("?"); /* the user's messages can be read all the same */
    }
    return name;
}

uint64_t cw_sqlite_read_seq(struct cw_sqlite *s, uint64_t user_id, uint64_t conversation)
{
    return cw_sql_query(s, CW_SQL_MARK_FIND, CW_NUMBERS(user_id, conversation));
}

uint64_t cw_sqlite_newest(struct cw_sqlite *s)
{
    return s->newest;
}
