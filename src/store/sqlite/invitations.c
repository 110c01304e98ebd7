/* invitations.c - invitations to the server and to groups, in SQLite.
 *
 * What has expired or was used up is removed when the next one is made, and counts
 * until then. The time says whether one is good, the date whether it can go: a clock
 * that is ahead refuses one, which is good again when the clock is right. An invitation
 * ends with its maker's right: those to a group when the maker is no moderator of it any more
 * (cw_sqlite_invitations_end), set-up links with the first administrator, and those of a user
 * to the server are asked for that right when they are used, since a setting decides it. */
#include <stdlib.h>

#include "store/rules.h"
#include "store/sqlite/invitations.h"
#include "store/sqlite/operations.h"
#include "store/sqlite/sql.h"
#include "store/sqlite/state.h"

bool cw_sqlite_invitation_good(struct cw_store *store, uint64_t mailbox,
                               const struct cw_store_request *request)
{
    struct cw_sqlite *s = (struct cw_sqlite *)store;
    cw_sql_statement *st = cw_sql_of(s, CW_SQL_INVITATION_GOOD);
    cw_sql_blob(st, 1, request->invitation);
    cw_sql_int(st, 2, mailbox);
    cw_sql_int(st, 3, request->time_ms);
    bool good = cw_sql_row(s, st) &&
                (mailbox != 0 || cw_store_may_invite(store, &s->options, cw_sql_column_int(st, 0)));
    cw_sql_end(st);
    return good;
}

bool cw_sqlite_setup_good(struct cw_store *store, const struct cw_store_request *request)
{
    struct cw_sqlite *s = (struct cw_sqlite *)store;
    cw_sql_statement *st = cw_sql_of(s, CW_SQL_INVITATION_GOOD);
    cw_sql_blob(st, 1, request->invitation);
    cw_sql_int(st, 2, 0);
    cw_sql_int(st, 3, request->time_ms);
    bool good = cw_sql_row(s, st) && cw_sql_column_int(st, 0) == 0;
    cw_sql_end(st);
    return good;
}

void cw_sqlite_invitation_use(struct cw_sqlite *s, const struct cw_store_request *request)
{
    cw_sql_blob(cw_sql_of(s, CW_SQL_INVITATION_USE), 1, request->invitation);
    cw_sql_run(s, CW_SQL_INVITATION_USE);
}

void cw_sqlite_invitations_end(struct cw_sqlite *s, uint64_t mailbox, uint64_t user_id)
{
    cw_sql_int(cw_sql_of(s, CW_SQL_INVITATIONS_END), 1, mailbox);
    cw_sql_int(cw_sql_of(s, CW_SQL_INVITATIONS_END), 2, user_id);
    cw_sql_run(s, CW_SQL_INVITATIONS_END);
}

/* Of a group, or of one person. */
static void bind_mine(cw_sql_statement *st, const struct cw_store_request *request)
{
    cw_sql_int(st, 1, request->mailbox);
    cw_sql_int(st, 2, request->mailbox == 0 ? request->user_id : 0);
    cw_sql_int(st, 3, request->mailbox == 0 ? request->user_id : INT64_MAX);
    cw_sql_int(st, 4, cw_store_moment(request).earlier_ms);
}

static bool has_room_for_one(struct cw_sqlite *s, const struct cw_store_request *request)
{
    cw_sql_statement *st = cw_sql_of(s, CW_SQL_INVITATIONS_COUNT);
    bind_mine(st, request);
    uint64_t count = 0, places = 0;
    if (cw_sql_row(s, st)) {
        count = cw_sql_column_int(st, 0);
        places = cw_sql_column_int(st, 1);
    }
    cw_sql_end(st);
    return cw_store_has_invitation_room(&s->options, request, count, places);
}

/* The server's own: of too many restarts without a user the oldest go. */
static void trim_own(struct cw_sqlite *s)
{
    cw_sql_int(cw_sql_of(s, CW_SQL_INVITATIONS_TRIM), 1, CW_INVITATIONS_MAX - 1);
    cw_sql_run(s, CW_SQL_INVITATIONS_TRIM);
}

