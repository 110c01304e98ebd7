/* test_store_profiles.c - the rules of ops.def about profiles and directories, over every back
 * end. */
#include <stdio.h>

#include "store/file.h"
#include "suite.h"

#define DAY (UINT64_C(24) * 3600 * 1000)
#define PNG "\x89PNG\r\n\x1a\n"

/* --- profiles -------------------------------------------------------------------------- */

static struct cw_store_result set_text(struct fixture *f, uint64_t user_id,
                                       enum cw_profile_item item, const char *value)
{
    return RUN(f, .op = CW_STORE_PROFILE_SET, .user_id = user_id, .item = item,
               .body = TEXT(value));
}

static void set_on(struct fixture *f, uint64_t user_id, enum cw_profile_item item, bool on)
{
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_PROFILE_SET, .user_id = user_id, .item = item, .on = on);
}

static struct cw_store_profile read_at(struct fixture *f, uint64_t now, uint64_t asker_id,
                                       uint64_t user_id)
{
    struct cw_store_result r =
        RUN_AT(f, now, .op = CW_STORE_PROFILE_READ, .user_id = asker_id, .other_id = user_id);
    assert_int_equal(r.status, CW_STORE_OK);
    return r.profile;
}

static void what_users_say_is_kept(void **state)
{
    struct fixture *f = *state;
    uint64_t alice = add_user(f, "alice"), bob = add_user(f, "bob");
    struct cw_store_profile profile = read_at(f, 1, bob, alice);
    assert_slice(profile.display, "");
    assert_false(profile.hidden || profile.listed);
    assert_false(set_text(f, alice, CW_PROFILE_DISPLAY, "Alice C.").repeated);
    assert_true(set_text(f, alice, CW_PROFILE_DISPLAY, "Alice C.").repeated);
    assert_false(set_text(f, alice, CW_PROFILE_ZONE, "Europe/Berlin").repeated);
    suite_reopen(f);
    profile = read_at(f, 1, bob, alice);
    assert_slice(profile.display, "Alice C.");
    assert_slice(profile.zone, "Europe/Berlin");
    assert_slice(read_at(f, 1, alice, bob).display, "");
    set_text(f, alice, CW_PROFILE_DISPLAY, "");
    profile = read_at(f, 1, bob, alice);
    assert_slice(profile.display, "");
    assert_slice(profile.zone, "Europe/Berlin");
}

static void a_status_ends(void **state)
{
    struct fixture *f = *state;
    uint64_t alice = add_user(f, "alice"), bob = add_user(f, "bob");
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_PROFILE_SET, .user_id = alice, .item = CW_PROFILE_STATUS,
           .body = TEXT("lunch"), .until_ms = 100);
    assert_slice(read_at(f, 99, bob, alice).status, "lunch");
    assert_int_equal(read_at(f, 99, bob, alice).status_until_ms, 100);
    assert_slice(read_at(f, 100, bob, alice).status, "");
    assert_int_equal(read_at(f, 100, bob, alice).status_until_ms, 0);
    /* The same text with another end is no repetition. */
    struct cw_store_result r = set_text(f, alice, CW_PROFILE_STATUS, "lunch");
    assert_false(r.repeated);
    assert_slice(read_at(f, 1000, bob, alice).status, "lunch");
}

static void the_blocked_get_nothing(void **state)
{
    struct fixture *f = *state;
    uint64_t alice = add_user(f, "alice"), bob = add_user(f, "bob");
    set_text(f, alice, CW_PROFILE_DISPLAY, "Alice");
    set_on(f, alice, CW_PROFILE_LISTED, true);
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_CONTACT_ADD, .user_id = bob, .other_id = alice);
    struct cw_store_result r = RUN(f, .op = CW_STORE_CONTACT_LIST, .user_id = bob);
    assert_slice(r.people[0].display, "Alice");
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_BLOCK, .user_id = alice, .other_id = bob);
    EXPECT(f, CW_STORE_EXISTS, .op = CW_STORE_PROFILE_READ, .user_id = bob, .other_id = alice);
    r = RUN(f, .op = CW_STORE_CONTACT_LIST, .user_id = bob);
    assert_slice(r.people[0].display, "");
    r = RUN(f, .op = CW_STORE_PEOPLE_LIST, .user_id = bob, .limit = 9);
    assert_int_equal(r.person_count, 0);
    assert_slice(read_at(f, 1, alice, alice).display, "Alice");
}

