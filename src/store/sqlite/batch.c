/* batch.c - executes requests: in one transaction for all; if a page cannot be read or the disk is
 * full, the requests that are not affected. */
#include <stdio.h>

#include "store/blob.h"
#include "store/rules.h"
#include "store/sqlite/batch.h"
#include "store/sqlite/checkpoint.h"
#include "store/sqlite/inbox.h"
#include "store/sqlite/lost.h"
#include "store/sqlite/news.h"
#include "store/sqlite/open.h"
#include "store/sqlite/operations.h"
#include "store/sqlite/reserve.h"
#include "store/sqlite/rights.h"
#include "store/sqlite/search.h"
#include "store/sqlite/sql.h"
#include "store/sqlite/state.h"
#include "store/sqlite/transaction.h"
#include "store/sqlite/trouble.h"
#include "store/sqlite/watch.h"

/* Rows of the indexes that follow for each request of a batch: more than a message
 * has (mailbox, conversation, two markers of a new pair), so that a run is moved
 * before the next is full. */
#define INBOX_MOVED_PER_ROW 5
/* A store that is never idle indexes two slices at once, at this interval: 4 % of its time. */
#define SEARCH_BUSY_MS 100
/* How many messages a search indexes first. More wait only after minutes of full load. */
#define SEARCH_WAITS_FOR 1024
/* How often data is built again for one request. */
#define ATTEMPTS 4

static cw_sqlite_op *const operations[CW_STORE_OP_COUNT] = {
#define CW_STORE_OP(NAME, name, what) [CW_STORE_##NAME] = cw_sqlite_##name,
#include "store/ops.def"
#undef CW_STORE_OP
};

/* Updates the indexes after a batch that writes. */
static void follow_batch(struct cw_sqlite *s, size_t n)
{
    cw_sqlite_inbox_move(s, INBOX_MOVED_PER_ROW * n);
    /* The difference is a long time when the clock was set back, too. */
    if (s->newest - s->search_to > SEARCH_WAITS_FOR && !s->disk_full &&
        s->now_ms - s->search_ms > SEARCH_BUSY_MS)
        cw_sqlite_search_follow(s, 2 * s->search_slice);
}

/* Which requests are executed: on a full disk those that help, or those that only read. The others
 * get NO_ROOM. */
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
        if ((batch->which != THAT_READ && cw_sqlite_news_write(batch->requests[i]->op)) ||
            (cw_store_op_writes(batch->requests[i]->op) &&
             !is_refused(batch->requests[i]->op, batch->which)))
            return true;
    return false;
}

static enum cw_store_status refusal_of(const struct cw_sqlite *s,
                                       const struct cw_store_request *request, enum which which)
{
    if (cw_sqlite_news_revoked(s, request))
        return CW_STORE_UNAVAILABLE;
    return is_refused(request->op, which) ? CW_STORE_NO_ROOM : CW_STORE_OK;
}

/* Executes one; false: the batch cannot go on. */
static bool run_request(struct cw_sqlite *s, struct batch *batch, size_t i)
{
    const struct cw_store_request *request = batch->requests[i];
    enum cw_store_status refusal = refusal_of(s, request, batch->which);
    cw_store_result_init(&batch->results[i], request, refusal);
    if (refusal == CW_STORE_OK)
        operations[request->op](s, request, &batch->results[i], batch->arena);
    if (cw_store_op_changes_rights(request->op))
        cw_sqlite_rights_changed(s);
    if (batch->which != THAT_READ) /* there is no room to tell what changes nothing */
        cw_sqlite_news_note(s, request, &batch->results[i]);
    return s->trouble == CW_STORE_OK;
}

/* SQLite commits no transaction that met a damaged page. Its reads are valid; its writes are
 * lost. */
static bool end_passed(struct cw_sqlite *s, struct batch *batch, bool wrote)
{
    cw_sqlite_undo(s);
    if (!wrote)
        return true;
    if (batch->n == 1)
        batch->results[0].status = CW_STORE_UNAVAILABLE;
    return batch->n == 1;
}

