/* test_store_groups.c - the rules of store.h about groups, over every back end. */
#include "suite.h"

#include <stdio.h>
#include <stdlib.h>

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
                             id + i <= CW_GROUP_MEMBERS_MAX ? CW_STORE_OK : CW_STORE_GROUP_FULL);
        cw_arena_reset(&f->arena);
    }
    free(requests);
    free(results);
}

static struct cw_store_result list_members(struct fixture *f, uint64_t user_id, uint64_t group_id,
                                           uint64_t after, uint32_t limit)
{
    return RUN(f, .op = CW_STORE_MEMBER_LIST, .user_id = user_id, .group_id = group_id,
               .after = after, .limit = limit);
}

static void a_group_is_shown_as_its_member_sees_it(void **state)
{
    struct fixture *f = *state;
    uint64_t alice = add_user(f, "alice"), bob = add_user(f, "bob"), eve = add_user(f, "eve");
    uint64_t bakers = add_group(f, bob, "Bakers"), cooks = add_group(f, alice, "Cooks");
    join_group(f, bob, "Cooks");
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_GROUP_TOPIC, .user_id = alice, .group_id = cooks,
           .body = TEXT("soup"));
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_GROUP_ACCESS, .user_id = alice, .group_id = cooks,
           .by_invitation = true);
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_GROUP_RETAIN, .user_id = alice, .group_id = cooks,
           .retain = {.days = 7, .count = 9});
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_MEMBER_MUTE, .user_id = alice, .group_id = cooks,
           .other_id = bob, .until_ms = 4711);
    suite_reopen(f);
    struct cw_store_result r = RUN(f, .op = CW_STORE_GROUP_LIST, .user_id = bob);
    assert_int_equal(r.group_count, 2);
    assert_int_equal(r.groups[0].group_id, bakers);
    assert_int_equal(r.groups[0].role, CW_ROLE_OWNER);
    assert_int_equal(r.groups[0].member_count, 1);
    assert_false(r.groups[0].by_invitation);
    assert_slice(r.groups[0].topic, "");
    assert_int_equal(r.groups[0].retain.days, 0);
    assert_int_equal(r.groups[1].group_id, cooks);
    assert_slice(r.groups[1].name, "Cooks");
    assert_int_equal(r.groups[1].role, CW_ROLE_MEMBER);
    assert_int_equal(r.groups[1].muted_until_ms, 4711);
    assert_true(r.groups[1].by_invitation);
    assert_slice(r.groups[1].topic, "soup");
    assert_int_equal(r.groups[1].member_count, 2);
    assert_int_equal(r.groups[1].retain.days, 7);
    assert_int_equal(r.groups[1].retain.count, 9);
    assert_int_equal(RUN(f, .op = CW_STORE_GROUP_LIST, .user_id = eve).group_count, 0);

    /* Sessions come with them, too, without what only lists have. */
    r = RUN(f, .op = CW_STORE_SESSION_CREATE, .user_id = bob, .secret = TEXT("t"));
    assert_int_equal(r.groups[1].role, CW_ROLE_MEMBER);
    assert_int_equal(r.groups[1].muted_until_ms, 4711);
    assert_true(r.groups[1].by_invitation);
    r = RUN(f, .op = CW_STORE_SESSION_FIND, .key = TEXT("bob"), .secret = TEXT("t"));
    assert_int_equal(r.groups[0].role, CW_ROLE_OWNER);
    assert_int_equal(r.groups[1].muted_until_ms, 4711);

    EXPECT(f, CW_STORE_OK, .op = CW_STORE_GROUP_TOPIC, .user_id = alice, .group_id = cooks);
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_MEMBER_MUTE, .user_id = alice, .group_id = cooks,
           .other_id = bob);
    r = RUN(f, .op = CW_STORE_GROUP_LIST, .user_id = bob);
    assert_slice(r.groups[1].topic, "");
    assert_int_equal(r.groups[1].muted_until_ms, 0);
}

