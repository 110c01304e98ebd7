/* test_store_changes.c - the rules of store.h about numbers, retries, edits and deletions, over
 * every back end. */
#include "suite.h"

#include <stdio.h>

/* --- numbers and retries -------------------------------------------------------------- */

static void conversations_are_numbered_without_a_gap(void **state)
{
    struct fixture *f = *state;
    uint64_t alice = add_user(f, "alice"), bob = add_user(f, "bob"), eve = add_user(f, "eve");
    uint64_t cooks = cw_mailbox_of_group(add_group(f, alice, "cooks"));
    uint64_t a = cw_mailbox_of_user(alice), b = cw_mailbox_of_user(bob);
    struct cw_store_result r = RUN_AT(f, 77, .op = CW_STORE_MESSAGE_APPEND, .user_id = alice,
                                      .mailbox = b, .body = TEXT("x"));
    assert_int_equal(r.message_id, 1);
    assert_int_equal(r.seq, 1);
    assert_int_equal(r.time_ms, 77);
    assert_false(r.repeated);
    assert_int_equal(say_at(f, 1, bob, a, "the same pair"), 2);
    assert_int_equal(say_at(f, 1, alice, a, "to herself"), 1);
    assert_int_equal(say_at(f, 1, eve, a, "another pair"), 1);
    assert_int_equal(say_at(f, 1, eve, b, "a third one"), 1);
    assert_int_equal(say_at(f, 1, alice, cooks, "a group"), 1);
    suite_reopen(f);
    assert_int_equal(say_at(f, 1, alice, b, "x"), 3);
    assert_int_equal(say_at(f, 1, alice, a, "x"), 2);
    assert_int_equal(say_at(f, 1, alice, cooks, "x"), 2);
    assert_int_equal(say_at(f, 1, alice, cw_mailbox_of_user(eve), "x"), 2);
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_MESSAGE_DELETE, .user_id = bob, .seq = 2,
           .conversation = cw_conversation_of_pair(alice, bob));
    assert_int_equal(say_at(f, 1, bob, a, "x"), 5);
}

static void a_refused_message_takes_no_number(void **state)
{
    struct fixture *f = *state;
    uint64_t alice = add_user(f, "alice"), to = cw_mailbox_of_user(alice);
    struct cw_store_request append = {.op = CW_STORE_MESSAGE_APPEND,
                                      .user_id = alice,
                                      .mailbox = to,
                                      .body = TEXT("x"),
                                      .reply_to = 1};
    assert_int_equal(run_one(f, &append).status, CW_STORE_NOT_FOUND);
    append.reply_to = 0;
    assert_int_equal(run_one(f, &append).seq, 1);
    append.reply_to = 2; /* itself */
    assert_int_equal(run_one(f, &append).status, CW_STORE_NOT_FOUND);
    append.reply_to = 1;
    struct cw_store_result r = run_one(f, &append);
    assert_int_equal(r.seq, 2);
    assert_int_equal(r.message_id, 2);
    r = read_inbox(f, alice, 0);
    ASSERT_IDS(&r, 1, 2, );
    assert_int_equal(r.messages[0].reply_to, 0);
    assert_int_equal(r.messages[1].reply_to, 1);
    assert_int_equal(r.messages[1].seq, 2);
}

static struct cw_store_result append_n(struct fixture *f, uint64_t session_id, uint64_t mailbox,
                                       uint64_t n, uint64_t now)
{
    return RUN_AT(f, now, .op = CW_STORE_MESSAGE_APPEND, .user_id = 1, .session_id = session_id,
                  .mailbox = mailbox, .n = n, .body = TEXT("x"));
}

static void assert_place(struct cw_store_result r, uint64_t message_id, uint64_t seq,
                         uint64_t time_ms, bool repeated)
{
    assert_int_equal(r.status, CW_STORE_OK);
    assert_int_equal(r.message_id, message_id);
    assert_int_equal(r.seq, seq);
    assert_int_equal(r.time_ms, time_ms);
    assert_int_equal(r.repeated, repeated);
}

