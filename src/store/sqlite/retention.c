/* retention.c - deletes messages that are too old or too many, in SQLite. The oldest messages of a
 * conversation are deleted first, so its numbers have no gap above the lowest that is kept. The
 * number of its last message stays even when that message is deleted: the next one continues from
 * it. An append removes surplus messages of its conversation, a few at a time. The rest is done in
 * idle moments, a slice at a time: a walk over all messages from the oldest on, and one over the
 * messages of each group that keeps less, in turn. What counts as old is in store.h ("Age"). */
#include <time.h>

#include "store/rules.h"
#include "store/sqlite/clean.h"
#include "store/sqlite/file_rows.h"
#include "store/sqlite/files.h"
#include "store/sqlite/inbox.h"
#include "store/sqlite/lost.h"
#include "store/sqlite/mentions.h"
#include "store/sqlite/message.h"
#include "store/sqlite/messages.h"
#include "store/sqlite/operations.h"
#include "store/sqlite/operator.h"
#include "store/sqlite/pins.h"
#include "store/sqlite/reactions.h"
#include "store/sqlite/retention.h"
#include "store/sqlite/search.h"
#include "store/sqlite/sql.h"
#include "store/sqlite/state.h"
#include "store/sqlite/stored.h"
#include "store/sqlite/trouble.h"
#include "store/sqlite/versions.h"

#define PRUNED_PER_APPEND 4
#define GROUPS_PER_SLICE  16
/* The operator is told at most so often. */
#define TOLD_MS (UINT64_C(3600) * 1000)

/* --- removing a message ------------------------------------------------------------------ */

/* The pair is in the lists of both; the indexes in memory may not come to write
 * it, since the first message that would tell them goes. */
static void keep_pair(struct cw_sqlite *s, const struct cw_store_message *message,
                      uint64_t conversation)
{
    if (message->seq != 1 || cw_mailbox_is_group(conversation))
        return;
    cw_sql_run_with(s, CW_SQL_MARK_INSERT, CW_NUMBERS(message->sender_id, conversation));
    cw_sql_run_with(s, CW_SQL_MARK_INSERT, CW_NUMBERS(message->mailbox >> 1, conversation));
}

static void keep_last(struct cw_sqlite *s, uint64_t conversation, struct cw_sqlite_place last)
{
    cw_sql_statement *st = cw_sql_of(s, CW_SQL_HISTORY_INSERT);
    cw_sql_int(st, 1, conversation);
    cw_sql_int(st, 2, last.seq);
    cw_sql_int(st, 3, last.id);
    cw_sql_run(s, CW_SQL_HISTORY_INSERT);
}

/* Removes the oldest message of its conversation. */
static void remove_message(struct cw_sqlite *s, const struct cw_sqlite_message *message)
{
    const struct cw_store_message *m = &message->m;
    uint64_t conversation = cw_conversation_of(m->mailbox, m->sender_id);
    struct cw_sqlite_place last = cw_sqlite_last(s, conversation);
    cw_sqlite_search_remove(s, m);
    cw_sql_int(cw_sql_of(s, CW_SQL_MESSAGE_DELETE), 1, m->message_id);
    cw_sql_run(s, CW_SQL_MESSAGE_DELETE);
    cw_sqlite_stored_change(s, m->sender_id, m->message_id, message->stored, 0);
    cw_sqlite_unclean(s, CW_UNCLEAN_LOG);
    cw_sql_run_with(s, CW_SQL_INBOX_DELETE, CW_NUMBERS(m->mailbox, m->message_id));
    cw_sql_run_with(s, CW_SQL_HISTORY_DELETE, CW_NUMBERS(conversation, m->seq));
    cw_inbox_index_remove(&s->inbox, conversation, m->message_id);
    if (!cw_mailbox_is_group(m->mailbox))
        cw_inbox_index_remove(&s->inbox, cw_inbox_key(m->mailbox), m->message_id);
    cw_sqlite_versions_drop(s, m->message_id);
    cw_sqlite_reactions_drop(s, m);
    cw_sqlite_mentions_drop(s, m->message_id);
    cw_sqlite_pin_drop(s, conversation, m->seq);
    keep_pair(s, m, conversation);
    if (last.seq == m->seq)
        keep_last(s, conversation, last);
    if (m->message_id == s->newest) {
        cw_sql_int(cw_sql_of(s, CW_SQL_NEWEST_SET_PROGRESS), 1, s->newest);
        cw_sql_run(s, CW_SQL_NEWEST_SET_PROGRESS);
    }
    if (message->blob[0] != '\0')
        cw_sqlite_unlink_later(s, cw_slice_str(message->blob));
    if (m->file_id != 0)
        cw_sqlite_file_remove(s, m->file_id);
}

/* --- what goes -------------------------------------------------------------------------- */

bool cw_sqlite_may_remove(const struct cw_sqlite *s)
{
    return s->options.retain.days != 0 || s->options.retain.count != 0 || s->groups_looked_after;
}

