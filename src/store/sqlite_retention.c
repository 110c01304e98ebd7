/* sqlite_retention.c - what is no longer to be kept, in SQLite.
 *
 * Of a conversation the oldest messages go first, so its numbers stay dense above
 * the lowest that is kept. The number of its last message stays even when that
 * message goes: the next one counts on from it.
 *
 * An append removes what its conversation has too many of, a few at a time. The
 * rest is done in idle moments: by the age of the oldest messages of all, and by
 * looking at the groups that keep less, in turn. */
#include <stdlib.h>

#include "store/blob.h"
#include "store/sqlite.h"

#define DAY_MS            (UINT64_C(24) * 3600 * 1000)
#define PRUNED_PER_APPEND 4
#define GROUPS_PER_SLICE  16

/* --- files that go with a commit ------------------------------------------------------ */

struct cw_sqlite_file {
    struct cw_sqlite_file *next;
    char name[CW_BLOB_NAME_MAX];
};

void cw_sqlite_unlink_later(struct cw_sqlite *s, struct cw_slice name)
{
    struct cw_sqlite_file *file = cw_alloc_zero(sizeof *file);
    memcpy(file->name, name.p, name.n < sizeof file->name ? name.n : sizeof file->name - 1);
    file->next = s->files;
    s->files = file;
    cw_sql_text_of(s->statements[CW_SQL_REMOVAL_INSERT], 1, cw_slice_str(file->name));
    cw_sql_run(s, CW_SQL_REMOVAL_INSERT);
}

void cw_sqlite_files_end(struct cw_sqlite *s, bool committed)
{
    while (s->files != NULL) {
        struct cw_sqlite_file *file = s->files;
        s->files = file->next;
        if (committed) {
            s->removals = true;
            s->removal_stuck |= !cw_blob_remove(s->folder, file->name);
        }
        free(file);
    }
}

void cw_sqlite_files_forget(struct cw_sqlite *s)
{
    sqlite3_stmt *st = s->statements[CW_SQL_REMOVAL_NEXT];
    if (!s->removals || s->removal_stuck) /* the next start tries again */
        return;
    cw_sql_text_of(st, 1, (struct cw_slice){0});
    bool any = cw_sql_row(s, st);
    cw_sql_end(st);
    if (any && cw_blob_sync_folder(s->folder) == CW_STORE_OK) {
        cw_sql_text_of(s->statements[CW_SQL_REMOVALS_DELETE], 1, (struct cw_slice){0});
        cw_sql_run(s, CW_SQL_REMOVALS_DELETE);
    }
    s->removals = false;
}

/* --- removing a message ------------------------------------------------------------------ */

static void run_with(struct cw_sqlite *s, enum cw_sql which, uint64_t a, uint64_t b)
{
    cw_sql_int(s->statements[which], 1, a);
    cw_sql_int(s->statements[which], 2, b);
    cw_sql_run(s, which);
}

/* The pair is in the lists of both; the indexes in memory may not come to write
 * it, since the first message that would tell them goes. */
static void keep_pair(struct cw_sqlite *s, const struct cw_store_message *message,
                      uint64_t conversation)
{
    if (message->seq != 1 || cw_mailbox_is_group(conversation))
        return;
    run_with(s, CW_SQL_MARK_INSERT, message->sender_id, conversation);
    run_with(s, CW_SQL_MARK_INSERT, message->mailbox >> 1, conversation);
}

static void keep_last(struct cw_sqlite *s, uint64_t conversation, struct cw_sqlite_place last)
{
    sqlite3_stmt *st = s->statements[CW_SQL_HISTORY_INSERT];
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
    cw_sql_int(s->statements[CW_SQL_MESSAGE_DELETE], 1, m->message_id);
    cw_sql_run(s, CW_SQL_MESSAGE_DELETE);
    cw_sqlite_unclean(s, CW_UNCLEAN_LOG);
    run_with(s, CW_SQL_INBOX_DELETE, m->mailbox, m->message_id);
    run_with(s, CW_SQL_HISTORY_DELETE, conversation, m->seq);
    cw_inbox_index_remove(&s->inbox, conversation, m->message_id);
    if (!cw_mailbox_is_group(m->mailbox))
        cw_inbox_index_remove(&s->inbox, cw_inbox_key(m->mailbox), m->message_id);
    keep_pair(s, m, conversation);
    if (last.seq == m->seq)
        keep_last(s, conversation, last);
    if (m->message_id == s->newest) {
        cw_sql_int(s->statements[CW_SQL_NEWEST_SET_PROGRESS], 1, s->newest);
        cw_sql_run(s, CW_SQL_NEWEST_SET_PROGRESS);
    }
    if (message->blob[0] != '\0')
        cw_sqlite_unlink_later(s, cw_slice_str(message->blob));
}

/* --- what goes -------------------------------------------------------------------------- */

static uint64_t stricter(uint64_t a, uint64_t b)
{
    return a == 0 || (b != 0 && b < a) ? b : a;
}

bool cw_sqlite_may_remove(const struct cw_sqlite *s)
{
    return s->options.retain.days != 0 || s->options.retain.count != 0 || s->groups_looked_after;
}

