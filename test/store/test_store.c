/* test_store.c - the rules of store.h, over every back end. */
#include "support.h"

#include <stdio.h>
#include <stdlib.h>

#include "faulty_vfs.h"
#include "store/store_memory.h"

/* --- the back ends ---------------------------------------------------------------- */

static void open_memory(struct fixture *f)
{
    f->store = cw_store_open_memory(&test_options);
}

static void fill_memory(struct fixture *f, bool full)
{
    cw_store_memory_set_full(f->store, full);
}

static void fill_sqlite(struct fixture *f, bool full)
{
    (void)f;
    if (full)
        faulty_vfs_full_after(0);
    else
        faulty_vfs_heal();
}

static const struct back_end {
    const char *name;
    void (*open)(struct fixture *f);
    void (*set_full)(struct fixture *f, bool full);
} back_ends[] = {
    {"store, memory", open_memory, fill_memory},
    {"store, SQLite", fixture_open_sqlite, fill_sqlite},
};

static const struct back_end *back_end;

static int set_up(void **state)
{
    struct fixture *f = cw_alloc(sizeof *f);
    fixture_init(f);
    back_end->open(f);
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    faulty_vfs_heal();
    fixture_finish(*state);
    free(*state);
    return 0;
}

/* --- users and contacts ----------------------------------------------------------- */

static void users_are_found_by_their_key(void **state)
{
    struct fixture *f = *state;
    struct cw_store_result r =
        RUN(f, .op = CW_STORE_USER_CREATE, .cookie = 7, .name = TEXT("Alice"), .key = TEXT("alice"),
            .secret = TEXT("$argon2id$"));
    assert_int_equal(r.status, CW_STORE_OK);
    assert_int_equal(r.user_id, 1);
    assert_int_equal(r.cookie, 7);
    assert_null(r.request);

    r = RUN(f, .op = CW_STORE_USER_FIND, .key = TEXT("alice"));
    assert_int_equal(r.status, CW_STORE_OK);
    assert_int_equal(r.user_id, 1);
    assert_slice(r.name, "Alice");
    assert_slice(r.secret, "$argon2id$");

    r = RUN(f, .op = CW_STORE_USER_FIND, .key = TEXT("Alice"));
    assert_int_equal(r.status, CW_STORE_NOT_FOUND);
    assert_int_equal(r.user_id, 0);
    assert_int_equal(r.name.n, 0);
}

static void a_taken_name_fails_alone_in_its_batch(void **state)
{
    struct fixture *f = *state;
    struct cw_store_request requests[] = {
        {.op = CW_STORE_USER_CREATE, .name = TEXT("A"), .key = TEXT("a"), .secret = TEXT("1")},
        {.op = CW_STORE_USER_CREATE, .name = TEXT("AA"), .key = TEXT("a"), .secret = TEXT("2")},
        {.op = CW_STORE_USER_FIND, .key = TEXT("a")},
        {.op = CW_STORE_USER_CREATE, .name = TEXT("B"), .key = TEXT("b"), .secret = TEXT("3")},
    };
    struct cw_store_result r[4];
    run_many(f, requests, 4, r);
    assert_int_equal(r[0].status, CW_STORE_OK);
    assert_int_equal(r[0].user_id, 1);
    assert_int_equal(r[1].status, CW_STORE_EXISTS);
    assert_int_equal(r[1].user_id, 0);
    assert_int_equal(r[2].status, CW_STORE_OK);
    assert_slice(r[2].name, "A");
    assert_slice(r[2].secret, "1");
    assert_int_equal(r[3].status, CW_STORE_OK);
    assert_int_equal(r[3].user_id, 2);
}

static void contacts_may_be_added_again(void **state)
{
    struct fixture *f = *state;
    uint64_t alice = add_user(f, "alice"), bob = add_user(f, "bob");
    for (int i = 0; i < 2; i++)
        assert_int_equal(
            RUN(f, .op = CW_STORE_CONTACT_ADD, .user_id = alice, .other_id = bob).status,
            CW_STORE_OK);
    assert_int_equal(RUN(f, .op = CW_STORE_CONTACT_ADD, .user_id = alice, .other_id = 3).status,
                     CW_STORE_NOT_FOUND);
    assert_int_equal(RUN(f, .op = CW_STORE_CONTACT_ADD, .user_id = 3, .other_id = alice).status,
                     CW_STORE_NOT_FOUND);
}

/* --- sessions ----------------------------------------------------------------------- */

static struct cw_store_result find_session(struct fixture *f, const char *key, const char *token,
                                           uint64_t time_ms)
{
    return run_one(f, &(struct cw_store_request){.op = CW_STORE_SESSION_FIND,
                                                 .time_ms = time_ms,
                                                 .key = TEXT(key),
                                                 .secret = TEXT(token)});
}

