/* test_out_queue.c - the queue of a connection: the bytes that it sends, wherever the socket cuts
 * them, and live audio beside messages. Its memory: test_queue_memory.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "frame/zmtp.h"
#include "queue_play.h"

/* --- the bytes ----------------------------------------------------------------------- */

static void an_empty_queue_sends_nothing(void **state)
{
    (void)state;
    struct cw_out_queue queue = {0};
    struct cw_buf out = {0};
    assert_int_equal(cw_out_gather(&queue, &zmtp.framer, &scratch).n, 0);
    assert_int_equal(cw_out_drop_stale(&queue, NOW), 0);
    cw_out_consume(&queue, &scratch, 0);
    end_queue(&queue, &out);
}

static void messages_get_their_header(void **state)
{
    (void)state;
    struct cw_out_queue queue = {0};
    struct cw_buf out = {0};
    push(&queue, "ab", 0);
    push(&queue, "cd", CW_OUT_ENVELOPE);
    push(&queue, "raw", CW_OUT_RAW);
    push(&queue, "", 0);
    assert_int_equal(queue.bytes, 2 + 2 + 3 + 0);
    drain(&queue, ALL, &out);
    ASSERT_SENT(&out, "\0\2ab"
                      "\1\0\0\2cd"
                      "raw"
                      "\0\0");
    end_queue(&queue, &out);
}

static void a_long_message_has_a_long_header(void **state)
{
    (void)state;
    struct cw_out_queue queue = {0};
    struct cw_buf out = {0};
    push_filled(&queue, 's', 255);
    push_filled(&queue, 'l', 256);
    drain(&queue, ALL, &out);
    assert_int_equal(out.n, 2 + 255 + 9 + 256);
    assert_memory_equal(out.p, "\0\xff\x73", 3);
    assert_memory_equal(out.p + 257, "\2\0\0\0\0\0\0\1\0l", 10);
    end_queue(&queue, &out);
}

static void large_frames_go_alone_and_from_where_they_lie(void **state)
{
    (void)state;
    struct cw_out_queue queue = {0};
    struct cw_buf out = {0};
    push_filled(&queue, 'c', COPIED);
    push_filled(&queue, 'p', COPIED + 1);
    push(&queue, "z", 0);
    struct cw_slice bytes = cw_out_gather(&queue, &zmtp.framer, &scratch);
    assert_int_equal(bytes.n, 9 + COPIED);
    assert_ptr_equal(bytes.p, scratch.plain);
    cw_out_consume(&queue, &scratch, bytes.n);
    bytes = cw_out_gather(&queue, &zmtp.framer, &scratch);
    assert_int_equal(bytes.n, 9 + COPIED + 1);
    assert_memory_equal(bytes.p, "\2\0\0\0\0\0\0\x40\1", 9);
    assert_ptr_equal(bytes.p + 9, queue.messages.ring[queue.messages.first].body->bytes);
    cw_out_consume(&queue, &scratch, bytes.n);
    drain(&queue, ALL, &out);
    ASSERT_SENT(&out, "\0\1z");
    end_queue(&queue, &out);
}

static void one_send_takes_as_many_small_frames_as_fit(void **state)
{
    (void)state;
    struct cw_out_queue queue = {0};
    struct cw_buf out = {0};
    for (int i = 0; i < 5; i++)
        push_filled(&queue, (char)('0' + i), COPIED);
    assert_int_equal(cw_out_gather(&queue, &zmtp.framer, &scratch).n,
                     3 * (9 + COPIED)); /* four need 36 bytes too many */
    drain(&queue, ALL, &out);
    assert_int_equal(out.n, 5 * (9 + COPIED));
    for (int i = 0; i < 5; i++)
        assert_int_equal(out.p[(size_t)i * (9 + COPIED) + 9], '0' + i);
    end_queue(&queue, &out);
}

/* --- split anywhere --------------------------------------------------------------------- */

