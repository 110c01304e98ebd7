/* test_voice_twice.c - audio of a call by datagrams that are lost: when it goes twice, and what is
 * heard then. The network and the clock are simulated. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "frame/voice_link.h"
#include "frame/voice_path.h"

static const uint8_t secret[CW_DATAGRAM_SECRET_N] = "12345678 and thirty-two bytes of key...";
static const uint8_t random_bytes[CW_VOICE_NONCE_N] = "nonsense";
static const struct cw_voice_place home = {"home"};

/* A network that delays and loses: `permille` of all datagrams, each way. */
struct lossy {
    struct cw_voice_path path;
    struct cw_voice_link link;
    uint64_t now_ms;
    uint64_t seed;
    unsigned permille;
    uint64_t delay_ms; /* there and back: answers come so late */
    unsigned said, heard, again;
    size_t bytes;
};

static bool loses(struct lossy *lossy)
{
    lossy->seed = lossy->seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return lossy->seed / 4294967296 % 1000 < lossy->permille;
}

/* The client says one packet, and the server lets it hear each that comes, 20 ms a packet. */
static void forward(struct lossy *lossy, struct cw_slice packet, bool again)
{
    struct cw_voice_heard heard;
    uint8_t audio[64] = {1 | (again ? CW_VOICE_AGAIN : 0), 'a'}, datagram[CW_DATAGRAM_MAX];
    memcpy(audio + 2, packet.p, packet.n);
    size_t n = cw_voice_path_seal(&lossy->path, cw_slice_of(audio, 2 + packet.n), datagram);
    lossy->bytes += n;
    if (loses(lossy))
        return;
    assert_true(cw_voice_link_take(&lossy->link, cw_slice_of(datagram, n), lossy->now_ms, &heard));
    for (size_t i = 0; i < heard.said_count; i++) {
        lossy->again += heard.said[i].again;
        lossy->heard++;
        assert_int_equal(heard.said[i].packet.n, packet.n);
    }
}

static void say(struct lossy *lossy)
{
    struct cw_voice_came came;
    uint8_t datagram[CW_DATAGRAM_MAX];
    size_t n = cw_voice_link_seal(&lossy->link, cw_slice_str("12345678opus"), datagram);
    lossy->said++;
    lossy->bytes += n;
    if (loses(lossy))
        return;
    assert_true(cw_voice_path_take(&lossy->path, cw_slice_of(datagram, n), &home, random_bytes,
                                   lossy->now_ms, &came));
    for (size_t i = 0; i < came.packet_count; i++)
        forward(lossy, came.packets[i], i + 1 < came.packet_count);
}

/* Probes are not lost here; their answers come `delay_ms` later. */
static void ask(struct lossy *lossy)
{
    struct cw_voice_came came;
    struct cw_voice_heard heard;
    uint8_t datagram[CW_DATAGRAM_MAX];
    size_t n = cw_voice_link_probe(&lossy->link, lossy->now_ms, datagram);
    if (n == 0)
        return;
    assert_true(cw_voice_path_take(&lossy->path, cw_slice_of(datagram, n), &home, random_bytes,
                                   lossy->now_ms, &came));
    if (came.reply_n == 0)
        return;
    assert_true(cw_voice_link_take(&lossy->link, cw_slice_of(came.reply, came.reply_n),
                                   lossy->now_ms + lossy->delay_ms, &heard));
    if (heard.reply_n != 0)
        cw_voice_path_take(&lossy->path, cw_slice_of(heard.reply, heard.reply_n), &home,
                           random_bytes, lossy->now_ms, &came);
}

static void say_for(struct lossy *lossy, unsigned seconds)
{
    lossy->said = lossy->heard = lossy->again = 0;
    lossy->bytes = 0;
    for (unsigned i = 0; i < seconds * 50; i++) {
        lossy->now_ms += 20;
        ask(lossy);
        say(lossy);
    }
}

static struct lossy lossy_begin(unsigned permille)
{
    struct lossy lossy = {.now_ms = 1000, .seed = 7, .permille = permille, .delay_ms = 40};
    cw_voice_path_begin(&lossy.path, secret);
    cw_voice_link_begin(&lossy.link, secret, lossy.now_ms);
    say_for(&lossy, 20);
    return lossy;
}

static void where_nothing_is_lost_audio_goes_once(void **state)
{
    struct lossy lossy = lossy_begin(0);
    (void)state;
    assert_false(lossy.link.twice || lossy.path.twice);
    assert_int_equal(lossy.heard, lossy.said);
    assert_int_equal(lossy.again, 0);
}

/* Both ways lose 2 or 5 %; so often two in a row are lost on one of them. */
static void where_datagrams_are_lost_audio_goes_twice(void **state)
{
    (void)state;
    static const struct {
        unsigned permille, most_lost; /* of 1,000 datagrams of a way; of 10,000 packets */
    } ways[] = {{20, 12}, {50, 65}};
    for (size_t i = 0; i < 2; i++) {
        struct lossy lossy = lossy_begin(ways[i].permille);
        assert_true(lossy.link.twice && lossy.path.twice);
        say_for(&lossy, 200);
        print_message("%u permille a way: of %u packets %u not heard, %u as copies\n",
                      ways[i].permille, lossy.said, lossy.said - lossy.heard, lossy.again);
        assert_true(lossy.heard <= lossy.said);
        assert_true(lossy.said - lossy.heard <= ways[i].most_lost);
        lossy.permille = 0;
        say_for(&lossy, 20);
        assert_false(lossy.link.twice || lossy.path.twice);
        assert_in_range(lossy.heard, lossy.said, lossy.said + 1); /* one of before, as a copy */
    }
}