static void members_are_listed_page_by_page(void **state)
{
    struct fixture *f = *state;
    uint64_t eve = add_user(f, "Eve"), alice = add_user(f, "Alice"), bob = add_user(f, "Bob");
    uint64_t dan = add_user(f, "Dan"), cooks = add_group(f, alice, "cooks");
    join_group(f, bob, "cooks");
    join_group(f, eve, "cooks");
    uint64_t session = add_session(f, bob, "b", 1);
    RUN_AT(f, 55, .op = CW_STORE_SESSION_SAVE, .session_id = session);
    assert_int_equal(list_members(f, dan, cooks, 0, 9).status, CW_STORE_NOT_MEMBER);
    assert_int_equal(list_members(f, alice, 9, 0, 9).status, CW_STORE_NOT_FOUND);
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_MEMBER_BAN, .user_id = alice, .group_id = cooks,
           .other_id = dan);

    struct cw_store_result r = list_members(f, alice, cooks, 0, 4);
    assert_int_equal(r.person_count, 4);
    assert_false(r.more);
    assert_int_equal(r.people[0].user_id, eve);
    assert_int_equal(r.people[0].role, CW_ROLE_MEMBER);
    assert_int_equal(r.people[0].seen_ms, 0);
    assert_int_equal(r.people[1].user_id, alice);
    assert_int_equal(r.people[1].role, CW_ROLE_OWNER);
    assert_slice(r.people[1].name, "Alice");
    assert_int_equal(r.people[2].user_id, bob);
    assert_int_equal(r.people[2].seen_ms, 55);
    assert_int_equal(r.people[3].user_id, dan);
    assert_int_equal(r.people[3].role, CW_ROLE_NONE);
    assert_slice(r.people[3].name, "Dan");

    r = list_members(f, bob, cooks, 0, 9); /* does not see who is banned */
    assert_int_equal(r.person_count, 3);
    r = list_members(f, alice, cooks, 0, 3);
    assert_int_equal(r.person_count, 3);
    assert_true(r.more);
    r = list_members(f, bob, cooks, 0, 3);
    assert_false(r.more);
    r = list_members(f, alice, cooks, alice, 1);
    assert_int_equal(r.person_count, 1);
    assert_int_equal(r.people[0].user_id, bob);
    assert_true(r.more);
    r = list_members(f, alice, cooks, dan, 1);
    assert_int_equal(r.person_count, 0);
    assert_false(r.more);
}

static struct cw_store_result leave(struct fixture *f, uint64_t user_id, uint64_t group_id)
{
    return RUN(f, .op = CW_STORE_GROUP_LEAVE, .user_id = user_id, .group_id = group_id);
}

static void an_owner_who_leaves_has_an_heir(void **state)
{
    struct fixture *f = *state;
    uint64_t zoe = add_user(f, "Zoe"), eve = add_user(f, "Eve"), bob = add_user(f, "Bob");
    uint64_t alice = add_user(f, "Alice"), cooks = add_group(f, alice, "cooks");
    join_group(f, bob, "cooks"); /* in another order than that of ids */
    join_group(f, eve, "cooks");
    join_group(f, zoe, "cooks");
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_MEMBER_ROLE, .user_id = alice, .group_id = cooks,
           .other_id = zoe, .role = CW_ROLE_MODERATOR);
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_MEMBER_ROLE, .user_id = alice, .group_id = cooks,
           .other_id = eve, .role = CW_ROLE_MODERATOR);
    suite_reopen(f);
    assert_int_equal(leave(f, 99, cooks).status, CW_STORE_NOT_MEMBER);
    assert_int_equal(leave(f, alice, 99).status, CW_STORE_NOT_FOUND);

    struct cw_store_result r = leave(f, alice, cooks);
    assert_int_equal(r.status, CW_STORE_OK);
    assert_int_equal(r.other_id, eve); /* the first moderator, though Bob came before */
    assert_slice(r.other_name, "Eve");
    assert_int_equal(leave(f, alice, cooks).status, CW_STORE_NOT_MEMBER);
    r = leave(f, zoe, cooks);
    assert_int_equal(r.other_id, 0);
    assert_int_equal(r.other_name.n, 0);
    join_group(f, zoe, "cooks"); /* back as a member, behind Bob */
    r = list_members(f, zoe, cooks, 0, 9);
    assert_int_equal(r.people[0].role, CW_ROLE_MEMBER);
    assert_int_equal(r.people[1].role, CW_ROLE_OWNER);
    assert_int_equal(leave(f, eve, cooks).other_id, bob);
    assert_int_equal(leave(f, bob, cooks).other_id, zoe);
}