static struct cw_store_retention retention_of(struct cw_sqlite *s, uint64_t conversation)
{
    struct cw_store_retention retain = s->options.retain;
    if (!s->groups_looked_after || !cw_mailbox_is_group(conversation))
        return retain;
    cw_sql_statement *st = cw_sql_of(s, CW_SQL_GROUP_RETENTION);
    cw_sql_int(st, 1, conversation >> 1);
    if (cw_sql_row(s, st)) {
        const struct cw_store_retention own = {cw_sql_column_int(st, 0), cw_sql_column_int(st, 1)};
        retain = cw_store_stricter(retain, own);
    }
    cw_sql_end(st);
    return retain;
}

uint64_t cw_sqlite_first_kept(struct cw_sqlite *s, uint64_t conversation)
{
    struct cw_sqlite_place first = cw_sqlite_first(s, conversation, 1);
    if (first.seq != 0 && cw_sqlite_may_remove(s) && !cw_sqlite_message_exists(s, first.id))
        first = cw_sqlite_first(s, conversation, first.seq + 1);
    return first.seq;
}

/* Removes the oldest message of the conversation, unless it lies behind `to`. */
static bool remove_first(struct cw_sqlite *s, uint64_t conversation, uint64_t to,
                         struct cw_arena *arena)
{
    struct cw_sqlite_message message;
    uint64_t first = to == 0 ? 0 : cw_sqlite_first_kept(s, conversation);
    uint64_t id = first == 0 || first > to ? 0 : cw_sqlite_id_at(s, conversation, first);
    if (id == 0 || !cw_sqlite_message_find(s, id, CW_WANT_TEXT, CW_NOBODY, &message, arena) ||
        message.lost)
        return false;
    remove_message(s, &message);
    return s->trouble == CW_STORE_OK;
}

void cw_sqlite_prune(struct cw_sqlite *s, uint64_t conversation, uint64_t last,
                     struct cw_arena *arena)
{
    if (!cw_sqlite_may_remove(s) || s->alone)
        return;
    uint64_t surplus = cw_store_surplus_to(retention_of(s, conversation), last);
    for (int i = 0; i < PRUNED_PER_APPEND; i++)
        if (!remove_first(s, conversation, surplus, arena))
            return;
}

/* --- the sweeper -------------------------------------------------------------------------- */

static bool slice_has_room(const struct cw_sqlite *s)
{
    return s->sweep.room != 0 && s->trouble == CW_STORE_OK && !s->passed;
}

/* A walk over a row of messages has come to this one: true when it goes on. What is old
 * goes, with all before it in its conversation, which was passed over as ahead. */
static bool walk(struct cw_sqlite *s, uint64_t id, uint64_t days, struct cw_arena *arena)
{
    struct cw_sqlite_message message;
    s->sweep.room--;
    if (!cw_sqlite_message_find(s, id, CW_WANT_TEXT, CW_NOBODY, &message, arena) || message.lost)
        return s->trouble == CW_STORE_OK;
    enum cw_store_age age = cw_store_age(s->moment, message.m.time_ms, days);
    uint64_t conversation = cw_conversation_of(message.m.mailbox, message.m.sender_id);
    while (age == CW_AGE_OLD && remove_first(s, conversation, message.m.seq, arena)) {
        s->sweep.removed++;
        if (!slice_has_room(s))
            return false;
        s->sweep.room--;
    }
    return age != CW_AGE_YOUNG;
}

/* All messages, the oldest first. */
static void sweep_by_age(struct cw_sqlite *s, struct cw_arena *arena)
{
    bool on = s->options.retain.days != 0;
    while (on && slice_has_room(s)) {
        cw_sql_statement *st = cw_sql_of(s, CW_SQL_MESSAGE_NEXT);
        cw_sql_int(st, 1, s->sweep.to);
        uint64_t id = cw_sql_row(s, st) ? cw_sql_column_int(st, 0) : 0;
        cw_sql_end(st);
        on = id != 0 && walk(s, id, s->options.retain.days, arena);
        if (on)
            s->sweep.to = id;
    }
    if (cw_sqlite_pass(s, CW_SQL_MESSAGE_NEXT)) /* the next step begins behind the damage */
        cw_sqlite_pass_rows(s, &s->sweep.to);
}

/* The messages of one group, the oldest first. */
static void sweep_group_by_age(struct cw_sqlite *s, uint64_t group_id, uint64_t days,
                               struct cw_arena *arena)
{
    bool on = days != 0;
    struct cw_sqlite_passed *passed = &s->sweep.passed[group_id % CW_SQLITE_PASSED];
    if (passed->group_id != group_id)
        *passed = (struct cw_sqlite_passed){.group_id = group_id};
    while (on && slice_has_room(s)) {
        struct cw_sqlite_place place =
            cw_sqlite_first(s, cw_mailbox_of_group(group_id), passed->seq + 1);
        on = place.seq != 0 && walk(s, place.id, days, arena);
        if (on)
            passed->seq = place.seq;
    }
}

