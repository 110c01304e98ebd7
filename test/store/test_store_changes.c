/* test_store_changes.c - edits and deletions. */
#include "suite.h"

/* --- numbers and retries -------------------------------------------------------------- */

static void assert_place(struct cw_store_result r, uint64_t message_id, uint64_t seq,
                         uint64_t time_ms, bool repeated)
{
    assert_int_equal(r.status, CW_STORE_OK);
    assert_int_equal(r.message_id, message_id);
    assert_int_equal(r.seq, seq);
    assert_int_equal(r.time_ms, time_ms);
    assert_int_equal(r.repeated, repeated);
}

/* --- edits and deletions -------------------------------------------------------------- */

struct scene {
    struct fixture *f;
    uint64_t alice, bob, eve, group_id, pair, group;
};

/* Alice owns the cooks, Bob is in it; a message 1 of each to Bob, and to the group. */
static struct scene set_scene(struct fixture *f)
{
    struct scene s = {.f = f};
    s.alice = add_user(f, "alice");
    s.bob = add_user(f, "bob");
    s.eve = add_user(f, "eve");
    s.group_id = add_group(f, s.alice, "cooks");
    join_group(f, s.bob, "cooks");
    s.pair = cw_conversation_of_pair(s.alice, s.bob);
    s.group = cw_mailbox_of_group(s.group_id);
    say_at(f, 10, s.alice, cw_mailbox_of_user(s.bob), "a to b"); /* 1: 1 */
    say_at(f, 20, s.bob, cw_mailbox_of_user(s.alice), "b to a"); /* 2: 2 */
    say_at(f, 30, s.alice, s.group, "a to all");                 /* 3: 1 */
    say_at(f, 40, s.bob, s.group, "b to all");                   /* 4: 2 */
    return s;
}

static struct cw_store_result edit(struct scene *s, uint64_t user_id, uint64_t conversation,
                                   uint64_t seq, const char *body)
{
    return RUN_AT(s->f, 100, .op = CW_STORE_MESSAGE_EDIT, .user_id = user_id,
                  .conversation = conversation, .seq = seq, .body = TEXT(body));
}

static struct cw_store_result erase(struct scene *s, uint64_t user_id, uint64_t conversation,
                                    uint64_t seq)
{
    return RUN_AT(s->f, 200, .op = CW_STORE_MESSAGE_DELETE, .user_id = user_id,
                  .conversation = conversation, .seq = seq);
}

static void assert_entry(const struct cw_store_message *m, enum cw_store_kind kind, uint64_t of,
                         const char *body, uint64_t edited_ms, uint64_t deleted_ms)
{
    assert_int_equal(m->kind, kind);
    assert_int_equal(m->of, of);
    assert_slice(m->body, body);
    assert_int_equal(m->size, strlen(body));
    assert_int_equal(m->edited_ms, edited_ms);
    assert_int_equal(m->deleted_ms, deleted_ms);
}

static void an_edit_is_an_entry_of_its_own(void **state)
{
    struct scene s = set_scene(*state);
    struct cw_store_result r = edit(&s, s.alice, s.pair, 1, "better");
    assert_place(r, 5, 3, 100, false);
    suite_reopen(s.f);

    r = read_inbox(s.f, s.bob, 0);
    ASSERT_IDS(&r, 1, 3, 5, );
    assert_entry(&r.messages[0], CW_KIND_TEXT, 0, "better", 100, 0);
    assert_int_equal(r.messages[0].time_ms, 10);
    assert_entry(&r.messages[2], CW_KIND_EDIT, 1, "better", 0, 0);
    assert_int_equal(r.messages[2].seq, 3);
    assert_int_equal(r.messages[2].sender_id, s.alice);
    assert_slice(r.messages[2].sender, "alice");
    assert_int_equal(r.messages[2].mailbox, cw_mailbox_of_user(s.bob));
    assert_slice(r.messages[2].mailbox_name, "bob");
    r = read_inbox(s.f, s.alice, 0);
    ASSERT_IDS(&r, 2, 4, );

    /* Edited again, the first edit shows the newest text, too. */
    assert_place(edit(&s, s.alice, s.pair, 1, "best of all"), 6, 4, 100, false);
    r = RUN(s.f, .op = CW_STORE_HISTORY_READ, .user_id = s.bob, .conversation = s.pair, .limit = 9);
    assert_int_equal(r.message_count, 4);
    assert_entry(&r.messages[0], CW_KIND_TEXT, 0, "best of all", 100, 0);
    assert_entry(&r.messages[1], CW_KIND_TEXT, 0, "b to a", 0, 0);
    assert_entry(&r.messages[2], CW_KIND_EDIT, 1, "best of all", 0, 0);
    assert_entry(&r.messages[3], CW_KIND_EDIT, 1, "best of all", 0, 0);
    assert_int_equal(r.last_seq, 4);
    r = edit(&s, s.bob, s.group, 2, "to all");
    assert_place(r, 7, 3, 100, false);
    r = read_inbox(s.f, s.alice, 4);
    ASSERT_IDS(&r, 7, );
    assert_int_equal(r.messages[0].mailbox, s.group);
    assert_int_equal(read_inbox(s.f, s.bob, 6).message_count, 0);
}

