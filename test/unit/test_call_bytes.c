/* test_call_bytes.c - how many bytes a speaker's packets are on a connection that encrypts, with
 * the heads of TCP and IP: counted at the framers that clients use. What the codec makes is not
 * looked at; each packet is as long as 32 kbit/s are. By datagrams: test/audio/test_narrow.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "audio/opus_packet.h"
#include "curve_pair.h"
#include "tls_pair.h"
#include "wire/msg.h"

/* IP and TCP, with its time stamps. */
#define SEGMENT  52u
#define FRAME_MS 20u
#define BITRATE  32000u

/* As a client says it (docs/protocol.md, "p"), with so many frames, whose lengths are not the
 * same. */
static void write_packet(unsigned frames, struct cw_buf *message)
{
    static const uint8_t bytes[CW_CALL_PACKET_MAX];
    struct cw_msg msg = {.kind = CW_CLIENT_UPDATE, .action = CW_PACKET, .call_id = 100};
    struct cw_buf ext = {0};
    const size_t opus = frames * BITRATE / 8 * FRAME_MS / 1000;
    const size_t more = frames == 1 ? 0 : 1 + (frames - 1); /* RFC 6716 3.2.5 */
    cw_samples_encode_ext(CW_SAMPLES_PACKET,
                          cw_slice_of(bytes, CW_CALL_PACKET_HEADER + opus + more), &ext);
    msg.samples = (struct cw_samples){.encoded = cw_buf_slice(&ext), .form = CW_SAMPLES_PACKET};
    cw_msg_encode(&msg, true, message);
    cw_buf_finish(&ext);
}

/* Bytes on the wire, of so many packets that are written at once. */
typedef size_t writer(struct cw_slice message, unsigned packets);

static size_t by_curve(struct cw_slice message, unsigned packets)
{
    struct pair pair;
    make_keys();
    open_ready(&pair);
    for (unsigned i = 0; i < packets; i++)
        say(&pair.client, message, false);
    seal(&pair.client);
    size_t n = pair.client.wire.n;
    close_pair(&pair);
    return SEGMENT + n;
}

static size_t by_tls(struct cw_slice message, unsigned packets)
{
    static const struct tls_wish wish;
    struct tls_identity identity;
    struct tls_pair pair;
    tls_identity_make(&identity);
    tls_pair_begin(&pair, &identity, &wish);
    tls_pair_run(&pair, SIZE_MAX);
    assert_true(pair.client.ready);
    for (unsigned i = 0; i < packets; i++)
        tls_end_say(&pair.client, message.p, message.n);
    tls_end_seal(&pair.client);
    size_t n = pair.client.wire.n;
    tls_pair_finish(&pair);
    tls_identity_finish(&identity);
    return SEGMENT + n;
}

/* Of one who talks all the time, a second. */
static unsigned bits_of(writer *by, unsigned frames, unsigned packets)
{
    struct cw_buf message = {0};
    write_packet(frames, &message);
    size_t n = by(cw_buf_slice(&message), packets);
    cw_buf_finish(&message);
    unsigned bits = (unsigned)(n * 8 * 1000 / (frames * packets * FRAME_MS));
    print_message("packets of %u ms, %u at once: %zu bytes, %u bit/s\n", frames * FRAME_MS, packets,
                  n, bits);
    return bits;
}

/* Two of 60 ms at once are what cw_packer_set_pairs gives. */
static void a_talk_by_curve(void **state)
{
    (void)state;
    assert_int_equal(bits_of(by_curve, 1, 1), 75200);
    assert_int_equal(bits_of(by_curve, 2, 1), 54000);
    assert_int_equal(bits_of(by_curve, 3, 1), 47733);
    assert_int_equal(bits_of(by_curve, 3, 2), 44266);
}

static void a_talk_by_tls(void **state)
{
    (void)state;
    assert_int_equal(bits_of(by_tls, 1, 1), 70800);
    assert_int_equal(bits_of(by_tls, 2, 1), 51800);
    assert_int_equal(bits_of(by_tls, 3, 1), 46266);
    assert_int_equal(bits_of(by_tls, 3, 2), 41333);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_talk_by_curve),
        cmocka_unit_test(a_talk_by_tls),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
