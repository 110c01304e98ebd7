/* test_gone.c - what was deleted is nowhere in the data folder any more: the files are
 * searched for it, byte by byte. */
#define _XOPEN_SOURCE 700 /* nftw */
#include "support.h"

#include <ftw.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "faulty_vfs.h"
#include "store/sqlite/clean.h"
#include "store/sqlite/places.h"
#include "store/sqlite/state.h"

#define DAY UINT64_C(86400000)

static char *fixtures;

static int set_up(void **state)
{
    struct fixture *f = cw_alloc(sizeof *f);
    fixture_init(f);
    fixture_open_sqlite(f);
    faulty_vfs_heal();
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    fixture_finish(*state);
    free(*state);
    return 0;
}

/* --- looking for it -------------------------------------------------------------------- */

static struct {
    struct cw_slice what;
    size_t found;
} grep;

static void search(const uint8_t *bytes, size_t n)
{
    for (size_t i = 0; i + grep.what.n <= n; i++)
        grep.found +=
            bytes[i] == grep.what.p[0] && memcmp(bytes + i, grep.what.p, grep.what.n) == 0;
}

static int grep_file(const char *path, const struct stat *about, int type, struct FTW *place)
{
    (void)place;
    if (type != FTW_F || about->st_size == 0)
        return 0;
    FILE *file = fopen(path, "rb");
    uint8_t *bytes = cw_alloc((size_t)about->st_size);
    assert_non_null(file);
    size_t n = fread(bytes, 1, (size_t)about->st_size, file);
    search(bytes, n);
    free(bytes);
    fclose(file);
    return 0;
}

/* How often these bytes are in the files of the folder. SQLite holds no lock that the
 * closing of these files could break: the test's file system has none. */
static size_t count(struct fixture *f, const char *what)
{
    grep.what = cw_slice_str(what);
    grep.found = 0;
    assert_int_equal(nftw(f->folder, grep_file, 8, FTW_PHYS), 0);
    return grep.found;
}

/* Two seconds in which nobody asks for anything. */
static void rest(struct fixture *f)
{
    for (int i = 0; i < 2; i++) {
        cw_store_tick(f->store);
        run_idle(f);
    }
}

#define ASSERT_GONE(f, what)  assert_int_equal(count((f), (what)), 0)
#define ASSERT_THERE(f, what) assert_int_not_equal(count((f), (what)), 0)

/* --- texts ------------------------------------------------------------------------------ */

/* A text of `n` bytes that begins and ends with words of its own. */
static char *text_of(size_t n, const char *first, const char *last)
{
    char *text = cw_alloc(n + 1);
    for (size_t i = 0; i < n; i++)
        text[i] = i % 8 == 7 ? ' ' : (char)('a' + i % 23);
    memcpy(text, first, strlen(first));
    text[strlen(first)] = ' ';
    text[n - strlen(last) - 1] = ' ';
    memcpy(text + n - strlen(last), last, strlen(last));
    text[n] = '\0';
    return text;
}

static struct cw_store_result find(struct fixture *f, uint64_t user, const char *word)
{
    return RUN(f, .op = CW_STORE_SEARCH, .user_id = user, .body = TEXT(word), .limit = 10);
}

/* As if some thousands had come before and after it. */
static void say_much(struct fixture *f, uint64_t user, int n)
{
    for (int i = 0; i < n; i++) {
        char text[64];
        snprintf(text, sizeof text, "number %d of the others", i);
        add_message(f, user, cw_mailbox_of_user(user), text);
    }
    find(f, user, "number"); /* all are indexed */
}

static void delete (struct fixture *f, uint64_t user, uint64_t seq)
{
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_MESSAGE_DELETE, .user_id = user, .seq = seq,
           .conversation = cw_conversation_of_pair(user, user));
}