static void sweep_group(struct cw_sqlite *s, uint64_t group_id, bool left, struct cw_arena *arena)
{
    uint64_t conversation = cw_mailbox_of_group(group_id);
    uint64_t last = cw_sqlite_last(s, conversation).seq;
    struct cw_store_retention retain = retention_of(s, conversation);
    uint64_t to = left ? last : cw_store_surplus_to(retain, last);
    while (slice_has_room(s) && remove_first(s, conversation, to, arena)) {
        s->sweep.room--;
        s->sweep.more = true;
    }
    if (!left)
        sweep_group_by_age(s, group_id, retain.days, arena);
    if (left && slice_has_room(s)) {
        cw_sql_int(cw_sql_of(s, CW_SQL_GROUP_DELETE), 1, group_id);
        cw_sql_run(s, CW_SQL_GROUP_DELETE);
        cw_sqlite_unclean(s, CW_UNCLEAN_LOG);
        s->sweep.more = true;
    }
}

/* The next group behind `after` whose messages expire, or which all members have left. */
static bool next_group(struct cw_sqlite *s, uint64_t after, uint64_t *id, bool *left)
{
    cw_sql_statement *st = cw_sql_of(s, CW_SQL_GROUP_LOOKED_AFTER);
    cw_sql_int(st, 1, after);
    bool found = cw_sql_row(s, st);
    *id = found ? cw_sql_column_int(st, 0) : 0;
    *left = found && cw_sql_column_int(st, 1) != 0;
    cw_sql_end(st);
    return found;
}

void cw_sqlite_retention_load(struct cw_sqlite *s)
{
    uint64_t id;
    bool left;
    s->groups_looked_after = next_group(s, 0, &id, &left);
    if (s->careful && cw_sqlite_is_lost(s)) {
        cw_sqlite_note_loss(s);
        cw_sqlite_forget_loss(s);
        s->groups_looked_after = true;
    }
}

static void sweep_groups(struct cw_sqlite *s, struct cw_arena *arena)
{
    for (int i = 0; i < GROUPS_PER_SLICE && slice_has_room(s) && s->groups_looked_after; i++) {
        uint64_t id;
        bool left, found = next_group(s, s->sweep.group_id, &id, &left);
        if (!found && s->sweep.group_id == 0)
            s->groups_looked_after = false;
        s->sweep.group_id = id; /* behind the last of them: from the first again */
        if (!found)
            continue;
        sweep_group(s, id, left, arena);
        if (!slice_has_room(s))
            s->sweep.group_id = id - 1; /* it has more */
    }
}

/* What was passed over is looked at again each day. */
static void begin_walks(struct cw_sqlite *s)
{
    uint64_t day = s->moment.earlier_ms / CW_DAY_MS;
    if (s->sweep.day != day) {
        s->sweep.day = day;
        s->sweep.to = 0;
        memset(s->sweep.passed, 0, sizeof s->sweep.passed);
    }
}

bool cw_sqlite_sweep(struct cw_sqlite *s, size_t rows)
{
    struct cw_arena arena = {0};
    s->sweep.room = rows;
    s->sweep.more = false;
    s->sweep.removed_begin = s->sweep.removed;
    begin_walks(s);
    sweep_by_age(s, &arena);
    sweep_groups(s, &arena);
    cw_arena_finish(&arena);
    return s->sweep.more || s->sweep.room == 0 || s->sweep.removed != s->sweep.removed_begin;
}

void cw_sqlite_sweep_undo(struct cw_sqlite *s)
{
    s->sweep.removed = s->sweep.removed_begin;
    s->sweep.day = 0;
}

void cw_sqlite_sweep_tell(struct cw_sqlite *s, bool now)
{
    struct cw_sqlite_sweep *sweep = &s->sweep;
    uint64_t date_ms = s->moment.earlier_ms;
    bool soon = sweep->told_ms != 0 && date_ms - sweep->told_ms < TOLD_MS;
    if (sweep->removed == 0 || (soon && !now))
        return;
    char before[32] = "?";
    time_t horizon = (time_t)(date_ms / 1000) - (time_t)(s->options.retain.days * CW_DAY_MS / 1000);
    struct tm utc;
    if (gmtime_r(&horizon, &utc) != NULL)
        strftime(before, sizeof before, "%Y-%m-%d %H:%M UTC", &utc);
    cw_sqlite_log(s, "%llu messages were deleted for their age: %s %s%s",
                  (unsigned long long)sweep->removed,
                  s->options.retain.days != 0 ? "keep_days keeps those since"
                                              : "by the rules of their groups, on",
                  before, s->options.retain.days != 0 ? ", groups may keep less" : "");
    sweep->removed = sweep->removed_begin = 0;
    sweep->told_ms = date_ms;
}

void cw_sqlite_date_keep(struct cw_sqlite *s, const struct cw_store_request *request,
                         struct cw_store_result *result, struct cw_arena *arena)
{
    (void)result, (void)arena;
    cw_sql_int(cw_sql_of(s, CW_SQL_DATE_SET_PROGRESS), 1, request->date_ms);
    cw_sql_run(s, CW_SQL_DATE_SET_PROGRESS);
    s->store.date_ms = request->date_ms;
}
