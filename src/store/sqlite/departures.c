/* departures.c - users who delete their accounts, in SQLite: see "Deleted accounts" in store.h.
 *
 * The request itself removes what has a limit: sessions, groups, contacts, blocks, notices,
 * invitations, uploads. It is one transaction, so that a crash leaves all or nothing of the
 * account. What has none is left to idle moments, in slices: a row of `departures` says of whom,
 * and is there until the end. Messages have no index by sender, which would cost all senders at
 * each message: a walk over all messages, the oldest first, looks for those of the user. */
#include "store/sqlite/departures.h"

#include "store/rules_admin.h"
#include "store/rules_departure.h"
#include "store/sqlite/audit.h"
#include "store/sqlite/bots.h"
#include "store/sqlite/clean.h"
#include "store/sqlite/devices.h"
#include "store/sqlite/edits.h"
#include "store/sqlite/file_rows.h"
#include "store/sqlite/groups.h"
#include "store/sqlite/invitations.h"
#include "store/sqlite/lost.h"
#include "store/sqlite/messages.h"
#include "store/sqlite/names.h"
#include "store/sqlite/operations.h"
#include "store/sqlite/profiles.h"
#include "store/sqlite/retired.h"
#include "store/sqlite/rights.h"
#include "store/sqlite/rows.h"
#include "store/sqlite/sql.h"
#include "store/sqlite/state.h"
#include "store/sqlite/trouble.h"
#include "store/sqlite/users.h"
#include "text/look.h"

/* Rows of messages that are looked at in one idle moment, and that are deleted: some 2 ms each. */
#define WALKED_PER_SLICE 1024
#define SENT_PER_SLICE   32
#define MARKS_PER_SLICE  128 /* and mentions */

/* --- the account ----------------------------------------------------------------------------- */

static void retire_name(struct cw_sqlite *s, uint64_t user_id, struct cw_slice name,
                        struct cw_arena *arena)
{
    struct cw_looks looks;
    cw_name_looks(name, &looks);
    cw_sqlite_retire_name(s, cw_sqlite_key_of(s, user_id, arena), cw_looks_slice(&looks));
    cw_sqlite_looks_remove(s, false, user_id, name);
}

static bool is_key(struct cw_sqlite *s, struct cw_slice key)
{
    cw_sql_statement *st = cw_sql_of(s, CW_SQL_USER_BY_KEY);
    cw_sql_text_of(st, 1, key);
    bool found = cw_sql_row(s, st);
    cw_sql_end(st);
    return found;
}

static void rename_user(struct cw_sqlite *s, uint64_t user_id)
{
    char text[CW_DELETED_NAME_MAX];
    struct cw_looks looks;
    struct cw_slice name = cw_store_deleted_name(user_id, false, text);
    if (is_key(s, name))
        name = cw_store_deleted_name(user_id, true, text);
    cw_sql_statement *st = cw_sql_of(s, CW_SQL_USER_DEPART);
    cw_sql_int(st, 1, user_id);
    cw_sql_text_of(st, 2, name);
    cw_sql_text_of(st, 3, name); /* it folds to itself */
    cw_sql_int(st, 4, cw_store_deleted_ms(s->moment));
    cw_sql_run(s, CW_SQL_USER_DEPART);
    cw_name_looks(name, &looks);
    cw_sqlite_looks_add(s, false, user_id, cw_looks_slice(&looks));
}

static void leave_groups(struct cw_sqlite *s, uint64_t user_id, struct cw_store_result *result,
                         struct cw_arena *arena)
{
    cw_sqlite_list_groups(s, user_id, false, result, arena);
    result->person_count = result->group_count;
    result->people = cw_arena_alloc(arena, (result->group_count + 1) * sizeof result->people[0]);
    for (size_t i = 0; i < result->group_count; i++) {
        const struct cw_store_request leave = {
            .op = CW_STORE_GROUP_LEAVE, .user_id = user_id, .group_id = result->groups[i].group_id};
        struct cw_store_result left = {0};
        cw_sqlite_group_leave(s, &leave, &left, arena);
        result->people[i] =
            (struct cw_store_person){.user_id = left.other_id, .name = left.other_name};
        cw_store_add_bots_left(result, &left, leave.group_id, arena);
    }
}