static void check_deleted(struct fixture *f, size_t n)
{
    uint64_t alice = add_user(f, "alice");
    char *text = text_of(n, "quokkabegins", "zyzzyvaends");
    say_much(f, alice, 300);
    add_message(f, alice, cw_mailbox_of_user(alice), text);
    say_much(f, alice, 300);
    rest(f);
    ASSERT_THERE(f, "quokkabegins");
    ASSERT_THERE(f, "zyzzyvaends");
    assert_int_equal(find(f, alice, "quokkabegins").message_count, 1);
    delete (f, alice, 301);
    ASSERT_THERE(f, "zyzzyvaends"); /* or this test looks in the wrong place */
    rest(f);
    ASSERT_GONE(f, "quokkabegins");
    ASSERT_GONE(f, "zyzzyvaends");
    text[n - 20] = '\0';
    ASSERT_GONE(f, text + n - 60);
    assert_int_equal(find(f, alice, "quokkabegins").message_count, 0);
    assert_int_equal(find(f, alice, "number").message_count, 10);
    free(text);
}

static void a_text_of_100_bytes_goes(void **state)
{
    check_deleted(*state, 100);
}

static void a_text_of_10000_bytes_goes(void **state)
{
    check_deleted(*state, 10000);
}

static void what_is_edited_goes(void **state)
{
    struct fixture *f = *state;
    uint64_t alice = add_user(f, "alice");
    char *text = text_of(9000, "quokkabegins", "zyzzyvaends");
    add_message(f, alice, cw_mailbox_of_user(alice), text);
    say_much(f, alice, 10);
    rest(f);
    ASSERT_THERE(f, "zyzzyvaends");
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_MESSAGE_EDIT, .user_id = alice, .seq = 1,
           .conversation = cw_conversation_of_pair(alice, alice), .body = TEXT("platypus"));
    rest(f);
    ASSERT_GONE(f, "quokkabegins");
    ASSERT_GONE(f, "zyzzyvaends");
    ASSERT_THERE(f, "platypus");
    assert_int_equal(find(f, alice, "platypus").message_count, 1);
    free(text);
}

/* A text that was edited, in a group that keeps earlier ones: message 1 of alice's. */
static uint64_t edit_in_group(struct fixture *f, uint64_t *group)
{
    uint64_t alice = add_user(f, "alice");
    char *text = text_of(9000, "quokkabegins", "zyzzyvaends");
    *group = add_group(f, alice, "cooks");
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_GROUP_VERSIONS, .user_id = alice, .group_id = *group,
           .version_days = 10);
    say_at(f, 1, alice, cw_mailbox_of_group(*group), text);
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_MESSAGE_EDIT, .user_id = alice, .seq = 1,
           .conversation = cw_mailbox_of_group(*group), .body = TEXT("platypus"));
    say_much(f, alice, 10);
    rest(f);
    ASSERT_THERE(f, "quokkabegins"); /* or this test looks in the wrong place */
    ASSERT_THERE(f, "zyzzyvaends");
    free(text);
    return alice;
}

static void versions_go_with_a_deletion(void **state)
{
    struct fixture *f = *state;
    uint64_t group, alice = edit_in_group(f, &group);
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_MESSAGE_DELETE, .user_id = alice, .seq = 1,
           .conversation = cw_mailbox_of_group(group));
    rest(f);
    ASSERT_GONE(f, "quokkabegins");
    ASSERT_GONE(f, "zyzzyvaends");
    ASSERT_GONE(f, "platypus");
}

static void versions_go_by_retention(void **state)
{
    struct fixture *f = *state;
    uint64_t group, alice = edit_in_group(f, &group);
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_GROUP_RETAIN, .user_id = alice, .group_id = group,
           .retain.count = 1);
    rest(f);
    ASSERT_GONE(f, "quokkabegins");
    ASSERT_GONE(f, "zyzzyvaends");
}

static void versions_go_when_their_time_is_over(void **state)
{
    struct fixture *f = *state;
    uint64_t group, alice = edit_in_group(f, &group);
    EXPECT_AT(f, CW_STORE_OK, 11 * DAY, .op = CW_STORE_READ_MARK, .user_id = alice,
              .conversation = cw_mailbox_of_group(group), .seq = 2);
    rest(f);
    ASSERT_GONE(f, "quokkabegins");
    ASSERT_GONE(f, "zyzzyvaends");
    ASSERT_THERE(f, "platypus");
}

static void versions_go_with_the_setting(void **state)
{
    struct fixture *f = *state;
    uint64_t group, alice = edit_in_group(f, &group);
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_GROUP_VERSIONS, .user_id = alice, .group_id = group);
    rest(f);
    ASSERT_GONE(f, "quokkabegins");
    ASSERT_GONE(f, "zyzzyvaends");
    ASSERT_THERE(f, "platypus");
}