static void whatever_the_socket_takes_the_stream_is_the_same(void **state)
{
    (void)state;
    struct cw_out_queue queue = {0};
    struct cw_buf whole = {0};
    push_of_every_kind(&queue);
    drain(&queue, ALL, &whole);
    for (size_t most = 1; most <= whole.n; most++) {
        struct cw_buf out = {0};
        push_of_every_kind(&queue);
        drain(&queue, most, &out);
        assert_bytes(&out, whole.p, whole.n);
        cw_buf_finish(&out);
    }
    for (size_t cut = 1; cut < whole.n; cut++) {
        struct cw_buf out = {0};
        push_of_every_kind(&queue);
        send_some(&queue, cut, &out);
        drain(&queue, ALL, &out);
        assert_bytes(&out, whole.p, whole.n);
        cw_buf_finish(&out);
    }
    end_queue(&queue, &whole);
}

static void a_large_frame_may_be_cut_anywhere(void **state)
{
    (void)state;
    static const size_t cuts[] = {1, 8, 9, 10, 4000, COPIED + 9, COPIED + 10};
    struct cw_out_queue queue = {0};
    struct cw_buf whole = {0};
    push_filled(&queue, 'x', COPIED + 1);
    push(&queue, "after", 0);
    drain(&queue, ALL, &whole);
    for (size_t i = 0; i < sizeof cuts / sizeof cuts[0]; i++) {
        struct cw_buf out = {0};
        push_filled(&queue, 'x', COPIED + 1);
        push(&queue, "after", 0);
        assert_int_equal(send_some(&queue, cuts[i], &out), cuts[i]);
        drain(&queue, ALL, &out);
        assert_bytes(&out, whole.p, whole.n);
        cw_buf_finish(&out);
    }
    end_queue(&queue, &whole);
}

/* --- live audio ----------------------------------------------------------------------------- */

static void messages_go_before_live_audio(void **state)
{
    (void)state;
    struct cw_out_queue queue = {0};
    struct cw_buf out = {0};
    push_live(&queue, "A", NOW);
    push(&queue, "m", 0);
    push_live(&queue, "B", NOW);
    push(&queue, "n", 0);
    drain(&queue, ALL, &out);
    ASSERT_SENT(&out, "\0\1m\0\1n\0\1A\0\1B");
    end_queue(&queue, &out);
}

static void a_live_frame_begun_is_finished_first(void **state)
{
    (void)state;
    for (size_t begun = 1; begun < 5; begun++) {
        struct cw_out_queue queue = {0};
        struct cw_buf out = {0};
        push_live(&queue, "AAA", NOW);
        push_live(&queue, "B", NOW);
        send_some(&queue, begun, &out);
        push(&queue, "m", CW_OUT_ENVELOPE);
        drain(&queue, ALL, &out);
        ASSERT_SENT(&out, "\0\3AAA\1\0\0\1m\0\1B");
        end_queue(&queue, &out);
    }
}

static void a_message_begun_is_finished_before_live_audio(void **state)
{
    (void)state;
    struct cw_out_queue queue = {0};
    struct cw_buf out = {0};
    push(&queue, "mm", 0);
    send_some(&queue, 3, &out);
    push_live(&queue, "A", NOW);
    push(&queue, "n", 0);
    assert_int_equal(cw_out_drop_stale(&queue, NOW + 1000), 1);
    drain(&queue, 1, &out);
    ASSERT_SENT(&out, "\0\2mm\0\1n");
    end_queue(&queue, &out);
}

static void live_audio_is_dropped_after_200_ms(void **state)
{
    (void)state;
    struct cw_out_queue queue = {0};
    struct cw_buf out = {0};
    push(&queue, "m", 0);
    push_live(&queue, "A", NOW);
    push_live(&queue, "B", NOW + 1);
    push_live(&queue, "C", NOW + 100);
    assert_int_equal(cw_out_drop_stale(&queue, NOW + 200), 0);
    assert_int_equal(cw_out_drop_stale(&queue, NOW + 201), 1);
    assert_int_equal(cw_out_drop_stale(&queue, NOW + 202), 1);
    assert_int_equal(queue.bytes, 2);
    drain(&queue, ALL, &out);
    ASSERT_SENT(&out, "\0\1m\0\1C");
    end_queue(&queue, &out);
}

