/* test_voice_path.c - both ends of a call's datagrams with a simulated network and clock: fallback,
 * change of address, loss, and datagrams that are forged, repeated, truncated or foreign. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "frame/voice_link.h"
#include "frame/voice_path.h"

#define BEGIN_MS UINT64_C(1000000)

static const uint8_t secret[CW_DATAGRAM_SECRET_N] = "12345678 and thirty-two bytes of key...";
static const uint8_t random_bytes[CW_VOICE_NONCE_N] = "nonsense";
static const struct cw_voice_place home = {"home"}, abroad = {"abroad"};

/* The network between the two: what passes, and how much did. */
struct play {
    struct cw_voice_path path;
    struct cw_voice_link link;
    uint64_t now_ms;
    const struct cw_voice_place *from; /* where the client is */
    bool up, down;                     /* it lets datagrams through */
    unsigned lose;                     /* one of so many, both ways; 0: none */
    unsigned sent;
    unsigned packets; /* that the server got */
    size_t replies;   /* bytes that it sent unasked to `from` */
    size_t causes;    /* bytes that caused them */
    unsigned challenges;
};

static void play_begin(struct play *play)
{
    *play = (struct play){.now_ms = BEGIN_MS, .from = &home, .up = true, .down = true};
    cw_voice_path_begin(&play->path, secret);
    cw_voice_link_begin(&play->link, secret, play->now_ms);
}

static bool is_lost(struct play *play)
{
    return play->lose != 0 && ++play->sent % play->lose == 0;
}

static void to_server(struct play *play, const uint8_t *datagram, size_t n);

static void to_client(struct play *play, const uint8_t *datagram, size_t n)
{
    struct cw_voice_heard heard;
    if (!play->down || is_lost(play))
        return;
    assert_true(cw_voice_link_take(&play->link, cw_slice_of(datagram, n), play->now_ms, &heard));
    if (heard.reply_n != 0)
        to_server(play, heard.reply, heard.reply_n);
}

static void to_server(struct play *play, const uint8_t *datagram, size_t n)
{
    struct cw_voice_came came;
    if (!play->up || is_lost(play))
        return;
    bool known = play->path.has_place && memcmp(&play->path.place, play->from, sizeof home) == 0;
    assert_true(cw_voice_path_take(&play->path, cw_slice_of(datagram, n), play->from, random_bytes,
                                   play->now_ms, &came));
    play->packets += (unsigned)came.packet_count;
    if (came.reply_n == 0)
        return;
    if (!known && !play->path.has_place)
        play->challenges++;
    to_client(play, came.reply, came.reply_n);
}

/* What both do in so many milliseconds. */
static void pass(struct play *play, unsigned ms)
{
    uint8_t datagram[CW_DATAGRAM_MAX];
    for (unsigned i = 0; i < ms; i += 10) {
        play->now_ms += 10;
        size_t n = cw_voice_link_probe(&play->link, play->now_ms, datagram);
        if (n != 0)
            to_server(play, datagram, n);
    }
}

static void speak(struct play *play)
{
    uint8_t datagram[CW_DATAGRAM_MAX];
    size_t n = cw_voice_link_seal(&play->link, cw_slice_str("12345678opus"), datagram);
    to_server(play, datagram, n);
}

static bool both_live(const struct play *play)
{
    return cw_voice_link_is_live(&play->link, play->now_ms) &&
           cw_voice_path_is_live(&play->path, play->now_ms);
}

static bool neither_live(const struct play *play)
{
    return !cw_voice_link_is_live(&play->link, play->now_ms) &&
           !cw_voice_path_is_live(&play->path, play->now_ms);
}

static void it_begins_with_a_challenge_and_is_live_within_a_second(void **state)
{
    struct play play;
    (void)state;
    play_begin(&play);
    assert_true(neither_live(&play));
    pass(&play, 600);
    assert_true(both_live(&play));
    assert_int_equal(play.challenges, 1);
}

