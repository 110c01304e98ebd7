/* mentions.c - whom messages mention, in SQLite.
 *
 * One row for a user and a message; a mention of everybody in a group is one row of user 0, so that
 * it costs the same in a group of 10,000. Messages without an '@' are never looked up. */
#include "store/sqlite/mentions.h"

#include <stdlib.h>

#include "store/rules_mention.h"
#include "store/sqlite/inbox.h"
#include "store/sqlite/lost.h"
#include "store/sqlite/message.h"
#include "store/sqlite/messages.h"
#include "store/sqlite/operations.h"
#include "store/sqlite/rights.h"
#include "store/sqlite/rows.h"
#include "store/sqlite/sql.h"
#include "store/sqlite/state.h"
#include "store/sqlite/trouble.h"

uint64_t cw_sqlite_user_by_key(struct cw_store *store, struct cw_slice key)
{
    struct cw_sqlite *s = (struct cw_sqlite *)store;
    cw_sql_statement *st = cw_sql_of(s, CW_SQL_USER_BY_KEY);
    cw_sql_text_of(st, 1, key);
    uint64_t id = cw_sql_row(s, st) ? cw_sql_column_int(st, 0) : 0;
    cw_sql_end(st);
    return id;
}

/* --- changing ------------------------------------------------------------------------- */

static void insert(struct cw_sqlite *s, uint64_t user_id, uint64_t conversation,
                   const struct cw_store_message *message)
{
    cw_sql_run_with(
        s, CW_SQL_MENTION_INSERT,
        CW_NUMBERS(user_id, message->message_id, conversation, message->seq, message->sender_id));
}

void cw_sqlite_mentions_add(struct cw_sqlite *s, const struct cw_store_request *request,
                            const struct cw_store_message *message, struct cw_store_result *result,
                            struct cw_arena *arena)
{
    struct cw_store_mentioned mentioned;
    uint64_t conversation = cw_conversation_of(message->mailbox, message->sender_id);
    if (!cw_store_mentions_any(request))
        return;
    cw_store_resolve(&s->store, request, conversation, &mentioned);
    result->not_all = mentioned.not_all;
    if (mentioned.count == 0 && !mentioned.all)
        return;
    struct cw_store_mention *users = cw_arena_alloc(arena, (mentioned.count + 1) * sizeof users[0]);
    for (size_t i = 0; i < mentioned.count; i++) {
        insert(s, mentioned.ids[i], conversation, message);
        users[i] = (struct cw_store_mention){
            mentioned.ids[i], cw_sqlite_name_of(s, cw_mailbox_of_user(mentioned.ids[i]), arena)};
    }
    if (mentioned.all)
        insert(s, 0, conversation, message);
    struct cw_store_mentions *mentions = cw_arena_alloc(arena, sizeof *mentions);
    *mentions =
        (struct cw_store_mentions){.users = users, .count = mentioned.count, .all = mentioned.all};
    result->mentions = mentions;
}

void cw_sqlite_mentions_drop(struct cw_sqlite *s, uint64_t message_id)
{
    cw_sql_run_with(s, CW_SQL_MENTIONS_DROP, CW_NUMBERS(message_id));
}

void cw_sqlite_mentions_leave(struct cw_sqlite *s, uint64_t user_id, uint64_t conversation)
{
    cw_sql_run_with(s, CW_SQL_MENTIONS_LEAVE, CW_NUMBERS(user_id, conversation));
    cw_sql_run_with(s, CW_SQL_NOTIFY_DELETE, CW_NUMBERS(user_id, conversation));
}

/* --- reading -------------------------------------------------------------------------- */

static void read_rows(struct cw_sqlite *s, uint64_t user_id, uint64_t id,
                      struct cw_store_mentions *mentions, struct cw_arena *arena)
{
    struct cw_store_mention *users = NULL;
    cw_sql_statement *st = cw_sql_of(s, CW_SQL_MENTIONS_OF);
    cw_sql_int(st, 1, id);
    while (mentions->count < CW_MENTIONS_MAX && cw_sql_row(s, st)) {
        uint64_t mentioned = cw_sql_column_int(st, 0);
        mentions->all |= mentioned == 0;
        mentions->mine |= mentioned == user_id;
        if (mentioned == 0)
            continue;
        if (users == NULL)
            users = cw_arena_alloc(arena, CW_MENTIONS_MAX * sizeof users[0]);
        users[mentions->count++] =
            (struct cw_store_mention){mentioned, cw_sql_column_copy(st, 1, arena)};
    }
    cw_sql_end(st);
    mentions->users = users;
}

void cw_sqlite_mentions_read(struct cw_sqlite *s, uint64_t user_id, uint64_t id,
                             struct cw_store_message *message, struct cw_arena *arena)
{
    struct cw_store_mentions found = {0};
    if (message->voice || message->damaged || !cw_store_may_mention(message->body))
        return;
    read_rows(s, user_id, id, &found, arena);
    if (cw_sqlite_pass(s, CW_SQL_MENTIONS_OF)) {
        cw_sqlite_note_loss(s);
        return; /* the message can be read all the same */
    }
    if (found.count == 0 && !found.all)
        return;
    found.mine |=
        found.all && cw_store_is_called(&s->store, user_id,
                                        cw_conversation_of(message->mailbox, message->sender_id),
                                        message->sender_id);
    struct cw_store_mentions *mentions = cw_arena_alloc(arena, sizeof *mentions);
    *mentions = found;
    message->mentions = mentions;
}

