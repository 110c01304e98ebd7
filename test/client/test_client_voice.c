/* test_client_voice.c - sound as Opus through libchinwag: what goes out, what
 * comes in, and what is dropped. The bytes of Opus are none: nobody here looks
 * into them. */
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/limits.h"
#include "client/client.h"
#include "client/client_way.h"
#include "script.h"

static const uint8_t payload[] = {0xff, 0xff, 0xff, 0xfe, 0x80, 0, 0, 1, 0x48, 0, 7};
static const uint8_t *const packet = payload + CW_CALL_PACKET_HEADER;
#define PACKET_N (sizeof payload - CW_CALL_PACKET_HEADER)

/* A client of the public functions with the core of a script. */
static struct chinwag_client public_of(struct script *s)
{
    return (struct chinwag_client){.core = s->client, .fd = -1};
}

static struct cw_buf ext_of(enum cw_samples_form form, const void *p, size_t n)
{
    struct cw_buf ext = {0};
    cw_samples_encode_ext(form, cw_slice_of(p, n), &ext);
    return ext;
}

static void test_a_packet_goes_out(void **state)
{
    (void)state;
    struct script s;
    script_start(&s, &(struct cw_client_config){.features = CHINWAG_FEATURE_OPUS});
    struct chinwag_client c = public_of(&s);
    assert_int_equal(chinwag_call_packet(&c, "cooks", 1, 2, packet, PACKET_N), CHINWAG_NO_SESSION);
    script_logged_in(&s);
    assert_int_equal(chinwag_call_packet(&c, "cooks", 0xfffffffe, 0x80000001, packet, PACKET_N), 0);
    struct cw_msg received = script_received(&s, CW_CALL_DATA);
    assert_int_equal(received.kind, CW_CLIENT_UPDATE);
    script_assert_slice(received.group_name, "cooks");
    assert_int_equal(received.samples.form, CW_SAMPLES_PACKET);
    assert_int_equal(received.samples.payload.n, sizeof payload);
    assert_memory_equal(received.samples.payload.p, payload, sizeof payload);
    assert_int_equal(chinwag_call_packet(&c, NULL, 1, 2, packet, PACKET_N), CHINWAG_BAD_ARGUMENT);
    assert_int_equal(chinwag_call_packet(&c, "cooks", 1, 2, NULL, 1), CHINWAG_BAD_ARGUMENT);
    assert_int_equal(chinwag_call_packet(&c, "cooks", 1, 2, packet, 0), CHINWAG_BAD_ARGUMENT);
    script_received_nothing(&s);
    script_finish(&s);
}

static void test_reports_go_out_and_come_in(void **state)
{
    (void)state;
    struct script s;
    script_start(
        &s, &(struct cw_client_config){.features = CHINWAG_FEATURE_OPUS, .tells_reports = true});
    struct chinwag_client c = public_of(&s);
    assert_int_equal(chinwag_call_report(&c, "bob", 7), CHINWAG_NO_SESSION);
    script_logged_in(&s);
    chinwag_join_call(&c, "cooks");
    struct cw_msg received = script_received(&s, CW_JOIN_CALL);
    assert_int_equal(received.extras.present, CW_BIT(CW_X_REPORTS));
    assert_int_equal(received.extras.reports, 1);
    chinwag_rejoin_call(&c, "@bob");
    received = script_received(&s, CW_JOIN_CALL);
    assert_int_equal(received.extras.present, CW_BIT(CW_X_REPORTS) | CW_BIT(CW_X_CALL));
    assert_int_equal(chinwag_call_report(&c, "bob", 7), 0);
    received = script_received(&s, CW_CALL_REPORT);
    assert_int_equal(received.kind, CW_CLIENT_UPDATE);
    script_assert_slice(received.username, "alice");
    script_assert_slice(received.token, "t0k3n");
    script_assert_slice(received.person, "bob");
    assert_int_equal(received.lost, 7);
    assert_int_equal(chinwag_call_report(&c, NULL, 7), CHINWAG_BAD_ARGUMENT);
    assert_int_equal(chinwag_call_report(&c, "bob", 101), CHINWAG_BAD_ARGUMENT);
    script_received_nothing(&s);
    script_send(&s, &(struct cw_msg){.kind = CW_UPDATE,
                                     .action = CW_CALL_REPORT,
                                     .sender = cw_slice_str("bob"),
                                     .lost = 30});
    struct chinwag_event event = script_event(&s, CHINWAG_CALL_REPORT);
    assert_string_equal(event.action, "call_report");
    assert_string_equal(event.sender, "bob");
    assert_int_equal(event.unheard, 30);
    script_send(&s, &(struct cw_msg){.kind = CW_UPDATE,
                                     .action = CW_CALL_REPORT,
                                     .sender = cw_slice_str("bob"),
                                     .lost = UINT64_MAX});
    assert_int_equal(script_event(&s, CHINWAG_CALL_REPORT).unheard, 100);
    script_finish(&s);
}

