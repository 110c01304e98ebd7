/* rights.c - permission to send, in SQLite. Checked for each message, in its transaction. The
 * result is cached until a fact that it depends on changes: otherwise each message of a flood
 * between the same users would look up the same row. */
#include "store/sqlite/rights.h"
#include "store/rules.h"
#include "store/sqlite/lost.h"
#include "store/sqlite/rows.h"
#include "store/sqlite/sql.h"
#include "store/sqlite/state.h"
#include "store/sqlite/trouble.h"

/* Most users block nobody, and that is known without a query: each bit stands for the users with
 * the same end of their ids, and is set when one of them has ever blocked a user. */
static uint8_t *blockers_byte(struct cw_sqlite *s, uint64_t user_id)
{
    return &s->blockers[user_id / 8 % sizeof s->blockers];
}

void cw_sqlite_blocks_somebody(struct cw_sqlite *s, uint64_t user_id)
{
    *blockers_byte(s, user_id) |= (uint8_t)(1u << user_id % 8);
}

/* The same of deleted accounts. */
void cw_sqlite_somebody_left(struct cw_sqlite *s, uint64_t user_id)
{
    s->leavers[user_id / 8 % sizeof s->leavers] |= (uint8_t)(1u << user_id % 8);
}

bool cw_sqlite_is_deleted(struct cw_store *store, uint64_t user_id)
{
    const struct cw_sqlite *s = (const struct cw_sqlite *)store;
    return (s->leavers[user_id / 8 % sizeof s->leavers] >> user_id % 8 & 1) != 0 &&
           cw_sqlite_user_known(store, user_id) && !cw_sqlite_user_exists(store, user_id);
}

void cw_sqlite_rights_load(struct cw_sqlite *s)
{
    cw_sql_statement *left = cw_sql_of(s, CW_SQL_USERS_DELETED);
    while (cw_sql_row(s, left))
        cw_sqlite_somebody_left(s, cw_sql_column_int(left, 0));
    cw_sql_statement *st = cw_sql_of(s, CW_SQL_BLOCKERS);
    while (cw_sql_row(s, st))
        cw_sqlite_blocks_somebody(s, cw_sql_column_int(st, 0));
    if (s->careful && cw_sqlite_is_lost(s)) { /* any of them may have: each is looked up */
        cw_sqlite_note_loss(s);
        cw_sqlite_forget_loss(s);
        memset(s->blockers, 0xff, sizeof s->blockers);
        memset(s->leavers, 0xff, sizeof s->leavers);
    }
    cw_sqlite_rights_changed(s); /* the empty ones are of before */
}

bool cw_sqlite_may_have_blocked(struct cw_sqlite *s, uint64_t user_id)
{
    return (*blockers_byte(s, user_id) >> user_id % 8 & 1) != 0;
}

bool cw_sqlite_has_blocked(struct cw_store *store, uint64_t user_id, uint64_t other_id)
{
    struct cw_sqlite *s = (struct cw_sqlite *)store;
    return cw_sqlite_may_have_blocked(s, user_id) &&
           cw_sql_finds(s, CW_SQL_BLOCK_FIND, CW_NUMBERS(user_id, other_id));
}

struct cw_store_right cw_sqlite_right_of(struct cw_store *store, uint64_t user_id,
                                         uint64_t conversation)
{
    struct cw_sqlite *s = (struct cw_sqlite *)store;
    uint64_t place = (user_id * 31 + conversation) / 2 % CW_SQLITE_RIGHTS;
    struct cw_sqlite_right *known = &s->rights[place];
    if (known->version != s->rights_version || known->user_id != user_id ||
        known->conversation != conversation)
        *known = (struct cw_sqlite_right){.user_id = user_id,
                                          .conversation = conversation,
                                          .version = s->rights_version,
                                          .right = cw_store_judge(store, user_id, conversation)};
    return known->right;
}

void cw_sqlite_rights_changed(struct cw_sqlite *s)
{
    s->rights_version++;
}