static void a_live_frame_begun_is_never_dropped(void **state)
{
    (void)state;
    struct cw_out_queue queue = {0};
    struct cw_buf out = {0};
    push_live(&queue, "AAA", NOW);
    push_live(&queue, "B", NOW);
    push_live(&queue, "C", NOW + 900);
    send_some(&queue, 3, &out);
    assert_int_equal(cw_out_drop_stale(&queue, NOW + 1000), 1);
    drain(&queue, ALL, &out);
    ASSERT_SENT(&out, "\0\3AAA\0\1C");
    end_queue(&queue, &out);
}

static void the_age_outlives_the_low_bits_of_the_clock(void **state)
{
    (void)state;
    struct cw_out_queue queue = {0};
    struct cw_buf out = {0};
    uint64_t wrap = (uint64_t)1 << 32;
    push_live(&queue, "A", wrap - 100);
    assert_int_equal(cw_out_drop_stale(&queue, wrap + 100), 0);
    assert_int_equal(cw_out_drop_stale(&queue, wrap + 101), 1);
    push_live(&queue, "B", wrap + 102);
    assert_int_equal(cw_out_drop_stale(&queue, wrap + 302), 0);
    assert_int_equal(cw_out_drop_stale(&queue, wrap + 303), 1);
    end_queue(&queue, &out);
}

static void too_many_live_frames_push_out_the_oldest(void **state)
{
    (void)state;
    struct cw_out_queue queue = {0};
    struct cw_buf out = {0};
    for (unsigned i = 0; i < CW_LIVE_AUDIO_FRAMES_MAX + 10; i++)
        push_number(&queue, 'l', i, NOW);
    assert_int_equal(queue.live.count, CW_LIVE_AUDIO_FRAMES_MAX);
    assert_int_equal(queue.bytes, CW_LIVE_AUDIO_FRAMES_MAX * BODY_N);
    drain(&queue, ALL, &out);
    for (unsigned i = 0; i < CW_LIVE_AUDIO_FRAMES_MAX; i++)
        assert_int_equal(number_at(&out, (size_t)i * FRAME_N, 'l'), i + 10);
    end_queue(&queue, &out);
}

static void but_never_the_one_begun(void **state)
{
    (void)state;
    struct cw_out_queue queue = {0};
    struct cw_buf out = {0};
    push_number(&queue, 'l', 0, NOW);
    send_some(&queue, 1, &out);
    for (unsigned i = 1; i < CW_LIVE_AUDIO_FRAMES_MAX + 10; i++)
        push_number(&queue, 'l', i, NOW);
    assert_int_equal(queue.live.count, CW_LIVE_AUDIO_FRAMES_MAX);
    drain(&queue, ALL, &out);
    assert_int_equal(out.n, CW_LIVE_AUDIO_FRAMES_MAX * FRAME_N);
    assert_int_equal(number_at(&out, 0, 'l'), 0);
    for (unsigned i = 1; i < CW_LIVE_AUDIO_FRAMES_MAX; i++)
        assert_int_equal(number_at(&out, (size_t)i * FRAME_N, 'l'), i + 10);
    end_queue(&queue, &out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_empty_queue_sends_nothing),
        cmocka_unit_test(messages_get_their_header),
        cmocka_unit_test(a_long_message_has_a_long_header),
        cmocka_unit_test(large_frames_go_alone_and_from_where_they_lie),
        cmocka_unit_test(one_send_takes_as_many_small_frames_as_fit),
        cmocka_unit_test(whatever_the_socket_takes_the_stream_is_the_same),
        cmocka_unit_test(a_large_frame_may_be_cut_anywhere),
        cmocka_unit_test(messages_go_before_live_audio),
        cmocka_unit_test(a_live_frame_begun_is_finished_first),
        cmocka_unit_test(a_message_begun_is_finished_before_live_audio),
        cmocka_unit_test(live_audio_is_dropped_after_200_ms),
        cmocka_unit_test(a_live_frame_begun_is_never_dropped),
        cmocka_unit_test(the_age_outlives_the_low_bits_of_the_clock),
        cmocka_unit_test(too_many_live_frames_push_out_the_oldest),
        cmocka_unit_test(but_never_the_one_begun),
    };
    cw_out_scratch_init(&scratch);
    cw_zmtp_init(&zmtp, CW_FRAMER_SERVER, CW_MESSAGE_MAX);
    int failed = cmocka_run_group_tests_name("out_queue", tests, NULL, NULL);
    cw_out_scratch_finish(&scratch);
    return failed;
}
