/* news.c - several servers on one database: each transaction that writes has the lock of the row in
 * `log` from its beginning to its end, so there is one order of all commits, and ids and numbers
 * are given as by one server. Before it judges anything it reads what others have committed since
 * its own last look: new messages, and rows of `news`. That goes into what the store keeps in
 * memory, and to the core (store.news), before anything that this transaction does. So no rule is
 * written for several servers, and nothing in memory is out of date when something is judged by it.
 */
#include <stdio.h>
#include <string.h>

#include "store/postgres/ahead.h"
#include "store/postgres/commit.h"
#include "store/postgres/ended.h"
#include "store/postgres/link.h"
#include "store/postgres/past.h"
#include "store/postgres/tell.h"
#include "store/rules_mention.h"
#include "store/sqlite/groups.h"
#include "store/sqlite/inbox.h"
#include "store/sqlite/lost.h"
#include "store/sqlite/mentions.h"
#include "store/sqlite/messages.h"
#include "store/sqlite/news.h"
#include "store/sqlite/profiles.h"
#include "store/sqlite/quotes.h"
#include "store/sqlite/rights.h"
#include "store/sqlite/rows.h"
#include "store/sqlite/sql.h"
#include "store/sqlite/state.h"
#include "store/sqlite/stored.h"
#include "store/sqlite/users.h"

/* More messages of others than these, or larger ones together, and sessions read what follows by
 * pages, as after any pause. */
#define TOLD_MAX       1024
#define TOLD_BYTES_MAX (8u * 1024 * 1024)

/* Profiles of others that have changed are told of so many: each comes with all groups of its user.
 * Who wants to know those beyond asks. */
#define PROFILES_MAX 256

/* Others may take this server for gone: less than its lease. */
#define LONG_AWAY_MS 10000

/* Of so many messages what is needed to tell them is asked for at once. Who finds more reads them
 * without the lock first, so that nobody waits for that. */
#define READ_AT_ONCE       64
#define READS_WITHOUT_LOCK 2

/* --- who it is about -------------------------------------------------------------------- */

/* As USER_FIND has them: the core takes a user in with the list of those that the user blocks. */
static void read_user(struct cw_sqlite *s, uint64_t user_id, struct cw_slice name,
                      struct cw_store_result *user, struct cw_arena *arena)
{
    if (user_id == 0)
        return;
    user->user_id = user_id;
    user->name = name.n != 0 ? name : cw_sqlite_name_of(s, cw_mailbox_of_user(user_id), arena);
    user->bot = cw_store_is_bot(&s->store, user_id);
    if (cw_sqlite_may_have_blocked(s, user_id))
        cw_sqlite_list_blocked(s, user_id, user, arena);
    if (user->name.n == 0)
        user->user_id = 0;
}

/* --- messages --------------------------------------------------------------------------- */

static struct cw_store_news_list *list_of(struct cw_sqlite *s)
{
    if (s->store.news == NULL)
        s->store.news = cw_alloc_zero(sizeof *s->store.news);
    return s->store.news;
}

/* A look at what others have done: link.h has it, since cw_sqlite_walk passes no context. */
struct cw_postgres_reading {
    PGresult *rows; /* of `news`, or NULL */
    int row;        /* the next one */
    /* The last users that were read: most messages come from somebody who has just written. */
    struct cw_store_result users[2];
    /* Who has gone is told of under the name that was theirs. */
    uint64_t named_id;
    struct cw_slice name;
    size_t told, told_bytes; /* messages */
    size_t profiles;
    bool count_anew;
    uint64_t gathered[READ_AT_ONCE]; /* ids of messages that are to be told next */
    struct place {
        uint64_t mailbox, sender_id;
    } places[READ_AT_ONCE];
    size_t gathered_count;
};

static bool is_told_enough(const struct cw_postgres_reading *reading)
{
    return reading->told >= TOLD_MAX || reading->told_bytes >= TOLD_BYTES_MAX;
}

static void read_known_user(struct cw_sqlite *s, uint64_t user_id, int which,
                            struct cw_store_result *user, struct cw_arena *arena)
{
    struct cw_store_result *known = &cw_postgres_of(s)->reading->users[which];
    if (known->user_id != user_id) {
        *known = (struct cw_store_result){0};
        read_user(s, user_id, (struct cw_slice){0}, known, arena);
    }
    *user = *known;
}

static uint64_t conversation_of(const struct cw_store_message *m)
{
    return cw_conversation_of(m->mailbox, m->sender_id);
}

