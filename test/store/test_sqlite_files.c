/* test_sqlite_files.c - long bodies in files beside the database. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "faulty_vfs.h"
#include "on_disk.h"

/* --- bodies in files -------------------------------------------------------------------------- */

static uint64_t add_blob(struct fixture *f, uint64_t user_id, size_t size,
                         char name[CW_BLOB_NAME_MAX])
{
    uint8_t *body = cw_alloc(size);
    for (size_t i = 0; i < size; i++)
        body[i] = (uint8_t)(i * 7);
    uint64_t sum = 0;
    assert_int_equal(cw_blob_write(f->folder, cw_slice_of(body, size), name, &sum), CW_STORE_OK);
    assert_true(sum == cw_store_body_sum(cw_slice_of(body, size)));
    struct cw_store_result r = RUN(
        f, .op = CW_STORE_MESSAGE_APPEND, .user_id = user_id,
        .mailbox = cw_mailbox_of_user(user_id), .body = cw_slice_of(body, size), .blob = TEXT(name),
        .body_sum = sum, .voice = true, .channels = 1, .sample_rate = 44100);
    assert_int_equal(r.status, CW_STORE_OK);
    free(body);
    return r.message_id;
}

static const char *blob_path(struct fixture *f, const char *name)
{
    char relative[64];
    snprintf(relative, sizeof relative, "blobs/%s", name);
    return fixture_path(f, relative);
}

static void a_long_body_is_in_a_file(void **state)
{
    struct fixture *f = *state;
    enum { SIZE = 300000 };
    char names[2][CW_BLOB_NAME_MAX];
    struct stat about;
    uint64_t alice = add_user(f, "alice");
    add_blob(f, alice, SIZE, names[0]);
    add_blob(f, alice, SIZE, names[1]);
    assert_int_equal(stat(blob_path(f, names[0]), &about), 0);
    assert_int_equal(about.st_size, SIZE);
    assert_true(S_ISREG(about.st_mode));
    assert_int_equal(about.st_mode & 07777, 0600);

    struct cw_store_result r = read_inbox(f, alice, 0);
    ASSERT_IDS(&r, 1, ); /* the second does not fit on the page */
    assert_true(r.more);
    assert_int_equal(r.messages[0].body.n, SIZE);
    for (size_t i = 0; i < SIZE; i++)
        assert_int_equal(r.messages[0].body.p[i], (uint8_t)(i * 7));
    fixture_close(f);
    assert_int_equal(raw_int(f, "SELECT count(*) FROM messages WHERE body IS NULL"), 2);
}

/* A file is read, and its checksum made, in pieces. */
static void bodies_around_the_size_of_a_piece(void **state)
{
    struct fixture *f = *state;
    static const size_t sizes[] = {1, 31, 65535, 65536, 65537, 65568, 131072, 131079};
    char name[CW_BLOB_NAME_MAX];
    uint64_t alice = add_user(f, "alice");
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        uint64_t id = add_blob(f, alice, sizes[i], name);
        struct cw_store_result r = read_inbox(f, alice, id - 1);
        assert_int_equal(r.messages[0].message_id, id);
        assert_false(r.messages[0].damaged);
        assert_int_equal(r.messages[0].body.n, sizes[i]);
    }
}

static void assert_silent(struct fixture *f, uint64_t user_id)
{
    struct cw_store_result r = read_inbox(f, user_id, 0);
    ASSERT_IDS(&r, 1, );
    assert_int_equal(r.messages[0].body.n, 1);
    assert_int_equal(r.messages[0].body.p[0], 0x90);
}

static void a_lost_or_cut_file_is_an_empty_message(void **state)
{
    struct fixture *f = *state;
    char name[CW_BLOB_NAME_MAX];
    uint64_t alice = add_user(f, "alice");
    add_blob(f, alice, 1000, name);
    for (off_t size = 999; size <= 1001; size += 2) {
        assert_int_equal(truncate(blob_path(f, name), size), 0);
        assert_silent(f, alice);
    }
    unlink(blob_path(f, name));
    assert_silent(f, alice);
}

static void no_room_for_a_file_leaves_nothing(void **state)
{
    struct fixture *f = *state;
    struct rlimit before, small;
    char name[CW_BLOB_NAME_MAX];
    static uint8_t body[100000];
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    small = before;
    small.rlim_cur = 50000;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    enum cw_store_status status =
        cw_blob_write(f->folder, cw_slice_of(body, sizeof body), name, NULL);
    setrlimit(RLIMIT_FSIZE, &before);
    assert_int_equal(status, CW_STORE_NO_ROOM);
    assert_int_equal(rmdir(blob_path(f, "")), 0); /* empty */
    assert_int_equal(cw_blob_write(f->folder, TEXT("x"), name, NULL), CW_STORE_FAILED);
}

static void the_file_of_a_deleted_voice_goes_with_the_commit(void **state)
{
    struct fixture *f = *state;
    char name[CW_BLOB_NAME_MAX];
    uint64_t alice = add_user(f, "alice");
    add_blob(f, alice, 1000, name);
    struct cw_store_request erase = {.op = CW_STORE_MESSAGE_DELETE,
                                     .time_ms = 1,
                                     .user_id = alice,
                                     .conversation = cw_conversation_of_pair(alice, alice),
                                     .seq = 1};
    faulty_vfs_full_after(0);
    assert_int_equal(run_one(f, &erase).status, CW_STORE_NO_ROOM);
    faulty_vfs_heal();
    assert_int_equal(access(blob_path(f, name), F_OK), 0);
    assert_int_equal(run_one(f, &erase).status, CW_STORE_OK);
    assert_int_equal(access(blob_path(f, name), F_OK), -1);
    assert_int_equal(
        RUN(f, .op = CW_STORE_VOICE_READ, .seq = 1, .conversation = erase.conversation).status,
        CW_STORE_NOT_FOUND);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, on_disk_set_up, on_disk_tear_down)
    const struct CMUnitTest tests[] = {
        T(a_long_body_is_in_a_file),
        T(bodies_around_the_size_of_a_piece),
        T(a_lost_or_cut_file_is_an_empty_message),
        T(no_room_for_a_file_leaves_nothing),
        T(the_file_of_a_deleted_voice_goes_with_the_commit),
    };
    faulty_vfs_install();
    return cmocka_run_group_tests_name("SQLite: files", tests, NULL, NULL);
}