static void a_session_comes_back_as_it_was_saved(void **state)
{
    struct fixture *f = *state;
    uint64_t alice = add_user(f, "alice"), bob = add_user(f, "bob");
    uint64_t first = add_group(f, bob, "first"), second = add_group(f, alice, "second");
    join_group(f, alice, "first");
    struct cw_store_result r =
        RUN(f, .op = CW_STORE_SESSION_CREATE, .user_id = alice, .secret = TEXT("token"),
            .client = TEXT("test"), .extended = true, .features = UINT64_C(1) << 63 | 5);
    assert_int_equal(r.status, CW_STORE_OK);
    assert_int_equal(r.session_id, 1);
    assert_int_equal(r.dropped_session_id, 0);
    assert_int_equal(r.cursor, 0);
    assert_int_equal(r.group_count, 2);

    r = find_session(f, "alice", "token", 1);
    assert_int_equal(r.status, CW_STORE_OK);
    assert_int_equal(r.user_id, alice);
    assert_slice(r.name, "alice");
    assert_int_equal(r.session_id, 1);
    assert_int_equal(r.cursor, 0);
    assert_true(r.extended);
    assert_true(r.features == (UINT64_C(1) << 63 | 5));
    assert_int_equal(r.group_count, 2);
    assert_int_equal(r.groups[0].group_id, first);
    assert_slice(r.groups[0].name, "first");
    assert_int_equal(r.groups[1].group_id, second);
    assert_slice(r.groups[1].name, "second");

    r = RUN(f, .op = CW_STORE_SESSION_SAVE, .session_id = 1, .cursor = 42, .features = 9);
    assert_int_equal(r.status, CW_STORE_OK);
    r = find_session(f, "alice", "token", 1);
    assert_int_equal(r.status, CW_STORE_OK);
    assert_int_equal(r.cursor, 42);
    assert_false(r.extended);
    assert_int_equal(r.features, 9);
}

static void a_wrong_token_is_told_from_no_session(void **state)
{
    struct fixture *f = *state;
    uint64_t alice = add_user(f, "alice"), bob = add_user(f, "bob");
    assert_int_equal(find_session(f, "nobody", "a", 1).status, CW_STORE_NOT_FOUND);
    assert_int_equal(find_session(f, "alice", "a", 1).status, CW_STORE_NOT_FOUND);
    uint64_t session = add_session(f, alice, "a", 1);
    add_session(f, bob, "b", 1);
    struct cw_store_result r = find_session(f, "alice", "b", 1);
    assert_int_equal(r.status, CW_STORE_MISMATCH);
    assert_int_equal(r.user_id, 0);
    assert_int_equal(r.session_id, 0);
    assert_int_equal(find_session(f, "alice", "a", 1).status, CW_STORE_OK);
    for (int i = 0; i < 2; i++)
        assert_int_equal(RUN(f, .op = CW_STORE_SESSION_DROP, .session_id = session).status,
                         CW_STORE_OK);
    assert_int_equal(find_session(f, "alice", "a", 1).status, CW_STORE_NOT_FOUND);
    assert_int_equal(RUN(f, .op = CW_STORE_SESSION_SAVE, .session_id = session).status,
                     CW_STORE_OK);
    assert_int_equal(find_session(f, "alice", "a", 1).status, CW_STORE_NOT_FOUND);
}

static void a_refused_session_changes_nothing(void **state)
{
    struct fixture *f = *state;
    uint64_t alice = add_user(f, "alice"), bob = add_user(f, "bob");
    uint64_t first = add_session(f, alice, "token", 1);
    struct cw_store_result r =
        RUN(f, .op = CW_STORE_SESSION_CREATE, .user_id = 9, .secret = TEXT("other"));
    assert_int_equal(r.status, CW_STORE_NOT_FOUND);
    r = RUN(f, .op = CW_STORE_SESSION_CREATE, .user_id = bob, .secret = TEXT("token"));
    assert_int_equal(r.status, CW_STORE_EXISTS);
    assert_int_equal(r.session_id, 0);
    assert_int_equal(find_session(f, "bob", "token", 1).status, CW_STORE_NOT_FOUND);
    assert_int_equal(find_session(f, "alice", "token", 1).session_id, first);
}