/* In each list that says when others were seen. */
static void when_the_hidden_were_seen_is_told_to_nobody(void **state)
{
    struct fixture *f = *state;
    uint64_t alice = add_user(f, "alice"), bob = add_user(f, "bob");
    uint64_t session_id = add_session(f, alice, "token", 77), group_id = add_group(f, bob, "cooks");
    join_group(f, alice, "cooks");
    say_at(f, 1, bob, cw_mailbox_of_user(alice), "hi");
    EXPECT_AT(f, CW_STORE_OK, 77, .op = CW_STORE_SESSION_SAVE, .session_id = session_id);
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_CONTACT_ADD, .user_id = bob, .other_id = alice);
    set_on(f, alice, CW_PROFILE_LISTED, true);
    for (int hidden = 0; hidden < 2; hidden++) {
        set_on(f, alice, CW_PROFILE_LAST_SEEN, hidden == 0);
        suite_reopen(f);
        uint64_t seen_ms = hidden == 0 ? 77 : 0;
        struct cw_store_result r = RUN(f, .op = CW_STORE_CONTACT_LIST, .user_id = bob);
        assert_int_equal(r.people[0].seen_ms, seen_ms);
        r = RUN(f, .op = CW_STORE_MEMBER_LIST, .user_id = bob, .group_id = group_id, .limit = 9);
        assert_int_equal(r.people[0].user_id, alice);
        assert_int_equal(r.people[0].seen_ms, seen_ms);
        r = RUN(f, .op = CW_STORE_CONVERSATIONS, .user_id = bob, .limit = 9);
        assert_int_equal(r.conversations[0].peer_seen_ms, seen_ms);
        r = RUN(f, .op = CW_STORE_PEOPLE_LIST, .user_id = bob, .limit = 9);
        assert_int_equal(r.people[0].seen_ms, seen_ms);
        assert_int_equal(read_at(f, 1, bob, alice).seen_ms, seen_ms);
        assert_int_equal(read_at(f, 1, alice, alice).seen_ms, 77); /* one's own */
        r = RUN_AT(f, 77, .op = CW_STORE_SESSION_FIND, .key = TEXT("alice"),
                   .secret = TEXT("token"));
        assert_int_equal(r.hidden, hidden == 1);
    }
}

/* --- avatars --------------------------------------------------------------------------- */

static uint64_t upload(struct fixture *f, uint64_t user_id, const char *bytes, uint64_t size)
{
    uint8_t sha256[CW_SHA256_N];
    struct cw_store_result r =
        RUN(f, .op = CW_STORE_FILE_BEGIN, .user_id = user_id, .size = size, .name = TEXT("me.png"));
    assert_int_equal(r.status, CW_STORE_OK);
    cw_file_hash(TEXT(bytes), sha256);
    struct cw_slice type = TEXT(cw_file_type(TEXT(bytes)));
    if (size == strlen(bytes))
        EXPECT(f, CW_STORE_OK, .op = CW_STORE_FILE_WRITE, .file_id = r.file.id,
               .body = TEXT(bytes));
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_FILE_DONE, .user_id = user_id, .file_id = r.file.id,
           .generation = r.file.generation, .secret = cw_slice_of(sha256, sizeof sha256),
           .type = type);
    return r.file.id;
}

static enum cw_store_status set_avatar(struct fixture *f, uint64_t user_id, uint64_t file_id)
{
    return RUN(f, .op = CW_STORE_PROFILE_SET, .user_id = user_id, .item = CW_PROFILE_AVATAR,
               .file_id = file_id)
        .status;
}