static bool asks_for_reports(uint64_t features)
{
    struct script s;
    script_start(&s, &(struct cw_client_config){.features = features});
    struct chinwag_client c = public_of(&s);
    script_logged_in(&s);
    chinwag_join_call(&c, "cooks");
    bool asks = script_received(&s, CW_JOIN_CALL).extras.present == CW_BIT(CW_X_REPORTS);
    script_finish(&s);
    return asks;
}

/* Who says packets asks, to send what the listeners' networks take; nobody else need. */
static void test_who_says_packets_asks_for_reports(void **state)
{
    (void)state;
    assert_false(asks_for_reports(0));
    assert_true(asks_for_reports(cw_client_features(CHINWAG_FEATURE_OPUS)));
}

static void test_the_longest_packet(void **state)
{
    (void)state;
    static uint8_t most[CW_OPUS_PACKET_MAX + 1];
    struct script s;
    script_start(&s, NULL);
    script_logged_in(&s);
    struct chinwag_client c = public_of(&s);
    assert_int_equal(chinwag_call_packet(&c, "cooks", 0, 0, most, sizeof most - 1), 0);
    assert_int_equal(script_received(&s, CW_CALL_DATA).samples.payload.n, CW_OPUS_PACKET_MAX + 8);
    assert_int_equal(chinwag_call_packet(&c, "cooks", 0, 0, most, sizeof most),
                     CHINWAG_BAD_ARGUMENT);
    script_finish(&s);
}

/* The network stands still: what nobody wants to hear any more is not kept. */
static void test_late_packets_are_dropped(void **state)
{
    (void)state;
    static const uint8_t usual[80] = {0x48};
    struct script s;
    script_start(&s, NULL);
    script_logged_in(&s);
    struct chinwag_client c = public_of(&s);
    unsigned taken = 0;
    while (taken < 100 && chinwag_call_packet(&c, "cooks", taken, 0, usual, sizeof usual) == 0)
        taken++;
    assert_in_range(taken, 8, 18); /* 160 to 360 ms */
    assert_int_equal(chinwag_call_packet(&c, "cooks", 0, 0, usual, sizeof usual),
                     CHINWAG_OUTBOX_FULL);
    for (unsigned i = 0; i < taken; i++)
        assert_int_equal(script_received(&s, CW_CALL_DATA).samples.payload.p[3], i);
    assert_int_equal(chinwag_call_packet(&c, "cooks", 0, 0, usual, sizeof usual), 0);
    script_finish(&s);
}