static void tell_message(struct cw_sqlite *s, struct cw_sqlite_message *message)
{
    struct cw_store_news_list *list = list_of(s);
    struct cw_arena *arena = &list->arena;
    struct cw_store_news *news = cw_store_news_add(list, CW_NEWS_MESSAGE);
    struct cw_store_message *m = &message->m;
    if (cw_sqlite_message_load(s, message, arena) != CW_STORE_OK)
        news->kind = CW_NEWS_GAP; /* a file that cannot be read now: by pages, when it can */
    news->message_id = m->message_id;
    read_known_user(s, m->sender_id, 0, &news->user, arena);
    m->sender = news->user.name;
    m->bot = news->user.bot;
    if (cw_mailbox_is_group(m->mailbox)) {
        news->group_id = m->mailbox >> 1;
        m->mailbox_name = cw_sqlite_name_of(s, m->mailbox, arena);
    } else {
        read_known_user(s, m->mailbox >> 1, 1, &news->other, arena);
        m->mailbox_name = news->other.name;
    }
    m->quote = cw_sqlite_quote(s, conversation_of(m), m->reply_to, arena);
    cw_sqlite_mentions_read(s, 0, m->kind == CW_KIND_EDIT ? message->previous : m->message_id, m,
                            arena);
    news->message = *m;
    cw_postgres_of(s)->reading->told_bytes += m->body.n;
}

/* --- the rest --------------------------------------------------------------------------- */

static struct cw_slice copy_at(const PGresult *rows, int row, int column, struct cw_arena *arena)
{
    return cw_arena_copy(
        arena, cw_slice_of(PQgetvalue(rows, row, column), (size_t)PQgetlength(rows, row, column)));
}

static bool is_told_to_users(enum cw_news_kind kind)
{
    return kind == CW_NEWS_REACTED || kind == CW_NEWS_UNREACTED || kind == CW_NEWS_READ ||
           kind == CW_NEWS_PLAYED || kind == CW_NEWS_NOTIFY || kind == CW_NEWS_PROFILE;
}

/* What the store itself remembers. (A request of an ended session is then not carried out; but a
 * piece of a file that it sends has another way, past the store, and is written while the upload is
 * there.) */
static void apply(struct cw_sqlite *s, const struct cw_store_news *news)
{
    cw_sqlite_rights_changed(s);
    if (news->kind == CW_NEWS_BLOCKED)
        cw_sqlite_blocks_somebody(s, news->user_id);
    if (news->kind == CW_NEWS_DELETED || news->kind == CW_NEWS_ALL_ENDED)
        cw_sqlite_somebody_left(s, news->user_id);
    s->departures |= news->kind == CW_NEWS_DELETED;
    s->groups_looked_after |= news->kind == CW_NEWS_CHANGED || news->kind == CW_NEWS_RETENTION;
    if (news->kind == CW_NEWS_ENDED || news->kind == CW_NEWS_ALL_ENDED)
        cw_postgres_ended_note(cw_postgres_of(s), news);
    if (news->kind != CW_NEWS_CHANGED && news->kind != CW_NEWS_UPLOAD_TAKEN &&
        news->kind != CW_NEWS_VERSIONS)
        return;
    s->upload_ends_ms = s->version_ends_ms = 0; /* unknown */
    cw_sqlite_stored_void(s);
}

static void name_departed(struct cw_postgres_reading *reading, struct cw_store_news *news)
{
    if (news->kind == CW_NEWS_NAMED) {
        reading->named_id = news->user_id;
        reading->name = news->text;
    }
    /* It may have been taken out of that row. */
    if (news->user_id != 0 && news->user_id == reading->named_id && reading->name.n != 0)
        news->user_name = reading->name;
}

/* Nothing more is told of who is not there any more. */
static void forget_profiles(struct cw_store_news_list *list, uint64_t user_id)
{
    for (size_t i = 0; i < list->count; i++)
        if (list->items[i].kind == CW_NEWS_PROFILE && list->items[i].user_id == user_id)
            list->items[i].user.user_id = 0;
}

static void read_profile(struct cw_sqlite *s, struct cw_store_news *news, struct cw_arena *arena)
{
    if (cw_postgres_of(s)->reading->profiles++ >= PROFILES_MAX) {
        news->user.user_id = 0;
        return;
    }
    news->user.profile = cw_sqlite_profile_of(s, news->user_id, arena);
    cw_sqlite_list_groups(s, news->user_id, false, &news->user, arena);
}

