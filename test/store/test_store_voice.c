/* test_store_voice.c - the rules of store.h about recordings: how long they are, what
 * they look like, and who has listened, over every back end. */
#include "suite.h"

#define WAVEFORM "0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefghijklmno"

struct scene {
    struct fixture *f;
    uint64_t alice, bob, conversation;
};

/* Alice has sent bob a text and two recordings, the second in a file of its own. */
static struct scene set_scene(struct fixture *f)
{
    struct scene s = {f, add_user(f, "alice"), add_user(f, "bob"), 0};
    uint64_t to_bob = cw_mailbox_of_user(s.bob);
    s.conversation = cw_conversation_of_pair(s.alice, s.bob);
    say_at(f, 1, s.alice, to_bob, "listen");
    for (unsigned i = 0; i < 2; i++)
        EXPECT_AT(f, CW_STORE_OK, 2 + i, .op = CW_STORE_MESSAGE_APPEND, .user_id = s.alice,
                  .mailbox = to_bob, .voice = true, .channels = 1, .sample_rate = 48000,
                  .duration_ms = 1500 + i, .waveform = TEXT(WAVEFORM), .body = TEXT("samples"));
    return s;
}

static struct cw_store_result play(const struct scene *s, uint64_t user_id, uint64_t seq,
                                   uint64_t now)
{
    return RUN_AT(s->f, now, .op = CW_STORE_PLAY_MARK, .user_id = user_id,
                  .conversation = s->conversation, .seq = seq);
}

static struct cw_store_message at(const struct scene *s, uint64_t seq)
{
    struct cw_store_result r =
        RUN(s->f, .op = CW_STORE_HISTORY_READ, .user_id = s->alice, .conversation = s->conversation,
            .anchor = CW_ANCHOR_AROUND, .seq = seq, .limit = 1);
    assert_int_equal(r.message_count, 1);
    assert_int_equal(r.messages[0].seq, seq);
    return r.messages[0];
}

static void assert_recording(const struct cw_store_message *m, uint32_t duration_ms)
{
    assert_int_equal(m->kind, CW_KIND_VOICE);
    assert_int_equal(m->duration_ms, duration_ms);
    assert_slice(m->waveform, WAVEFORM);
}

static void length_and_picture_go_wherever_a_recording_goes(void **state)
{
    struct scene s = set_scene(*state);
    struct cw_store_message m = at(&s, 2);
    assert_recording(&m, 1500);
    struct cw_store_result r = read_inbox(s.f, s.bob, 0);
    assert_int_equal(r.message_count, 3);
    assert_int_equal(r.messages[0].duration_ms, 0);
    assert_int_equal(r.messages[0].waveform.n, 0);
    assert_recording(&r.messages[1], 1500);
    assert_recording(&r.messages[2], 1501);
    r = RUN(s.f, .op = CW_STORE_VOICE_READ, .user_id = s.bob, .conversation = s.conversation,
            .seq = 3);
    assert_recording(&r.messages[0], 1501);
    r = RUN(s.f, .op = CW_STORE_CONVERSATIONS, .user_id = s.bob, .limit = 5);
    assert_int_equal(r.conversation_count, 1);
    assert_recording(&r.conversations[0].last, 1501);
}

static void a_recording_is_played_once(void **state)
{
    struct scene s = set_scene(*state);
    assert_int_equal(at(&s, 2).played_ms, 0);
    struct cw_store_result r = play(&s, s.bob, 2, 70);
    assert_int_equal(r.status, CW_STORE_OK);
    assert_int_equal(r.seq, 2);
    assert_int_equal(at(&s, 2).played_ms, 70);
    assert_int_equal(at(&s, 3).played_ms, 0);
    r = play(&s, s.bob, 2, 80);
    assert_int_equal(r.status, CW_STORE_EXISTS);
    assert_int_equal(r.seq, 2);
    assert_int_equal(at(&s, 2).played_ms, 70);
}

static void what_cannot_be_played(void **state)
{
    struct scene s = set_scene(*state);
    uint64_t eve = add_user(s.f, "eve");
    assert_int_equal(play(&s, s.alice, 2, 70).status, CW_STORE_NOT_FOUND); /* her own */
    assert_int_equal(play(&s, s.bob, 1, 70).status, CW_STORE_NOT_FOUND);   /* a text */
    assert_int_equal(play(&s, s.bob, 0, 70).status, CW_STORE_NOT_FOUND);
    assert_int_equal(play(&s, s.bob, 4, 70).status, CW_STORE_NOT_FOUND);
    assert_int_equal(play(&s, eve, 2, 70).status, CW_STORE_NOT_MEMBER);
    assert_int_equal(play(&s, 99, 2, 70).status, CW_STORE_NOT_FOUND);
    assert_int_equal(at(&s, 2).played_ms, 0);
}

static void what_is_deleted_leaves_no_picture(void **state)
{
    struct scene s = set_scene(*state);
    assert_int_equal(play(&s, s.bob, 2, 70).status, CW_STORE_OK);
    EXPECT(s.f, CW_STORE_OK, .op = CW_STORE_MESSAGE_DELETE, .user_id = s.alice,
           .conversation = s.conversation, .seq = 2);
    struct cw_store_message m = at(&s, 2);
    assert_int_equal(m.deleted_ms, 1);
    assert_int_equal(m.duration_ms, 0);
    assert_int_equal(m.waveform.n, 0);
    assert_int_equal(m.played_ms, 0);
    assert_int_equal(play(&s, s.bob, 2, 70).status, CW_STORE_NOT_FOUND);
}

int suite_voice(const char *back_end_name)
{
    const struct CMUnitTest tests[] = {
        T(length_and_picture_go_wherever_a_recording_goes),
        T(a_recording_is_played_once),
        T(what_cannot_be_played),
        T(what_is_deleted_leaves_no_picture),
    };
    return cmocka_run_group_tests_name(back_end_name, tests, NULL, NULL);
}