static void sessions_expire(void **state)
{
    struct fixture *f = *state;
    uint64_t alice = add_user(f, "alice");
    uint64_t session = add_session(f, alice, "a", 5000);
    assert_int_equal(find_session(f, "alice", "a", 5000 + IDLE_MS - 1).status, CW_STORE_OK);
    assert_int_equal(find_session(f, "alice", "a", 5000 + IDLE_MS).status, CW_STORE_NOT_FOUND);
    assert_int_equal(find_session(f, "alice", "a", 0).status, CW_STORE_OK); /* the clock jumped */

    struct cw_store_request save = {
        .op = CW_STORE_SESSION_SAVE, .session_id = session, .time_ms = 6000, .cursor = 3};
    run_one(f, &save);
    assert_int_equal(find_session(f, "alice", "a", 5999 + IDLE_MS).status, CW_STORE_OK);
    assert_int_equal(find_session(f, "alice", "a", 6000 + IDLE_MS).status, CW_STORE_NOT_FOUND);

    /* What has expired does not come back, and its cursor does not count. */
    save.time_ms = 6000 + IDLE_MS;
    save.cursor = 100;
    assert_int_equal(run_one(f, &save).status, CW_STORE_OK);
    assert_int_equal(find_session(f, "alice", "a", 6000 + IDLE_MS).status, CW_STORE_NOT_FOUND);
    struct cw_store_result r = run_one(f, &(struct cw_store_request){.op = CW_STORE_SESSION_CREATE,
                                                                     .time_ms = 6000 + IDLE_MS,
                                                                     .user_id = alice,
                                                                     .secret = TEXT("b")});
    assert_int_equal(r.cursor, 3);
    assert_int_equal(r.dropped_session_id, 0);
    assert_int_equal(find_session(f, "alice", "a", 6000 + IDLE_MS).status, CW_STORE_MISMATCH);
}

/* Sessions 1 to SESSIONS of a new user, number i last seen at 1000 + i. */
static uint64_t fill_sessions(struct fixture *f)
{
    uint64_t alice = add_user(f, "alice");
    for (unsigned i = 1; i <= SESSIONS; i++) {
        char token[16];
        snprintf(token, sizeof token, "t%u", i);
        assert_int_equal(add_session(f, alice, token, 1000 + i), i);
    }
    return alice;
}

static void the_longest_idle_session_gives_way(void **state)
{
    struct fixture *f = *state;
    uint64_t alice = fill_sessions(f);
    run_one(f, &(struct cw_store_request){
                   .op = CW_STORE_SESSION_SAVE, .session_id = 1, .time_ms = 2000});
    assert_int_equal(find_session(f, "alice", "t2", 2000).status, CW_STORE_OK);
    struct cw_store_result r =
        RUN_AT(f, 2001, .op = CW_STORE_SESSION_CREATE, .user_id = alice, .secret = TEXT("new"));
    assert_int_equal(r.status, CW_STORE_OK);
    assert_int_equal(r.session_id, SESSIONS + 1);
    assert_int_equal(r.dropped_session_id, 2);
    assert_int_equal(find_session(f, "alice", "t2", 2000).status, CW_STORE_MISMATCH);
    assert_int_equal(find_session(f, "alice", "t1", 2000).status, CW_STORE_OK);
    assert_int_equal(find_session(f, "alice", "t3", 2000).status, CW_STORE_OK);
    assert_int_equal(find_session(f, "alice", "new", 2000).status, CW_STORE_OK);
}

static void sessions_in_use_are_spared(void **state)
{
    struct fixture *f = *state;
    uint64_t alice = fill_sessions(f);
    uint64_t active[SESSIONS + 1] = {2, 1, 4};
    struct cw_store_request create = {.op = CW_STORE_SESSION_CREATE,
                                      .time_ms = 2000,
                                      .user_id = alice,
                                      .secret = TEXT("x"),
                                      .active = cw_slice_of(active, 3 * sizeof active[0])};
    struct cw_store_result r = run_one(f, &create);
    assert_int_equal(r.dropped_session_id, 3);

    /* With all of them in use a login is still not refused, and nobody goes. */
    for (unsigned i = 0; i < SESSIONS + 1; i++)
        active[i] = i + 1;
    create.active = cw_slice_of(active, sizeof active);
    create.secret = TEXT("y");
    r = run_one(f, &create);
    assert_int_equal(r.status, CW_STORE_OK);
    assert_int_equal(r.session_id, SESSIONS + 2);
    assert_int_equal(r.dropped_session_id, 0);
    assert_int_equal(find_session(f, "alice", "y", 2000).status, CW_STORE_OK);
    assert_int_equal(find_session(f, "alice", "t1", 2000).status, CW_STORE_OK);
}

static void expired_sessions_do_not_count(void **state)
{
    struct fixture *f = *state;
    uint64_t alice = fill_sessions(f);
    uint64_t now = 1001 + IDLE_MS; /* t1 has just expired */
    struct cw_store_result r =
        RUN_AT(f, now, .op = CW_STORE_SESSION_CREATE, .user_id = alice, .secret = TEXT("new"));
    assert_int_equal(r.dropped_session_id, 0);
    assert_int_equal(find_session(f, "alice", "t2", now).status, CW_STORE_OK);
}