static void take_row(struct cw_sqlite *s, const PGresult *rows, int row)
{
    struct cw_store_news_list *list = list_of(s);
    struct cw_arena *arena = &list->arena;
    struct cw_slice kind = cw_slice_of(PQgetvalue(rows, row, 0), (size_t)PQgetlength(rows, row, 0));
    struct cw_store_news *news = cw_store_news_add(list, cw_news_named(kind));
    news->at = cw_postgres_of(s)->news + 1 + (uint64_t)row; /* they have no holes */
    uint64_t *const numbers[] = {&news->user_id,      &news->other_id,   &news->group_id,
                                 &news->conversation, &news->session_id, &news->seq,
                                 &news->number,       &news->time_ms,    &news->until_ms};
    enum { COUNT = sizeof numbers / sizeof numbers[0] };
    for (int i = 0; i < COUNT; i++) /* behind `kind` and `newest` */
        *numbers[i] = cw_postgres_number(rows, row, 2 + i);
    news->text = copy_at(rows, row, 2 + COUNT, arena);
    news->user_name = copy_at(rows, row, 3 + COUNT, arena);
    news->other_name = copy_at(rows, row, 4 + COUNT, arena);
    news->group_name = copy_at(rows, row, 5 + COUNT, arena);
    cw_postgres_past_news(s, news->at, rows, row);
    name_departed(cw_postgres_of(s)->reading, news);
    apply(s, news);
    if (news->kind == CW_NEWS_DELETED)
        forget_profiles(list, news->user_id);
    if (!is_told_to_users(news->kind))
        return;
    read_user(s, news->user_id, news->user_name, &news->user, arena);
    read_user(s, news->other_id, news->other_name, &news->other, arena);
    if (news->kind == CW_NEWS_PROFILE)
        read_profile(s, news, arena);
}

static void fail_behind(struct cw_sqlite *s)
{
    s->trouble = CW_STORE_FAILED;
    snprintf(s->failure, sizeof s->failure,
             "This server has not heard of what the others on its database have done for too long: "
             "start it again");
}

static void send_news(struct cw_sqlite *s, uint64_t last)
{
    struct cw_postgres *pg = cw_postgres_of(s);
    char sql[512];
    snprintf(sql, sizeof sql,
             "SELECT " CW_POSTGRES_NEWS
             ", u.name, o.name, g.name FROM news n LEFT JOIN users u ON u.id ="
             " n.user_id LEFT JOIN users o ON o.id = n.other_id LEFT JOIN groups g ON g.id ="
             " n.group_id WHERE n.id > %llu AND n.id <= %llu ORDER BY n.id",
             (unsigned long long)pg->news, (unsigned long long)last);
    if (!cw_postgres_send(pg, sql))
        cw_postgres_note(s, NULL);
}

/* The rows of `news`, and a first page of messages, in one round trip. */
static PGresult *read_rows(struct cw_sqlite *s, const struct cw_postgres_position *at)
{
    const struct cw_postgres *pg = cw_postgres_of(s);
    PGresult *rows = NULL;
    bool more = at->news != pg->news;
    if (more)
        send_news(s, at->news);
    if (at->newest > s->newest)
        cw_postgres_ahead_ask(s, CW_SQL_MESSAGES_AFTER, CW_NUMBERS(s->newest));
    cw_postgres_ahead_receive(s, more ? &rows : NULL);
    if (more && rows == NULL && s->trouble == CW_STORE_OK)
        s->trouble = CW_STORE_UNAVAILABLE;
    if (rows != NULL && (uint64_t)PQntuples(rows) < at->news - pg->news)
        fail_behind(s);
    return rows;
}

/* --- in the order of the commits ---------------------------------------------------------- */

/* Those rows of `news` that were written before the message: what a kick revokes does not come
 * behind it. */
static void take_rows_before(struct cw_sqlite *s, uint64_t message_id)
{
    struct cw_postgres_reading *reading = cw_postgres_of(s)->reading;
    while (reading->row < PQntuples(reading->rows) &&
           cw_postgres_number(reading->rows, reading->row, 1) < message_id)
        take_row(s, reading->rows, reading->row++);
}

/* As read_known_user and read_user read them. */
static void ask_user(struct cw_sqlite *s, uint64_t user_id)
{
    if (user_id == 0)
        return;
    cw_postgres_ahead_ask(s, CW_SQL_USER_BY_ID, CW_NUMBERS(user_id));
    cw_postgres_ahead_ask(s, CW_SQL_BOT_OWNER, CW_NUMBERS(user_id));
    if (cw_sqlite_may_have_blocked(s, user_id))
        cw_postgres_ahead_ask(s, CW_SQL_BLOCKS, CW_NUMBERS(user_id));
}

