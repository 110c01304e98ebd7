/* rows.c - what one row says: is there such a user, which role has he, what is it called. */
#include "store/sqlite/rows.h"
#include "store/sqlite/lost.h"
#include "store/sqlite/sql.h"
#include "store/sqlite/state.h"
#include "store/sqlite/trouble.h"

bool cw_sqlite_user_exists(struct cw_sqlite *s, uint64_t user_id)
{
    return cw_sql_finds(s, CW_SQL_USER_BY_ID, CW_NUMBERS(user_id));
}

bool cw_sqlite_has_contact(struct cw_sqlite *s, uint64_t user_id, uint64_t other_id)
{
    return cw_sql_finds(s, CW_SQL_CONTACT_FIND, CW_NUMBERS(user_id, other_id));
}

bool cw_sqlite_has_blocked(struct cw_sqlite *s, uint64_t user_id, uint64_t other_id)
{
    return cw_sql_finds(s, CW_SQL_BLOCK_FIND, CW_NUMBERS(user_id, other_id));
}

bool cw_sqlite_session_exists(struct cw_sqlite *s, uint64_t session_id, uint64_t user_id)
{
    return cw_sql_finds(s, CW_SQL_SESSION_OF_USER, CW_NUMBERS(session_id, user_id));
}

bool cw_sqlite_group_exists(struct cw_sqlite *s, uint64_t group_id)
{
    return cw_sql_finds(s, CW_SQL_GROUP_EXISTS, CW_NUMBERS(group_id));
}

enum cw_store_role cw_sqlite_role_of(struct cw_sqlite *s, uint64_t user_id, uint64_t group_id)
{
    return (enum cw_store_role)cw_sql_query(s, CW_SQL_MEMBER_FIND, CW_NUMBERS(user_id, group_id));
}

enum cw_store_status cw_sqlite_find_asker(struct cw_sqlite *s, uint64_t user_id, uint64_t group_id,
                                          enum cw_store_role *role)
{
    *role = cw_sqlite_role_of(s, user_id, group_id);
    if (*role != CW_ROLE_NONE)
        return CW_STORE_OK;
    return cw_sqlite_group_exists(s, group_id) ? CW_STORE_NOT_MEMBER : CW_STORE_NOT_FOUND;
}

bool cw_sqlite_is_banned(struct cw_sqlite *s, uint64_t user_id, uint64_t group_id)
{
    return cw_sql_finds(s, CW_SQL_BAN_FIND, CW_NUMBERS(group_id, user_id));
}

uint64_t cw_sqlite_muted_until(struct cw_sqlite *s, uint64_t user_id, uint64_t group_id)
{
    return cw_sql_query(s, CW_SQL_MUTE_FIND, CW_NUMBERS(group_id, user_id));
}

struct cw_slice cw_sqlite_name_of(struct cw_sqlite *s, uint64_t mailbox, struct cw_arena *arena)
{
    sqlite3_stmt *st =
        s->statements[cw_mailbox_is_group(mailbox) ? CW_SQL_GROUP_BY_ID : CW_SQL_USER_BY_ID];
    struct cw_slice name = {0};
    cw_sql_int(st, 1, mailbox >> 1);
    if (cw_sql_row(s, st))
        name = cw_sql_column_copy(st, 0, arena);
    cw_sql_end(st);
    if (cw_sqlite_pass(s, cw_mailbox_is_group(mailbox) ? CW_SQL_GROUP_BY_ID : CW_SQL_USER_BY_ID)) {
        cw_sqlite_note_loss(s);
        name = cw_slice_str("?"); /* what somebody has said can be read all the same */
    }
    return name;
}

enum cw_store_status cw_sqlite_may_read(struct cw_sqlite *s, uint64_t user_id,
                                        uint64_t conversation)
{
    if (cw_mailbox_is_group(conversation)) {
        if (cw_sqlite_role_of(s, user_id, conversation >> 1) != CW_ROLE_NONE)
            return CW_STORE_OK;
        return cw_sqlite_group_exists(s, conversation >> 1) ? CW_STORE_NOT_MEMBER
                                                            : CW_STORE_NOT_FOUND;
    }
    uint64_t peer_id = cw_conversation_peer(conversation, user_id);
    if (!cw_sqlite_user_exists(s, user_id) || !cw_sqlite_user_exists(s, peer_id))
        return CW_STORE_NOT_FOUND;
    return cw_conversation_of_pair(user_id, peer_id) == conversation ? CW_STORE_OK
                                                                     : CW_STORE_NOT_MEMBER;
}

uint64_t cw_sqlite_read_seq(struct cw_sqlite *s, uint64_t user_id, uint64_t conversation)
{
    return cw_sql_query(s, CW_SQL_MARK_FIND, CW_NUMBERS(user_id, conversation));
}

uint64_t cw_sqlite_newest(struct cw_sqlite *s)
{
    return s->newest;
}