static void what_is_too_old_goes(void **state)
{
    struct fixture *f = *state;
    fixture_close(f);
    f->options.retain.days = 10;
    fixture_open_sqlite(f);
    uint64_t alice = add_user(f, "alice");
    char *text = text_of(9000, "quokkabegins", "zyzzyvaends");
    say_at(f, 1, alice, cw_mailbox_of_user(alice), text);
    find(f, alice, "quokkabegins");
    rest(f);
    ASSERT_THERE(f, "zyzzyvaends");
    for (uint64_t day = 1; day < 30; day++) {
        RUN_AT(f, day * DAY, .op = CW_STORE_READ_MARK, .user_id = alice,
               .conversation = cw_conversation_of_pair(alice, alice), .seq = 1);
        rest(f);
    }
    ASSERT_GONE(f, "quokkabegins");
    ASSERT_GONE(f, "zyzzyvaends");
    free(text);
}

static void a_crash_does_not_forget_it(void **state)
{
    struct fixture *f = *state;
    uint64_t alice = add_user(f, "alice");
    char copy[80], command[512];
    add_message(f, alice, cw_mailbox_of_user(alice), "quokkabegins here");
    say_much(f, alice, 10);
    rest(f);
    delete (f, alice, 1);
    ASSERT_THERE(f, "quokkabegins");
    snprintf(copy, sizeof copy, "%s/copy", f->folder); /* what a kill -9 leaves now */
    snprintf(command, sizeof command, "mkdir %s && cp %s/chinwag.db* %s && mkdir %s/blobs", copy,
             f->folder, copy, copy);
    assert_int_equal(system(command), 0);
    fixture_close(f);
    snprintf(command, sizeof command, "rm -r %s/chinwag.db* %s/blobs && mv %s/* %s && rmdir %s",
             f->folder, f->folder, copy, f->folder, copy);
    assert_int_equal(system(command), 0);
    ASSERT_THERE(f, "quokkabegins");
    fixture_open_sqlite(f);
    rest(f);
    ASSERT_GONE(f, "quokkabegins");
    assert_int_equal(find(f, alice, "number").message_count, 10);
}

/* --- other than texts --------------------------------------------------------------------- */

static void old_topics_and_passwords_go(void **state)
{
    struct fixture *f = *state;
    uint64_t alice = add_user(f, "alice"), group = add_group(f, alice, "cooks");
    uint64_t session = add_session(f, alice, "token", 1);
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_PASSWORD_SET, .user_id = alice, .session_id = session,
           .secret = TEXT("$quokkahash"));
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_GROUP_TOPIC, .user_id = alice, .group_id = group,
           .body = TEXT("quokkatopic"));
    rest(f);
    ASSERT_THERE(f, "quokkahash");
    ASSERT_THERE(f, "quokkatopic");
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_PASSWORD_SET, .user_id = alice, .session_id = session,
           .secret = TEXT("$new"));
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_GROUP_TOPIC, .user_id = alice, .group_id = group,
           .body = TEXT("x"));
    rest(f);
    ASSERT_GONE(f, "quokkahash");
    ASSERT_GONE(f, "quokkatopic");
}

/* Rows with this user's number, and nothing that a search for bytes would find. */
static size_t rows(struct fixture *f, const char *table, uint64_t user_id)
{
    char text[128];
    sqlite3_stmt *st;
    snprintf(text, sizeof text, "SELECT count(*) FROM %s WHERE user_id = %d", table, (int)user_id);
    assert_int_equal(sqlite3_prepare_v2(((struct cw_sqlite *)f->store)->db, text, -1, &st, NULL),
                     SQLITE_OK);
    assert_int_equal(sqlite3_step(st), SQLITE_ROW);
    size_t count_of = (size_t)sqlite3_column_int64(st, 0);
    sqlite3_finalize(st);
    return count_of;
}

