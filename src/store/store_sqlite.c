/* store_sqlite.c - the SQLite back end: opening, batches, checkpoints, closing.
 *
 * The operations are in sqlite_*.c, a file a noun; the tables in sqlite_schema.c;
 * the statements in sqlite_statement.c. Durability rests on WAL with synchronous=FULL: COMMIT
 * returns after the sync of the log. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "store/blob.h"
#include "store/sqlite.h"

#define PAGE_SIZE 4096
/* Rows of the indexes that follow for each request of a batch: more than a message
 * has (mailbox, conversation, two markers of a new pair), so that a run is moved
 * before the next is full. */
#define INBOX_MOVED_PER_ROW 5
/* Messages indexed for search, and removed, in one idle moment: some 2 ms. */
#define SEARCH_SLICE 128
#define SWEEP_SLICE  32
/* A store that is never idle indexes so many at once, so often: 4 % of its time. */
#define SEARCH_BUSY_SLICE 256
#define SEARCH_BUSY_MS    100
/* How many a search waits for. More are behind only after minutes of full load. */
#define SEARCH_WAITS_FOR 1024
/* How often something is made anew for one request. */
#define ATTEMPTS 4
/* One more batch of the largest size, and the log is at its limit. */
#define WAL_PAGES_BEFORE_BATCH ((int)((CW_WAL_BYTES_MAX - CW_STORE_QUEUE_BYTES_MAX) / PAGE_SIZE))

static cw_sqlite_op *const operations[CW_STORE_OP_COUNT] = {
    [CW_STORE_USER_CREATE] = cw_sqlite_user_create,
    [CW_STORE_USER_FIND] = cw_sqlite_user_find,
    [CW_STORE_PASSWORD_FIND] = cw_sqlite_password_find,
    [CW_STORE_PASSWORD_SET] = cw_sqlite_password_set,
    [CW_STORE_SESSION_CREATE] = cw_sqlite_session_create,
    [CW_STORE_SESSION_FIND] = cw_sqlite_session_find,
    [CW_STORE_SESSION_SAVE] = cw_sqlite_session_save,
    [CW_STORE_SESSION_DROP] = cw_sqlite_session_drop,
    [CW_STORE_SESSION_LIST] = cw_sqlite_session_list,
    [CW_STORE_SESSION_REVOKE] = cw_sqlite_session_revoke,
    [CW_STORE_INVITE_CREATE] = cw_sqlite_invite_create,
    [CW_STORE_INVITE_LIST] = cw_sqlite_invite_list,
    [CW_STORE_INVITE_WITHDRAW] = cw_sqlite_invite_withdraw,
    [CW_STORE_CONTACT_ADD] = cw_sqlite_contact_add,
    [CW_STORE_CONTACT_REMOVE] = cw_sqlite_contact_remove,
    [CW_STORE_CONTACT_LIST] = cw_sqlite_contact_list,
    [CW_STORE_BLOCK] = cw_sqlite_block,
    [CW_STORE_UNBLOCK] = cw_sqlite_unblock,
    [CW_STORE_GROUP_CREATE] = cw_sqlite_group_create,
    [CW_STORE_GROUP_FIND] = cw_sqlite_group_find,
    [CW_STORE_GROUP_JOIN] = cw_sqlite_group_join,
    [CW_STORE_GROUP_LEAVE] = cw_sqlite_group_leave,
    [CW_STORE_GROUP_LIST] = cw_sqlite_group_list,
    [CW_STORE_MEMBER_LIST] = cw_sqlite_member_list,
    [CW_STORE_MEMBER_ROLE] = cw_sqlite_member_role,
    [CW_STORE_MEMBER_KICK] = cw_sqlite_member_kick,
    [CW_STORE_MEMBER_BAN] = cw_sqlite_member_ban,
    [CW_STORE_MEMBER_UNBAN] = cw_sqlite_member_unban,
    [CW_STORE_MEMBER_MUTE] = cw_sqlite_member_mute,
    [CW_STORE_NOTICE_LIST] = cw_sqlite_notice_list,
    [CW_STORE_NOTICE_DROP] = cw_sqlite_notice_drop,
    [CW_STORE_GROUP_TOPIC] = cw_sqlite_group_topic,
    [CW_STORE_GROUP_ACCESS] = cw_sqlite_group_access,
    [CW_STORE_GROUP_RETAIN] = cw_sqlite_group_retain,
    [CW_STORE_MESSAGE_APPEND] = cw_sqlite_message_append,
    [CW_STORE_MESSAGE_EDIT] = cw_sqlite_message_edit,
    [CW_STORE_MESSAGE_DELETE] = cw_sqlite_message_delete,
    [CW_STORE_INBOX_READ] = cw_sqlite_inbox_read,
    [CW_STORE_HISTORY_READ] = cw_sqlite_history_read,
    [CW_STORE_VOICE_READ] = cw_sqlite_voice_read,
    [CW_STORE_SEARCH] = cw_sqlite_search,
    [CW_STORE_READ_MARK] = cw_sqlite_read_mark,
    [CW_STORE_PLAY_MARK] = cw_sqlite_play_mark,
    [CW_STORE_CONVERSATIONS] = cw_sqlite_conversations,
    [CW_STORE_DATE_KEEP] = cw_sqlite_date_keep,
};