static void a_deleted_text_is_gone(void **state)
{
    struct scene s = set_scene(*state);
    edit(&s, s.alice, s.pair, 1, "secret"); /* 5: 3 */
    struct cw_store_result r = erase(&s, s.alice, s.pair, 1);
    assert_place(r, 6, 4, 200, false);
    suite_reopen(s.f);
    r = read_inbox(s.f, s.bob, 0);
    ASSERT_IDS(&r, 3, 6, );
    assert_entry(&r.messages[1], CW_KIND_DELETE, 1, "", 0, 0);
    assert_int_equal(r.messages[1].mailbox, cw_mailbox_of_user(s.bob));
    assert_int_equal(r.messages[1].time_ms, 200);
    r = RUN(s.f, .op = CW_STORE_HISTORY_READ, .user_id = s.alice, .conversation = s.pair,
            .limit = 9);
    assert_int_equal(r.message_count, 4);
    assert_entry(&r.messages[0], CW_KIND_TEXT, 0, "", 100, 200);
    assert_entry(&r.messages[2], CW_KIND_EDIT, 1, "", 0, 200);
    assert_entry(&r.messages[3], CW_KIND_DELETE, 1, "", 0, 0);
    r = RUN(s.f, .op = CW_STORE_SEARCH, .user_id = s.bob, .body = TEXT("secret"), .limit = 9);
    assert_int_equal(r.message_count, 0);
    assert_int_equal(edit(&s, s.alice, s.pair, 1, "x").status, CW_STORE_NOT_FOUND);
}

static void a_change_that_is_there_already_is_not_stored_again(void **state)
{
    struct scene s = set_scene(*state);
    /* Its own place, so long as nothing was changed. */
    assert_place(edit(&s, s.alice, s.pair, 1, "a to b"), 1, 1, 10, true);
    assert_place(edit(&s, s.alice, s.pair, 1, "better"), 5, 3, 100, false);
    assert_place(edit(&s, s.alice, s.pair, 1, "better"), 5, 3, 100, true);
    assert_place(edit(&s, s.alice, s.pair, 1, "best"), 6, 4, 100, false);
    suite_reopen(s.f);
    assert_place(edit(&s, s.alice, s.pair, 1, "best"), 6, 4, 100, true);
    assert_int_equal(edit(&s, s.bob, s.pair, 1, "best").status, CW_STORE_FORBIDDEN);
    assert_place(erase(&s, s.alice, s.pair, 1), 7, 5, 200, false);
    assert_place(erase(&s, s.alice, s.pair, 1), 7, 5, 200, true);
    suite_reopen(s.f);
    assert_place(erase(&s, s.alice, s.pair, 1), 7, 5, 200, true);
    assert_int_equal(erase(&s, s.bob, s.pair, 1).status, CW_STORE_FORBIDDEN);
    assert_int_equal(edit(&s, s.alice, s.pair, 1, "").status, CW_STORE_NOT_FOUND);
    assert_place(erase(&s, s.bob, s.pair, 2), 8, 6, 200, false);
    assert_place(erase(&s, s.alice, s.group, 2), 9, 3, 200, false); /* the owner */
    assert_place(erase(&s, s.bob, s.group, 2), 9, 3, 200, true);    /* who wrote it */
    struct cw_store_result r = read_inbox(s.f, s.bob, 6);
    ASSERT_IDS(&r, 7, 9, );
}