static void a_retry_is_answered_as_the_first_time(void **state)
{
    struct fixture *f = *state;
    uint64_t alice = add_user(f, "alice"), bob = add_user(f, "bob");
    uint64_t a = cw_mailbox_of_user(alice), b = cw_mailbox_of_user(bob);
    uint64_t first = add_session(f, alice, "1", 1), second = add_session(f, alice, "2", 1);
    assert_place(append_n(f, first, b, 1, 10), 1, 1, 10, false);
    assert_place(append_n(f, first, b, 1, 20), 1, 1, 10, true);
    assert_place(append_n(f, first, a, 2, 30), 2, 1, 30, false);
    assert_place(append_n(f, second, b, 1, 40), 3, 2, 40, false); /* counts for itself */
    assert_place(append_n(f, first, b, 0, 50), 4, 3, 50, false);
    assert_place(append_n(f, first, b, 0, 60), 5, 4, 60, false); /* does not count */
    suite_reopen(f);
    assert_place(append_n(f, first, b, 1, 70), 1, 1, 10, true);
    assert_place(append_n(f, second, b, 1, 80), 3, 2, 40, true);

    struct cw_store_result r = append_n(f, first, a, 1, 90);
    assert_int_equal(r.status, CW_STORE_CONFLICT); /* it went to Bob */
    assert_int_equal(r.message_id, 0);
    assert_false(r.repeated);
    assert_int_equal(append_n(f, first, b, 2, 90).status, CW_STORE_CONFLICT);
    assert_place(append_n(f, first, b, 3, 90), 6, 5, 90, false);
    assert_int_equal(read_inbox(f, bob, 0).message_count, 5);
}

static void a_retry_in_the_same_batch_is_one(void **state)
{
    struct fixture *f = *state;
    uint64_t alice = add_user(f, "alice");
    struct cw_store_request append = {.op = CW_STORE_MESSAGE_APPEND,
                                      .user_id = alice,
                                      .session_id = add_session(f, alice, "1", 1),
                                      .mailbox = cw_mailbox_of_user(alice),
                                      .n = 1,
                                      .body = TEXT("x")};
    struct cw_store_request requests[] = {append, append, append};
    struct cw_store_result r[3];
    requests[2].n = 2;
    run_many(f, requests, 3, r);
    assert_place(r[0], 1, 1, 0, false);
    assert_place(r[1], 1, 1, 0, true);
    assert_place(r[2], 2, 2, 0, false);
    assert_ptr_equal(r[1].request, &requests[1]);
}

/* One part of Alice's first session writes to herself. */
static struct cw_store_result append_part(struct fixture *f, uint64_t part, uint64_t n,
                                          const char *body)
{
    return RUN_AT(f, 7, .op = CW_STORE_MESSAGE_APPEND, .user_id = 1, .session_id = 1,
                  .mailbox = cw_mailbox_of_user(1), .part = part, .n = n, .body = TEXT(body));
}