void cw_sqlite_log(struct cw_sqlite *s, const char *format, ...)
{
    char line[512];
    va_list arguments;
    if (s->options.log == NULL)
        return;
    va_start(arguments, format);
    vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    s->options.log(line);
}

/* --- checkpoints ------------------------------------------------------------------ */

/* Called by SQLite after each commit; takes the place of automatic checkpoints. */
static int on_wal(void *context, sqlite3 *db, const char *schema, int pages)
{
    (void)db, (void)schema;
    ((struct cw_sqlite *)context)->wal_pages = pages;
    return SQLITE_OK;
}

/* Copies the log into the database; true when all of it could be. A full disk
 * only puts it off. */
static bool checkpoint(struct cw_sqlite *s, int mode)
{
    int pages = 0, done = 0;
    int rc = sqlite3_wal_checkpoint_v2(s->db, NULL, mode, &pages, &done);
    if ((rc & 0xff) == SQLITE_FULL)
        return false;
    cw_sqlite_note(s, rc);
    if (cw_sqlite_is_lost(s)) { /* the log cannot be read now */
        cw_sqlite_note_loss(s);
        cw_sqlite_forget_loss(s);
    }
    if (rc != SQLITE_OK || pages != done)
        return false;
    s->wal_pages = 0;
    return true;
}

/* The less room there is, the shorter the log is kept. */
static void shorten_wal(struct cw_sqlite *s)
{
    if (cw_sqlite_room_scarce(s) && (!s->disk_full || cw_sqlite_room_for_log(s)))
        checkpoint(s, SQLITE_CHECKPOINT_PASSIVE);
}

/* A store that is never idle must not let the log grow without end. */
static void bound_wal(struct cw_sqlite *s)
{
    shorten_wal(s);
    if (s->wal_pages > WAL_PAGES_BEFORE_BATCH && !checkpoint(s, SQLITE_CHECKPOINT_PASSIVE) &&
        s->trouble == CW_STORE_OK)
        s->trouble = CW_STORE_NO_ROOM;
}

/* --- batches ------------------------------------------------------------------------ */

static void roll_back(struct cw_sqlite *s)
{
    cw_inbox_index_undo(&s->inbox);
    cw_sqlite_rights_changed(s);
    cw_sqlite_stored_void(s);
    s->newest = s->newest_begin;
    s->unclean = s->unclean_begin;
    s->search_to = s->search_to_begin;
    cw_sqlite_sweep_undo(s);
    for (int i = 0; i < CW_SQL_COUNT; i++)
        sqlite3_reset(s->statements[i]);
    /* After SQLITE_FULL the transaction may be gone already. */
    if (sqlite3_get_autocommit(s->db))
        return;
    if (sqlite3_step(s->statements[CW_SQL_ROLLBACK]) != SQLITE_DONE)
        s->trouble = CW_STORE_FAILED;
    sqlite3_reset(s->statements[CW_SQL_ROLLBACK]);
}

void cw_sqlite_begin(struct cw_sqlite *s, enum cw_sql how)
{
    cw_sqlite_stored_ready(s);
    cw_inbox_index_begin(&s->inbox);
    s->passed = false;
    s->newest_begin = s->newest;
    s->unclean_begin = s->unclean;
    s->search_to_begin = s->search_to;
    cw_sql_run(s, how);
}

/* Commits, or undoes all of it; what became of it is in s->trouble. */
void cw_sqlite_end(struct cw_sqlite *s)
{
    cw_sqlite_windows_write(s);
    cw_sqlite_stored_write(s);
    cw_sql_run(s, CW_SQL_COMMIT);
    bool committed = s->trouble == CW_STORE_OK;
    if (committed)
        cw_sqlite_inbox_keep(s);
    else
        roll_back(s);
    cw_sqlite_windows_forget(s);
    cw_sqlite_files_end(s, committed);
}