static void write_everywhere(struct fixture *f, uint64_t alice, uint64_t bob)
{
    for (int i = 0; i < 200; i++) { /* more than one slice */
        char name[16];
        snprintf(name, sizeof name, "g%d", i % 3);
        uint64_t group =
            i < 3 ? add_group(f, bob, name)
                  : RUN(f, .op = CW_STORE_GROUP_FIND, .user_id = bob, .key = TEXT(name)).group_id;
        if (i < 3) {
            join_group(f, alice, name);
            EXPECT(f, CW_STORE_OK, .op = CW_STORE_GROUP_SLOW, .user_id = bob, .group_id = group,
                   .slow_s = 5);
            add_message(f, alice, cw_mailbox_of_group(group), "slow");
        }
        EXPECT(f, CW_STORE_OK, .op = CW_STORE_MESSAGE_APPEND, .user_id = bob,
               .mailbox = cw_mailbox_of_group(group), .body = TEXT("@quokkaname"),
               .mentions = cw_slice_of("quokkaname\0\0", 12));
    }
}

/* What other rooms keep of a user. The group of the second message was left before. */
static void nothing_is_kept_of_a_deleted_account(void **state)
{
    static const char *const tables[] = {"mentions", "notify",  "quiet",
                                         "factors",  "devices", "written"};
    struct fixture *f = *state;
    uint64_t alice = add_user(f, "quokkaname"), bob = add_user(f, "bob");
    uint64_t session = add_session(f, alice, "token", 1);
    write_everywhere(f, alice, bob);
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_QUIET_SET, .user_id = alice, .body = TEXT("22:00"));
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_NOTIFY_SET, .user_id = alice, .sets_level = true,
           .conversation = cw_conversation_of_pair(alice, bob), .level = CW_NOTIFY_NOTHING);
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_FACTOR_BEGIN, .user_id = alice,
           .secret = TEXT("zyzzyvasecret"), .body = TEXT("code"));
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_DEVICE_ADD, .user_id = alice,
           .secret = TEXT("zyzzyvahash"), .name = TEXT("zyzzyvaname"));
    for (size_t i = 0; i < sizeof tables / sizeof tables[0]; i++)
        assert_true(rows(f, tables[i], alice) > 0);
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_GROUP_LEAVE, .user_id = alice, .group_id = 2);
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_ACCOUNT_DELETE, .user_id = alice, .session_id = session);
    fixture_close(f);
    fixture_open_sqlite(f);
    rest(f);
    for (size_t i = 0; i < sizeof tables / sizeof tables[0]; i++)
        assert_int_equal(rows(f, tables[i], alice), 0);
    ASSERT_GONE(f, "zyzzyva");
}

/* Name, password, sessions, contacts; the name is kept for nobody all the same. */
static void a_deleted_account_goes(void **state)
{
    struct fixture *f = *state;
    uint64_t alice = add_user(f, "quokkaname"), bob = add_user(f, "bob");
    uint64_t session = add_session(f, alice, "quokkatoken", 1);
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_PASSWORD_SET, .user_id = alice, .session_id = session,
           .secret = TEXT("$quokkahash"));
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_SESSION_SAVE, .session_id = session,
           .client = TEXT("quokkaclient"), .address = TEXT("192.0.2.99"));
    say_much(f, bob, 2000);
    add_message(f, alice, cw_mailbox_of_user(bob), "quokkabegins here");
    say_much(f, bob, 500);
    rest(f);
    ASSERT_THERE(f, "quokkaname");
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_ACCOUNT_DELETE, .user_id = alice, .session_id = session,
           .with_messages = true);
    /* As kill -9 would leave it: nothing of idle moments is done yet. */
    fixture_close(f);
    fixture_open_sqlite(f);
    rest(f);
    ASSERT_GONE(f, "quokka");
    ASSERT_GONE(f, "QUOKKA"); /* a look */
    ASSERT_GONE(f, "192.0.2.99");
    EXPECT(f, CW_STORE_EXISTS, .op = CW_STORE_USER_CREATE, .name = TEXT("quokkaname"),
           .key = TEXT("quokkaname"));
    assert_int_equal(find(f, bob, "number").message_count, 10);
}

/* Overwrites the page of the database that has this text. */
static void damage_page_of(struct fixture *f, const char *text)
{
    static uint8_t page[4096];
    const char *path = fixture_path(f, "chinwag.db");
    FILE *file = fopen(path, "r+b");
    assert_non_null(file);
    grep.what = cw_slice_str(text);
    grep.found = 0;
    while (grep.found == 0 && fread(page, 1, sizeof page, file) == sizeof page)
        search(page, sizeof page);
    assert_int_not_equal(grep.found, 0);
    memset(page, 0x55, sizeof page);
    assert_int_equal(fseek(file, -(long)sizeof page, SEEK_CUR), 0);
    assert_int_equal(fwrite(page, 1, sizeof page, file), sizeof page);
    fclose(file);
}