static void audio_goes_both_ways(void **state)
{
    struct play play;
    struct cw_voice_heard heard;
    uint8_t datagram[CW_DATAGRAM_MAX], content[] = "\0\5alice12345678opus";
    (void)state;
    play_begin(&play);
    pass(&play, 600);
    speak(&play);
    assert_int_equal(play.packets, 1);
    size_t n = cw_datagram_seal(&play.path.end, cw_slice_of(content, sizeof content - 1), datagram);
    assert_true(cw_voice_link_take(&play.link, cw_slice_of(datagram, n), play.now_ms, &heard));
    assert_int_equal(heard.said_count, 1);
    assert_true(cw_slice_eq(heard.said[0].speaker, cw_slice_str("alice")));
    assert_true(cw_slice_eq(heard.said[0].packet, cw_slice_str("12345678opus")));
}

/* Blocked in both directions, or in one: both ends are back at the connection within 2 s. */
static void blocked(bool up, bool down)
{
    struct play play;
    play_begin(&play);
    pass(&play, 3000);
    assert_true(both_live(&play));
    play.up = up;
    play.down = down;
    pass(&play, 2000);
    assert_true(neither_live(&play));
    play.up = play.down = true;
    pass(&play, CW_VOICE_PROBE_SLOWLY_MS + CW_VOICE_PROBE_MS);
    assert_true(both_live(&play));
}

static void it_falls_back_within_two_seconds_and_comes_back(void **state)
{
    (void)state;
    blocked(false, false);
    blocked(true, false);
    blocked(false, true);
}

static void where_udp_is_blocked_it_is_tried_seldom(void **state)
{
    struct play play;
    (void)state;
    play_begin(&play);
    play.up = false;
    pass(&play, 60000);
    assert_in_range(play.link.probe, 20, 20 + 50000 / CW_VOICE_PROBE_SLOWLY_MS);
    assert_true(neither_live(&play));
}

/* Also after a long time without an answer, when probes are rare: no gaps between them. */
static void it_comes_back_for_good(void **state)
{
    struct play play;
    (void)state;
    play_begin(&play);
    pass(&play, 1000);
    assert_true(both_live(&play));
    play.down = false;
    pass(&play, 60000);
    assert_true(neither_live(&play));
    play.down = true;
    pass(&play, CW_VOICE_PROBE_SLOWLY_MS);
    for (unsigned i = 0; i < 1000; i++) {
        assert_true(both_live(&play));
        pass(&play, 10);
    }
}

/* The way is so slow, or the client so busy, that it meets each challenge after the next was made.
 */
static void a_challenge_that_is_met_late_counts(void **state)
{
    struct play play;
    struct cw_voice_came came;
    uint8_t probe[CW_DATAGRAM_MAX], first[CW_DATAGRAM_MAX];
    size_t first_n = 0;
    (void)state;
    play_begin(&play);
    for (int i = 0; i < 5; i++) {
        play.now_ms += CW_VOICE_CHALLENGE_MS;
        size_t n = cw_voice_link_probe(&play.link, play.now_ms, probe);
        assert_true(cw_voice_path_take(&play.path, cw_slice_of(probe, n), &home,
                                       (const uint8_t *)(i == 0 ? "nonsense" : "no sense"),
                                       play.now_ms, &came));
        assert_int_not_equal(came.reply_n, 0);
        assert_int_equal(came.challenged, i == 0); /* the others have the same bytes */
        if (i == 0)
            memcpy(first, came.reply, first_n = came.reply_n);
    }
    assert_false(play.path.has_place);
    to_client(&play, first, first_n);
    assert_true(play.path.has_place);
    pass(&play, 600);
    assert_true(both_live(&play));
}

static void a_new_address_is_taken_up_within_a_second(void **state)
{
    struct play play;
    (void)state;
    play_begin(&play);
    pass(&play, 3000);
    play.from = &abroad;
    speak(&play); /* is heard at once, and begins the change */
    assert_int_equal(play.packets, 1);
    assert_memory_equal(&play.path.place, &abroad, sizeof abroad);
    pass(&play, 1000);
    assert_true(both_live(&play));
}