static enum cw_store_status find(struct fixture *f, uint64_t user_id, uint64_t file_id)
{
    return RUN(f, .op = CW_STORE_FILE_FIND, .user_id = user_id, .file_id = file_id).status;
}

static void an_avatar_lives_as_long_as_it_is_one(void **state)
{
    struct fixture *f = *state;
    uint64_t alice = add_user(f, "alice"), bob = add_user(f, "bob");
    uint64_t first = upload(f, alice, PNG "1", 9), second = upload(f, alice, PNG "2", 9);
    assert_int_equal(find(f, bob, first), CW_STORE_NOT_FOUND);
    assert_int_equal(set_avatar(f, alice, first), CW_STORE_OK);
    assert_int_equal(set_avatar(f, alice, first), CW_STORE_OK);
    assert_int_equal(find(f, bob, first), CW_STORE_OK);
    /* It is no upload any more: neither sent, nor dropped, nor too old. */
    EXPECT(f, CW_STORE_NO_FILE, .op = CW_STORE_MESSAGE_APPEND, .user_id = alice, .file_id = first,
           .mailbox = cw_mailbox_of_user(bob), .body = TEXT("look"));
    EXPECT(f, CW_STORE_NOT_FOUND, .op = CW_STORE_FILE_DROP, .user_id = alice, .file_id = first);
    RUN_AT(f, 3 * DAY, .op = CW_STORE_SETTINGS_READ, .user_id = alice);
    run_idle(f);
    suite_reopen(f);
    struct cw_store_profile profile = read_at(f, 3 * DAY, bob, alice);
    assert_int_equal(profile.avatar, first);
    assert_int_equal(profile.avatar_size, 9);
    assert_slice(profile.avatar_type, "image/png");
    assert_int_equal(find(f, bob, second), CW_STORE_NOT_FOUND); /* that one was too old */
    uint64_t third = upload(f, alice, PNG "3", 9);
    assert_int_equal(set_avatar(f, alice, third), CW_STORE_OK);
    assert_int_equal(find(f, bob, first), CW_STORE_NOT_FOUND);
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_BLOCK, .user_id = alice, .other_id = bob);
    assert_int_equal(find(f, bob, third), CW_STORE_NOT_FOUND);
    assert_int_equal(set_avatar(f, alice, 0), CW_STORE_OK);
    assert_int_equal(find(f, alice, third), CW_STORE_NOT_FOUND);
    assert_int_equal(read_at(f, 3 * DAY, alice, alice).avatar, 0);
}

static void not_every_file_may_be_an_avatar(void **state)
{
    struct fixture *f = *state;
    uint64_t alice = add_user(f, "alice"), bob = add_user(f, "bob");
    uint64_t text = upload(f, alice, "no picture", 10), of_bob = upload(f, bob, PNG, 8);
    uint64_t large = upload(f, alice, PNG, CW_AVATAR_BYTES_MAX + 1);
    uint64_t most = upload(f, alice, PNG, CW_AVATAR_BYTES_MAX);
    struct cw_store_result begun =
        RUN(f, .op = CW_STORE_FILE_BEGIN, .user_id = bob, .size = 9, .name = TEXT("me.png"));
    assert_int_equal(set_avatar(f, alice, text), CW_STORE_NO_FILE);
    assert_int_equal(set_avatar(f, alice, of_bob), CW_STORE_NO_FILE);
    assert_int_equal(set_avatar(f, alice, large), CW_STORE_NO_FILE);
    assert_int_equal(set_avatar(f, bob, begun.file.id), CW_STORE_NO_FILE);
    assert_int_equal(set_avatar(f, alice, 12345), CW_STORE_NO_FILE);
    assert_int_equal(set_avatar(f, alice, most), CW_STORE_OK);
    assert_int_equal(set_avatar(f, bob, most), CW_STORE_NO_FILE); /* somebody's avatar */
}