/* What people get of a packet that came so. */
static void assert_packet_comes_in(enum cw_action action)
{
    struct cw_buf ext = ext_of(CW_SAMPLES_PACKET, payload, sizeof payload);
    struct script s;
    script_start(&s, NULL);
    script_logged_in(&s);
    script_send(&s, &(struct cw_msg){.kind = CW_UPDATE,
                                     .action = action,
                                     .sender = cw_slice_str("bob"),
                                     .samples = {.encoded = cw_buf_slice(&ext)}});
    struct chinwag_event event = script_event(&s, CHINWAG_CALL_DATA);
    assert_string_equal(event.action, "call_data");
    assert_string_equal(event.sender, "bob");
    assert_int_equal(event.sequence, 0xfffffffe);
    assert_int_equal(event.timestamp, 0x80000001);
    assert_int_equal(event.packet_length, PACKET_N);
    assert_memory_equal(event.packet, packet, PACKET_N);
    assert_int_equal(event.sample_rate, 48000);
    assert_int_equal(event.channels, 1);
    assert_null(event.samples);
    assert_int_equal(event.sample_count, 0);
    cw_buf_finish(&ext);
    script_finish(&s);
}

static void test_a_packet_comes_in(void **state)
{
    (void)state;
    assert_packet_comes_in(CW_CALL_DATA);
}

static void test_a_short_packet_comes_in(void **state)
{
    (void)state;
    assert_packet_comes_in(CW_PACKET);
}

static struct cw_msg joined(uint64_t call_id)
{
    return (struct cw_msg){
        .extras = {.present = call_id == 0 ? 0 : CW_BIT(CW_X_CALL_ID), .call_id = call_id}};
}

/* A join that told an id: packets name it, and nothing else but what they are. */
static void test_packets_are_short(void **state)
{
    (void)state;
    struct script s;
    script_start(&s, NULL);
    script_logged_in(&s);
    struct chinwag_client c = public_of(&s);
    struct cw_msg in = joined(7), without = joined(0);
    cw_client_take_way(s.client, &in);
    assert_int_equal(chinwag_call_packet(&c, "cooks", 0xfffffffe, 0x80000001, packet, PACKET_N), 0);
    struct cw_msg received = script_received(&s, CW_PACKET);
    assert_int_equal(received.kind, CW_CLIENT_UPDATE);
    assert_int_equal(received.call_id, 7);
    assert_int_equal(received.token.n + received.username.n + received.group_name.n, 0);
    assert_int_equal(received.samples.payload.n, sizeof payload);
    assert_memory_equal(received.samples.payload.p, payload, sizeof payload);
    cw_client_take_way(s.client, &without);
    assert_int_equal(chinwag_call_packet(&c, "cooks", 1, 2, packet, PACKET_N), 0);
    script_received(&s, CW_CALL_DATA);
    cw_client_take_way(s.client, &in);
    cw_client_end_way(s.client);
    assert_int_equal(chinwag_call_packet(&c, "cooks", 1, 2, packet, PACKET_N), 0);
    script_received(&s, CW_CALL_DATA);
    script_finish(&s);
}

/* How the listeners hear this client, as they report it; one of so many, 0: that is not said. */
static void report_of(struct script *s, const char *listener, uint64_t lost, uint64_t listeners)
{
    struct cw_msg msg = {.kind = CW_UPDATE,
                         .action = CW_CALL_REPORT,
                         .sender = cw_slice_str(listener),
                         .lost = lost};
    msg.extras.map_present = listeners != 0;
    msg.extras.present = listeners == 0 ? 0 : CW_BIT(CW_X_LISTENERS);
    msg.extras.listeners = listeners;
    script_send(s, &msg);
    script_no_event(s);
}

static void report(struct script *s, const char *listener, uint64_t lost)
{
    report_of(s, listener, lost, 0);
}