void cw_sqlite_invite_create(struct cw_sqlite *s, const struct cw_store_request *request,
                             struct cw_store_result *result, struct cw_arena *arena)
{
    (void)arena;
    result->status = cw_store_may_make_invitation(&s->store, &s->options, request);
    if (result->status == CW_STORE_OK && !has_room_for_one(s, request))
        result->status = CW_STORE_FULL;
    if (result->status != CW_STORE_OK)
        return;
    bind_mine(cw_sql_of(s, CW_SQL_INVITATIONS_EXPIRE), request);
    cw_sql_run(s, CW_SQL_INVITATIONS_EXPIRE);
    if (request->user_id == 0)
        trim_own(s);
    cw_sql_statement *st = cw_sql_of(s, CW_SQL_INVITATION_FREE);
    cw_sql_blob(st, 1, request->secret);
    cw_sql_int(st, 2, cw_store_moment(request).earlier_ms);
    cw_sql_run(s, CW_SQL_INVITATION_FREE);
    st = cw_sql_of(s, CW_SQL_INVITATION_INSERT);
    cw_sql_blob(st, 1, request->secret);
    cw_sql_int(st, 2, request->mailbox);
    cw_sql_int(st, 3, request->user_id);
    cw_sql_int(st, 4, request->expires_ms);
    cw_sql_int(st, 5, request->uses);
    cw_sql_int(st, 6, request->time_ms);
    if (cw_sql_run(s, CW_SQL_INVITATION_INSERT) == 0)
        result->status = CW_STORE_EXISTS;
    else
        result->invitation_id = cw_sql_last_id(s);
}

/* --- looking at them, and taking them back ---------------------------------------------- */

static int by_id(const void *a, const void *b)
{
    const struct cw_store_invitation *x = a, *y = b;
    return x->id < y->id ? -1 : 1;
}

/* The index has them by their makers. */
void cw_sqlite_invite_list(struct cw_sqlite *s, const struct cw_store_request *request,
                           struct cw_store_result *result, struct cw_arena *arena)
{
    size_t most = CW_INVITATIONS_OPEN_MAX;
    if (request->mailbox != 0)
        result->status = cw_store_may_change_group(&s->store, request, request->mailbox >> 1);
    if (result->status != CW_STORE_OK)
        return;
    cw_sql_statement *st = cw_sql_of(s, CW_SQL_INVITATIONS);
    bind_mine(st, request);
    result->invitations = cw_arena_alloc(arena, most * sizeof result->invitations[0]);
    while (result->invitation_count < most && cw_sql_row(s, st))
        result->invitations[result->invitation_count++] =
            (struct cw_store_invitation){.id = cw_sql_column_int(st, 0),
                                         .by = cw_sql_column_copy(st, 1, arena),
                                         .created_ms = cw_sql_column_int(st, 2),
                                         .expires_ms = cw_sql_column_int(st, 3),
                                         .uses = cw_sql_column_int(st, 4)};
    cw_sql_end(st);
    if (result->invitation_count > 1)
        qsort(result->invitations, result->invitation_count, sizeof result->invitations[0], by_id);
}

/* Whose it is, and where to; false: it is good no more. */
static bool find_invitation(struct cw_sqlite *s, const struct cw_store_request *request,
                            uint64_t *mailbox, uint64_t *creator_id)
{
    cw_sql_statement *st = cw_sql_of(s, CW_SQL_INVITATION_BY_ID);
    cw_sql_int(st, 1, request->invitation_id);
    cw_sql_int(st, 2, request->time_ms);
    bool found = cw_sql_row(s, st);
    if (found) {
        *mailbox = cw_sql_column_int(st, 0);
        *creator_id = cw_sql_column_int(st, 1);
    }
    cw_sql_end(st);
    return found;
}

void cw_sqlite_invite_withdraw(struct cw_sqlite *s, const struct cw_store_request *request,
                               struct cw_store_result *result, struct cw_arena *arena)
{
    (void)arena;
    uint64_t mailbox = 0, creator_id = 0;
    bool may = find_invitation(s, request, &mailbox, &creator_id) &&
               cw_store_may_withdraw(&s->store, request, mailbox, creator_id);
    if (!may) {
        result->status = CW_STORE_NOT_FOUND;
        return;
    }
    cw_sql_int(cw_sql_of(s, CW_SQL_INVITATION_DELETE), 1, request->invitation_id);
    cw_sql_run(s, CW_SQL_INVITATION_DELETE);
}