/* Somebody sends what the client has sent, before it comes, from a victim's address. */
static void a_forged_source_gets_no_more_than_was_sent(void **state)
{
    struct play play;
    struct cw_voice_came came;
    uint8_t datagram[CW_DATAGRAM_MAX];
    size_t cause = 0, effect = 0;
    (void)state;
    play_begin(&play);
    pass(&play, 3000);
    for (int i = 0; i < 500; i++) {
        play.now_ms += 20;
        size_t n = cw_voice_link_seal(&play.link, cw_slice_str("12345678opus"), datagram);
        assert_true(cw_voice_path_take(&play.path, cw_slice_of(datagram, n), &abroad, random_bytes,
                                       play.now_ms, &came));
        assert_int_equal(came.packet_count, 1);
        assert_true(came.reply_n <= n);
        cause += n;
        effect += came.reply_n;
        assert_false(cw_voice_path_take(&play.path, cw_slice_of(datagram, n), &home, random_bytes,
                                        play.now_ms, &came));
        pass(&play, 0);
        if (i % 25 == 0)
            pass(&play, 10);
    }
    assert_true(effect < cause / 10);
    assert_memory_equal(&play.path.place, &home, sizeof home);
    assert_true(both_live(&play));
}

static void forged_repeated_truncated_and_foreign_datagrams_change_nothing(void **state)
{
    struct play play;
    struct cw_voice_came came;
    uint8_t datagram[CW_DATAGRAM_MAX + 1], wrong[CW_DATAGRAM_MAX + 1];
    (void)state;
    play_begin(&play);
    pass(&play, 1000);
    size_t n = cw_voice_link_seal(&play.link, cw_slice_str("12345678opus"), datagram);
    struct cw_voice_path before = play.path;
    for (size_t i = 0; i < n; i++) {
        memcpy(wrong, datagram, n);
        wrong[i] ^= 1;
        assert_false(cw_voice_path_take(&play.path, cw_slice_of(wrong, n), &abroad, random_bytes,
                                        play.now_ms, &came));
        assert_false(cw_voice_path_take(&play.path, cw_slice_of(datagram, i), &abroad, random_bytes,
                                        play.now_ms, &came));
    }
    assert_false(cw_voice_path_take(&play.path, cw_slice_of(datagram, sizeof datagram), &abroad,
                                    random_bytes, play.now_ms, &came));
    assert_memory_equal(&play.path, &before, sizeof before);
    assert_true(cw_voice_path_take(&play.path, cw_slice_of(datagram, n), &home, random_bytes,
                                   play.now_ms, &came));
    assert_false(cw_voice_path_take(&play.path, cw_slice_of(datagram, n), &home, random_bytes,
                                    play.now_ms, &came));
    /* What the server has sent is not taken for what the client sends. */
    n = cw_datagram_seal(&play.path.end, cw_slice_of("\0 12345678opus", 14), datagram);
    assert_false(cw_voice_path_take(&play.path, cw_slice_of(datagram, n), &home, random_bytes,
                                    play.now_ms, &came));
}

/* The same from somebody who pretends to be the server; of another call; and from the client
 * itself. */
static void nor_do_they_at_the_client(void **state)
{
    struct play play;
    struct cw_voice_heard heard;
    struct cw_datagram_end other;
    const struct cw_slice said = cw_slice_of("\0\1a12345678opus", 15);
    uint8_t datagram[CW_DATAGRAM_MAX + 1], wrong[CW_DATAGRAM_MAX + 1];
    (void)state;
    play_begin(&play);
    pass(&play, 1000);
    size_t n = cw_datagram_seal(&play.path.end, said, datagram);
    struct cw_voice_link before = play.link;
#define TAKE(bytes, length)                                                                        \
    cw_voice_link_take(&play.link, cw_slice_of(bytes, length), play.now_ms, &heard)
    for (size_t i = 0; i < n; i++) {
        memcpy(wrong, datagram, n);
        wrong[i] ^= 1;
        assert_false(TAKE(wrong, n));
        assert_false(TAKE(datagram, i));
    }
    assert_false(TAKE(datagram, sizeof datagram));
    cw_datagram_begin(&other, true, (const uint8_t *)"12345678 of another call, another secret");
    assert_false(TAKE(wrong, cw_datagram_seal(&other, said, wrong)));
    assert_memory_equal(&play.link, &before, sizeof before);
    assert_true(TAKE(datagram, n));
    assert_int_equal(heard.said_count, 1);
    assert_false(TAKE(datagram, n));
    n = cw_voice_link_seal(&play.link, cw_slice_str("12345678opus"), datagram);
    assert_false(TAKE(datagram, n)); /* reflected */
#undef TAKE
}