static void follow(struct cw_sqlite *s, size_t rows)
{
    cw_sqlite_search_follow(s, rows);
    s->search_ms = s->now_ms;
}

/* What the indexes do behind a batch that writes. */
static void follow_batch(struct cw_sqlite *s, size_t n)
{
    cw_sqlite_inbox_move(s, INBOX_MOVED_PER_ROW * n);
    /* The difference is a long time when the clock was set back, too. */
    if (s->newest - s->search_to > SEARCH_WAITS_FOR && !s->disk_full &&
        s->now_ms - s->search_ms > SEARCH_BUSY_MS)
        follow(s, SEARCH_BUSY_SLICE);
}

/* Which requests are carried out: a full disk leaves those that help, or those that
 * only read. The others get NO_ROOM. */
enum which { ALL, THAT_HELP, THAT_READ };

struct batch {
    const struct cw_store_request *const *requests;
    size_t n;
    struct cw_store_result *results;
    struct cw_arena *arena;
    enum which which;
    bool alone;     /* nothing follows behind */
    size_t culprit; /* the one that met a page that cannot be read; n: what follows */
};

static bool is_refused(enum cw_store_op op, enum which which)
{
    return which != ALL && cw_store_op_writes(op) && (which == THAT_READ || !cw_store_op_helps(op));
}

static bool any_writes(const struct batch *batch)
{
    for (size_t i = 0; i < batch->n; i++)
        if (cw_store_op_writes(batch->requests[i]->op) &&
            !is_refused(batch->requests[i]->op, batch->which))
            return true;
    return false;
}

/* Executes one; false: the batch cannot go on. */
static bool run_request(struct cw_sqlite *s, struct batch *batch, size_t i)
{
    const struct cw_store_request *request = batch->requests[i];
    bool refused = is_refused(request->op, batch->which);
    cw_store_result_init(&batch->results[i], request, refused ? CW_STORE_NO_ROOM : CW_STORE_OK);
    if (!refused)
        operations[request->op](s, request, &batch->results[i], batch->arena);
    if (cw_store_op_changes_rights(request->op))
        cw_sqlite_rights_changed(s);
    return s->trouble == CW_STORE_OK;
}

static void undo(struct cw_sqlite *s)
{
    roll_back(s);
    cw_sqlite_windows_forget(s);
    cw_sqlite_files_end(s, false);
}

/* SQLite commits no transaction that met a damaged page. What was read in it is good; what
 * was written is not. */
static bool end_passed(struct cw_sqlite *s, struct batch *batch, bool wrote)
{
    undo(s);
    if (!wrote)
        return true;
    if (batch->n == 1)
        batch->results[0].status = CW_STORE_UNAVAILABLE;
    return batch->n == 1;
}

/* One transaction over the requests. What became of it is in s->trouble. False: somebody
 * met a page that cannot be read, and it was undone. */
static bool run_once(struct cw_sqlite *s, struct batch *batch)
{
    bool writes = any_writes(batch);
    int changes = sqlite3_total_changes(s->db);
    size_t i = 0;
    s->alone = batch->alone;
    cw_sqlite_begin(s, writes ? CW_SQL_BEGIN_WRITING : CW_SQL_BEGIN);
    while (s->trouble == CW_STORE_OK && i < batch->n && run_request(s, batch, i) &&
           !(writes && s->passed))
        i++;
    batch->culprit = i;
    if (s->passed && s->trouble == CW_STORE_OK)
        return end_passed(s, batch,
                          writes && (batch->n > 1 || sqlite3_total_changes(s->db) != changes));
    if (writes && !batch->alone && i == batch->n)
        follow_batch(s, batch->n);
    cw_sqlite_end(s);
    return !cw_sqlite_is_lost(s);
}

static void refuse_all(struct cw_sqlite *s, struct batch *batch, enum cw_store_status status)
{
    s->trouble = CW_STORE_OK;
    for (size_t i = 0; i < batch->n; i++)
        cw_store_result_init(&batch->results[i], batch->requests[i], status);
}

/* Part of it lets the log begin anew, the rest is the log's. */
static void give_up_reserve(struct cw_sqlite *s)
{
    cw_sqlite_reserve_give_up(s);
    if (cw_sqlite_room_for_log(s))
        checkpoint(s, SQLITE_CHECKPOINT_PASSIVE);
    cw_sqlite_room_to_log(s);
}