static void test_the_middle_one_of_the_listeners_counts(void **state)
{
    struct script s;
    (void)state;
    script_start(&s, &(struct cw_client_config){.features = CHINWAG_FEATURE_OPUS});
    script_logged_in(&s);
    assert_int_equal(cw_client_reported(s.client, s.now), 0);
    report(&s, "bob", 12);
    assert_int_equal(cw_client_reported(s.client, s.now), 12);
    report(&s, "carol", 100);
    assert_int_equal(cw_client_reported(s.client, s.now), 12); /* the better one of two */
    report(&s, "dave", 30);
    report(&s, "erin", 101); /* is none */
    assert_int_equal(cw_client_reported(s.client, s.now), 30);
    report(&s, "bob", 40);
    assert_int_equal(cw_client_reported(s.client, s.now + 6000), 40);
    assert_int_equal(cw_client_reported(s.client, s.now + 6001), 0);
    for (unsigned i = 0; i < 2 * CW_CALL_MEMBERS_LIMIT; i++)
        report(&s, (char[]){(char)('A' + i % 50), (char)('0' + i / 50), 0}, 50);
    assert_int_equal(cw_client_reported(s.client, s.now), 50);
    cw_client_end_way(s.client);
    assert_int_equal(cw_client_reported(s.client, s.now), 0);
    script_finish(&s);
}

/* Who does not report has nothing to complain of: one of many does not decide for all. */
static void test_who_does_not_report_counts_too(void **state)
{
    struct script s;
    (void)state;
    script_start(&s, &(struct cw_client_config){.features = CHINWAG_FEATURE_OPUS});
    script_logged_in(&s);
    report_of(&s, "bob", 40, 1); /* the only listener */
    assert_int_equal(cw_client_reported(s.client, s.now), 40);
    report_of(&s, "bob", 40, 2);
    assert_int_equal(cw_client_reported(s.client, s.now), 0);
    report_of(&s, "carol", 30, 3);
    assert_int_equal(cw_client_reported(s.client, s.now), 30); /* two of three */
    report_of(&s, "carol", 30, 4);
    assert_int_equal(cw_client_reported(s.client, s.now), 0);
    report_of(&s, "carol", 30, 1); /* one has left whose report still holds */
    assert_int_equal(cw_client_reported(s.client, s.now), 30);
    report_of(&s, "carol", 30, UINT64_MAX);
    assert_int_equal(cw_client_reported(s.client, s.now), 0);
    cw_client_end_way(s.client);
    report(&s, "bob", 40); /* a server that does not say it */
    assert_int_equal(cw_client_reported(s.client, s.now), 40);
    script_finish(&s);
}

/* Where the server is was not found at first: the whole call need not do without datagrams. */
static void test_a_way_that_could_not_be_opened_is_tried_again(void **state)
{
    (void)state;
    struct script s;
    struct cw_client_datagrams datagrams;
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    struct cw_msg msg = {.extras = {.present = CW_BIT(CW_X_UDP) | CW_BIT(CW_X_UDP_KEY),
                                    .udp_key = cw_slice_str("MTIzNDU2NzhrZXkgb2YgMzIgYnl0ZXMga2"
                                                            "V5IG9mIDMyIGJ5dGVzIQ")}};
    socklen_t n = sizeof address;
    int server = socket(AF_INET, SOCK_DGRAM, 0), connection = socket(AF_INET, SOCK_DGRAM, 0);
    assert_int_equal(bind(server, (struct sockaddr *)&address, n), 0);
    assert_int_equal(getsockname(server, (struct sockaddr *)&address, &n), 0);
    assert_int_equal(connect(connection, (struct sockaddr *)&address, n), 0);
    script_start(&s, NULL);
    script_logged_in(&s);
    cw_client_datagrams_begin(&datagrams);
    cw_client_datagrams_run(&datagrams, s.client, -1, 1000);
    assert_true(cw_client_datagrams_deadline(&datagrams, 1000) == UINT64_MAX);
    cw_client_take_way(s.client, &msg);
    cw_client_datagrams_run(&datagrams, s.client, -1, 1000);
    assert_int_equal(datagrams.fd, -1);
    assert_int_equal(cw_client_datagrams_deadline(&datagrams, 1000), 1000 + CW_VOICE_OPEN_AGAIN_MS);
    cw_client_datagrams_run(&datagrams, s.client, connection, 999 + CW_VOICE_OPEN_AGAIN_MS);
    assert_int_equal(datagrams.fd, -1);
    cw_client_datagrams_run(&datagrams, s.client, connection, 1000 + CW_VOICE_OPEN_AGAIN_MS);
    assert_int_not_equal(datagrams.fd, -1);
    assert_int_equal(recv(server, (uint8_t[64]){0}, 64, MSG_DONTWAIT), 51); /* a probe */
    cw_client_datagrams_end(&datagrams);
    close(connection);
    close(server);
    script_finish(&s);
}

