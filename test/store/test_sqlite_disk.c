/* test_sqlite_disk.c - what is on the disk after the end of the process, syncs and checkpoints, a
 * full disk, a failed sync, damage. */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "faulty_vfs.h"
#include "on_disk.h"
#include "store/sqlite/places.h"
#include "store/sqlite/state.h"

/* --- what survives ------------------------------------------------------------------ */

static void everything_is_there_after_closing(void **state)
{
    struct fixture *f = *state;
    uint64_t alice = add_user(f, "alice"), bob = add_user(f, "bob");
    uint64_t cooks = add_group(f, bob, "cooks");
    join_group(f, alice, "cooks");
    add_message(f, bob, cw_mailbox_of_group(cooks), "hello");
    uint64_t session = add_session(f, alice, "token", 1);
    RUN(f, .op = CW_STORE_SESSION_SAVE, .session_id = session, .cursor = 1);
    RUN(f, .op = CW_STORE_SESSION_DROP, .session_id = add_session(f, alice, "gone", 1));
    fixture_close(f);
    fixture_open_sqlite(f);

    struct cw_store_result r = read_inbox(f, alice, 0);
    ASSERT_IDS(&r, 1, );
    assert_slice(r.messages[0].body, "hello");
    r = RUN(f, .op = CW_STORE_SESSION_FIND, .key = TEXT("alice"), .secret = TEXT("token"));
    assert_int_equal(r.session_id, session);
    assert_int_equal(r.cursor, 1);
    assert_int_equal(r.group_count, 1);
    assert_int_equal(add_session(f, alice, "new", 1), 3); /* 2 was given once */
    assert_int_equal(add_message(f, bob, cw_mailbox_of_user(alice), "x"), 2);
}

/* In a child: opens the store and sends itself messages, one commit each, whose
 * ids it writes to `acknowledged` when they are committed. */
static void send_messages(struct fixture *f, int acknowledged, uint64_t n)
{
    fixture_open_sqlite(f);
    uint64_t alice = add_user(f, "alice");
    for (uint64_t i = 0; i < n; i++) {
        uint64_t id = add_message(f, alice, cw_mailbox_of_user(alice), "x");
        if (write(acknowledged, &id, sizeof id) != (ssize_t)sizeof id)
            break;
    }
    _exit(0);
}

/* Ends the child by SIGKILL once it has acknowledged `kill_after` messages. */
static void check_child(struct fixture *f, uint64_t n, uint64_t kill_after)
{
    int ends[2];
    uint64_t id = 0, last = 0;
    fixture_close(f);
    assert_int_equal(pipe(ends), 0);
    pid_t child = fork();
    if (child == 0)
        send_messages(f, ends[1], n);
    close(ends[1]);
    while (read(ends[0], &id, sizeof id) == (ssize_t)sizeof id) {
        last = id;
        if (last == kill_after)
            kill(child, SIGKILL);
    }
    close(ends[0]);
    waitpid(child, NULL, 0);
    assert_true(last >= kill_after);
    assert_sound(f);
    fixture_open_sqlite(f);
    assert_true(add_message(f, 1, cw_mailbox_of_user(1), "x") > last);
    struct cw_store_result r = read_inbox(f, 1, 0);
    for (uint64_t i = 0; i < r.message_count; i++)
        assert_int_equal(r.messages[i].message_id, i + 1);
    assert_true(r.more ? r.message_count == CW_PAGE_ROWS_MAX : r.message_count > last);
}

static void everything_is_there_after_exit(void **state)
{
    check_child(*state, 50, 50);
}

static void everything_is_there_after_a_kill(void **state)
{
    check_child(*state, UINT64_MAX, 60);
}

/* --- syncs and checkpoints ------------------------------------------------------------ */

static void fill(struct cw_store_request *requests, size_t n, uint64_t user_id, void *body,
                 size_t size)
{
    for (size_t i = 0; i < n; i++)
        requests[i] = (struct cw_store_request){.op = CW_STORE_MESSAGE_APPEND,
                                                .user_id = user_id,
                                                .mailbox = cw_mailbox_of_user(user_id),
                                                .body = cw_slice_of(body, size)};
}