static void session_ids_are_never_used_again(void **state)
{
    struct fixture *f = *state;
    uint64_t alice = add_user(f, "alice");
    uint64_t first = add_session(f, alice, "a", 1);
    RUN(f, .op = CW_STORE_SESSION_DROP, .session_id = first);
    assert_int_equal(add_session(f, alice, "b", 1), first + 1);
}

static uint64_t first_cursor(struct fixture *f, struct cw_store_request request)
{
    static char token[] = "token 0";
    token[6]++;
    request.op = CW_STORE_SESSION_CREATE;
    request.time_ms = 1;
    request.secret = TEXT(token);
    struct cw_store_result r = run_one(f, &request);
    assert_int_equal(r.status, CW_STORE_OK);
    struct cw_store_result found = find_session(f, "alice", token, 1);
    assert_int_equal(found.session_id, r.session_id);
    assert_int_equal(found.cursor, r.cursor);
    return r.cursor;
}

static void a_login_starts_at_the_highest_cursor(void **state)
{
    struct fixture *f = *state;
    uint64_t alice = add_user(f, "alice");
    for (int i = 0; i < 10; i++)
        add_message(f, alice, cw_mailbox_of_user(alice), "x");
    struct cw_store_request plain = {.user_id = alice}, ahead = {.user_id = alice, .cursor = 7};
    struct cw_store_request since = {.user_id = alice, .has_since = true, .since = 2};
    assert_int_equal(first_cursor(f, plain), 0);

    uint64_t session = add_session(f, alice, "gone", 1);
    RUN(f, .op = CW_STORE_SESSION_SAVE, .session_id = session, .cursor = 5);
    RUN(f, .op = CW_STORE_SESSION_SAVE, .session_id = session, .cursor = 4);
    assert_int_equal(find_session(f, "alice", "gone", 1).cursor, 4);
    RUN(f, .op = CW_STORE_SESSION_DROP, .session_id = session);
    assert_int_equal(first_cursor(f, plain), 5);
    assert_int_equal(first_cursor(f, ahead), 7);
    assert_int_equal(first_cursor(f, plain), 5);
    ahead.cursor = 3;
    assert_int_equal(first_cursor(f, ahead), 5);

    assert_int_equal(first_cursor(f, since), 2);
    since.since = 0;
    assert_int_equal(first_cursor(f, since), 0);
    since.since = 10;
    assert_int_equal(first_cursor(f, since), 10);
    since.since = 11;
    assert_int_equal(first_cursor(f, since), 10);
}

/* --- groups --------------------------------------------------------------------------- */

static void groups_are_made_found_and_joined(void **state)
{
    struct fixture *f = *state;
    uint64_t alice = add_user(f, "alice"), bob = add_user(f, "bob");
    struct cw_store_result r = RUN(f, .op = CW_STORE_GROUP_CREATE, .user_id = alice,
                                   .name = TEXT("Cooks"), .key = TEXT("cooks"));
    assert_int_equal(r.status, CW_STORE_OK);
    assert_int_equal(r.group_id, 1);
    r = RUN(f, .op = CW_STORE_GROUP_CREATE, .user_id = bob, .name = TEXT("COOKS"),
            .key = TEXT("cooks"));
    assert_int_equal(r.status, CW_STORE_EXISTS);
    assert_int_equal(r.group_id, 0);
    r = RUN(f, .op = CW_STORE_GROUP_CREATE, .user_id = 9, .name = TEXT("x"), .key = TEXT("x"));
    assert_int_equal(r.status, CW_STORE_NOT_FOUND);
    r = RUN(f, .op = CW_STORE_GROUP_FIND, .key = TEXT("cooks"));
    assert_int_equal(r.status, CW_STORE_OK);
    assert_int_equal(r.group_id, 1);
    assert_slice(r.name, "Cooks");
    assert_int_equal(RUN(f, .op = CW_STORE_GROUP_FIND, .key = TEXT("x")).status,
                     CW_STORE_NOT_FOUND);

    struct cw_store_request join = {
        .op = CW_STORE_GROUP_JOIN, .user_id = alice, .key = TEXT("cooks")};
    assert_int_equal(run_one(f, &join).status, CW_STORE_EXISTS); /* its owner */
    join.user_id = bob;
    r = run_one(f, &join);
    assert_int_equal(r.status, CW_STORE_OK);
    assert_int_equal(r.group_id, 1);
    assert_slice(r.name, "Cooks");
    assert_int_equal(run_one(f, &join).status, CW_STORE_EXISTS);
    join.user_id = 9;
    assert_int_equal(run_one(f, &join).status, CW_STORE_NOT_FOUND);
    join.key = TEXT("x");
    assert_int_equal(run_one(f, &join).status, CW_STORE_NOT_FOUND);
}