static void test_a_file_goes_out(void **state)
{
    (void)state;
    static uint8_t file[CW_OGG_OPUS_FILE_MAX + 1] = "OggS";
    struct script s;
    script_start(&s, NULL);
    script_logged_in(&s);
    struct chinwag_client c = public_of(&s);
    assert_int_equal(chinwag_voice_file(&c, "bob", 0, file, 4), CHINWAG_BAD_ARGUMENT);
    assert_int_equal(chinwag_voice_file(&c, "bob", 3, file, 4), CHINWAG_BAD_ARGUMENT);
    assert_int_equal(chinwag_voice_file(&c, "bob", 1, file, 0), CHINWAG_BAD_ARGUMENT);
    assert_int_equal(chinwag_voice_file(&c, "bob", 1, NULL, 4), CHINWAG_BAD_ARGUMENT);
    assert_int_equal(chinwag_voice_file(&c, NULL, 1, file, 4), CHINWAG_BAD_ARGUMENT);
    assert_int_equal(chinwag_voice_file(&c, "bob", 1, file, sizeof file), CHINWAG_TOO_LONG);
    int64_t number = chinwag_voice_file(&c, "#cooks", 2, file, sizeof file - 1);
    assert_true(number > 0);
    struct cw_msg received = script_received(&s, CW_VOICE_MSG);
    script_assert_slice(received.recipient, "#cooks");
    assert_int_equal(received.channels, 2);
    assert_int_equal(received.sample_rate, 48000);
    assert_int_equal(received.samples.form, CW_SAMPLES_OGG);
    assert_int_equal(received.samples.payload.n, sizeof file - 1);
    assert_memory_equal(received.samples.payload.p, file, sizeof file - 1);
    assert_true(script_has(&received, CW_X_N)); /* it can be sent again */
    assert_false(script_has(&received, CW_X_REPLY_TO));
    script_respond(&s, CW_VOICE_MSG, 0);
    script_answer(&s, number, 0);
    number = chinwag_voice_reply(&c, "bob", 7, 1, file, 4);
    received = script_received(&s, CW_VOICE_MSG);
    assert_int_equal(received.extras.reply_to, 7);
    assert_true(script_has(&received, CW_X_REPLY_TO));
    script_respond(&s, CW_VOICE_MSG, 0);
    script_answer(&s, number, 0);
    script_finish(&s);
}

static void test_a_file_comes_in(void **state)
{
    (void)state;
    struct cw_buf ext = ext_of(CW_SAMPLES_OGG, "OggS\0x", 6);
    struct cw_msg voice = {
        .kind = CW_UPDATE,
        .action = CW_VOICE_MSG,
        .sender = cw_slice_str("bob"),
        .channels = 1,
        .sample_rate = 48000,
        .samples = {.encoded = cw_buf_slice(&ext)},
        .extras = {.map_present = true,
                   .present = CW_BIT(CW_X_ID) | CW_BIT(CW_X_DURATION) | CW_BIT(CW_X_WAVEFORM),
                   .id = 7,
                   .duration_ms = 1234,
                   .waveform = cw_slice_str("0o")}};
    struct script s;
    script_start(&s, NULL);
    script_logged_in(&s);
    script_send(&s, &voice);
    struct chinwag_event event = script_event(&s, CHINWAG_VOICE_MESSAGE);
    assert_int_equal(event.file_length, 6);
    assert_memory_equal(event.file, "OggS\0x", 6);
    assert_null(event.samples);
    assert_int_equal(event.duration_ms, 1234);
    assert_string_equal(event.waveform, "0o");

    struct chinwag_client c = public_of(&s);
    int64_t number = chinwag_fetch_voice(&c, "bob", 3);
    script_received(&s, CW_FETCH_VOICE);
    voice.kind = CW_RESPONSE;
    voice.action = CW_FETCH_VOICE;
    script_send(&s, &voice);
    event = script_event(&s, CHINWAG_RESPONSE);
    assert_int_equal(event.request, number);
    assert_int_equal(event.file_length, 6);
    assert_int_equal(event.duration_ms, 1234);
    cw_buf_finish(&ext);
    script_finish(&s);
}