static void a_profile_goes_with_its_account(void **state)
{
    struct fixture *f = *state;
    uint64_t alice = add_user(f, "alice"), bob = add_user(f, "bob");
    uint64_t session_id = add_session(f, alice, "token", 1);
    uint64_t avatar = upload(f, alice, PNG "1", 9);
    assert_int_equal(set_avatar(f, alice, avatar), CW_STORE_OK);
    set_text(f, alice, CW_PROFILE_DISPLAY, "Alice");
    set_text(f, alice, CW_PROFILE_STATUS, "here");
    set_on(f, alice, CW_PROFILE_LISTED, true);
    struct cw_store_result r = RUN(f, .op = CW_STORE_PASSWORD_FIND, .user_id = alice);
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_ACCOUNT_DELETE, .user_id = alice,
           .session_id = session_id, .expected = r.secret);
    assert_int_equal(find(f, bob, avatar), CW_STORE_NOT_FOUND);
    suite_reopen(f);
    struct cw_store_profile profile = read_at(f, 1, bob, alice);
    assert_slice(profile.display, "");
    assert_slice(profile.status, "");
    assert_int_equal(profile.avatar, 0);
    r = RUN(f, .op = CW_STORE_PEOPLE_LIST, .user_id = bob, .limit = 9);
    assert_int_equal(r.person_count, 0);
}

/* --- directories --------------------------------------------------------------------------- */

static struct cw_store_result list_groups(struct fixture *f, const char *words, uint64_t after,
                                          uint32_t limit)
{
    return RUN(f, .op = CW_STORE_DIRECTORY_LIST, .user_id = 1, .body = TEXT(words), .after = after,
               .limit = limit);
}

static void expect_names(const struct cw_store_result *r, const char *expected)
{
    char text[256] = "";
    size_t n = 0;
    for (size_t i = 0; i < r->group_count; i++)
        n += (size_t)snprintf(text + n, sizeof text - n, "%.*s ", (int)r->groups[i].name.n,
                              (const char *)r->groups[i].name.p);
    assert_string_equal(text, expected);
}

static void open_groups_are_listed(void **state)
{
    struct fixture *f = *state;
    uint64_t alice = add_user(f, "alice"), bob = add_user(f, "bob");
    uint64_t cooks = add_group(f, alice, "cooks"), bakers = add_group(f, alice, "bakers");
    uint64_t soups = add_group(f, bob, "soups");
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_GROUP_TOPIC, .user_id = alice, .group_id = cooks,
           .body = TEXT("Soups and stews"));
    join_group(f, bob, "cooks");
    struct cw_store_result r = list_groups(f, "", 0, 9);
    expect_names(&r, "cooks bakers soups ");
    assert_slice(r.groups[0].topic, "Soups and stews");
    assert_int_equal(r.groups[0].member_count, 2);
    assert_false(r.more);
    r = list_groups(f, "SOUP", 0, 9);
    expect_names(&r, "cooks soups ");
    r = list_groups(f, "stews soup", 0, 9);
    expect_names(&r, "cooks ");
    r = list_groups(f, "", 0, 2);
    expect_names(&r, "cooks bakers ");
    assert_true(r.more);
    assert_int_equal(r.scanned_to, bakers);
    r = list_groups(f, "", bakers, 2);
    expect_names(&r, "soups ");
    assert_false(r.more);
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_GROUP_ACCESS, .user_id = alice, .group_id = cooks,
           .unlisted = true);
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_GROUP_ACCESS, .user_id = alice, .group_id = bakers,
           .by_invitation = true);
    EXPECT(f, CW_STORE_FORBIDDEN, .op = CW_STORE_GROUP_ACCESS, .user_id = bob, .group_id = cooks);
    suite_reopen(f);
    r = list_groups(f, "", 0, 9);
    expect_names(&r, "soups ");
    r = RUN(f, .op = CW_STORE_GROUP_LIST, .user_id = alice);
    assert_true(r.groups[0].unlisted && !r.groups[0].by_invitation);
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_GROUP_ACCESS, .user_id = alice, .group_id = cooks);
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_GROUP_LEAVE, .user_id = bob, .group_id = soups);
    r = list_groups(f, "", 0, 9);
    expect_names(&r, "cooks "); /* the other one is gone with its last member */
}

