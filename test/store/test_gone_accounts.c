/* test_gone_accounts.c - earlier texts of edited messages, and deleted accounts, are nowhere in the
 * data folder any more. */
#include "gone.h"

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

/* A text that was edited, in a group that keeps earlier ones: message 1 of alice's. */
static uint64_t edit_in_group(struct fixture *f, uint64_t *group)
{
    uint64_t alice = add_user(f, "alice");
    char *text = long_text(9000, "quokkabegins", "zyzzyvaends");
    *group = add_group(f, alice, "cooks");
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_GROUP_VERSIONS, .user_id = alice, .group_id = *group,
           .version_days = 10);
    say_at(f, 1, alice, cw_mailbox_of_group(*group), text);
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_MESSAGE_EDIT, .user_id = alice, .seq = 1,
           .conversation = cw_mailbox_of_group(*group), .body = TEXT("platypus"));
    say_much(f, alice, 10);
    let_rest(f);
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
    let_rest(f);
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
    let_rest(f);
    ASSERT_GONE(f, "quokkabegins");
    ASSERT_GONE(f, "zyzzyvaends");
}

static void versions_go_when_their_time_is_over(void **state)
{
    struct fixture *f = *state;
    uint64_t group, alice = edit_in_group(f, &group);
    EXPECT_AT(f, CW_STORE_OK, 11 * DAY, .op = CW_STORE_READ_MARK, .user_id = alice,
              .conversation = cw_mailbox_of_group(group), .seq = 2);
    let_rest(f);
    ASSERT_GONE(f, "quokkabegins");
    ASSERT_GONE(f, "zyzzyvaends");
    ASSERT_THERE(f, "platypus");
}

static void versions_go_with_the_setting(void **state)
{
    struct fixture *f = *state;
    uint64_t group, alice = edit_in_group(f, &group);
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_GROUP_VERSIONS, .user_id = alice, .group_id = group);
    let_rest(f);
    ASSERT_GONE(f, "quokkabegins");
    ASSERT_GONE(f, "zyzzyvaends");
    ASSERT_THERE(f, "platypus");
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
    let_rest(f);
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
    let_rest(f);
    ASSERT_THERE(f, "quokkaname");
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_ACCOUNT_DELETE, .user_id = alice, .session_id = session,
           .with_messages = true);
    /* As kill -9 would leave it: nothing of idle moments is done yet. */
    fixture_close(f);
    fixture_open_sqlite(f);
    let_rest(f);
    ASSERT_GONE(f, "quokka");
    ASSERT_GONE(f, "QUOKKA"); /* a look */
    ASSERT_GONE(f, "192.0.2.99");
    EXPECT(f, CW_STORE_EXISTS, .op = CW_STORE_USER_CREATE, .name = TEXT("quokkaname"),
           .key = TEXT("quokkaname"));
    assert_int_equal(find_word(f, bob, "number").message_count, 10);
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
    find_word(f, alice, "text");
    let_rest(f);
    fixture_close(f);
    damage_page_of(f, "quokkamiddle");
    fixture_open_sqlite(f);
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_ACCOUNT_DELETE, .user_id = alice, .session_id = session,
           .with_messages = true);
    let_rest(f);
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
    let_rest(f);
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_ACCOUNT_DELETE, .user_id = alice, .session_id = session,
           .with_messages = true);
    while (again) {
        again = false;
        steps++;
        assert_true(cw_store_idle(f->store, &again));
    }
    assert_true(steps >= 300 / 32 + 3000 / 1024);
    assert_int_equal(find_word(f, bob, "number").message_count, 10);
    const struct cw_sqlite *s = (const struct cw_sqlite *)f->store;
    assert_false(s->departures);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, gone_set_up, gone_tear_down)
    const struct CMUnitTest tests[] = {
        T(versions_go_with_a_deletion),
        T(versions_go_by_retention),
        T(versions_go_when_their_time_is_over),
        T(versions_go_with_the_setting),
        T(a_deleted_account_goes),
        T(nothing_is_kept_of_a_deleted_account),
        T(an_account_goes_in_slices),
        T(damage_does_not_stop_a_departure),
    };
    faulty_vfs_install();
    return cmocka_run_group_tests_name("gone accounts", tests, NULL, NULL);
}