static void where_there_is_no_room_it_goes_once(void **state)
{
    struct lossy lossy = lossy_begin(50);
    (void)state;
    assert_false(cw_voice_link_is_slow(&lossy.link));
    lossy.delay_ms = 400; /* a queue */
    say_for(&lossy, 4);
    assert_true(cw_voice_link_is_slow(&lossy.link));
    assert_int_equal(cw_voice_path_lost_permille(&lossy.path), CW_VOICE_CROWDED_PERMILLE);
    assert_false(lossy.link.twice || lossy.path.twice);
    lossy.delay_ms = 40;
    say_for(&lossy, CW_VOICE_CROWDED_HOLD_MS / 1000 + 1);
    assert_true(lossy.link.twice && lossy.path.twice);
    lossy.permille = 400;
    say_for(&lossy, 10);
    assert_false(lossy.link.twice || lossy.path.twice);
}

/* As long as before for some seconds, whatever is sent: another network. */
static void a_longer_way_is_not_slow_for_ever(void **state)
{
    struct lossy lossy = lossy_begin(0);
    (void)state;
    lossy.delay_ms = 400;
    say_for(&lossy, 4);
    assert_true(cw_voice_link_is_slow(&lossy.link));
    say_for(&lossy, 4);
    assert_false(cw_voice_link_is_slow(&lossy.link));
    assert_int_equal(cw_voice_path_lost_permille(&lossy.path), 0);
    lossy.delay_ms = 800; /* that may be a queue again */
    say_for(&lossy, 4);
    assert_true(cw_voice_link_is_slow(&lossy.link));
}

/* Of a copy that is none, or whose lengths lie, nothing is taken. */
static void contents_of_two_that_are_wrong(void **state)
{
    struct lossy lossy = lossy_begin(0);
    struct cw_voice_came came;
    uint8_t datagram[CW_DATAGRAM_MAX], content[12] = {CW_VOICE_TWICE};
    (void)state;
    for (unsigned ago = 0; ago < 256; ago += 5)
        for (unsigned older = 0; older < 300; older += 3)
            for (size_t n = 1; n <= sizeof content; n++) {
                content[1] = (uint8_t)ago;
                content[2] = (uint8_t)(older >> 8);
                content[3] = (uint8_t)older;
                size_t length =
                    cw_datagram_seal(&lossy.link.end, cw_slice_of(content, n), datagram);
                assert_true(cw_voice_path_take(&lossy.path, cw_slice_of(datagram, length), &home,
                                               random_bytes, lossy.now_ms, &came));
                bool good = n >= 4 && ago != 0 && older <= n - 4;
                assert_int_equal(came.packet_count, good); /* all before have come */
                assert_true(!good || came.packets[0].n == n - 4 - older);
            }
}

/* Answers on a line whose queue is `late_ms` long. */
struct late {
    uint64_t at_ms;
    size_t n;
    uint8_t answer[CW_DATAGRAM_MAX];
};

/* How many probes there are in a minute. */
static unsigned probes(struct lossy *lossy, uint64_t late_ms)
{
    static struct late late[1024];
    size_t begin = 0, end = 0;
    uint32_t before = lossy->link.probe;
    for (unsigned i = 0; i < 60 * 50; i++) {
        struct cw_voice_came came = {.reply_n = 0};
        struct cw_voice_heard heard;
        uint8_t datagram[CW_DATAGRAM_MAX];
        lossy->now_ms += 20;
        for (; begin < end && late[begin % 1024].at_ms <= lossy->now_ms; begin++)
            cw_voice_link_take(&lossy->link,
                               cw_slice_of(late[begin % 1024].answer, late[begin % 1024].n),
                               lossy->now_ms, &heard);
        size_t n = cw_voice_link_probe(&lossy->link, lossy->now_ms, datagram);
        if (n != 0)
            cw_voice_path_take(&lossy->path, cw_slice_of(datagram, n), &home, random_bytes,
                               lossy->now_ms, &came);
        if (came.reply_n == 0)
            continue;
        struct late *next = &late[end++ % 1024];
        next->at_ms = lossy->now_ms + late_ms;
        next->n = came.reply_n;
        memcpy(next->answer, came.reply, came.reply_n);
    }
    return lossy->link.probe - before;
}

/* They were some 50 a second, which filled the line that had made the answers late. */
static void answers_that_are_too_old_cause_no_probes(void **state)
{
    struct lossy lossy = lossy_begin(0);
    (void)state;
    assert_in_range(probes(&lossy, 40), 115, 125);
    assert_in_range(probes(&lossy, 3000), 25, 125);
    assert_false(cw_voice_link_is_live(&lossy.link, lossy.now_ms));
    probes(&lossy, 40);
    assert_true(cw_voice_link_is_live(&lossy.link, lossy.now_ms));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(where_nothing_is_lost_audio_goes_once),
        cmocka_unit_test(where_datagrams_are_lost_audio_goes_twice),
        cmocka_unit_test(where_there_is_no_room_it_goes_once),
        cmocka_unit_test(a_longer_way_is_not_slow_for_ever),
        cmocka_unit_test(contents_of_two_that_are_wrong),
        cmocka_unit_test(answers_that_are_too_old_cause_no_probes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