static void ask_messages(struct cw_sqlite *s)
{
    const struct cw_postgres_reading *reading = cw_postgres_of(s)->reading;
    for (size_t i = 0; i < reading->gathered_count; i++) {
        uint64_t mailbox = reading->places[i].mailbox;
        cw_postgres_ahead_ask(s, CW_SQL_MESSAGE_BY_ID,
                              CW_NUMBERS(reading->gathered[i], CW_NOBODY, true));
        ask_user(s, reading->places[i].sender_id);
        if (cw_mailbox_is_group(mailbox))
            cw_postgres_ahead_ask(s, CW_SQL_GROUP_BY_ID, CW_NUMBERS(mailbox >> 1));
        else
            ask_user(s, mailbox >> 1);
    }
    cw_postgres_ahead_receive(s, NULL);
}

/* What most have not: mentions, and a message that is answered. Where that is, the index in memory
 * may not know. */
static void ask_about(struct cw_sqlite *s, const struct cw_sqlite_message *message)
{
    const struct cw_store_message *m = &message->m;
    uint64_t seq = m->reply_to, id;
    bool known = seq == 0 || (cw_inbox_index_first(&s->inbox, conversation_of(m), &seq, &id) &&
                              seq == m->reply_to);
    if (!known)
        cw_postgres_ahead_ask(s, CW_SQL_HISTORY_FIRST, CW_NUMBERS(conversation_of(m), m->reply_to));
    if (!m->voice && !m->damaged && cw_store_may_mention(m->body))
        cw_postgres_ahead_ask(
            s, CW_SQL_MENTIONS_OF,
            CW_NUMBERS(m->kind == CW_KIND_EDIT ? message->previous : m->message_id));
}

/* All ids before the first question: what looks for one may run a statement. */
static void ask_quoted(struct cw_sqlite *s, const struct cw_sqlite_message messages[], size_t n)
{
    uint64_t ids[READ_AT_ONCE];
    for (size_t i = 0; i < n; i++) {
        const struct cw_store_message *m = &messages[i].m;
        ids[i] = m->reply_to == 0 ? 0 : cw_sqlite_id_at(s, conversation_of(m), m->reply_to);
    }
    for (size_t i = 0; i < n; i++)
        if (ids[i] != 0)
            cw_postgres_ahead_ask(s, CW_SQL_MESSAGE_BY_ID, CW_NUMBERS(ids[i], CW_NOBODY, false));
    cw_postgres_ahead_receive(s, NULL);
}

static void take_message(struct cw_sqlite *s, struct cw_sqlite_message *message)
{
    struct cw_postgres_reading *reading = cw_postgres_of(s)->reading;
    take_rows_before(s, message->m.message_id);
    if (is_told_enough(reading)) {
        reading->count_anew = true;
        return;
    }
    reading->told++;
    cw_postgres_past_message(s, &message->m);
    if (cw_kind_is_message(message->m.kind) && s->stored.known)
        cw_sqlite_stored_add(s, message->m.sender_id, message->stored);
    else
        reading->count_anew = true; /* an earlier one takes more or less now */
    tell_message(s, message);
}

/* Those that were gathered: in two round trips, or three, or four where old messages are answered;
 * and one more for each that is an edit or a file, or answers somebody who writes nothing here. */
static void take_gathered(struct cw_sqlite *s)
{
    struct cw_postgres_reading *reading = cw_postgres_of(s)->reading;
    struct cw_arena *arena = &list_of(s)->arena;
    struct cw_sqlite_message *messages = cw_arena_alloc(arena, READ_AT_ONCE * sizeof messages[0]);
    size_t n = 0;
    ask_messages(s);
    for (size_t i = 0; i < reading->gathered_count; i++)
        n += cw_sqlite_message_find(s, reading->gathered[i], CW_WANT_ALL, CW_NOBODY, &messages[n],
                                    arena);
    for (size_t i = 0; i < n; i++)
        ask_about(s, &messages[i]);
    cw_postgres_ahead_receive(s, NULL);
    ask_quoted(s, messages, n);
    for (size_t i = 0; i < n; i++)
        take_message(s, &messages[i]);
    cw_postgres_ahead_end(cw_postgres_of(s));
    reading->gathered_count = 0;
}