static void a_user_has_so_many_groups(void **state)
{
    struct fixture *f = *state;
    uint64_t alice = add_user(f, "alice"), bob = add_user(f, "bob");
    add_group(f, bob, "bob's");
    char key[16];
    for (unsigned i = 0; i < CW_GROUPS_PER_USER; i++) {
        snprintf(key, sizeof key, "g%u", i);
        add_group(f, alice, key);
    }
    struct cw_store_request create = {
        .op = CW_STORE_GROUP_CREATE, .user_id = alice, .name = TEXT("x"), .key = TEXT("x")};
    assert_int_equal(run_one(f, &create).status, CW_STORE_FULL);
    assert_int_equal(RUN(f, .op = CW_STORE_GROUP_FIND, .key = TEXT("x")).status,
                     CW_STORE_NOT_FOUND);
    create.key = TEXT("g0");
    assert_int_equal(run_one(f, &create).status, CW_STORE_EXISTS);
    assert_int_equal(
        RUN(f, .op = CW_STORE_GROUP_JOIN, .user_id = alice, .key = TEXT("bob's")).status,
        CW_STORE_FULL);
    struct cw_store_result r =
        RUN(f, .op = CW_STORE_SESSION_CREATE, .user_id = alice, .secret = TEXT("t"));
    assert_int_equal(r.group_count, CW_GROUPS_PER_USER);
    assert_slice(r.groups[CW_GROUPS_PER_USER - 1].name, key);
}

static void a_group_has_so_many_members(void **state)
{
    struct fixture *f = *state;
    enum { MEMBERS = CW_GROUP_MEMBERS_MAX + 1, STEP = 200 };
    struct cw_store_request *requests = cw_alloc_zero(2 * STEP * sizeof *requests);
    struct cw_store_result *results = cw_alloc(2 * STEP * sizeof *results);
    char keys[STEP][16];
    add_group(f, add_user(f, "owner"), "crowd"); /* user 1 */
    for (uint64_t id = 2; id <= MEMBERS; id += STEP) {
        for (unsigned i = 0; i < STEP; i++) {
            snprintf(keys[i], sizeof keys[i], "u%u", (unsigned)id + i);
            requests[2 * i] = (struct cw_store_request){.op = CW_STORE_USER_CREATE,
                                                        .name = TEXT(keys[i]),
                                                        .key = TEXT(keys[i]),
                                                        .secret = TEXT("$")};
            requests[2 * i + 1] = (struct cw_store_request){
                .op = CW_STORE_GROUP_JOIN, .user_id = id + i, .key = TEXT("crowd")};
        }
        run_many(f, requests, 2 * STEP, results);
        for (unsigned i = 0; i < STEP; i++)
            assert_int_equal(results[2 * i + 1].status,
                             id + i <= CW_GROUP_MEMBERS_MAX ? CW_STORE_OK : CW_STORE_FULL);
        cw_arena_reset(&f->arena);
    }
    free(requests);
    free(results);
}

/* --- messages --------------------------------------------------------------------------- */

