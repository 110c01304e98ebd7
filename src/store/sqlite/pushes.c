/* pushes.c - subscriptions to push messages, and who is to get one, in SQLite. */
#include "base/limits.h"
#include "store/rules_mention.h"
#include "store/sqlite/inbox.h"
#include "store/sqlite/messages.h"
#include "store/sqlite/operations.h"
#include "store/sqlite/sql.h"
#include "store/sqlite/state.h"

/* The user's others, without one of the same browser. */
static uint64_t count_others(struct cw_sqlite *s, const struct cw_store_request *request)
{
    cw_sql_statement *st = cw_sql_of(s, CW_SQL_PUSHES_OTHERS);
    cw_sql_int(st, 1, request->user_id);
    cw_sql_int(st, 2, request->session_id);
    cw_sql_text_of(st, 3, request->address);
    uint64_t count = cw_sql_row(s, st) ? cw_sql_column_int(st, 0) : 0;
    cw_sql_end(st);
    return count;
}

void cw_sqlite_push_set(struct cw_sqlite *s, const struct cw_store_request *request,
                        struct cw_store_result *result, struct cw_arena *arena)
{
    (void)arena;
    if (!s->store.backend->facts.session_exists(&s->store, request->session_id, request->user_id))
        result->status = CW_STORE_NOT_FOUND;
    else if (count_others(s, request) >= CW_PUSHES_OF_USER_MAX)
        result->status = CW_STORE_FULL;
    if (result->status != CW_STORE_OK)
        return;
    cw_sql_text_of(cw_sql_of(s, CW_SQL_PUSH_TAKE), 1, request->address);
    cw_sql_run(s, CW_SQL_PUSH_TAKE);
    cw_sql_statement *st = cw_sql_of(s, CW_SQL_PUSH_SET);
    cw_sql_int(st, 1, request->session_id);
    cw_sql_int(st, 2, request->user_id);
    cw_sql_int(st, 3, request->with_text);
    cw_sql_text_of(st, 4, request->address);
    cw_sql_blob(st, 5, request->secret);
    cw_sql_run(s, CW_SQL_PUSH_SET);
}

void cw_sqlite_push_end(struct cw_sqlite *s, const struct cw_store_request *request,
                        struct cw_store_result *result, struct cw_arena *arena)
{
    (void)result, (void)arena;
    cw_sql_int(cw_sql_of(s, CW_SQL_PUSH_DELETE), 1, request->session_id);
    cw_sql_text_of(cw_sql_of(s, CW_SQL_PUSH_DELETE), 2, request->address);
    cw_sql_run(s, CW_SQL_PUSH_DELETE);
}

/* False: there is nothing to tell. */
static bool read_pushed(struct cw_sqlite *s, const struct cw_store_request *request,
                        struct cw_store_message *pushed, struct cw_arena *arena)
{
    struct cw_sqlite_message message;
    struct cw_sqlite_name names[2] = {0};
    uint64_t id = cw_sqlite_id_at(s, request->conversation, request->seq);
    if (id == 0 || !cw_sqlite_message_find(s, id, CW_WANT_TEXT, CW_NOBODY, &message, arena) ||
        message.lost || message.m.deleted_ms != 0)
        return false;
    *pushed = message.m;
    cw_sqlite_message_name(s, pushed, names, arena);
    return true;
}

static void read_push(cw_sql_statement *st, uint64_t conversation, struct cw_store_push *push,
                      struct cw_arena *arena)
{
    *push = (struct cw_store_push){
        .user_id = cw_sql_column_int(st, 0),
        .session_id = cw_sql_column_int(st, 1),
        .with_text = cw_sql_column_int(st, 2) != 0,
        .endpoint = cw_sql_column_copy(st, 3, arena),
        .keys = cw_sql_column_copy(st, 4, arena),
        .rule = {.conversation = conversation,
                 .level = (enum cw_notify_level)cw_sql_column_int(st, 5),
                 .until_ms = cw_sql_column_int(st, 6)},
    };
    if (!cw_sql_column_is_null(st, 7))
        push->quiet_hours = cw_sql_column_copy(st, 7, arena);
}

static bool is_mentioned(struct cw_sqlite *s, const struct cw_store_message *pushed,
                         uint64_t conversation, uint64_t user_id)
{
    return cw_sql_finds(s, CW_SQL_PUSH_MENTION, CW_NUMBERS(user_id, pushed->message_id)) ||
           (cw_sql_finds(s, CW_SQL_PUSH_MENTION, CW_NUMBERS(0, pushed->message_id)) &&
            cw_store_is_called(&s->store, user_id, conversation, pushed->sender_id));
}

/* All of a user's are in one page. */
static void list_pushes(struct cw_sqlite *s, const struct cw_store_request *request,
                        const struct cw_store_message *pushed, struct cw_store_result *result,
                        struct cw_arena *arena)
{
    bool group = cw_mailbox_is_group(request->conversation);
    cw_sql_statement *st = cw_sql_of(s, group ? CW_SQL_PUSHES_OF_GROUP : CW_SQL_PUSHES_OF_USER);
    size_t room = request->limit + CW_PUSHES_OF_USER_MAX;
    struct cw_store_push *pushes = cw_arena_alloc(arena, room * sizeof pushes[0]), push;
    cw_sql_int(st, 1, pushed->mailbox >> 1);
    cw_sql_int(st, 2, request->after);
    cw_sql_int(st, 3, pushed->sender_id);
    cw_sql_int(st, 4, request->conversation);
    while (!result->more && result->push_count < room && cw_sql_row(s, st)) {
        read_push(st, request->conversation, &push, arena);
        result->more = result->push_count >= request->limit && push.user_id != result->scanned_to;
        if (result->more)
            break;
        pushes[result->push_count++] = push;
        result->scanned_to = push.user_id;
    }
    cw_sql_end(st);
    result->pushes = pushes;
}

void cw_sqlite_push_list(struct cw_sqlite *s, const struct cw_store_request *request,
                         struct cw_store_result *result, struct cw_arena *arena)
{
    struct cw_store_message *pushed = cw_arena_alloc(arena, sizeof *pushed);
    if (!read_pushed(s, request, pushed, arena))
        return;
    result->messages = pushed;
    result->message_count = 1;
    list_pushes(s, request, pushed, result, arena);
    for (size_t i = 0; i < result->push_count; i++)
        result->pushes[i].mentioned =
            is_mentioned(s, pushed, request->conversation, result->pushes[i].user_id);
}