static void say_padded(struct fixture *f, uint64_t user, const char *word)
{
    char text[700];
    snprintf(text, sizeof text, "%s %0*d", word, 600, 0);
    add_message(f, user, cw_mailbox_of_user(user), text);
}

/* What is on a damaged page cannot be deleted; what is behind it goes. */
static void damage_does_not_stop_a_departure(void **state)
{
    struct fixture *f = *state;
    uint64_t alice = add_user(f, "alice");
    uint64_t session = add_session(f, alice, "token", 1);
    for (int i = 0; i < 100; i++)
        say_padded(f, alice, i == 0 ? "quokkafirst" : i == 50 ? "quokkamiddle" : "text");
    say_padded(f, alice, "quokkalast");
    find(f, alice, "text");
    rest(f);
    fixture_close(f);
    damage_page_of(f, "quokkamiddle");
    fixture_open_sqlite(f);
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_ACCOUNT_DELETE, .user_id = alice, .session_id = session,
           .with_messages = true);
    rest(f);
    ASSERT_GONE(f, "quokkafirst");
    ASSERT_GONE(f, "quokkalast");
    assert_false(((const struct cw_sqlite *)f->store)->departures);
}

/* One step of idle work looks at a part of all messages, and leaves the rest to the next. */
static void an_account_goes_in_slices(void **state)
{
    struct fixture *f = *state;
    uint64_t alice = add_user(f, "alice"), bob = add_user(f, "bob");
    uint64_t session = add_session(f, alice, "token", 1), steps = 0;
    bool again = true;
    say_much(f, alice, 300);
    say_much(f, bob, 3000);
    rest(f);
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_ACCOUNT_DELETE, .user_id = alice, .session_id = session,
           .with_messages = true);
    while (again) {
        again = false;
        steps++;
        assert_true(cw_store_idle(f->store, &again));
    }
    assert_true(steps >= 300 / 32 + 3000 / 1024);
    assert_int_equal(find(f, bob, "number").message_count, 10);
    const struct cw_sqlite *s = (const struct cw_sqlite *)f->store;
    assert_false(s->departures);
}

/* A file that could not come back from blobs/lost is a copy of what was said, too. */
static void a_recording_goes_from_every_place(void **state)
{
    struct fixture *f = *state;
    uint64_t alice = add_user(f, "alice");
    char blob[CW_BLOB_NAME_MAX], command[512];
    char *text = text_of(70000, "quokkabegins", "zyzzyvaends");
    assert_int_equal(cw_blob_write(f->folder, cw_slice_str(text), blob), CW_STORE_OK);
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_MESSAGE_APPEND, .user_id = alice,
           .mailbox = cw_mailbox_of_user(alice), .blob = cw_slice_str(blob), .voice = true,
           .channels = 1, .sample_rate = 44100);
    snprintf(command, sizeof command, "cd %s/blobs && mkdir lost && cp %s lost", f->folder, blob);
    assert_int_equal(system(command), 0);
    delete (f, alice, 1);
    rest(f);
    ASSERT_GONE(f, "zyzzyvaends");
    free(text);
}

/* --- when ------------------------------------------------------------------------------------ */

static void a_clean_folder_is_left_alone(void **state)
{
    struct fixture *f = *state;
    uint64_t alice = add_user(f, "alice");
    rest(f);
    add_message(f, alice, cw_mailbox_of_user(alice), "hello");
    faulty_vfs_heal();
    rest(f);
    assert_int_equal(faulty_vfs_writes(), 0);
    assert_int_equal(faulty_vfs_syncs(), 0);
    assert_false(cw_store_tick(f->store));
}

static void nothing_is_cleaned_before_the_tick(void **state)
{
    struct fixture *f = *state;
    uint64_t alice = add_user(f, "alice");
    add_message(f, alice, cw_mailbox_of_user(alice), "hello");
    rest(f);
    delete (f, alice, 1);
    faulty_vfs_heal();
    run_idle(f);
    assert_int_equal(faulty_vfs_syncs(), 0);
    assert_true(cw_store_tick(f->store));
}