static void late_datagrams_are_taken_once_within_the_window(void **state)
{
    struct cw_datagram_end client, server;
    static uint8_t datagrams[2 * CW_DATAGRAM_WINDOW + 1][64];
    uint8_t content[CW_DATAGRAM_CONTENT_MAX];
    const size_t count = 2 * CW_DATAGRAM_WINDOW + 1;
    size_t n, length = 0;
    bool newest;
    (void)state;
    cw_datagram_begin(&client, false, secret);
    cw_datagram_begin(&server, true, secret);
    for (size_t i = 0; i < count; i++)
        length = cw_datagram_seal(&client, cw_slice_str("x"), datagrams[i]);
#define OPEN(i) cw_datagram_open(&server, cw_slice_of(datagrams[i], length), content, &n, &newest)
    assert_true(OPEN(0) && newest);
    assert_true(OPEN(count - 1) && newest);
    assert_false(OPEN(0));
    assert_false(OPEN(count - 1 - CW_DATAGRAM_WINDOW));
    for (size_t i = count - CW_DATAGRAM_WINDOW; i < count - 1; i++) {
        assert_true(OPEN(i));
        assert_false(newest);
        assert_false(OPEN(i));
    }
    assert_int_equal(server.received, 1 + CW_DATAGRAM_WINDOW);
#undef OPEN
}

static void loss_is_measured_at_both_ends(void **state)
{
    struct play play;
    (void)state;
    play_begin(&play);
    play.lose = 11; /* odd, so that it falls on both ways */
    for (int i = 0; i < 3000; i++) {
        uint8_t datagram[CW_DATAGRAM_MAX];
        size_t n = cw_datagram_seal(&play.path.end, cw_slice_of("\0\1a12345678opus", 15), datagram);
        speak(&play);
        if (play.path.has_place && !is_lost(&play)) {
            struct cw_voice_heard heard;
            cw_voice_link_take(&play.link, cw_slice_of(datagram, n), play.now_ms, &heard);
        }
        pass(&play, 20);
    }
    assert_in_range(play.path.up.permille, 60, 140);
    assert_in_range(play.link.up.permille, 60, 140);
    assert_in_range(play.path.down.permille, 60, 140);
    assert_in_range(play.link.down.permille, 60, 140);
    assert_true(both_live(&play));
}

/* A listener who says that more came than was sent, or nothing, stays within the bounds. */
static void counts_that_lie_are_bounded(void **state)
{
    struct cw_voice_loss loss = {0};
    (void)state;
    for (uint32_t i = 1; i < 100; i++)
        cw_voice_loss_note(&loss, i * 1000, i * 100000);
    assert_int_equal(loss.permille, 0);
    for (uint32_t i = 1; i < 100; i++)
        cw_voice_loss_note(&loss, i * 1000 + 99000, 0);
    assert_in_range(loss.permille, 0, 1000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_begins_with_a_challenge_and_is_live_within_a_second),
        cmocka_unit_test(audio_goes_both_ways),
        cmocka_unit_test(it_falls_back_within_two_seconds_and_comes_back),
        cmocka_unit_test(where_udp_is_blocked_it_is_tried_seldom),
        cmocka_unit_test(it_comes_back_for_good),
        cmocka_unit_test(a_challenge_that_is_met_late_counts),
        cmocka_unit_test(a_new_address_is_taken_up_within_a_second),
        cmocka_unit_test(a_forged_source_gets_no_more_than_was_sent),
        cmocka_unit_test(forged_repeated_truncated_and_foreign_datagrams_change_nothing),
        cmocka_unit_test(nor_do_they_at_the_client),
        cmocka_unit_test(late_datagrams_are_taken_once_within_the_window),
        cmocka_unit_test(loss_is_measured_at_both_ends),
        cmocka_unit_test(counts_that_lie_are_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