static void a_page_is_in_the_order_of_ids(void **state)
{
    struct fixture *f = *state;
    uint64_t alice = add_user(f, "Alice"), bob = add_user(f, "Bob"), eve = add_user(f, "Eve");
    uint64_t cooks = cw_mailbox_of_group(add_group(f, bob, "Cooks"));
    uint64_t bakers = cw_mailbox_of_group(add_group(f, bob, "Bakers"));
    uint64_t to_alice = cw_mailbox_of_user(alice);
    add_message(f, bob, cooks, "before she joined"); /* 1 */
    join_group(f, alice, "Bakers");
    join_group(f, alice, "Cooks");
    add_message(f, bob, bakers, "two");                    /* 2 */
    add_message(f, eve, to_alice, "three");                /* 3 */
    add_message(f, alice, cooks, "her own");               /* 4 */
    add_message(f, bob, cooks, "five");                    /* 5 */
    add_message(f, bob, cw_mailbox_of_user(eve), "not h"); /* 6 */
    add_message(f, alice, to_alice, "to herself");         /* 7 */
    add_message(f, bob, bakers, "eight");                  /* 8 */
    add_message(f, alice, cw_mailbox_of_user(bob), "x");   /* 9 */

    struct cw_store_result r = read_inbox(f, alice, 0);
    ASSERT_IDS(&r, 2, 3, 5, 7, 8, );
    assert_false(r.more);
    assert_int_equal(r.scanned_to, 9);
    assert_slice(r.messages[0].body, "two");
    assert_slice(r.messages[0].sender, "Bob");
    assert_slice(r.messages[0].mailbox_name, "Bakers");
    assert_int_equal(r.messages[0].mailbox, bakers);
    assert_int_equal(r.messages[0].sender_id, bob);
    assert_int_equal(r.messages[0].time_ms, 1);
    assert_false(r.messages[0].voice);
    assert_slice(r.messages[1].body, "three");
    assert_slice(r.messages[1].sender, "Eve");
    assert_slice(r.messages[1].mailbox_name, "Alice");
    assert_slice(r.messages[2].mailbox_name, "Cooks");
    assert_slice(r.messages[2].sender, "Bob");
    assert_slice(r.messages[3].sender, "Alice");
    assert_slice(r.messages[4].mailbox_name, "Bakers");

    r = read_inbox(f, alice, 5);
    ASSERT_IDS(&r, 7, 8, );
    r = read_inbox(f, alice, 8);
    assert_int_equal(r.message_count, 0);
    assert_int_equal(r.scanned_to, 9);
    r = read_inbox(f, alice, 99);
    assert_int_equal(r.message_count, 0);
    assert_int_equal(r.scanned_to, 9);
    r = read_inbox(f, 77, 0);
    assert_int_equal(r.message_count, 0);
}

static void an_empty_store_has_an_empty_page(void **state)
{
    struct fixture *f = *state;
    struct cw_store_result r = read_inbox(f, add_user(f, "alice"), 0);
    assert_int_equal(r.message_count, 0);
    assert_false(r.more);
    assert_int_equal(r.scanned_to, 0);
}

static void a_message_keeps_every_byte(void **state)
{
    struct fixture *f = *state;
    uint64_t alice = add_user(f, "alice");
    uint8_t samples[] = {0xdd, 0, 0, 0, 2, 0, 0xff, 0xd1};
    struct cw_store_request append = {.op = CW_STORE_MESSAGE_APPEND,
                                      .time_ms = UINT64_C(1) << 42,
                                      .user_id = alice,
                                      .mailbox = cw_mailbox_of_user(alice),
                                      .body = cw_slice_of(samples, sizeof samples),
                                      .voice = true,
                                      .channels = 2,
                                      .sample_rate = 48000};
    struct cw_store_result r = run_one(f, &append);
    assert_int_equal(r.message_id, 1);
    assert_ptr_equal(r.request, &append);
    append.body = cw_slice_of(NULL, 0);
    append.voice = false;
    assert_int_equal(run_one(f, &append).message_id, 2);

    r = read_inbox(f, alice, 0);
    ASSERT_IDS(&r, 1, 2, );
    assert_int_equal(r.messages[0].body.n, sizeof samples);
    assert_memory_equal(r.messages[0].body.p, samples, sizeof samples);
    assert_true(r.messages[0].time_ms == UINT64_C(1) << 42);
    assert_true(r.messages[0].voice);
    assert_int_equal(r.messages[0].channels, 2);
    assert_int_equal(r.messages[0].sample_rate, 48000);
    assert_int_equal(r.messages[1].body.n, 0);
    assert_false(r.messages[1].voice);
}

static void add_messages(struct fixture *f, uint64_t sender_id, uint64_t mailbox, size_t n,
                         size_t size)
{
    uint8_t *body = cw_alloc_zero(size);
    struct cw_store_request *requests = cw_alloc_zero(n * sizeof *requests);
    struct cw_store_result *results = cw_alloc(n * sizeof *results);
    for (size_t i = 0; i < n; i++)
        requests[i] = (struct cw_store_request){.op = CW_STORE_MESSAGE_APPEND,
                                                .user_id = sender_id,
                                                .mailbox = mailbox,
                                                .body = cw_slice_of(body, size)};
    run_many(f, requests, n, results);
    for (size_t i = 1; i < n; i++)
        assert_int_equal(results[i].message_id, results[0].message_id + i);
    free(body);
    free(requests);
    free(results);
}

static void a_page_has_so_many_messages(void **state)
{
    struct fixture *f = *state;
    uint64_t alice = add_user(f, "alice"), mailbox = cw_mailbox_of_user(alice);
    add_messages(f, alice, mailbox, CW_PAGE_ROWS_MAX, 10);
    struct cw_store_result r = read_inbox(f, alice, 0);
    assert_int_equal(r.message_count, CW_PAGE_ROWS_MAX);
    assert_int_equal(r.scanned_to, CW_PAGE_ROWS_MAX);
    assert_false(r.more);

    add_messages(f, alice, mailbox, 1, 10);
    r = read_inbox(f, alice, 0);
    assert_int_equal(r.message_count, CW_PAGE_ROWS_MAX);
    assert_int_equal(r.scanned_to, CW_PAGE_ROWS_MAX);
    assert_true(r.more);
    r = read_inbox(f, alice, r.scanned_to);
    ASSERT_IDS(&r, CW_PAGE_ROWS_MAX + 1, );
    assert_false(r.more);
}