/* The same; when the disk is full, once more without those that need room, as often as it
 * takes. */
static bool run_batch(struct cw_sqlite *s, struct batch *batch)
{
    bool good = run_once(s, batch);
    bool writes = cw_store_batch_writes(batch->requests, batch->n);
    while (s->trouble == CW_STORE_NO_ROOM && writes && batch->which < THAT_READ) {
        s->trouble = CW_STORE_OK;
        if (batch->which++ == ALL)
            give_up_reserve(s);
        good = run_once(s, batch);
    }
    if (s->trouble == CW_STORE_NO_ROOM)
        refuse_all(s, batch, CW_STORE_NO_ROOM);
    return good;
}

/* --- pages that cannot be read ------------------------------------------------------- */

/* One that needs a page that cannot be read. */
static void run_alone(struct cw_sqlite *s, struct batch *batch)
{
    batch->alone = true;
    for (int i = 0; i < ATTEMPTS; i++) {
        if (run_batch(s, batch))
            return;
        cw_sqlite_note_loss(s);
        if (!cw_sqlite_mend(s))
            break;
    }
    if (s->trouble == CW_STORE_OK)
        refuse_all(s, batch, CW_STORE_UNAVAILABLE);
}

static void run_readable(struct cw_sqlite *s, const struct batch *whole);

/* The requests from `from` to before `to`. */
static void run_part(struct cw_sqlite *s, const struct batch *whole, size_t from, size_t to)
{
    struct batch part = *whole;
    part.requests += from;
    part.results += from;
    part.n = to - from;
    if (part.n == 1)
        run_alone(s, &part);
    else if (part.n != 0)
        run_readable(s, &part);
}

/* Whoever meets a page that cannot be read has a transaction of its own, between that of
 * those before it and that of those behind it. */
static void run_readable(struct cw_sqlite *s, const struct batch *whole)
{
    struct batch batch = *whole;
    size_t from = 0;
    while (from < whole->n && s->trouble == CW_STORE_OK) {
        batch.requests = whole->requests + from;
        batch.results = whole->results + from;
        batch.n = whole->n - from;
        if (run_batch(s, &batch))
            return;
        if (batch.culprit == batch.n || batch.n == 1) { /* what follows, or the commit */
            cw_sqlite_note_loss(s);
            cw_sqlite_mend(s);
            run_alone(s, &batch);
            return;
        }
        cw_sqlite_forget_loss(s);
        run_part(s, &batch, 0, batch.culprit);
        run_part(s, &batch, batch.culprit, batch.culprit + 1);
        from += batch.culprit + 1;
    }
}

/* A search finds what was committed before it, so far as the disk has room. */
static void follow_for_search(struct cw_sqlite *s, const struct cw_store_request *const requests[],
                              size_t n)
{
    size_t i = 0;
    while (i < n && requests[i]->op != CW_STORE_SEARCH)
        i++;
    if (i == n || s->newest == s->search_to || s->trouble != CW_STORE_OK || s->disk_full)
        return;
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
        cw_sqlite_begin(s, CW_SQL_BEGIN_WRITING);
        follow(s, SEARCH_WAITS_FOR);
        cw_sqlite_end(s);
        if (!cw_sqlite_is_lost(s))
            break;
        cw_sqlite_note_loss(s);
        if (!cw_sqlite_mend(s))
            break;
    }
    if (s->trouble == CW_STORE_NO_ROOM)
        s->trouble = CW_STORE_OK;
}

/* The body of a message that was not stored, or not again, was written for nothing. */
static void drop_files(struct cw_sqlite *s, const struct cw_store_request *const requests[],
                       size_t n, const struct cw_store_result results[])
{
    for (size_t i = 0; i < n && s->trouble != CW_STORE_FAILED; i++)
        if ((results[i].status != CW_STORE_OK || results[i].repeated) &&
            requests[i]->op == CW_STORE_MESSAGE_APPEND && requests[i]->blob.n != 0) {
            char name[CW_BLOB_NAME_MAX];
            snprintf(name, sizeof name, "%.*s", (int)requests[i]->blob.n,
                     (const char *)requests[i]->blob.p);
            cw_blob_remove(s->folder, name);
        }
}