static void a_commit_syncs_once_and_reading_never(void **state)
{
    struct fixture *f = *state;
    struct cw_store_request requests[100];
    struct cw_store_result results[100];
    uint64_t alice = add_user(f, "alice");
    add_message(f, alice, cw_mailbox_of_user(alice), "x");
    fill(requests, 100, alice, "x", 1);
    faulty_vfs_heal();
    run_many(f, requests, 100, results);
    assert_int_equal(results[99].message_id, 101);
    assert_int_equal(faulty_vfs_syncs(), 1);

    faulty_vfs_heal();
    read_inbox(f, alice, 0);
    RUN(f, .op = CW_STORE_USER_FIND, .key = TEXT("alice"));
    RUN(f, .op = CW_STORE_SESSION_FIND, .key = TEXT("alice"), .secret = TEXT("t"));
    RUN(f, .op = CW_STORE_GROUP_FIND, .key = TEXT("g"));
    assert_int_equal(faulty_vfs_syncs(), 0);
    assert_int_equal(faulty_vfs_writes(), 0);
}

/* Commits so many bytes of messages of 32 KiB. */
static void grow(struct fixture *f, uint64_t user_id, size_t bytes)
{
    enum { N = 32, SIZE = 32 * 1024 };
    static uint8_t body[SIZE];
    struct cw_store_request requests[N];
    struct cw_store_result results[N];
    fill(requests, N, user_id, body, SIZE);
    for (size_t done = 0; done < bytes; done += N * SIZE) {
        run_many(f, requests, N, results);
        assert_int_equal(results[N - 1].status, CW_STORE_OK);
    }
}

static void an_idle_moment_is_used_when_the_log_is_long(void **state)
{
    struct fixture *f = *state;
    uint64_t alice = add_user(f, "alice");
    faulty_vfs_heal();
    assert_true(cw_store_idle(f->store, &(bool){false}));
    assert_int_equal(faulty_vfs_writes(), 0);
    grow(f, alice, CW_WAL_CHECKPOINT_PAGES * 4096u);
    faulty_vfs_heal();
    assert_true(cw_store_idle(f->store, &(bool){false}));
    assert_true(faulty_vfs_writes() >= CW_WAL_CHECKPOINT_PAGES);
    faulty_vfs_heal();
    assert_true(cw_store_idle(f->store, &(bool){false}));
    assert_int_equal(faulty_vfs_writes(), 0);
}

static void the_log_is_bounded(void **state)
{
    struct fixture *f = *state;
    struct stat about;
    grow(f, add_user(f, "alice"), CW_WAL_BYTES_MAX + CW_WAL_BYTES_MAX / 4);
    assert_int_equal(stat(fixture_path(f, "chinwag.db-wal"), &about), 0);
    assert_in_range(about.st_size, CW_WAL_BYTES_MAX / 4, CW_WAL_BYTES_MAX);
}

/* --- a full disk ------------------------------------------------------------------------ */

static void a_full_disk_stores_nothing_by_halves(void **state)
{
    enum { N = 8, SIZE = 20000 };
    struct fixture *f = *state;
    static uint8_t body[SIZE];
    struct cw_store_request requests[N + 1];
    struct cw_store_result r[N + 1];
    uint64_t alice = add_user(f, "alice");
    requests[0] = (struct cw_store_request){
        .op = CW_STORE_GROUP_CREATE, .user_id = alice, .name = TEXT("g"), .key = TEXT("g")};
    fill(requests + 1, N, alice, body, SIZE);
    long n = 0;
    for (bool stored = false; !stored; n++) {
        faulty_vfs_full_after(n);
        run_many(f, requests, N + 1, r);
        stored = r[0].status == CW_STORE_OK;
        for (int i = 0; i <= N; i++)
            assert_int_equal(r[i].status, stored ? CW_STORE_OK : CW_STORE_NO_ROOM);
        faulty_vfs_heal();
        assert_int_equal(read_inbox(f, alice, 0).message_count, stored ? N : 0);
        cw_arena_reset(&f->arena);
    }
    assert_true(n > N * SIZE / 4096);
    for (uint64_t i = 1; i <= N; i++)
        assert_int_equal(r[i].message_id, i);
    fixture_close(f);
    assert_sound(f);
    fixture_open_sqlite(f);
    assert_int_equal(read_inbox(f, alice, 0).message_count, N);
    assert_int_equal(add_message(f, alice, cw_mailbox_of_user(alice), "x"), N + 1);
}