static void a_page_has_so_many_bytes(void **state)
{
    struct fixture *f = *state;
    uint64_t alice = add_user(f, "alice"), bob = add_user(f, "bob");
    add_messages(f, alice, cw_mailbox_of_user(alice), 4, CW_PAGE_BYTES_MAX / 4); /* 1 to 4 */
    struct cw_store_result r = read_inbox(f, alice, 0);
    ASSERT_IDS(&r, 1, 2, 3, 4, );
    assert_false(r.more);
    add_messages(f, alice, cw_mailbox_of_user(alice), 1, 1); /* 5 */
    r = read_inbox(f, alice, 0);
    ASSERT_IDS(&r, 1, 2, 3, 4, );
    assert_int_equal(r.scanned_to, 4);
    assert_true(r.more);

    /* A message over the limit is delivered all the same, alone. */
    add_messages(f, alice, cw_mailbox_of_user(bob), 2, CW_PAGE_BYTES_MAX + 1); /* 6, 7 */
    r = read_inbox(f, bob, 0);
    ASSERT_IDS(&r, 6, );
    assert_int_equal(r.messages[0].body.n, CW_PAGE_BYTES_MAX + 1);
    assert_true(r.more);
    r = read_inbox(f, bob, r.scanned_to);
    ASSERT_IDS(&r, 7, );
    assert_false(r.more);
}

static void a_page_looks_at_so_many_rows(void **state)
{
    struct fixture *f = *state;
    uint64_t alice = add_user(f, "alice"), bob = add_user(f, "bob");
    uint64_t cooks = cw_mailbox_of_group(add_group(f, alice, "cooks"));
    join_group(f, bob, "cooks");
    add_messages(f, alice, cooks, CW_PAGE_SCAN_MAX, 1);
    struct cw_store_result r = read_inbox(f, alice, 0);
    assert_int_equal(r.message_count, 0);
    assert_int_equal(r.scanned_to, CW_PAGE_SCAN_MAX);
    assert_false(r.more);

    uint64_t last = add_message(f, bob, cooks, "x");
    r = read_inbox(f, alice, 0);
    assert_int_equal(r.message_count, 0);
    assert_int_equal(r.scanned_to, CW_PAGE_SCAN_MAX);
    assert_true(r.more);
    r = read_inbox(f, alice, r.scanned_to);
    ASSERT_IDS(&r, last, );
    r = read_inbox(f, alice, 1);
    ASSERT_IDS(&r, last, );
    assert_false(r.more);
}

static void other_peoples_messages_are_not_looked_at(void **state)
{
    struct fixture *f = *state;
    uint64_t alice = add_user(f, "alice"), bob = add_user(f, "bob");
    add_messages(f, alice, cw_mailbox_of_user(bob), CW_PAGE_SCAN_MAX + 1, 1);
    uint64_t last = add_message(f, bob, cw_mailbox_of_user(alice), "x");
    struct cw_store_result r = read_inbox(f, alice, 0);
    ASSERT_IDS(&r, last, );
    assert_false(r.more);
}

/* --- batches ------------------------------------------------------------------------------ */

static void requests_see_those_before_them(void **state)
{
    struct fixture *f = *state;
    uint64_t alice = add_user(f, "alice"), bob = add_user(f, "bob");
    uint64_t cooks = cw_mailbox_of_group(add_group(f, bob, "cooks"));
    struct cw_store_request requests[] = {
        {.op = CW_STORE_MESSAGE_APPEND, .user_id = bob, .mailbox = cooks, .body = TEXT("1")},
        {.op = CW_STORE_GROUP_JOIN, .user_id = alice, .key = TEXT("cooks")},
        {.op = CW_STORE_MESSAGE_APPEND, .user_id = bob, .mailbox = cooks, .body = TEXT("2")},
        {.op = CW_STORE_INBOX_READ, .user_id = alice},
        {.op = CW_STORE_MESSAGE_APPEND, .user_id = bob, .mailbox = cooks, .body = TEXT("3")},
        {.op = CW_STORE_SESSION_CREATE,
         .user_id = alice,
         .secret = TEXT("t"),
         .has_since = true,
         .since = 9},
    };
    struct cw_store_result r[6];
    run_many(f, requests, 6, r);
    for (int i = 0; i < 6; i++)
        assert_int_equal(r[i].status, CW_STORE_OK);
    ASSERT_IDS(&r[3], 2, );
    assert_int_equal(r[3].scanned_to, 2);
    assert_int_equal(r[4].message_id, 3);
    assert_int_equal(r[5].cursor, 3);
    assert_int_equal(r[5].group_count, 1);
}