static void end_bots(struct cw_sqlite *s, uint64_t user_id, struct cw_store_result *result,
                     struct cw_arena *arena)
{
    uint64_t bot_id;
    while ((bot_id = cw_sqlite_bot_of(s, user_id)) != 0 && s->trouble == CW_STORE_OK) {
        struct cw_store_result ended = {0};
        cw_sqlite_bot_end(s, bot_id, &ended, arena);
        for (size_t i = 0; i < ended.group_count; i++)
            cw_store_add_bot_gone(result, bot_id, ended.groups[i].group_id, arena);
        cw_store_add_bot_gone(result, bot_id, 0, arena);
    }
}

/* What has a limit. */
static void drop_private(struct cw_sqlite *s, uint64_t user_id)
{
    static const enum cw_sql lists[] = {
        CW_SQL_CONTACTS_DROP, CW_SQL_BLOCKS_DROP,  CW_SQL_SETTINGS_DROP, CW_SQL_NOTICES_DROP_ALL,
        CW_SQL_NOTIFY_DROP,   CW_SQL_QUIET_DELETE, CW_SQL_FACTOR_DELETE, CW_SQL_RESET_DELETE};
    uint64_t upload;
    for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++)
        cw_sql_run_with(s, lists[i], CW_NUMBERS(user_id));
    cw_sql_run_with(s, CW_SQL_SESSIONS_DELETE_OTHERS, CW_NUMBERS(user_id, 0));
    cw_sqlite_devices_end(s, user_id);
    cw_sqlite_profile_drop(s, user_id);
    cw_sqlite_invitations_end(s, 0, user_id);
    while ((upload = cw_sql_query(s, CW_SQL_UPLOAD_OF, CW_NUMBERS(user_id))) != 0)
        cw_sqlite_file_remove(s, upload);
}

static void depart(struct cw_sqlite *s, uint64_t user_id, bool with_messages,
                   struct cw_store_result *result, struct cw_arena *arena)
{
    end_bots(s, user_id, result, arena);
    leave_groups(s, user_id, result, arena);
    drop_private(s, user_id);
    result->name = cw_sqlite_name_of(s, cw_mailbox_of_user(user_id), arena);
    retire_name(s, user_id, result->name, arena);
    rename_user(s, user_id);
    cw_sql_run_with(s, CW_SQL_DEPARTURE_INSERT, CW_NUMBERS(user_id, with_messages));
    cw_sqlite_unclean(s, CW_UNCLEAN_LOG);
    cw_sqlite_somebody_left(s, user_id);
    s->departures = true;
}

void cw_sqlite_account_delete(struct cw_sqlite *s, const struct cw_store_request *request,
                              struct cw_store_result *result, struct cw_arena *arena)
{
    struct cw_store_password password = cw_sqlite_password_of(s, request, arena);
    result->status =
        cw_store_may_depart(&s->store, request, &password,
                            !cw_sql_finds(s, CW_SQL_USER_BESIDE, CW_NUMBERS(request->user_id)));
    if (result->status == CW_STORE_OK)
        depart(s, request->user_id, request->with_messages, result, arena);
}

void cw_sqlite_user_remove(struct cw_sqlite *s, const struct cw_store_request *request,
                           struct cw_store_result *result, struct cw_arena *arena)
{
    result->status = cw_store_may_bar(&s->store, request);
    if (result->status != CW_STORE_OK)
        return;
    depart(s, request->other_id, request->with_messages, result, arena);
    cw_sqlite_audit(s, request, CW_AUDIT_REMOVE_USER, request->other_id, (struct cw_slice){0});
}

/* --- what is left to idle moments --------------------------------------------------------- */

struct departure {
    uint64_t user_id; /* 0: there is none */
    bool with_messages;
    uint64_t walked_to;
};

static struct departure first_departure(struct cw_sqlite *s)
{
    cw_sql_statement *st = cw_sql_of(s, CW_SQL_DEPARTURE_FIRST);
    struct departure first = {0};
    if (cw_sql_row(s, st))
        first = (struct departure){.user_id = cw_sql_column_int(st, 0),
                                   .with_messages = cw_sql_column_int(st, 1) != 0,
                                   .walked_to = cw_sql_column_int(st, 2)};
    cw_sql_end(st);
    return first;
}