static void a_full_disk_puts_a_checkpoint_off(void **state)
{
    struct fixture *f = *state;
    uint64_t alice = add_user(f, "alice");
    grow(f, alice, CW_WAL_CHECKPOINT_PAGES * 4096u);
    for (long n = 0; n < 1000; n += 100) {
        faulty_vfs_heal();
        faulty_vfs_full_after(n);
        assert_true(cw_store_idle(f->store, &(bool){false}));
        assert_int_equal(RUN(f, .op = CW_STORE_USER_FIND, .key = TEXT("alice")).status,
                         CW_STORE_OK);
    }
    faulty_vfs_full_after(100);
    fixture_close(f); /* the log stays, for the next start */
    assert_int_equal(access(fixture_path(f, "chinwag.db-wal"), F_OK), 0);
    faulty_vfs_heal();
    fixture_open_sqlite(f);
    assert_int_equal(read_inbox(f, alice, 0).messages[0].message_id, 1);
    fixture_close(f);
    assert_sound(f);
}

/* What the reserve is for: it is given up, and whatever helps goes on. */
static void a_full_disk_has_a_reserve(void **state)
{
    struct fixture *f = *state;
    static char reserve[128];
    uint64_t alice = add_user(f, "alice"), bob = add_user(f, "bob");
    uint64_t session = add_session(f, alice, "token", 1),
             pair = cw_conversation_of_pair(alice, bob);
    add_message(f, alice, cw_mailbox_of_user(bob), "to be deleted");
    snprintf(reserve, sizeof reserve, "%s", fixture_path(f, "reserve"));
    assert_int_equal(access(reserve, F_OK), 0);
    faulty_vfs_full_while(reserve);
    for (int round = 0; round < 2; round++) {
        EXPECT(f, CW_STORE_NO_ROOM, .op = CW_STORE_MESSAGE_APPEND, .user_id = alice,
               .mailbox = cw_mailbox_of_user(bob), .body = TEXT("x"));
        EXPECT(f, CW_STORE_NO_ROOM, .op = CW_STORE_MESSAGE_EDIT, .user_id = alice, .seq = 1,
               .conversation = pair, .body = TEXT("x"));
        EXPECT(f, CW_STORE_NO_ROOM, .op = CW_STORE_GROUP_CREATE, .user_id = alice,
               .name = TEXT("g"), .key = TEXT("g"));
        EXPECT(f, CW_STORE_OK, .op = CW_STORE_SESSION_SAVE, .session_id = session, .cursor = 1);
        EXPECT(f, CW_STORE_OK, .op = CW_STORE_USER_FIND, .key = TEXT("alice"));
        EXPECT(f, CW_STORE_OK, .op = CW_STORE_BLOCK, .user_id = bob, .other_id = alice);
        EXPECT(f, CW_STORE_OK, .op = CW_STORE_UNBLOCK, .user_id = bob, .other_id = alice);
    }
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_READ_MARK, .user_id = bob, .conversation = pair,
           .seq = 1);
    uint64_t second = add_session(f, alice, "another", 1);
    assert_int_equal(access(reserve, F_OK), -1); /* it was given up */
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_MESSAGE_DELETE, .user_id = alice, .seq = 1,
           .conversation = pair);
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_SESSION_DROP, .session_id = session);
    /* One commit of both kinds: each gets its own answer. */
    struct cw_store_request both[] = {
        {.op = CW_STORE_MESSAGE_APPEND, .user_id = alice, .mailbox = 2, .body = TEXT("x")},
        {.op = CW_STORE_SESSION_DROP, .session_id = second}};
    struct cw_store_result r[2];
    run_many(f, both, 2, r);
    assert_int_equal(r[0].status, CW_STORE_NO_ROOM);
    assert_int_equal(r[1].status, CW_STORE_OK);
    faulty_vfs_heal();
    assert_int_equal(say_at(f, 1, alice, cw_mailbox_of_user(bob), "healed"), 3);
    assert_int_equal(access(reserve, F_OK), 0); /* and made again */
    fixture_close(f);
    assert_int_equal(raw_int(f, "SELECT count(*) FROM sessions"), 0);
    assert_int_equal(raw_int(f, "SELECT deleted_ms <> 0 FROM messages WHERE id = 1"), 1);
    assert_int_equal(raw_int(f, "SELECT read_seq FROM marks WHERE user_id = 2"), 1);
    assert_sound(f);
}

/* --- a failed sync ------------------------------------------------------------------------ */