static void a_window_of_64_numbers_decides(void **state)
{
    struct fixture *f = *state;
    uint64_t alice = add_user(f, "alice"), a = cw_mailbox_of_user(alice);
    uint64_t session = add_session(f, alice, "1", 1);
    for (uint64_t n = 1; n <= CW_RETRIES_MAX + 2; n++)
        assert_place(append_n(f, session, a, n, n), n, n, n, false);
    suite_reopen(f);
    assert_int_equal(append_n(f, session, a, 1, 99).status, CW_STORE_UNKNOWN);
    assert_int_equal(append_n(f, session, a, 2, 99).status, CW_STORE_UNKNOWN);
    assert_place(append_n(f, session, a, 3, 99), 3, 3, 3, true);
    assert_place(append_n(f, session, a, CW_RETRIES_MAX + 2, 99), CW_RETRIES_MAX + 2,
                 CW_RETRIES_MAX + 2, CW_RETRIES_MAX + 2, true);
    /* Holes are accepted, and may be filled as long as the window has them. */
    uint64_t next = CW_RETRIES_MAX + 3;
    assert_place(append_n(f, session, a, 1000, 100), next, next, 100, false);
    assert_int_equal(append_n(f, session, a, 1000 - CW_RETRIES_MAX, 99).status, CW_STORE_UNKNOWN);
    assert_place(append_n(f, session, a, 1001 - CW_RETRIES_MAX, 101), next + 1, next + 1, 101,
                 false);
    suite_reopen(f);
    assert_place(append_n(f, session, a, 999, 102), next + 2, next + 2, 102, false);
    assert_place(append_n(f, session, a, 1000, 103), next, next, 100, true);
    assert_place(append_n(f, session, a, 1001 - CW_RETRIES_MAX, 103), next + 1, next + 1, 101,
                 true);
    assert_place(append_n(f, session, a, 999, 103), next + 2, next + 2, 102, true);
    /* Any number of 64 bits. */
    assert_place(append_n(f, session, a, UINT64_MAX, 104), next + 3, next + 3, 104, false);
    assert_place(append_n(f, session, a, UINT64_MAX - 63, 105), next + 4, next + 4, 105, false);
    suite_reopen(f);
    assert_place(append_n(f, session, a, UINT64_MAX, 106), next + 3, next + 3, 104, true);
    assert_place(append_n(f, session, a, UINT64_MAX - 63, 106), next + 4, next + 4, 105, true);
    assert_int_equal(append_n(f, session, a, 1000, 106).status, CW_STORE_UNKNOWN);
}

static void each_part_has_its_own_numbers(void **state)
{
    struct fixture *f = *state;
    uint64_t alice = add_user(f, "alice");
    add_session(f, alice, "1", 1);
    assert_place(append_part(f, 0, 1, "x"), 1, 1, 7, false);
    assert_place(append_part(f, 5, 1, "x"), 2, 2, 7, false);
    assert_place(append_part(f, UINT64_MAX, 1, "x"), 3, 3, 7, false);
    suite_reopen(f);
    assert_place(append_part(f, 5, 1, "x"), 2, 2, 7, true);
    assert_place(append_part(f, 0, 1, "x"), 1, 1, 7, true);
    assert_place(append_part(f, UINT64_MAX, 1, "x"), 3, 3, 7, true);
    /* So many are known: 5 and the highest go, the session's own stays. */
    for (uint64_t i = 0; i < CW_PART_WINDOWS_MAX; i++)
        assert_false(append_part(f, 100 + i, 1, "x").repeated);
    suite_reopen(f);
    assert_true(append_part(f, 0, 1, "x").repeated);
    assert_true(append_part(f, 100, 1, "x").repeated);
    assert_true(append_part(f, 99 + CW_PART_WINDOWS_MAX, 1, "x").repeated);
    assert_false(append_part(f, 5, 1, "x").repeated);
    assert_false(append_part(f, 100, 1, "x").repeated); /* now this one was oldest */
}

static void another_message_with_the_same_number_is_a_conflict(void **state)
{
    struct fixture *f = *state;
    uint64_t alice = add_user(f, "alice"), bob = add_user(f, "bob");
    struct cw_store_request append = {.op = CW_STORE_MESSAGE_APPEND,
                                      .user_id = alice,
                                      .session_id = add_session(f, alice, "1", 1),
                                      .mailbox = cw_mailbox_of_user(bob),
                                      .n = 1,
                                      .body = TEXT("one")};
    struct cw_store_request other = append;
    uint64_t pair = cw_conversation_of_pair(alice, bob);
    assert_place(run_one(f, &append), 1, 1, 0, false);
    suite_reopen(f);
    other.body = TEXT("two");
    assert_int_equal(run_one(f, &other).status, CW_STORE_CONFLICT);
    other.body = TEXT("");
    assert_int_equal(run_one(f, &other).status, CW_STORE_CONFLICT);
    other = append;
    other.reply_to = 1;
    assert_int_equal(run_one(f, &other).status, CW_STORE_CONFLICT);
    other = append;
    other.voice = true;
    other.channels = 1;
    other.sample_rate = 8000;
    assert_int_equal(run_one(f, &other).status, CW_STORE_CONFLICT);
    assert_place(run_one(f, &append), 1, 1, 0, true);
    /* What counts is what was sent, not what became of it. */
    RUN(f, .op = CW_STORE_MESSAGE_EDIT, .user_id = alice, .conversation = pair, .seq = 1,
        .body = TEXT("two"));
    assert_place(run_one(f, &append), 1, 1, 0, true);
    other.voice = false;
    other.channels = other.sample_rate = 0;
    other.body = TEXT("two");
    assert_int_equal(run_one(f, &other).status, CW_STORE_CONFLICT);
    /* Of a deleted text not even that is left. */
    RUN(f, .op = CW_STORE_MESSAGE_DELETE, .user_id = alice, .conversation = pair, .seq = 1);
    assert_place(run_one(f, &append), 1, 1, 0, true);
    assert_place(run_one(f, &other), 1, 1, 0, true);
    other.mailbox = cw_mailbox_of_user(alice);
    assert_int_equal(run_one(f, &other).status, CW_STORE_CONFLICT);
}

