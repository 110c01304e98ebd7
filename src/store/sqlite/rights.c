/* rights.c - who may say something where, in SQLite. Asked for each message,
 * in its transaction.
 *
 * What was found is remembered until something that decides about it changes: of a
 * flood of messages between the same few, each would look up the same row. */
#include "store/sqlite/rights.h"
#include "store/sqlite/lost.h"
#include "store/sqlite/rows.h"
#include "store/sqlite/sql.h"
#include "store/sqlite/state.h"
#include "store/sqlite/trouble.h"

static void judge_group(struct cw_sqlite *s, struct cw_sqlite_right *right)
{
    sqlite3_stmt *st = s->statements[CW_SQL_MEMBER_MUTED];
    cw_sql_int(st, 1, right->user_id);
    cw_sql_int(st, 2, right->conversation >> 1);
    bool member = cw_sql_row(s, st);
    right->muted_until_ms = member ? cw_sql_column_int(st, 0) : 0;
    right->status = member ? CW_STORE_OK : CW_STORE_NOT_MEMBER;
    cw_sql_end(st);
}

/* Most people block nobody, and that is known without a look: a bit stands for those
 * whose ids end alike, and is set when one of them has ever blocked somebody. */
static uint8_t *blockers_byte(struct cw_sqlite *s, uint64_t user_id)
{
    return &s->blockers[user_id / 8 % sizeof s->blockers];
}

void cw_sqlite_blocks_somebody(struct cw_sqlite *s, uint64_t user_id)
{
    *blockers_byte(s, user_id) |= (uint8_t)(1u << user_id % 8);
}

void cw_sqlite_rights_load(struct cw_sqlite *s)
{
    sqlite3_stmt *st = s->statements[CW_SQL_BLOCKERS];
    while (cw_sql_row(s, st))
        cw_sqlite_blocks_somebody(s, cw_sql_column_int(st, 0));
    if (s->careful && cw_sqlite_is_lost(s)) { /* any of them may have: each is looked up */
        cw_sqlite_note_loss(s);
        cw_sqlite_forget_loss(s);
        memset(s->blockers, 0xff, sizeof s->blockers);
    }
    cw_sqlite_rights_changed(s); /* the empty ones are of before */
}

bool cw_sqlite_is_blocked(struct cw_sqlite *s, uint64_t user_id, uint64_t by_id)
{
    return (*blockers_byte(s, by_id) >> by_id % 8 & 1) != 0 &&
           cw_sqlite_has_blocked(s, by_id, user_id);
}

bool cw_sqlite_hides(struct cw_sqlite *s, struct cw_store_message *message, uint64_t user_id)
{
    bool own = message->sender_id == user_id;
    uint64_t peer_id = own ? message->mailbox >> 1 : message->sender_id;
    return !cw_mailbox_is_group(message->mailbox) && cw_sqlite_is_blocked(s, user_id, peer_id) &&
           cw_store_hide(message, user_id);
}

static void judge_pair(struct cw_sqlite *s, struct cw_sqlite_right *right)
{
    uint64_t peer_id = cw_conversation_peer(right->conversation, right->user_id);
    bool blocked = cw_sqlite_is_blocked(s, right->user_id, peer_id);
    right->status = blocked ? CW_STORE_FORBIDDEN : CW_STORE_OK;
}

enum cw_store_status cw_sqlite_may_say(struct cw_sqlite *s, uint64_t user_id, uint64_t conversation,
                                       uint64_t time_ms)
{
    uint64_t place = (user_id * 31 + conversation) / 2 % CW_SQLITE_RIGHTS;
    struct cw_sqlite_right *right = &s->rights[place];
    if (right->version != s->rights_version || right->user_id != user_id ||
        right->conversation != conversation) {
        *right = (struct cw_sqlite_right){
            .user_id = user_id, .conversation = conversation, .version = s->rights_version};
        if (cw_mailbox_is_group(conversation))
            judge_group(s, right);
        else
            judge_pair(s, right);
    }
    return right->muted_until_ms > time_ms ? CW_STORE_FORBIDDEN : right->status;
}

void cw_sqlite_rights_changed(struct cw_sqlite *s)
{
    s->rights_version++;
}
