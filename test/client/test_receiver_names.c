/* test_receiver_names.c - whom chinwag_receiver of chinwag/audio.h knows by name; which packets
 * chinwag_sender makes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "base/limits.h"
#include "chinwag/audio.h"

static void say(chinwag_receiver *receiver, const char *name, int64_t now_us)
{
    static const int16_t samples[10];
    const struct chinwag_event data = {.type = CHINWAG_CALL_DATA,
                                       .sender = name,
                                       .samples = samples,
                                       .sample_count = sizeof samples / sizeof samples[0]};
    assert_true(chinwag_receiver_take(receiver, &data, now_us));
}

static void test_packets_of_a_sender(void **state)
{
    (void)state;
    for (unsigned i = 0; i <= 201; i++) {
        const unsigned ms = i / 2;
        const bool plain = i % 2 != 0; /* samples are not joined */
        chinwag_sender *sender = chinwag_sender_create(
            &(struct chinwag_sender_options){.packet_ms = ms, .plain = plain});
        bool good = ms == 0 || ms == 10 || ms == 20 || (!plain && (ms == 40 || ms == 60));
        assert_int_equal(sender != NULL, good);
        chinwag_sender_destroy(sender);
    }
}

/* Who was muted before the first word is not forgotten for others. */
static void test_settings_are_kept(void **state)
{
    (void)state;
    char name[16];
    chinwag_receiver *receiver = chinwag_receiver_create();
    chinwag_receiver_set_muted(receiver, "alice", true);
    chinwag_receiver_set_volume(receiver, "bob", 50);
    for (int i = 0; i < (int)CW_CALL_MEMBERS_LIMIT; i++) {
        snprintf(name, sizeof name, "cook%d", i);
        say(receiver, name, 1 + i);
    }
    assert_int_equal(chinwag_receiver_count(receiver), CW_CALL_MEMBERS_LIMIT);
    assert_string_equal(chinwag_receiver_speaker(receiver, 0).name, "alice");
    assert_true(chinwag_receiver_speaker(receiver, 0).muted);
    assert_string_equal(chinwag_receiver_speaker(receiver, 1).name, "bob");
    assert_int_equal(chinwag_receiver_speaker(receiver, 1).volume, 50);
    assert_string_equal(chinwag_receiver_speaker(receiver, 2).name, "cook2");
    chinwag_receiver_destroy(receiver);
}

static void test_when_all_have_settings(void **state)
{
    (void)state;
    char name[16];
    chinwag_receiver *receiver = chinwag_receiver_create();
    for (int i = 0; i < (int)CW_CALL_MEMBERS_LIMIT; i++) {
        snprintf(name, sizeof name, "cook%d", i);
        chinwag_receiver_set_muted(receiver, name, true);
        say(receiver, name, 1 + i);
    }
    say(receiver, "cook0", 1000);
    say(receiver, "bob", 1001);
    assert_int_equal(chinwag_receiver_count(receiver), CW_CALL_MEMBERS_LIMIT);
    assert_string_equal(chinwag_receiver_speaker(receiver, 0).name, "cook0");
    assert_string_equal(chinwag_receiver_speaker(receiver, 1).name, "cook2");
    chinwag_receiver_destroy(receiver);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_packets_of_a_sender),
        cmocka_unit_test(test_settings_are_kept),
        cmocka_unit_test(test_when_all_have_settings),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