/* One transaction over the requests. Its outcome is in s->trouble. False: a request met a page that
 * cannot be read, and the transaction was undone. */
static bool run_once(struct cw_sqlite *s, struct batch *batch)
{
    bool writes = any_writes(batch);
    uint64_t changes = cw_sql_changes(s);
    size_t i = 0;
    s->alone = batch->alone;
    cw_sqlite_begin(s, writes ? CW_SQL_BEGIN_WRITING : CW_SQL_BEGIN);
    while (s->trouble == CW_STORE_OK && i < batch->n && run_request(s, batch, i) &&
           !(writes && s->passed))
        i++;
    batch->culprit = i;
    if (s->passed && s->trouble == CW_STORE_OK)
        return end_passed(s, batch, writes && (batch->n > 1 || cw_sql_changes(s) != changes));
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

/* A part lets the log start again, and the log gets the rest. */
static void give_up_reserve(struct cw_sqlite *s)
{
    cw_sqlite_reserve_give_up(s);
    if (cw_sqlite_room_for_log(s))
        cw_sqlite_checkpoint(s, CW_LOG_STAYS);
    cw_sqlite_room_to_log(s);
}

/* The same; when the disk is full it is repeated without those that need room, as often as
 * necessary. */
static bool run_batch(struct cw_sqlite *s, struct batch *batch)
{
    bool good = run_once(s, batch);
    bool writes = cw_store_batch_writes(batch->requests, batch->n) || any_writes(batch);
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

/* A request that meets a page that cannot be read has a transaction of its own, between that of
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

/* --- all of it -------------------------------------------------------------------------- */

void cw_sqlite_follow_for_search(struct cw_sqlite *s)
{
    if (s->newest == s->search_to || s->trouble != CW_STORE_OK || s->disk_full || s->store.frozen)
        return;
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
        cw_sqlite_begin(s, CW_SQL_BEGIN_WRITING);
        cw_sqlite_search_follow(s, SEARCH_WAITS_FOR);
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

static bool any_searches(const struct cw_store_request *const requests[], size_t n)
{
    size_t i = 0;
    while (i < n && requests[i]->op != CW_STORE_SEARCH)
        i++;
    return i != n;
}

void cw_sqlite_drop_files(struct cw_store *store, const struct cw_store_request *const requests[],
                          size_t n, const struct cw_store_result results[])
{
    const struct cw_sqlite *s = (const struct cw_sqlite *)store;
    for (size_t i = 0; i < n && s->trouble != CW_STORE_FAILED; i++)
        if ((results[i].status != CW_STORE_OK || results[i].repeated) &&
            requests[i]->op == CW_STORE_MESSAGE_APPEND && requests[i]->blob.n != 0) {
            char name[CW_BLOB_NAME_MAX];
            snprintf(name, sizeof name, "%.*s", (int)requests[i]->blob.n,
                     (const char *)requests[i]->blob.p);
            cw_blob_remove(s->folder, name);
        }
}

void cw_sqlite_execute(struct cw_store *store, const struct cw_store_request *const requests[],
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
        cw_sqlite_bound_log(s);
    if (any_searches(requests, n))
        cw_sqlite_follow_for_search(s);
    struct batch batch = {.requests = requests,
                          .n = n,
                          .results = results,
                          .arena = arena,
                          .which = full ? THAT_HELP : ALL};
    run_readable(s, &batch);
    if (writing)
        cw_sqlite_watch_quickly(s); /* data in a removed folder is not acknowledged */
    if (s->trouble != CW_STORE_OK)
        for (size_t i = 0; i < n; i++)
            cw_store_result_init(&results[i], requests[i], s->trouble);
    cw_sqlite_drop_files(store, requests, n, results);
    if (s->trouble == CW_STORE_NO_ROOM)
        s->trouble = CW_STORE_OK;
}
