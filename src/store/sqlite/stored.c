/* stored.c - the size of each user's messages on the disk, in SQLite. If each message changed a row
 * of a table, every commit would write a page for each sender. So the table `stored` counts only
 * the messages up to progress.stored_to, and later ones are counted in memory; that count is made
 * again from these messages at the start, and after a transaction that was undone. The table is
 * updated at intervals, in an idle moment or, if there is none, in a commit that stores messages. A
 * message that was counted in the table and changes or goes changes its row in the same
 * transaction. */
#include <stdio.h>
#include <stdlib.h>

#include "store/blob.h"
#include "store/rules.h"
#include "store/sqlite/lost.h"
#include "store/sqlite/news.h"
#include "store/sqlite/sql.h"
#include "store/sqlite/state.h"
#include "store/sqlite/stored.h"
#include "store/sqlite/trouble.h"

/* So many messages after the table was written it is written again in an idle moment; so
 * many messages or senders after it, by whatever commit: some 15 ms for it, and as long
 * to read them at the start. */
#define MESSAGES_AHEAD_IDLE 4096
#define MESSAGES_AHEAD      32768
#define USERS_AHEAD         8192
/* So many users are known in memory at a time. */
#define USERS_KNOWN 16384

#define UNKNOWN UINT64_MAX

struct cw_sqlite_owner {
    uint64_t user_id;
    uint64_t bytes;
    uint64_t files; /* bytes of files; UNKNOWN: to be added up */
    bool ahead;     /* the table has something else */
    struct cw_sqlite_owner *next, *next_ahead;
};

static void forget_all(struct cw_sqlite *s)
{
    struct cw_sqlite_stored *stored = &s->stored;
    static const uint64_t seed[2] = {1, 2};
    while (stored->owners != NULL) {
        struct cw_sqlite_owner *owner = stored->owners;
        stored->owners = owner->next;
        free(owner);
    }
    cw_map_finish(&stored->by_id);
    cw_map_init(&stored->by_id, seed); /* the ids are ours */
    memset(stored->recent, 0, sizeof stored->recent);
    stored->ahead = NULL;
    stored->ahead_count = 0;
}

void cw_sqlite_stored_void(struct cw_sqlite *s)
{
    s->stored.known = false;
}

void cw_sqlite_stored_finish(struct cw_sqlite *s)
{
    forget_all(s);
    cw_map_finish(&s->stored.by_id);
}

/* A table that tells of no message may be one whose progress was lost. */
static uint64_t read_stored_row(struct cw_sqlite *s, uint64_t user_id)
{
    if (s->stored.to == 0)
        return 0;
    cw_sql_statement *st = cw_sql_of(s, CW_SQL_STORED_FIND);
    cw_sql_int(st, 1, user_id);
    uint64_t bytes = cw_sql_row(s, st) ? cw_sql_column_int(st, 0) : 0;
    cw_sql_end(st);
    return bytes;
}

static struct cw_sqlite_owner *know(struct cw_sqlite *s, uint64_t user_id)
{
    struct cw_sqlite_stored *stored = &s->stored;
    struct cw_sqlite_owner *owner = cw_alloc_zero(sizeof *owner);
    owner->user_id = user_id;
    owner->bytes = read_stored_row(s, user_id);
    owner->files = UNKNOWN;
    owner->next = stored->owners;
    stored->owners = owner;
    cw_map_put(&stored->by_id, cw_map_id(&owner->user_id), owner);
    return owner;
}

static struct cw_sqlite_owner *get(struct cw_sqlite *s, uint64_t user_id)
{
    struct cw_sqlite_stored *stored = &s->stored;
    struct cw_sqlite_owner **recent = &stored->recent[user_id % CW_SQLITE_RECENT];
    struct cw_sqlite_owner *owner = *recent;
    if (owner != NULL && owner->user_id == user_id)
        return owner;
    owner = cw_map_get(&stored->by_id, cw_map_id(&user_id));
    if (owner == NULL)
        owner = know(s, user_id);
    *recent = owner;
    return owner;
}

static void set(struct cw_sqlite *s, struct cw_sqlite_owner *owner, uint64_t bytes)
{
    owner->bytes = bytes;
    if (owner->ahead)
        return;
    owner->ahead = true;
    owner->next_ahead = s->stored.ahead;
    s->stored.ahead = owner;
    s->stored.ahead_count++;
}

/* What the messages behind the table's last one take; those that cannot be read take
 * nothing. */