static void only_ones_own_texts_are_edited(void **state)
{
    struct scene s = set_scene(*state);
    EXPECT(s.f, CW_STORE_OK, .op = CW_STORE_MESSAGE_APPEND, .user_id = s.alice,
           .mailbox = cw_mailbox_of_user(s.bob), .voice = true, .body = TEXT("voice")); /* 3 */
    assert_int_equal(edit(&s, s.bob, s.pair, 1, "x").status, CW_STORE_FORBIDDEN);
    assert_int_equal(edit(&s, s.alice, s.group, 2, "x").status, CW_STORE_FORBIDDEN); /* owner */
    assert_int_equal(edit(&s, s.alice, s.pair, 3, "x").status, CW_STORE_FORBIDDEN);
    assert_int_equal(edit(&s, s.alice, s.pair, 0, "x").status, CW_STORE_NOT_FOUND);
    assert_int_equal(edit(&s, s.alice, s.pair, 4, "x").status, CW_STORE_NOT_FOUND);
    assert_int_equal(edit(&s, s.eve, s.group, 1, "x").status, CW_STORE_NOT_MEMBER);
    assert_int_equal(edit(&s, s.eve, s.pair, 1, "x").status, CW_STORE_NOT_MEMBER);
    assert_int_equal(edit(&s, s.alice, cw_mailbox_of_group(9), 1, "x").status, CW_STORE_NOT_FOUND);
    assert_int_equal(edit(&s, s.alice, cw_conversation_of_pair(s.alice, s.eve), 1, "x").status,
                     CW_STORE_NOT_FOUND);
    /* Nothing was stored by any of these; an event is no message. */
    assert_place(edit(&s, s.alice, s.pair, 1, "new"), 6, 4, 100, false);
    assert_int_equal(edit(&s, s.alice, s.pair, 4, "x").status, CW_STORE_NOT_FOUND);
    assert_int_equal(erase(&s, s.alice, s.pair, 4).status, CW_STORE_NOT_FOUND);
    /* Who has left may not. */
    EXPECT(s.f, CW_STORE_OK, .op = CW_STORE_GROUP_LEAVE, .user_id = s.bob, .group_id = s.group_id);
    assert_int_equal(edit(&s, s.bob, s.group, 2, "x").status, CW_STORE_NOT_MEMBER);
}

static void moderators_delete_what_others_said(void **state)
{
    struct scene s = set_scene(*state);
    join_group(s.f, s.eve, "cooks");
    assert_int_equal(erase(&s, s.bob, s.pair, 1).status, CW_STORE_FORBIDDEN);
    assert_int_equal(erase(&s, s.bob, s.group, 1).status, CW_STORE_FORBIDDEN);
    assert_int_equal(erase(&s, s.eve, s.group, 2).status, CW_STORE_FORBIDDEN);
    EXPECT(s.f, CW_STORE_OK, .op = CW_STORE_MEMBER_ROLE, .user_id = s.alice, .group_id = s.group_id,
           .other_id = s.eve, .role = CW_ROLE_MODERATOR);
    struct cw_store_result r = erase(&s, s.eve, s.group, 1); /* even the owner's */
    assert_place(r, 5, 3, 200, false);
    assert_place(erase(&s, s.alice, s.group, 2), 6, 4, 200, false);
    r = read_inbox(s.f, s.bob, 0);
    ASSERT_IDS(&r, 1, 5, 6, );
    assert_slice(r.messages[1].sender, "eve");
    assert_int_equal(r.messages[1].of, 1);
    r = read_inbox(s.f, s.eve, 0);
    ASSERT_IDS(&r, 6, );
}

static void a_deleted_voice_is_gone(void **state)
{
    struct scene s = set_scene(*state);
    struct cw_store_request append = {.op = CW_STORE_MESSAGE_APPEND,
                                      .user_id = s.alice,
                                      .mailbox = s.group,
                                      .voice = true,
                                      .channels = 1,
                                      .sample_rate = 8000,
                                      .body = TEXT("samples")};
    assert_int_equal(run_one(s.f, &append).seq, 3);
    struct cw_store_request read = {
        .op = CW_STORE_VOICE_READ, .user_id = s.bob, .conversation = s.group, .seq = 3};
    struct cw_store_result r = run_one(s.f, &read);
    assert_int_equal(r.status, CW_STORE_OK);
    assert_int_equal(r.message_count, 1);
    assert_slice(r.messages[0].body, "samples");
    assert_int_equal(r.messages[0].channels, 1);
    assert_int_equal(r.messages[0].sample_rate, 8000);
    assert_int_equal(r.messages[0].kind, CW_KIND_VOICE);
    for (read.seq = 0; read.seq <= 4; read.seq++) /* a text; no message; beyond the last */
        assert_int_equal(run_one(s.f, &read).status,
                         read.seq == 3 ? CW_STORE_OK : CW_STORE_NOT_FOUND);
    read.conversation = cw_mailbox_of_group(9);
    read.seq = 3;
    assert_int_equal(run_one(s.f, &read).status, CW_STORE_NOT_FOUND);
    read.conversation = s.group;
    assert_int_equal(erase(&s, s.alice, s.group, 3).seq, 4);
    assert_int_equal(run_one(s.f, &read).status, CW_STORE_NOT_FOUND);
    r = read_inbox(s.f, s.bob, 3);
    ASSERT_IDS(&r, 6, );
}

int suite_changes(const char *back_end_name)
{
    const struct CMUnitTest tests[] = {
        T(an_edit_is_an_entry_of_its_own),
        T(a_deleted_text_is_gone),
        T(a_change_that_is_there_already_is_not_stored_again),
        T(only_ones_own_texts_are_edited),
        T(moderators_delete_what_others_said),
        T(a_deleted_voice_is_gone),
    };
    return cmocka_run_group_tests_name(back_end_name, tests, NULL, NULL);
}