/* Sends until something fails or 8 MiB are stored, with idle moments between;
 * returns the last id that was acknowledged. */
static uint64_t send_until_failed(struct fixture *f, uint64_t user_id)
{
    enum { N = 32, SIZE = 16 * 1024 };
    static uint8_t body[SIZE];
    struct cw_store_request requests[N];
    struct cw_store_result results[N];
    uint64_t last = 0;
    fill(requests, N, user_id, body, SIZE);
    for (int round = 0; round < 16; round++) {
        run_many(f, requests, N, results);
        for (int i = 0; i < N; i++)
            assert_int_equal(results[i].status, results[0].status);
        if (results[0].status != CW_STORE_OK) {
            assert_int_equal(results[0].status, CW_STORE_FAILED);
            return last;
        }
        last = results[N - 1].message_id;
        if (!cw_store_idle(f->store, &(bool){false}))
            break;
    }
    return last;
}

static void after_a_failed_sync_nothing_is_answered(void **state)
{
    struct fixture *f = *state;
    long n = 0;
    for (bool failed = true; failed; n++) {
        fixture_finish(f);
        fixture_init(f);
        fixture_open_sqlite(f);
        uint64_t alice = add_user(f, "alice");
        faulty_vfs_heal();
        faulty_vfs_syncs_fail_after(n);
        uint64_t last = send_until_failed(f, alice);
        failed = !cw_store_idle(f->store, &(bool){false});
        if (failed) {
            faulty_vfs_heal(); /* that the disk is well again changes nothing */
            assert_int_equal(RUN(f, .op = CW_STORE_USER_FIND, .key = TEXT("alice")).status,
                             CW_STORE_FAILED);
            assert_int_equal(RUN(f, .op = CW_STORE_SESSION_DROP, .session_id = 1).status,
                             CW_STORE_FAILED);
            assert_int_equal(faulty_vfs_writes(), 0);
            fixture_close(f);
            assert_int_equal(faulty_vfs_writes(), 0);
        } else {
            fixture_close(f);
        }
        faulty_vfs_heal();
        fixture_open_sqlite(f);
        if (last != 0) {
            struct cw_store_result r = read_inbox(f, alice, last - 1);
            assert_int_equal(r.messages[0].message_id, last);
        }
        fixture_close(f);
        assert_sound(f);
    }
    assert_true(n > 16);
}

/* --- damage ---------------------------------------------------------------------------------- */

static void damage_is_noticed(void **state)
{
    struct fixture *f = *state;
    add_user(f, "alice");
    fixture_close(f);
    off_t page = raw_int(f, "SELECT rootpage FROM sqlite_schema WHERE name = 'users'");
    int fd = open(fixture_path(f, CW_SQLITE_FILE), O_RDWR);
    for (off_t at = (page - 1) * 4096; at < page * 4096; at++)
        assert_int_equal(pwrite(fd, "\377", 1, at), 1);
    close(fd);
    fixture_open_sqlite(f); /* it ends nothing: test_pages.c */
    assert_int_equal(RUN(f, .op = CW_STORE_USER_FIND, .key = TEXT("alice")).status,
                     CW_STORE_UNAVAILABLE);
    assert_true(cw_store_idle(f->store, &(bool){false}));
    struct cw_store_notes notes;
    cw_store_take_notes(f->store, &notes);
    assert_int_equal(notes.count, 4); /* at the start, which looks for those who left, and now */
    assert_string_equal(notes.lines[0],
                        "a page of the database is damaged, table users: who needs it is told to "
                        "try later; see what is damaged with chinwagd --check");
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, on_disk_set_up, on_disk_tear_down)
    const struct CMUnitTest tests[] = {
        T(everything_is_there_after_closing),
        T(everything_is_there_after_exit),
        T(everything_is_there_after_a_kill),
        T(a_commit_syncs_once_and_reading_never),
        T(an_idle_moment_is_used_when_the_log_is_long),
        T(the_log_is_bounded),
        T(a_full_disk_stores_nothing_by_halves),
        T(a_full_disk_puts_a_checkpoint_off),
        T(a_full_disk_has_a_reserve),
        T(after_a_failed_sync_nothing_is_answered),
        T(damage_is_noticed),
    };
    faulty_vfs_install();
    return cmocka_run_group_tests_name("SQLite: disk", tests, NULL, NULL);
}