static void load_stored(struct cw_sqlite *s)
{
    cw_sql_statement *st = cw_sql_of(s, CW_SQL_STORED_PROGRESS);
    forget_all(s);
    s->stored.to = cw_sql_row(s, st) ? cw_sql_column_int(st, 0) : 0;
    cw_sql_end(st);
    st = cw_sql_of(s, CW_SQL_STORED_AFTER);
    uint64_t after = s->stored.to;
    do {
        cw_sql_int(st, 1, after);
        while (cw_sql_row(s, st)) {
            after = cw_sql_column_int(st, 0);
            struct cw_sqlite_owner *owner = get(s, cw_sql_column_int(st, 1));
            set(s, owner, owner->bytes + cw_sql_column_int(st, 2));
        }
        cw_sql_end(st);
    } while (cw_sqlite_pass(s, CW_SQL_STORED_AFTER) && cw_sqlite_pass_rows(s, &after));
    s->stored.known = s->trouble == CW_STORE_OK;
}

void cw_sqlite_stored_ready(struct cw_sqlite *s)
{
    bool many = s->stored.ahead == NULL && s->stored.by_id.count > USERS_KNOWN;
    if (s->trouble == CW_STORE_OK && (!s->stored.known || many))
        load_stored(s);
}

uint64_t cw_sqlite_stored_of(struct cw_sqlite *s, uint64_t user_id)
{
    return get(s, user_id)->bytes;
}

uint64_t cw_sqlite_stored_files_of(struct cw_sqlite *s, uint64_t user_id)
{
    struct cw_sqlite_owner *owner = get(s, user_id);
    if (owner->files == UNKNOWN)
        owner->files = cw_sql_query(s, CW_SQL_FILES_SIZE_OF, CW_NUMBERS(user_id));
    return owner->files;
}

uint64_t cw_sqlite_stored_in_all(struct cw_store *store, uint64_t user_id)
{
    struct cw_sqlite *s = (struct cw_sqlite *)store;
    return cw_sqlite_stored_of(s, user_id) + cw_sqlite_stored_files_of(s, user_id);
}

void cw_sqlite_stored_files_changed(struct cw_sqlite *s, uint64_t user_id)
{
    get(s, user_id)->files = UNKNOWN;
}

void cw_sqlite_stored_add(struct cw_sqlite *s, uint64_t user_id, uint64_t bytes)
{
    struct cw_sqlite_owner *owner = get(s, user_id);
    set(s, owner, owner->bytes + bytes);
}

/* What is damaged may seem to give back more than it took. */
static uint64_t changed(uint64_t bytes, uint64_t from, uint64_t to)
{
    return bytes + to > from ? bytes + to - from : 0;
}

void cw_sqlite_stored_change(struct cw_sqlite *s, uint64_t user_id, uint64_t message_id,
                             uint64_t from, uint64_t to)
{
    struct cw_sqlite_owner *owner = get(s, user_id);
    uint64_t bytes = changed(owner->bytes, from, to);
    cw_sqlite_news_changed(s);
    if (message_id > s->stored.to) {
        set(s, owner, bytes);
        return;
    }
    cw_sql_statement *st = cw_sql_of(s, CW_SQL_STORED_CHANGE);
    cw_sql_int(st, 1, user_id);
    cw_sql_int(st, 2, from);
    cw_sql_int(st, 3, to);
    cw_sql_run(s, CW_SQL_STORED_CHANGE);
    owner->bytes = bytes;
}

static void write_ahead(struct cw_sqlite *s)
{
    while (s->stored.ahead != NULL) {
        struct cw_sqlite_owner *owner = s->stored.ahead;
        cw_sql_statement *st = cw_sql_of(s, CW_SQL_STORED_SET);
        cw_sql_int(st, 1, owner->user_id);
        cw_sql_int(st, 2, owner->bytes);
        cw_sql_run(s, CW_SQL_STORED_SET);
        s->stored.ahead = owner->next_ahead;
        owner->ahead = false;
    }
    s->stored.ahead_count = 0;
    s->stored.to = s->newest;
    cw_sql_int(cw_sql_of(s, CW_SQL_STORED_SET_PROGRESS), 1, s->newest);
    cw_sql_run(s, CW_SQL_STORED_SET_PROGRESS);
}

void cw_sqlite_stored_write(struct cw_sqlite *s)
{
    if (s->trouble != CW_STORE_OK || !s->stored.known || s->stored.ahead == NULL)
        return;
    bool far = s->newest - s->stored.to >= MESSAGES_AHEAD || s->stored.ahead_count >= USERS_AHEAD;
    if (far && s->newest != s->newest_begin)
        write_ahead(s);
}

bool cw_sqlite_stored_lags(const struct cw_sqlite *s)
{
    return s->stored.known && s->stored.ahead != NULL &&
           s->newest - s->stored.to >= MESSAGES_AHEAD_IDLE;
}

void cw_sqlite_stored_follow(struct cw_sqlite *s)
{
    if (s->trouble == CW_STORE_OK && cw_sqlite_stored_lags(s))
        write_ahead(s);
}

uint64_t cw_sqlite_stored_size(enum cw_store_kind kind, const char *blob, uint64_t body)
{
    size_t size = 0;
    if (blob[0] == '\0')
        return cw_store_stored_size(kind, body);
    return cw_store_stored_size(kind, cw_blob_size(blob, &size) ? size : 0);
}