static struct cw_store_retention retention_of(struct cw_sqlite *s, uint64_t conversation)
{
    struct cw_store_retention retain = s->options.retain;
    if (!s->groups_looked_after || !cw_mailbox_is_group(conversation))
        return retain;
    sqlite3_stmt *st = s->statements[CW_SQL_GROUP_RETENTION];
    cw_sql_int(st, 1, conversation >> 1);
    if (cw_sql_row(s, st)) {
        retain.days = stricter(retain.days, cw_sql_column_int(st, 0));
        retain.count = stricter(retain.count, cw_sql_column_int(st, 1));
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

/* Removes the oldest message of the conversation if there are more than `count`, or
 * if it is older than `days`; false when nothing is to be removed. */
static bool remove_oldest(struct cw_sqlite *s, uint64_t conversation, uint64_t last,
                          struct cw_store_retention retain, struct cw_arena *arena)
{
    struct cw_sqlite_message message;
    uint64_t first = cw_sqlite_first_kept(s, conversation);
    bool many = retain.count != 0 && first != 0 && last - first >= retain.count;
    if (first == 0 || (!many && retain.days == 0))
        return false;
    uint64_t id = cw_sqlite_id_at(s, conversation, first);
    if (!cw_sqlite_message_find(s, id, CW_WANT_TEXT, CW_NOBODY, &message, arena))
        return false;
    bool old = retain.days != 0 && s->now_ms >= message.m.time_ms &&
               (s->now_ms - message.m.time_ms) / DAY_MS >= retain.days;
    if (many || old)
        remove_message(s, &message);
    return many || old;
}

void cw_sqlite_prune(struct cw_sqlite *s, uint64_t conversation, uint64_t last,
                     struct cw_arena *arena)
{
    if (!cw_sqlite_may_remove(s))
        return;
    struct cw_store_retention retain = retention_of(s, conversation);
    retain.days = 0;
    for (int i = 0; i < PRUNED_PER_APPEND && retain.count != 0; i++)
        if (!remove_oldest(s, conversation, last, retain, arena))
            return;
}

/* --- the sweeper -------------------------------------------------------------------------- */

/* The oldest messages of all, so long as they are too old. */
static size_t sweep_by_age(struct cw_sqlite *s, size_t rows, struct cw_arena *arena)
{
    size_t removed = 0;
    while (s->options.retain.days != 0 && removed < rows) {
        struct cw_sqlite_message message;
        sqlite3_stmt *st = s->statements[CW_SQL_MESSAGE_OLDEST];
        uint64_t id = cw_sql_row(s, st) ? cw_sql_column_int(st, 0) : 0;
        cw_sql_end(st);
        if (id == 0 || !cw_sqlite_message_find(s, id, CW_WANT_TEXT, CW_NOBODY, &message, arena) ||
            s->now_ms < message.m.time_ms ||
            (s->now_ms - message.m.time_ms) / DAY_MS < s->options.retain.days)
            break;
        remove_message(s, &message);
        removed++;
    }
    return removed;
}

static size_t sweep_group(struct cw_sqlite *s, uint64_t group_id, bool left, size_t rows,
                          struct cw_arena *arena)
{
    uint64_t conversation = cw_mailbox_of_group(group_id);
    uint64_t last = cw_sqlite_last(s, conversation).seq;
    struct cw_store_retention retain = retention_of(s, conversation);
    size_t removed = 0;
    if (left) { /* `last` lies one further, so that not even the last one is kept */
        retain.count = 1;
        last++;
    }
    while (removed < rows && remove_oldest(s, conversation, last, retain, arena))
        removed++;
    if (left && removed < rows && s->trouble == CW_STORE_OK) {
        cw_sql_int(s->statements[CW_SQL_GROUP_DELETE], 1, group_id);
        cw_sql_run(s, CW_SQL_GROUP_DELETE);
        cw_sqlite_unclean(s, CW_UNCLEAN_LOG);
        removed++;
    }
    return removed;
}

/* The next group behind `after` that keeps less than for ever, or was left. */
static bool next_group(struct cw_sqlite *s, uint64_t after, uint64_t *id, bool *left)
{
    sqlite3_stmt *st = s->statements[CW_SQL_GROUP_LOOKED_AFTER];
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
}

static size_t sweep_groups(struct cw_sqlite *s, size_t rows, struct cw_arena *arena)
{
    size_t removed = 0;
    for (int i = 0; i < GROUPS_PER_SLICE && removed < rows && s->groups_looked_after; i++) {
        uint64_t id;
        bool left, found = next_group(s, s->swept_group_id, &id, &left);
        if (!found && s->swept_group_id == 0)
            s->groups_looked_after = false;
        s->swept_group_id = id; /* behind the last of them: from the first again */
        if (!found)
            continue;
        removed += sweep_group(s, id, left, rows - removed, arena);
        if (removed == rows)
            s->swept_group_id = id - 1; /* it has more */
    }
    return removed;
}

size_t cw_sqlite_sweep(struct cw_sqlite *s, size_t rows)
{
    struct cw_arena arena = {0};
    size_t removed = sweep_by_age(s, rows, &arena);
    removed += sweep_groups(s, rows - removed, &arena);
    cw_arena_finish(&arena);
    return removed;
}