static void execute(struct cw_store *store, const struct cw_store_request *const requests[],
                    size_t n, struct cw_store_result results[], struct cw_arena *arena)
{
    struct cw_sqlite *s = (struct cw_sqlite *)store;
    bool writing = cw_store_batch_writes(requests, n);
    if (n != 0) {
        s->now_ms = requests[n - 1]->time_ms;
        s->moment = cw_store_moment(requests[n - 1]);
    }
    bool full = writing && s->disk_full && !cw_sqlite_reserve_make(s);
    if (writing)
        bound_wal(s);
    follow_for_search(s, requests, n);
    struct batch batch = {.requests = requests,
                          .n = n,
                          .results = results,
                          .arena = arena,
                          .which = full ? THAT_HELP : ALL};
    run_readable(s, &batch);
    if (writing)
        cw_sqlite_watch(s); /* what is in no folder any more is not acknowledged */
    if (s->trouble != CW_STORE_OK)
        for (size_t i = 0; i < n; i++)
            cw_store_result_init(&results[i], requests[i], s->trouble);
    drop_files(s, requests, n, results);
    if (s->trouble == CW_STORE_NO_ROOM)
        s->trouble = CW_STORE_OK;
}

/* --- idle moments ------------------------------------------------------------------------ */

/* A page that cannot be read puts it off. */
static void end_work(struct cw_sqlite *s)
{
    if (s->passed && s->trouble == CW_STORE_OK) {
        uint64_t day = s->sweep.day;
        undo(s);            /* SQLite would not commit it */
        s->sweep.day = day; /* the next step goes on behind the damage */
        return;
    }
    cw_sqlite_end(s);
    if (!cw_sqlite_is_lost(s))
        return;
    cw_sqlite_note_loss(s);
    if (!cw_sqlite_mend(s))
        cw_sqlite_work_rests(s);
}

/* One transaction; it writes nothing when there is nothing to do. */
static bool work(struct cw_sqlite *s)
{
    bool behind = s->newest - s->search_to >= SEARCH_SLICE && !s->disk_full;
    cw_sqlite_begin(s, CW_SQL_BEGIN);
    if (behind)
        follow(s, SEARCH_SLICE);
    cw_sqlite_files_forget(s);
    cw_sqlite_stored_follow(s);
    bool more = !behind && cw_sqlite_sweep(s, SWEEP_SLICE);
    end_work(s);
    more |= behind;
    if (!more && s->trouble == CW_STORE_OK)
        cw_sqlite_sweep_tell(s, false);
    if (s->trouble == CW_STORE_NO_ROOM) { /* the disk is full: later */
        s->trouble = CW_STORE_OK;
        more = false;
    }
    return more;
}

/* On a full disk only what is certain to give room back. */
static bool may_clean(struct cw_sqlite *s, enum cw_sqlite_cleaning what)
{
    return !s->disk_full || (what == CW_CLEAN_LOG && cw_sqlite_room_for_log(s));
}

/* One step of what sqlite_clean.c says; true when there is more. */
static bool clean(struct cw_sqlite *s)
{
    enum cw_sqlite_cleaning what = cw_sqlite_clean_next(s);
    if (what == CW_CLEAN_NOTHING)
        return false;
    bool good =
        may_clean(s, what) && (what != CW_CLEAN_LOG || checkpoint(s, SQLITE_CHECKPOINT_TRUNCATE));
    if (good) {
        cw_sqlite_begin(s, CW_SQL_BEGIN_WRITING);
        if (what == CW_CLEAN_LOG)
            cw_sqlite_clean_log_done(s);
        else
            cw_sqlite_clean_step(s);
        cw_sqlite_end(s);
        good = s->trouble == CW_STORE_OK;
    }
    if (cw_sqlite_is_lost(s)) {
        cw_sqlite_note_loss(s);
        cw_sqlite_mend(s);
    }
    if (s->trouble == CW_STORE_NO_ROOM)
        s->trouble = CW_STORE_OK;
    if (s->disk_full && what == CW_CLEAN_LOG && good)
        cw_sqlite_room_to_log(s);
    s->clean_due &= good; /* the disk is full: at another tick */
    return cw_sqlite_clean_next(s) != CW_CLEAN_NOTHING;
}