static void a_refusal_uses_no_number(void **state)
{
    struct fixture *f = *state;
    uint64_t alice = add_user(f, "alice");
    struct cw_store_request append = {.op = CW_STORE_MESSAGE_APPEND,
                                      .user_id = alice,
                                      .session_id = add_session(f, alice, "1", 1),
                                      .mailbox = cw_mailbox_of_user(alice),
                                      .n = 6,
                                      .refusal = CW_STORE_FORBIDDEN,
                                      .body = TEXT("x")};
    struct cw_store_request later = append;
    assert_int_equal(run_one(f, &append).status, CW_STORE_FORBIDDEN);
    later.n = 7;
    later.refusal = CW_STORE_OK;
    assert_place(run_one(f, &later), 1, 1, 0, false);
    append.refusal = CW_STORE_OK;
    append.reply_to = 5;
    assert_int_equal(run_one(f, &append).status, CW_STORE_NOT_FOUND);
    append.reply_to = 0;
    assert_place(run_one(f, &append), 2, 2, 0, false);
    append.refusal = CW_STORE_FORBIDDEN; /* it was stored when that was allowed */
    assert_place(run_one(f, &append), 2, 2, 0, true);
}

static void the_retry_of_what_is_no_longer_kept_is_told_so(void **state)
{
    struct fixture *f = *state;
    uint64_t alice = add_user(f, "alice"), group = add_group(f, alice, "cooks");
    uint64_t session = add_session(f, alice, "1", 1), cooks = cw_mailbox_of_group(group);
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_GROUP_RETAIN, .user_id = alice, .group_id = group,
           .retain = {.count = 3});
    for (uint64_t n = 1; n <= 5; n++)
        assert_place(append_n(f, session, cooks, n, 10), n, n, 10, false);
    run_idle(f);
    suite_reopen(f);
    for (uint64_t n = 1; n <= 5; n++) {
        struct cw_store_result r = append_n(f, session, cooks, n, 20);
        assert_place(r, n <= 2 ? 0 : n, n <= 2 ? 0 : n, n <= 2 ? 0 : 10, true);
        assert_int_equal(r.gone, n <= 2);
    }
    assert_place(append_n(f, session, cooks, 6, 30), 6, 6, 30, false);
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
        T(conversations_are_numbered_without_a_gap),
        T(a_refused_message_takes_no_number),
        T(a_retry_is_answered_as_the_first_time),
        T(a_retry_in_the_same_batch_is_one),
        T(a_window_of_64_numbers_decides),
        T(each_part_has_its_own_numbers),
        T(another_message_with_the_same_number_is_a_conflict),
        T(a_refusal_uses_no_number),
        T(the_retry_of_what_is_no_longer_kept_is_told_so),
        T(an_edit_is_an_entry_of_its_own),
        T(a_deleted_text_is_gone),
        T(a_change_that_is_there_already_is_not_stored_again),
        T(only_ones_own_texts_are_edited),
        T(moderators_delete_what_others_said),
        T(a_deleted_voice_is_gone),
    };
    return cmocka_run_group_tests_name(back_end_name, tests, NULL, NULL);
}
