/* test_audio_library.c - what the functions of chinwag/audio.h do when an argument is missing, a
 * number is beyond its range, or they are called in a wrong order: they refuse it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "chinwag/audio.h"

static int16_t tick[CHINWAG_TICK];

static void test_a_speaker_who_is_not_there(void **state)
{
    (void)state;
    chinwag_receiver *receiver = chinwag_receiver_create();
    assert_null(chinwag_receiver_speaker(receiver, 0).name);
    assert_true(chinwag_receiver_set_volume(receiver, "bob", UINT32_MAX));
    assert_int_equal(chinwag_receiver_speaker(receiver, 0).volume, 200);
    assert_null(chinwag_receiver_speaker(receiver, 1).name);
    assert_null(chinwag_receiver_speaker(receiver, SIZE_MAX).name);
    chinwag_receiver_destroy(receiver);
}

static void test_arguments_that_are_missing(void **state)
{
    (void)state;
    struct chinwag_event data = {.type = CHINWAG_CALL_DATA, .sender = "bob"};
    chinwag_receiver *receiver = chinwag_receiver_create();
    chinwag_sender *sender = chinwag_sender_create(NULL);
    chinwag_client *client = chinwag_create(NULL);
    assert_false(chinwag_receiver_take(receiver, NULL, 0));
    assert_false(chinwag_receiver_take(receiver, &data, 0));
    data.packet = (const uint8_t *)"";
    data.sender = NULL;
    assert_false(chinwag_receiver_take(receiver, &data, 0));
    assert_false(chinwag_receiver_set_volume(receiver, NULL, 100));
    assert_false(chinwag_receiver_set_muted(receiver, NULL, true));
    chinwag_receiver_forget(receiver, NULL);
    assert_int_equal(chinwag_receiver_tick(receiver, 0, NULL), 0);
    assert_int_equal(chinwag_receiver_report(receiver, NULL, 0), CHINWAG_BAD_ARGUMENT);
    assert_int_equal(chinwag_receiver_count(receiver), 0);
    assert_int_equal(chinwag_sender_say(sender, NULL, NULL, client, "cooks"), CHINWAG_BAD_ARGUMENT);
    assert_int_equal(chinwag_sender_say(sender, tick, NULL, NULL, "cooks"), CHINWAG_BAD_ARGUMENT);
    assert_int_equal(chinwag_sender_say(sender, tick, NULL, client, NULL), CHINWAG_BAD_ARGUMENT);
    assert_int_equal(chinwag_ogg_read(NULL, 10, NULL), CHINWAG_OGG_MALFORMED);
    assert_int_equal(chinwag_ogg_decode(NULL, 10, NULL, 10), CHINWAG_OGG_MALFORMED);
    chinwag_destroy(client);
    chinwag_sender_destroy(sender);
    chinwag_receiver_destroy(receiver);
}

/* Nothing stands behind the end of a file. */
static void test_a_file_ends_once(void **state)
{
    (void)state;
    size_t n, more;
    struct chinwag_ogg_info info;
    chinwag_ogg_writer *writer = chinwag_ogg_writer_create(CHINWAG_AUDIO_RATE, 1);
    assert_false(chinwag_ogg_writer_push(writer, NULL, 1));
    for (int i = 0; i < 20; i++)
        assert_true(chinwag_ogg_writer_push(writer, tick, CHINWAG_TICK));
    assert_true(chinwag_ogg_writer_finish(writer));
    assert_false(chinwag_ogg_writer_finish(writer));
    for (int i = 0; i < 1000; i++)
        assert_false(chinwag_ogg_writer_push(writer, tick, CHINWAG_TICK));
    assert_null(chinwag_ogg_writer_take(writer, NULL));
    const void *file = chinwag_ogg_writer_take(writer, &n);
    assert_int_equal(chinwag_ogg_read(file, n, NULL), CHINWAG_OGG_GOOD);
    assert_int_equal(chinwag_ogg_read(file, n, &info), CHINWAG_OGG_GOOD);
    assert_int_equal(info.duration_ms, 100);
    assert_int_equal(chinwag_ogg_decode(file, n, NULL, 4800), CHINWAG_OGG_TOO_LONG);
    chinwag_ogg_writer_take(writer, &more);
    assert_int_equal(more, 0);
    chinwag_ogg_writer_destroy(writer);
}

static void test_a_file_without_sound(void **state)
{
    (void)state;
    chinwag_ogg_writer *writer = chinwag_ogg_writer_create(8000, 2);
    assert_true(chinwag_ogg_writer_push(writer, NULL, 0));
    assert_false(chinwag_ogg_writer_finish(writer));
    assert_false(chinwag_ogg_writer_push(writer, tick, 1));
    chinwag_ogg_writer_destroy(writer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_speaker_who_is_not_there),
        cmocka_unit_test(test_arguments_that_are_missing),
        cmocka_unit_test(test_a_file_ends_once),
        cmocka_unit_test(test_a_file_without_sound),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