static void a_full_disk_refuses_writers_only(void **state)
{
    struct fixture *f = *state;
    uint64_t alice = add_user(f, "alice"), bob = add_user(f, "bob");
    uint64_t mailbox = cw_mailbox_of_user(alice);
    uint64_t session = add_session(f, alice, "token", 1);
    add_message(f, bob, mailbox, "kept");
    struct cw_store_request requests[] = {
        {.op = CW_STORE_MESSAGE_APPEND, .user_id = bob, .mailbox = mailbox, .body = TEXT("lost")},
        {.op = CW_STORE_USER_FIND, .key = TEXT("alice")},
        {.op = CW_STORE_USER_CREATE, .name = TEXT("eve"), .key = TEXT("eve"), .secret = TEXT("$")},
        {.op = CW_STORE_INBOX_READ, .user_id = alice},
        {.op = CW_STORE_SESSION_SAVE, .session_id = session, .cursor = 1},
        {.op = CW_STORE_SESSION_FIND, .key = TEXT("alice"), .secret = TEXT("token")},
        {.op = CW_STORE_GROUP_CREATE, .user_id = bob, .name = TEXT("g"), .key = TEXT("g")},
        {.op = CW_STORE_GROUP_FIND, .key = TEXT("g")},
        {.op = CW_STORE_USER_FIND, .key = TEXT("eve")},
    };
    static const enum cw_store_status expected[] = {
        CW_STORE_UNAVAILABLE, CW_STORE_OK,          CW_STORE_UNAVAILABLE,
        CW_STORE_OK,          CW_STORE_UNAVAILABLE, CW_STORE_OK,
        CW_STORE_UNAVAILABLE, CW_STORE_NOT_FOUND,   CW_STORE_NOT_FOUND};
    struct cw_store_result r[9];
    back_end->set_full(f, true);
    for (int round = 0; round < 2; round++) {
        run_many(f, requests, 9, r);
        for (int i = 0; i < 9; i++)
            assert_int_equal(r[i].status, expected[i]);
        assert_ptr_equal(r[0].request, &requests[0]);
        assert_int_equal(r[0].message_id, 0);
        ASSERT_IDS(&r[3], 1, );
        assert_int_equal(r[3].scanned_to, 1);
        assert_int_equal(r[5].cursor, 0);
    }

    /* It heals by itself, and there is no hole in the ids. */
    back_end->set_full(f, false);
    run_many(f, requests, 9, r);
    for (int i = 0; i < 9; i++)
        assert_int_equal(r[i].status, CW_STORE_OK);
    assert_int_equal(r[0].message_id, 2);
    assert_int_equal(r[2].user_id, 3);
    ASSERT_IDS(&r[3], 1, 2, );
    assert_int_equal(r[5].cursor, 1);
    assert_int_equal(r[6].group_id, 1);
    assert_true(cw_store_idle(f->store, &(bool){false}));
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        T(users_are_found_by_their_key),
        T(a_taken_name_fails_alone_in_its_batch),
        T(contacts_may_be_added_again),
        T(a_session_comes_back_as_it_was_saved),
        T(a_wrong_token_is_told_from_no_session),
        T(a_refused_session_changes_nothing),
        T(sessions_expire),
        T(the_longest_idle_session_gives_way),
        T(sessions_in_use_are_spared),
        T(expired_sessions_do_not_count),
        T(session_ids_are_never_used_again),
        T(a_login_starts_at_the_highest_cursor),
        T(groups_are_made_found_and_joined),
        T(a_user_has_so_many_groups),
        T(a_group_has_so_many_members),
        T(a_page_is_in_the_order_of_ids),
        T(an_empty_store_has_an_empty_page),
        T(a_message_keeps_every_byte),
        T(a_page_has_so_many_messages),
        T(a_page_has_so_many_bytes),
        T(a_page_looks_at_so_many_rows),
        T(other_peoples_messages_are_not_looked_at),
        T(requests_see_those_before_them),
        T(a_full_disk_refuses_writers_only),
    };
    int failed = 0;
    faulty_vfs_install();
    for (size_t i = 0; i < sizeof back_ends / sizeof back_ends[0]; i++) {
        back_end = &back_ends[i];
        failed += cmocka_run_group_tests_name(back_end->name, tests, NULL, NULL);
    }
    return failed == 0 ? 0 : 1;
}