static bool idle(struct cw_store *store, bool *again)
{
    struct cw_sqlite *s = (struct cw_sqlite *)store;
    if (s->trouble == CW_STORE_OK && s->wal_pages > CW_WAL_CHECKPOINT_PAGES)
        checkpoint(s, SQLITE_CHECKPOINT_PASSIVE);
    if (s->trouble == CW_STORE_OK)
        shorten_wal(s);
    if (s->trouble == CW_STORE_OK && cw_sqlite_may_work(s) &&
        (s->newest - s->search_to >= SEARCH_SLICE || s->removals || cw_sqlite_may_remove(s) ||
         cw_sqlite_stored_lags(s)))
        *again = work(s);
    if (s->trouble == CW_STORE_OK)
        *again |= clean(s);
    return s->trouble == CW_STORE_OK;
}

static bool tick(struct cw_store *store)
{
    struct cw_sqlite *s = (struct cw_sqlite *)store;
    if (s->disk_full)
        cw_sqlite_reserve_make(s);
    cw_sqlite_clean_tick(s);
    return s->clean_due;
}

/* --- opening and closing --------------------------------------------------------------- */

static void close_store(struct cw_store *store)
{
    struct cw_sqlite *s = (struct cw_sqlite *)store;
    cw_sqlite_sweep_tell(s, true);
    cw_sqlite_finalize(s);
    /* After a failed sync the next start must find the log as it is on disk. */
    if (s->trouble == CW_STORE_OK)
        checkpoint(s, SQLITE_CHECKPOINT_TRUNCATE);
    if (s->trouble != CW_STORE_OK && s->db != NULL)
        sqlite3_db_config(s->db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
    sqlite3_close(s->db);
    cw_sqlite_watch_end(s);
    cw_inbox_index_finish(&s->inbox);
    cw_map_finish(&s->window_keys);
    cw_sqlite_stored_finish(s);
    cw_buf_finish(&s->kept_keys);
    cw_buf_finish(&s->words);
    free(s->folder);
    free(s);
}

static const char *failure(struct cw_store *store)
{
    struct cw_sqlite *s = (struct cw_sqlite *)store;
    cw_sqlite_watch(s);
    return s->failure[0] == '\0' ? NULL : s->failure;
}

/* --- whose ids these are ------------------------------------------------------------------ */

static uint64_t newest(const struct cw_store *store)
{
    return ((const struct cw_sqlite *)store)->newest;
}

static bool renew_identity(struct cw_store *store)
{
    return cw_sqlite_identity_write((struct cw_sqlite *)store, cw_sqlite_identity_renew);
}

static const struct cw_store_backend backend = {.execute = execute,
                                                .idle = idle,
                                                .list_twins = cw_sqlite_list_twins,
                                                .close = close_store,
                                                .failure = failure,
                                                .tick = tick,
                                                .newest = newest,
                                                .renew_identity = renew_identity};

struct cw_store *cw_store_open_sqlite(const char *folder, const struct cw_store_options *options,
                                      char error[256])
{
    static const uint64_t seed[2] = {1, 2};
    struct cw_sqlite *s = cw_alloc_zero(sizeof *s);
    s->store.backend = &backend;
    cw_inbox_index_init(&s->inbox);
    cw_sqlite_rights_changed(s);        /* the empty ones are of before */
    cw_map_init(&s->window_keys, seed); /* of one batch: bounded, whoever chooses parts */
    s->options = *options;
    /* SQLite would read a relative "file:..." as a URI. */
    s->folder = folder[0] == '/' ? cw_sqlite_path("", folder + 1) : cw_sqlite_path(".", folder);
    bool made = cw_sqlite_places_make(s->folder, folder, error);
    if (made)
        cw_sqlite_reserve_open(s);
    if (!made || !cw_sqlite_open_database(s, folder, error)) {
        s->trouble = CW_STORE_FAILED; /* nothing of ours to put into the database */
        close_store(&s->store);
        return NULL;
    }
    sqlite3_wal_hook(s->db, on_wal, s);
    checkpoint(s, SQLITE_CHECKPOINT_PASSIVE); /* what a crash may have left */
    cw_sqlite_load_all(s);
    if (s->trouble != CW_STORE_OK) { /* an open transaction goes with the connection */
        snprintf(error, 256, "Cannot read or write the data in %.120s: see that the disk has room.",
                 folder);
        s->trouble = CW_STORE_FAILED;
        close_store(&s->store);
        return NULL;
    }
    cw_sqlite_reserve_make(s);
    cw_sqlite_sweep_blobs(s, folder);
    if (cw_sqlite_is_lost(s)) { /* the next start sweeps again */
        cw_sqlite_note_loss(s);
        cw_sqlite_mend(s);
    }
    s->careful = false;
    cw_sqlite_log_notes(s);
    cw_sqlite_watch_begin(s);
    return &s->store;
}