static void test_played(void **state)
{
    (void)state;
    struct script s;
    script_start(&s, NULL);
    script_logged_in(&s);
    struct chinwag_client c = public_of(&s);
    chinwag_mark_played(&c, "bob", 3);
    struct cw_msg received = script_received(&s, CW_MARK_PLAYED);
    script_assert_slice(received.conversation, "bob");
    assert_int_equal(received.seq, 3);
    script_send(&s, &(struct cw_msg){.kind = CW_UPDATE,
                                     .action = CW_MARK_PLAYED,
                                     .sender = cw_slice_str("bob"),
                                     .conversation = cw_slice_str("alice"),
                                     .seq = 4});
    struct chinwag_event event = script_event(&s, CHINWAG_PLAYED);
    assert_string_equal(event.conversation, "bob");
    assert_int_equal(event.seq, 4);
    script_finish(&s);
}

static void test_a_recording_in_a_list(void **state)
{
    (void)state;
    const struct cw_entry entry = {.present = CW_BIT(CW_E_DURATION) | CW_BIT(CW_E_WAVEFORM) |
                                              CW_BIT(CW_E_PLAYED),
                                   .duration_ms = 99,
                                   .waveform = cw_slice_str("oo"),
                                   .played_ms = 5};
    struct script s;
    script_start(&s, NULL);
    script_logged_in(&s);
    struct chinwag_client c = public_of(&s);
    chinwag_history(&c, "bob", NULL);
    script_received(&s, CW_HISTORY);
    script_send(&s, &(struct cw_msg){.kind = CW_RESPONSE,
                                     .action = CW_HISTORY,
                                     .extras = {.map_present = true,
                                                .present = CW_BIT(CW_X_LIST),
                                                .list = {.items = &entry, .count = 1}}});
    struct chinwag_event event = script_event(&s, CHINWAG_RESPONSE);
    assert_int_equal(event.entry_count, 1);
    assert_int_equal(event.entries[0].duration_ms, 99);
    assert_string_equal(event.entries[0].waveform, "oo");
    assert_int_equal(event.entries[0].played_ms, 5);
    script_finish(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_reports_go_out_and_come_in),
        cmocka_unit_test(test_who_says_packets_asks_for_reports),
        cmocka_unit_test(test_a_packet_goes_out),
        cmocka_unit_test(test_the_longest_packet),
        cmocka_unit_test(test_late_packets_are_dropped),
        cmocka_unit_test(test_a_packet_comes_in),
        cmocka_unit_test(test_packets_are_short),
        cmocka_unit_test(test_a_short_packet_comes_in),
        cmocka_unit_test(test_the_middle_one_of_the_listeners_counts),
        cmocka_unit_test(test_who_does_not_report_counts_too),
        cmocka_unit_test(test_a_way_that_could_not_be_opened_is_tried_again),
        cmocka_unit_test(test_a_file_goes_out),
        cmocka_unit_test(test_a_file_comes_in),
        cmocka_unit_test(test_played),
        cmocka_unit_test(test_a_recording_in_a_list),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
