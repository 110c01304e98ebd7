/* support.c - see support.h. */
#define _XOPEN_SOURCE 700 /* nftw */
#include "support.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>

#include "text/look.h"

const struct cw_store_options test_options = {.session_idle_ms = IDLE_MS,
                                              .invitations_per_user = CW_INVITATIONS_MAX,
                                              .sessions_per_user = SESSIONS};

void fixture_init(struct fixture *f)
{
    *f = (struct fixture){.options = test_options};
    const char *tmp = getenv("TMPDIR");
    snprintf(f->folder, sizeof f->folder, "%.40s/chinwag-XXXXXX", tmp == NULL ? "/tmp" : tmp);
    assert_non_null(mkdtemp(f->folder));
}

static int remove_entry(const char *path, const struct stat *about, int type, struct FTW *place)
{
    (void)about, (void)type, (void)place;
    return remove(path);
}

const char *fixture_path(const struct fixture *f, const char *name)
{
    static char paths[4][256];
    static int next;
    next = (next + 1) % 4;
    snprintf(paths[next], sizeof paths[0], "%s/%s", f->folder, name);
    return paths[next];
}

void fixture_finish(struct fixture *f)
{
    fixture_close(f);
    cw_arena_finish(&f->arena);
    nftw(f->folder, remove_entry, 8, FTW_DEPTH | FTW_PHYS);
}

void fixture_open_sqlite(struct fixture *f)
{
    char error[256] = "";
    f->store = cw_store_open_sqlite(f->folder, &f->options, error);
    assert_string_equal(error, "");
    assert_non_null(f->store);
}

void fixture_close(struct fixture *f)
{
    cw_store_close(f->store);
    f->store = NULL;
}

void run_many(struct fixture *f, const struct cw_store_request requests[], size_t n,
              struct cw_store_result results[])
{
    const struct cw_store_request **pointers = cw_alloc(n * sizeof *pointers);
    for (size_t i = 0; i < n; i++)
        pointers[i] = &requests[i];
    memset(results, 0, n * sizeof *results); /* not all of it is set for a message */
    cw_store_execute(f->store, pointers, n, results, &f->arena);
    free(pointers);
}

struct cw_store_result run_one(struct fixture *f, const struct cw_store_request *request)
{
    struct cw_store_result result;
    run_many(f, request, 1, &result);
    assert_int_equal(result.op, request->op);
    assert_int_equal(result.cookie, request->cookie);
    return result;
}

uint64_t add_user(struct fixture *f, const char *key)
{
    struct cw_looks looks;
    cw_name_looks(TEXT(key), &looks);
    struct cw_store_result r =
        RUN(f, .op = CW_STORE_USER_CREATE, .name = TEXT(key), .key = TEXT(key),
            .looks = cw_looks_slice(&looks), .secret = TEXT("$"));
    assert_int_equal(r.status, CW_STORE_OK);
    return r.user_id;
}

uint64_t add_session(struct fixture *f, uint64_t user_id, const char *token, uint64_t time_ms)
{
    struct cw_store_result r = run_one(f, &(struct cw_store_request){.op = CW_STORE_SESSION_CREATE,
                                                                     .time_ms = time_ms,
                                                                     .user_id = user_id,
                                                                     .secret = TEXT(token)});
    assert_int_equal(r.status, CW_STORE_OK);
    return r.session_id;
}

uint64_t add_group(struct fixture *f, uint64_t user_id, const char *key)
{
    struct cw_looks looks;
    cw_name_looks(TEXT(key), &looks);
    struct cw_store_result r =
        RUN(f, .op = CW_STORE_GROUP_CREATE, .user_id = user_id, .name = TEXT(key), .key = TEXT(key),
            .looks = cw_looks_slice(&looks));
    assert_int_equal(r.status, CW_STORE_OK);
    return r.group_id;
}

void join_group(struct fixture *f, uint64_t user_id, const char *key)
{
    struct cw_store_result r =
        RUN(f, .op = CW_STORE_GROUP_JOIN, .user_id = user_id, .key = TEXT(key));
    assert_int_equal(r.status, CW_STORE_OK);
}

uint64_t add_message(struct fixture *f, uint64_t sender_id, uint64_t mailbox, const char *body)
{
    struct cw_store_result r = RUN(f, .op = CW_STORE_MESSAGE_APPEND, .user_id = sender_id,
                                   .mailbox = mailbox, .body = TEXT(body));
    assert_int_equal(r.status, CW_STORE_OK);
    return r.message_id;
}

uint64_t say_at(struct fixture *f, uint64_t time_ms, uint64_t sender_id, uint64_t mailbox,
                const char *body)
{
    struct cw_store_result r = RUN_AT(f, time_ms, .op = CW_STORE_MESSAGE_APPEND,
                                      .user_id = sender_id, .mailbox = mailbox, .body = TEXT(body));
    assert_int_equal(r.status, CW_STORE_OK);
    return r.seq;
}

struct cw_store_result read_inbox(struct fixture *f, uint64_t user_id, uint64_t cursor)
{
    struct cw_store_result r =
        RUN(f, .op = CW_STORE_INBOX_READ, .user_id = user_id, .cursor = cursor);
    assert_int_equal(r.status, CW_STORE_OK);
    return r;
}

void assert_slice(struct cw_slice slice, const char *expected)
{
    assert_int_equal(slice.n, strlen(expected));
    if (slice.n != 0)
        assert_memory_equal(slice.p, expected, slice.n);
}

void assert_ids(const struct cw_store_result *page, const uint64_t ids[])
{
    size_t n = 0;
    for (; ids[n] != 0; n++) {
        assert_true(n < page->message_count);
        assert_int_equal(page->messages[n].message_id, ids[n]);
    }
    assert_int_equal(page->message_count, n);
}

void run_idle(struct fixture *f)
{
    bool again = true;
    while (again)
        assert_true(cw_store_idle(f->store, &again));
}