static void a_group_goes_with_its_last_member(void **state)
{
    struct fixture *f = *state;
    uint64_t alice = add_user(f, "alice"), bob = add_user(f, "bob");
    uint64_t cooks = add_group(f, alice, "cooks");
    add_message(f, alice, cw_mailbox_of_group(cooks), "old");
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_MEMBER_BAN, .user_id = alice, .group_id = cooks,
           .other_id = bob);
    struct cw_store_result r = leave(f, alice, cooks);
    assert_int_equal(r.status, CW_STORE_OK);
    assert_int_equal(r.other_id, 0);
    assert_int_equal(leave(f, alice, cooks).status, CW_STORE_NOT_FOUND);
    EXPECT(f, CW_STORE_NOT_FOUND, .op = CW_STORE_GROUP_FIND, .key = TEXT("cooks"));
    EXPECT(f, CW_STORE_NOT_FOUND, .op = CW_STORE_GROUP_JOIN, .user_id = alice,
           .key = TEXT("cooks"));
    suite_reopen(f);

    /* Its name is free, its number is not, and nothing of it is found in the new one. */
    uint64_t again = add_group(f, bob, "cooks");
    assert_int_equal(again, cooks + 1);
    join_group(f, alice, "cooks");
    assert_int_equal(say_at(f, 1, bob, cw_mailbox_of_group(again), "new"), 1);
    r = RUN(f, .op = CW_STORE_HISTORY_READ, .user_id = alice,
            .conversation = cw_mailbox_of_group(cooks), .limit = 9);
    assert_int_equal(r.status, CW_STORE_NOT_FOUND);
    r = RUN(f, .op = CW_STORE_SEARCH, .user_id = alice, .body = TEXT("old"), .limit = 9);
    assert_int_equal(r.message_count, 0);
    assert_int_equal(RUN(f, .op = CW_STORE_GROUP_LIST, .user_id = alice).group_count, 1);
}

static void who_leaves_gets_nothing_more(void **state)
{
    struct fixture *f = *state;
    uint64_t alice = add_user(f, "alice"), bob = add_user(f, "bob");
    uint64_t cooks = add_group(f, alice, "cooks"), mailbox = cw_mailbox_of_group(cooks);
    join_group(f, bob, "cooks");
    add_message(f, alice, mailbox, "one"); /* 1 */
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_READ_MARK, .user_id = bob, .conversation = mailbox,
           .seq = 1);
    assert_int_equal(leave(f, bob, cooks).status, CW_STORE_OK);
    assert_int_equal(read_inbox(f, bob, 0).message_count, 0);
    add_message(f, alice, mailbox, "two"); /* 2 */
    EXPECT(f, CW_STORE_NOT_MEMBER, .op = CW_STORE_HISTORY_READ, .user_id = bob,
           .conversation = mailbox, .limit = 9);
    join_group(f, bob, "cooks");
    add_message(f, alice, mailbox, "three"); /* 3 */
    struct cw_store_result r = read_inbox(f, bob, 0);
    ASSERT_IDS(&r, 3, );
    r = RUN(f, .op = CW_STORE_HISTORY_READ, .user_id = bob, .conversation = mailbox, .limit = 9);
    assert_int_equal(r.message_count, 3);
    assert_int_equal(r.read_seq, 2); /* what was said before he joined counts as read */
}

int suite_groups(const char *back_end_name)
{
    const struct CMUnitTest tests[] = {
        T(groups_are_made_found_and_joined),  T(a_user_has_so_many_groups),
        T(a_group_has_so_many_members),       T(a_group_is_shown_as_its_member_sees_it),
        T(members_are_listed_page_by_page),   T(an_owner_who_leaves_has_an_heir),
        T(a_group_goes_with_its_last_member), T(who_leaves_gets_nothing_more),
    };
    return cmocka_run_group_tests_name(back_end_name, tests, NULL, NULL);
}