/* The index is merged for one deletion, and then not at once again. */
static void a_large_index_is_not_merged_all_the_time(void **state)
{
    struct fixture *f = *state;
    struct cw_sqlite *s = (struct cw_sqlite *)f->store;
    uint64_t alice = add_user(f, "alice");
    rest(f);
    say_much(f, alice, 400);
    delete (f, alice, 1);
    rest(f);
    s->clean_steps = 95; /* of a large index */
    delete (f, alice, 2);
    for (int i = 0; i < 3; i++) {
        cw_store_tick(f->store);
        run_idle(f);
        assert_int_equal(s->unclean, CW_UNCLEAN_WORDS); /* the log was cut off at once */
    }
    cw_store_tick(f->store);
    run_idle(f);
    assert_int_equal(s->unclean, 0);
}

static void a_full_disk_puts_it_off(void **state)
{
    struct fixture *f = *state;
    uint64_t alice = add_user(f, "alice");
    add_message(f, alice, cw_mailbox_of_user(alice), "quokkabegins here");
    find(f, alice, "quokkabegins");
    rest(f);
    delete (f, alice, 1);
    faulty_vfs_full_after(0);
    rest(f);
    faulty_vfs_heal();
    rest(f);
    ASSERT_GONE(f, "quokkabegins");
}

/* --- version 0.1.0 --------------------------------------------------------------------------- */

/* It left pages that held texts, and words in the index. */
static void what_0_1_0_left_goes(void **state)
{
    struct fixture *f = *state;
    char command[512];
    fixture_close(f);
    snprintf(command, sizeof command, "rm -r %s/* && cp -r %s/0.1.0/. %s && chmod -R u+w %s",
             f->folder, fixtures, f->folder, f->folder);
    assert_int_equal(system(command), 0);
    sqlite3 *db;
    /* A text over a page, deleted as 0.1.0 did it. */
    char *text = text_of(9000, "quokkabegins", "zyzzyvaends"), *sql = cw_alloc(9600);
    snprintf(
        sql, 9600,
        "PRAGMA secure_delete=FAST; UPDATE messages SET body = CAST('%s' AS BLOB) WHERE id = 1;"
        "UPDATE messages SET body = CAST('short' AS BLOB) WHERE id = 1",
        text);
    assert_int_equal(
        sqlite3_open_v2(fixture_path(f, CW_SQLITE_FILE), &db, SQLITE_OPEN_READWRITE, "unix"),
        SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(db);
    free(sql);
    free(text);
    ASSERT_THERE(f, "zyzzyvaends");
    fixture_open_sqlite(f);
    rest(f);
    ASSERT_GONE(f, "zyzzyvaends");
    assert_int_equal(((struct cw_sqlite *)f->store)->unclean, 0);
}

/* Or the index of words is merged all the time, beside the first messages. */
static void nothing_is_to_be_cleaned_in_a_new_folder(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(((struct cw_sqlite *)f->store)->unclean, 0);
    add_message(f, add_user(f, "alice"), cw_mailbox_of_user(1), "hello");
    assert_false(cw_store_tick(f->store));
}

int main(int argc, char **argv)
{
#define T(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        T(a_text_of_100_bytes_goes),
        T(a_text_of_10000_bytes_goes),
        T(what_is_edited_goes),
        T(versions_go_with_a_deletion),
        T(versions_go_by_retention),
        T(versions_go_when_their_time_is_over),
        T(versions_go_with_the_setting),
        T(what_is_too_old_goes),
        T(a_crash_does_not_forget_it),
        T(old_topics_and_passwords_go),
        T(a_deleted_account_goes),
        T(nothing_is_kept_of_a_deleted_account),
        T(an_account_goes_in_slices),
        T(damage_does_not_stop_a_departure),
        T(a_recording_goes_from_every_place),
        T(a_clean_folder_is_left_alone),
        T(nothing_is_to_be_cleaned_in_a_new_folder),
        T(nothing_is_cleaned_before_the_tick),
        T(a_large_index_is_not_merged_all_the_time),
        T(a_full_disk_puts_it_off),
        T(what_0_1_0_left_goes),
    };
    fixtures = argc > 1 ? argv[1] : "test/store/fixtures";
    faulty_vfs_install();
    return cmocka_run_group_tests_name("gone", tests, NULL, NULL);
}