/* One message behind the last that is known here. */
static void gather_message(struct cw_sqlite *s, cw_sql_statement *row)
{
    struct cw_postgres_reading *reading = cw_postgres_of(s)->reading;
    uint64_t id = cw_sql_column_int(row, 0), mailbox = cw_sql_column_int(row, 1);
    uint64_t sender_id = cw_sql_column_int(row, 2);
    cw_sqlite_inbox_add(s, mailbox, sender_id, id, cw_sql_column_int(row, 3));
    cw_postgres_of(s)->unmoved++;
    if (is_told_enough(reading)) {
        take_rows_before(s, id);
        reading->count_anew = true;
        return;
    }
    reading->places[reading->gathered_count] = (struct place){mailbox, sender_id};
    reading->gathered[reading->gathered_count++] = id;
    if (reading->gathered_count == READ_AT_ONCE)
        take_gathered(s);
}

static void take_messages(struct cw_sqlite *s, uint64_t newest)
{
    struct cw_postgres_reading *reading = cw_postgres_of(s)->reading;
    cw_sqlite_walk(s, s->newest, gather_message);
    if (reading->gathered_count != 0)
        take_gathered(s);
    if (is_told_enough(reading)) {
        cw_store_news_add(list_of(s), CW_NEWS_GAP)->message_id = newest;
        cw_postgres_past_newest(s);
    }
    if (reading->count_anew)
        cw_sqlite_stored_void(s);
}

/* --- catching up ------------------------------------------------------------------------- */

static void take_all(struct cw_sqlite *s, const struct cw_postgres_position *at)
{
    struct cw_postgres *pg = cw_postgres_of(s);
    struct cw_postgres_reading reading = {.rows = read_rows(s, at)};
    struct cw_store_news_list *list = list_of(s);
    size_t before = list->count;
    pg->reading = &reading;
    cw_inbox_index_begin(&s->inbox);
    if (at->newest > s->newest && s->trouble == CW_STORE_OK)
        take_messages(s, at->newest);
    if (s->trouble == CW_STORE_OK)
        take_rows_before(s, UINT64_MAX);
    if (s->trouble == CW_STORE_OK) {
        cw_inbox_index_keep(&s->inbox);
    } else { /* all of it is read again */
        list->count = before;
        cw_inbox_index_undo(&s->inbox);
        cw_sqlite_stored_void(s);
    }
    cw_postgres_ahead_end(pg);
    PQclear(reading.rows);
    pg->reading = NULL;
}

/* Begins, and finds out where all servers together are. */
static bool begin_at(struct cw_sqlite *s, bool writing, struct cw_postgres_position *at)
{
    struct cw_postgres *pg = cw_postgres_of(s);
    if (!cw_postgres_begin(s, writing, at))
        return false;
    if (cw_postgres_clock_ms() - atomic_load(&pg->looked_ms) > LONG_AWAY_MS)
        pg->past.judged_on = 0; /* it stood still, and its connection did not end */
    atomic_store(&pg->looked_ms, cw_postgres_clock_ms());
    if (at->newest < s->newest || at->news < pg->news)
        cw_postgres_fail(s, CW_POSTGRES_LOST); /* others were the last to write */
    return s->trouble == CW_STORE_OK && cw_postgres_past_judge(s);
}

static void reach_position(struct cw_sqlite *s, const struct cw_postgres_position *at)
{
    struct cw_postgres *pg = cw_postgres_of(s);
    s->search_to = at->search_to;
    if (at->stored_to != s->stored.to)
        cw_sqlite_stored_void(s);
    if (at->newest > s->newest || at->news > pg->news)
        take_all(s, at);
    if (s->trouble != CW_STORE_OK)
        return;
    s->newest = at->newest;
    pg->news = at->news;
}

static bool is_far_behind(const struct cw_sqlite *s, const struct cw_postgres_position *at)
{
    return at->newest - s->newest > READ_AT_ONCE ||
           at->news - cw_postgres_of(s)->news > READ_AT_ONCE;
}

/* The lock is given up until what is there now has been read. False: trouble. */
static bool read_without_lock(struct cw_sqlite *s)
{
    struct cw_postgres_position at;
    if (!cw_postgres_roll_back(s) || !begin_at(s, false, &at))
        return false;
    reach_position(s, &at);
    return s->trouble == CW_STORE_OK && cw_postgres_roll_back(s);
}

void cw_sqlite_catch_up(struct cw_sqlite *s, enum cw_sql how)
{
    struct cw_postgres_position at;
    bool writing = how == CW_SQL_BEGIN_WRITING;
    if (s->trouble != CW_STORE_OK || !begin_at(s, writing, &at))
        return;
    for (int i = 0; i < READS_WITHOUT_LOCK && writing && is_far_behind(s, &at); i++)
        if (!read_without_lock(s) || !begin_at(s, true, &at))
            return;
    reach_position(s, &at);
}