/* As many as one page looks at, and one: the last has the word. */
static void a_page_looks_at_so_many(void **state)
{
    enum { PEOPLE = CW_DIRECTORY_SCAN_MAX + 1, AT_ONCE = 91 };
    static struct cw_store_request requests[2 * AT_ONCE];
    static struct cw_store_result results[2 * AT_ONCE];
    static char keys[PEOPLE][16];
    struct fixture *f = *state;
    assert_int_equal(PEOPLE % AT_ONCE, 0);
    for (size_t i = 0; i < PEOPLE; i += AT_ONCE) {
        for (size_t j = 0; j < AT_ONCE; j++) {
            snprintf(keys[i + j], sizeof keys[0], "%s%zu", i + j + 1 == PEOPLE ? "last" : "u",
                     i + j);
            requests[2 * j] = (struct cw_store_request){.op = CW_STORE_USER_CREATE,
                                                        .time_ms = 1,
                                                        .name = TEXT(keys[i + j]),
                                                        .key = TEXT(keys[i + j]),
                                                        .secret = TEXT("$")};
            requests[2 * j + 1] = (struct cw_store_request){.op = CW_STORE_PROFILE_SET,
                                                            .time_ms = 1,
                                                            .user_id = i + j + 1,
                                                            .item = CW_PROFILE_LISTED,
                                                            .on = true};
        }
        run_many(f, requests, 2 * AT_ONCE, results);
    }
    struct cw_store_result r =
        RUN(f, .op = CW_STORE_PEOPLE_LIST, .user_id = 1, .body = TEXT("last"), .limit = 9);
    assert_int_equal(r.person_count, 0);
    assert_true(r.more);
    assert_int_equal(r.scanned_to, CW_DIRECTORY_SCAN_MAX);
    r = RUN(f, .op = CW_STORE_PEOPLE_LIST, .user_id = 1, .body = TEXT("last"), .limit = 9,
            .after = r.scanned_to);
    assert_int_equal(r.person_count, 1);
    assert_int_equal(r.people[0].user_id, PEOPLE);
    assert_false(r.more);
}

static void people_are_listed_who_agree(void **state)
{
    struct fixture *f = *state;
    uint64_t alice = add_user(f, "alice"), bob = add_user(f, "bob"), carol = add_user(f, "carol");
    set_text(f, carol, CW_PROFILE_DISPLAY, "Alice's sister");
    set_on(f, alice, CW_PROFILE_LISTED, true);
    set_on(f, carol, CW_PROFILE_LISTED, true);
    struct cw_store_result r =
        RUN(f, .op = CW_STORE_PEOPLE_LIST, .user_id = bob, .body = TEXT("alice"), .limit = 9);
    assert_int_equal(r.person_count, 2);
    assert_slice(r.people[0].name, "alice");
    assert_slice(r.people[1].display, "Alice's sister");
    set_on(f, alice, CW_PROFILE_LISTED, false);
    suite_reopen(f);
    r = RUN(f, .op = CW_STORE_PEOPLE_LIST, .user_id = bob, .limit = 9);
    assert_int_equal(r.person_count, 1);
    assert_int_equal(r.people[0].user_id, carol);
}

int suite_profiles(const char *back_end_name)
{
    const struct CMUnitTest tests[] = {
        T(what_users_say_is_kept),
        T(a_status_ends),
        T(the_blocked_get_nothing),
        T(when_the_hidden_were_seen_is_told_to_nobody),
        T(an_avatar_lives_as_long_as_it_is_one),
        T(not_every_file_may_be_an_avatar),
        T(a_profile_goes_with_its_account),
        T(open_groups_are_listed),
        T(a_page_looks_at_so_many),
        T(people_are_listed_who_agree),
    };
    return cmocka_run_group_tests_name(back_end_name, tests, NULL, NULL);
}