/* The user's next messages. */
struct sent {
    uint64_t ids[SENT_PER_SLICE];
    size_t before[SENT_PER_SLICE]; /* rows that were looked at before each of them */
    size_t count, rows;
};

/* Finds them, and moves `at` behind what was looked at. */
static void find_sent(struct cw_sqlite *s, uint64_t user_id, size_t most, struct sent *sent)
{
    cw_sql_statement *st = cw_sql_of(s, CW_SQL_MESSAGES_WALK);
    *sent = (struct sent){.count = 0};
    cw_sql_int(st, 1, s->departing.at);
    cw_sql_int(st, 2, most);
    for (; sent->count < SENT_PER_SLICE && cw_sql_row(s, st); sent->rows++) {
        s->departing.at = cw_sql_column_int(st, 0);
        if (cw_sql_column_int(st, 1) != user_id || cw_sql_column_int(st, 2) == 0)
            continue;
        sent->before[sent->count] = sent->rows;
        sent->ids[sent->count++] = s->departing.at;
    }
    cw_sql_end(st);
}

/* Damage behind so many good rows: this transaction cannot be committed. The next slice looks at
 * these rows alone, and the one after it goes on behind the damage. */
static bool step_over(struct cw_sqlite *s, uint64_t from, size_t good)
{
    s->departing.most = good;
    s->departing.at = from;
    if (good == 0 && !cw_sqlite_pass_rows(s, &s->departing.at))
        s->departing.at = s->newest;
    s->departing.at_begin = s->departing.at; /* this is not undone */
    return true;
}

/* The place is written when something has changed: a crash repeats the rest of the walk. */
static bool blank_sent(struct cw_sqlite *s, uint64_t user_id)
{
    size_t most = s->departing.most != 0 ? s->departing.most : WALKED_PER_SLICE, i = 0;
    uint64_t from = s->departing.at;
    struct cw_arena arena = {0};
    struct sent sent;
    find_sent(s, user_id, most, &sent);
    if (cw_sqlite_pass(s, CW_SQL_MESSAGES_WALK))
        return step_over(s, from, sent.rows);
    for (; i < sent.count && !s->passed; i++) {
        struct cw_sqlite_message message;
        if (cw_sqlite_message_find(s, sent.ids[i], CW_WANT_TEXT, CW_NOBODY, &message, &arena) &&
            !s->passed)
            cw_sqlite_message_blank(s, &message, cw_store_deleted_ms(s->moment), 0);
    }
    cw_arena_finish(&arena);
    if (s->passed)
        return step_over(s, from, sent.before[i - 1]);
    s->departing.most = 0;
    if (sent.count != 0)
        cw_sql_run_with(s, CW_SQL_DEPARTURE_WALKED, CW_NUMBERS(user_id, s->departing.at));
    return sent.rows == most || sent.count == SENT_PER_SLICE;
}

bool cw_sqlite_departures_follow(struct cw_sqlite *s)
{
    if (!s->departures || s->disk_full)
        return false;
    struct departure first = first_departure(s);
    s->departures = first.user_id != 0 || s->trouble != CW_STORE_OK;
    if (first.user_id == 0)
        return false;
    if (s->departing.user_id != first.user_id) {
        s->departing.user_id = first.user_id;
        s->departing.at = s->departing.at_begin = first.walked_to;
        s->departing.most = 0;
    }
    if (cw_sql_run_with(s, CW_SQL_MARKS_DROP, CW_NUMBERS(first.user_id, MARKS_PER_SLICE)) != 0 ||
        cw_sql_run_with(s, CW_SQL_MENTIONS_FORGET, CW_NUMBERS(first.user_id, MARKS_PER_SLICE)) !=
            0 ||
        (first.with_messages && blank_sent(s, first.user_id)))
        return s->trouble == CW_STORE_OK;
    cw_sql_run_with(s, CW_SQL_WRITTEN_FORGET, CW_NUMBERS(first.user_id));
    cw_sql_run_with(s, CW_SQL_DEPARTURE_DELETE, CW_NUMBERS(first.user_id));
    return s->trouble == CW_STORE_OK;
}