/* Those of the user's own rows, or with `calls` of everybody's. */
static uint64_t count_unread(struct cw_sqlite *s, uint64_t user_id, bool calls,
                             const struct cw_store_conversation *line)
{
    uint64_t count = 0;
    cw_sql_statement *st = cw_sql_of(s, CW_SQL_MENTIONS_UNREAD);
    cw_sql_int(st, 1, calls ? 0 : user_id);
    cw_sql_int(st, 2, line->conversation);
    cw_sql_int(st, 3, line->read_seq);
    cw_sql_int(st, 4, CW_MENTIONS_COUNTED_MAX);
    while (cw_sql_row(s, st))
        count += !calls || cw_store_is_called(&s->store, user_id, line->conversation,
                                              cw_sql_column_int(st, 0));
    cw_sql_end(st);
    return count;
}

uint64_t cw_sqlite_mentions_unread(struct cw_sqlite *s, uint64_t user_id,
                                   const struct cw_store_conversation *line)
{
    return count_unread(s, user_id, false, line) +
           (cw_mailbox_is_group(line->conversation) ? count_unread(s, user_id, true, line) : 0);
}

/* --- the list of a user's mentions ------------------------------------------------------ */

/* Messages of which the newest come first. */
struct found {
    uint64_t ids[2 * (CW_LIST_MAX + 1)];
    size_t count;
    uint64_t floor; /* what is below was not looked at; 0: all was */
};

/* The user's own rows, or with `calls` those of everybody. */
static void find_rows(struct cw_sqlite *s, const struct cw_store_request *request, bool calls,
                      struct found *found)
{
    size_t taken = 0, scanned = 0, most = calls ? CW_MENTION_SCAN_MAX : request->limit + 1;
    uint64_t id = 0;
    cw_sql_statement *st = cw_sql_of(s, CW_SQL_MENTIONS_BEFORE);
    cw_sql_int(st, 1, calls ? 0 : request->user_id);
    cw_sql_int(st, 2, request->before == 0 ? INT64_MAX : request->before);
    cw_sql_int(st, 3, most);
    while (taken <= request->limit && cw_sql_row(s, st)) {
        scanned++;
        id = cw_sql_column_int(st, 0);
        if (calls && !cw_store_is_called(&s->store, request->user_id, cw_sql_column_int(st, 1),
                                         cw_sql_column_int(st, 2)))
            continue;
        found->ids[found->count++] = id;
        taken++;
    }
    cw_sql_end(st);
    bool cut = scanned == most || taken > request->limit;
    if (cut && id > found->floor)
        found->floor = id;
}

static int newest_first(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return x > y ? -1 : x < y;
}

/* False: the page has no room for it. */
static bool put_mention(struct cw_sqlite *s, uint64_t user_id, uint64_t id, size_t *bytes,
                        struct cw_store_result *result, struct cw_arena *arena)
{
    struct cw_sqlite_message message;
    struct cw_sqlite_name names[2] = {{0}};
    if (!cw_sqlite_message_find(s, id, CW_WANT_TEXT, CW_NOBODY, &message, arena) || message.lost ||
        cw_store_hides(&s->store, &message.m, user_id))
        return true;
    cw_sqlite_message_name(s, &message.m, names, arena);
    cw_sqlite_mentions_read(s, user_id, id, &message.m, arena);
    size_t size = message.m.body.n + cw_store_mentions_bytes(message.m.mentions);
    if (!cw_store_has_room_for_bytes(result->message_count, *bytes, size))
        return false;
    *bytes += size;
    result->messages[result->message_count++] = message.m;
    return true;
}

void cw_sqlite_mention_list(struct cw_sqlite *s, const struct cw_store_request *request,
                            struct cw_store_result *result, struct cw_arena *arena)
{
    struct found found = {0};
    size_t bytes = 0;
    if (!cw_sqlite_user_exists(&s->store, request->user_id))
        return;
    find_rows(s, request, false, &found);
    find_rows(s, request, true, &found);
    if (found.count != 0)
        qsort(found.ids, found.count, sizeof found.ids[0], newest_first);
    result->messages = cw_arena_alloc(arena, request->limit * sizeof result->messages[0]);
    for (size_t i = 0; i < found.count && found.ids[i] >= found.floor; i++) {
        if (i != 0 && found.ids[i] == found.ids[i - 1])
            continue; /* by name and with everybody */
        result->more = result->message_count == request->limit ||
                       !put_mention(s, request->user_id, found.ids[i], &bytes, result, arena);
        if (result->more)
            return;
        result->scanned_to = found.ids[i];
    }
    result->more = found.floor != 0;
    if (result->more)
        result->scanned_to = found.floor;
}
