/* command_latency.c - measures the latency from mouth to ear through a server. It joins a call with
 * join_call's `echo`, by which the server sends its own audio back, so one connection and one clock
 * serve both ends. It is a part of the session: a call of the user goes on.
 *
 * Two shares cannot be measured by this clock: each way of the network is taken as half of the
 * round trip, and the rest of a packet's time as the server's. */
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "audio/opus_stream.h"
#include "audio/pace.h"
#include "audio/receiver.h"
#include "audio/sender.h"
#include "base/alloc.h"
#include "burst.h"
#include "device.h"
#include "output.h"
#include "percentile.h"
#include "session.h"
#include "target.h"

#define TICK_US (CW_AUDIO_TICK_MS * 1000)
/* The reserve of a loudspeaker that does not run dry. */
#define PLAYOUT_MS      ((double)DEVICE_LEAST / CW_AUDIO_PER_MS)
#define SECONDS_DEFAULT 10
#define SECONDS_MAX     600
#define SENT_MAX        256 /* packets whose time of sending is remembered */
#define EAR             1   /* the number of the speaker, for the receiver */

enum stage { PROCESSING, ENCODE, TRANSIT, JITTER, DECODE, TOTAL, STAGES };

struct latency {
    const struct cli *cli;
    char group[64];
    bool own_group;
    struct session session;
    struct cw_sender *sender;
    struct cw_receiver *receiver;
    int64_t sent_us[SENT_MAX]; /* by sequence */
    struct percentile stages[STAGES];
    bool near; /* the server: as in a call, packets are short then */
    double uplink_ms, downlink_ms;
    int16_t *processed, *heard; /* all audio that was sent and heard */
    size_t n, most;
};

/* --- the two ends ------------------------------------------------------------------------ */

/* Sends the audio of the 5 ms before now, in the microphone's place. */
static void speak(struct latency *l)
{
    int16_t pcm[CW_AUDIO_TICK];
    uint8_t payload[CW_CALL_PACKET_MAX];
    struct cw_call_packet packet;
    burst_tick(l->n, pcm);
    int64_t begin_us = session_now_us();
    size_t n = cw_sender_push(l->sender, pcm, NULL, payload);
    int64_t now_us = session_now_us();
    memcpy(l->processed + l->n, cw_sender_processed(l->sender), sizeof pcm);
    if (n == 0 || cw_call_packet_take(cw_slice_of(payload, n), &packet) != CW_OPUS_GOOD)
        return;
    percentile_add(&l->stages[ENCODE], (double)(now_us - begin_us) / 1000);
    l->sent_us[packet.sequence % SENT_MAX] = now_us;
    chinwag_call_packet(l->session.client, l->group, packet.sequence, packet.timestamp,
                        packet.packet.p, packet.packet.n);
}

/* Takes the audio of the 5 ms from now on, in the loudspeaker's place. */
static void hear(struct latency *l, int64_t now_us)
{
    int64_t begin_us = session_now_us();
    unsigned mixed = cw_receiver_tick(l->receiver, now_us, l->heard + l->n);
    if (mixed == 0)
        return;
    percentile_add(&l->stages[DECODE], (double)(session_now_us() - begin_us) / 1000);
    percentile_add(&l->stages[JITTER], cw_receiver_stats(l->receiver, 0).jitter.delay_ms);
}

static void latency_take(struct latency *l, const struct chinwag_event *data, int64_t now_us)
{
    uint8_t payload[CW_CALL_PACKET_MAX];
    if (data->packet == NULL || strcmp(data->sender, l->session.account.name) != 0)
        return;
    int64_t sent_us = l->sent_us[data->sequence % SENT_MAX];
    percentile_add(&l->stages[TRANSIT], (double)(now_us - sent_us) / 1000);
    cw_call_packet_put(payload, data->sequence, data->timestamp);
    memcpy(payload + CW_CALL_PACKET_HEADER, data->packet, data->packet_length);
    cw_receiver_put_packet(l->receiver, EAR,
                           cw_slice_of(payload, CW_CALL_PACKET_HEADER + data->packet_length),
                           now_us);
}

/* False: the connection broke, or the session was moved, and a message was printed. */
static bool run_client(struct latency *l)
{
    struct chinwag_event event;
    while (chinwag_poll(l->session.client, 0, &event)) {
        if (event.type == CHINWAG_CALL_DATA)
            latency_take(l, &event, session_now_us());
        if (event.type == CHINWAG_CALL_LEFT || event.type == CHINWAG_SESSION_MOVED ||
            event.type == CHINWAG_SESSION_LOST) {
            fprintf(stderr, "chinwag: the measuring was interrupted: %s\n", event.text);
            return false;
        }
        if (event.type == CHINWAG_DISCONNECTED) {
            output_unreachable(l->cli->server, event.text);
            return false;
        }
    }
    return true;
}

static void wait_until(const struct latency *l, int64_t until_us)
{
    bool wants_write;
    int64_t left_us = until_us - session_now_us();
    struct pollfd fd = {.fd = chinwag_fd(l->session.client, &wants_write), .events = POLLIN};
    poll(&fd, 1, left_us <= 0 ? 0 : (int)((left_us + 999) / 1000));
}

static bool converse(struct latency *l)
{
    int64_t next_us = session_now_us();
    while (l->n < l->most && !session_was_signalled()) {
        for (; next_us <= session_now_us() && l->n < l->most; next_us += TICK_US) {
            hear(l, next_us);
            speak(l);
            l->n += CW_AUDIO_TICK;
        }
        if (!run_client(l))
            return false;
        wait_until(l, next_us);
    }
    return true;
}

/* --- what came of it ---------------------------------------------------------------------- */

/* Half of the round trip, which the client knows in whole milliseconds, from 1 on. */
static double one_way_ms(const struct session *session)
{
    const unsigned rtt_ms = chinwag_call_way(session->client).rtt_ms;
    return rtt_ms > 1 ? rtt_ms / 2.0 : 0;
}

static bool is_server_near(const struct session *session)
{
    const unsigned rtt_ms = chinwag_call_way(session->client).rtt_ms;
    return rtt_ms != 0 && rtt_ms <= CW_PACE_NEAR_MS;
}

/* A tick of sent audio was spoken before its time, and a tick of heard audio is played after it:
 * equal places in both arrays lie a tick apart. */
static void find_bursts(struct latency *l)
{
    for (size_t said = BURST_EVERY; said + BURST_EVERY <= l->n; said += BURST_EVERY) {
        int processed = burst_find(l->processed, l->n, said);
        int heard = burst_find(l->heard, l->n, said);
        if (processed >= 0)
            percentile_add(&l->stages[PROCESSING], (double)processed / CW_AUDIO_PER_MS);
        if (heard >= 0)
            percentile_add(&l->stages[TOTAL], (double)heard / CW_AUDIO_PER_MS + TICK_US / 1000.0);
    }
}

static double lookahead_ms(const struct latency *l)
{
    struct cw_opus_encoder *encoder = cw_opus_encoder_create(&cw_opus_options_default);
    cw_opus_encoder_set_quick(encoder, l->near);
    double ms = (double)cw_opus_encoder_lookahead(encoder) / CW_AUDIO_PER_MS;
    cw_opus_encoder_destroy(encoder);
    return ms;
}

struct row {
    const char *name, *key;
    double p50, p95;
};

static struct row row_of(struct latency *l, const char *name, const char *key, enum stage stage)
{
    return (struct row){name, key, percentile_of(&l->stages[stage], 50),
                        percentile_of(&l->stages[stage], 95)};
}

static double above_0(double value)
{
    return value > 0 ? value : 0;
}

#define ROWS 10

static double packet_ms(const struct latency *l)
{
    return l->cli->frame_ms != 0 ? (double)l->cli->frame_ms : l->near ? 10 : 20;
}

static void make_rows(struct latency *l, struct row rows[ROWS])
{
    double frame = packet_ms(l), ahead = lookahead_ms(l);
    double network = l->uplink_ms + l->downlink_ms;
    struct row transit = row_of(l, "", "", TRANSIT);
    rows[0] = (struct row){"capture: a packet fills", "capture", frame, frame};
    rows[1] = row_of(l, "noise, gain", "processing", PROCESSING);
    rows[2] = row_of(l, "encode", "encode", ENCODE);
    rows[3] = (struct row){"codec's look-ahead", "lookahead", ahead, ahead};
    rows[4] = (struct row){"uplink", "uplink", l->uplink_ms, l->uplink_ms};
    rows[5] = (struct row){"server", "server", above_0(transit.p50 - network),
                           above_0(transit.p95 - network)};
    rows[6] = (struct row){"downlink", "downlink", l->downlink_ms, l->downlink_ms};
    rows[7] = row_of(l, "jitter buffer", "jitter_buffer", JITTER);
    rows[8] = row_of(l, "decode, mix", "decode", DECODE);
    rows[9] = (struct row){"playout: the reserve", "playout", PLAYOUT_MS, PLAYOUT_MS};
}

static void print_table(struct latency *l, const struct row rows[ROWS])
{
    struct row total = row_of(l, "", "", TOTAL);
    double sum = 0;
    printf("%-26s %8s %8s\n", "milliseconds", "p50", "p95");
    for (size_t i = 0; i < ROWS; i++) {
        printf("%-26s %8.2f %8.2f\n", rows[i].name, rows[i].p50, rows[i].p95);
        sum += rows[i].p50;
    }
    printf("%-26s %8.2f\n", "all of these", sum);
    printf("%-26s %8.2f %8.2f\n", "mouth to ear, measured", total.p50 + PLAYOUT_MS,
           total.p95 + PLAYOUT_MS);
    printf("(%zu sounds found of %zu; playout counted in; a device adds its own)\n",
           l->stages[TOTAL].count, l->n / BURST_EVERY - 1);
}

static void print_json(struct latency *l, const struct row rows[ROWS])
{
    struct row total = row_of(l, "", "", TOTAL);
    printf("{");
    for (size_t i = 0; i < ROWS; i++)
        printf("\"%s\":{\"p50\":%.3f,\"p95\":%.3f},", rows[i].key, rows[i].p50, rows[i].p95);
    printf("\"mouth_to_ear\":{\"p50\":%.3f,\"p95\":%.3f},\"found\":%zu}\n", total.p50 + PLAYOUT_MS,
           total.p95 + PLAYOUT_MS, l->stages[TOTAL].count);
}

static int report(struct latency *l)
{
    struct row rows[ROWS];
    l->uplink_ms = l->downlink_ms = one_way_ms(&l->session);
    find_bursts(l);
    if (l->stages[TOTAL].count == 0) {
        fprintf(stderr, "chinwag: nothing of what was said was heard\n");
        return CLI_REFUSED;
    }
    make_rows(l, rows);
    if (l->cli->json)
        print_json(l, rows);
    else
        print_table(l, rows);
    return CLI_DONE;
}

/* --- from beginning to end ------------------------------------------------------------------ */

static int enter(struct latency *l)
{
    int code = CLI_DONE;
    if (l->own_group)
        code = session_wait(&l->session, "create_group",
                            chinwag_create_group(l->session.client, l->group), NULL);
    if (code == CLI_DONE)
        code = session_wait(&l->session, "join_call",
                            chinwag_join_call_echo(l->session.client, l->group), NULL);
    return code;
}

/* The group is deleted with its last member. */
static int latency_leave(struct latency *l, int code)
{
    if (!l->own_group || code == CLI_UNREACHABLE)
        return code;
    int left = session_wait(&l->session, "leave_group",
                            chinwag_leave_group(l->session.client, l->group), NULL);
    return code == CLI_DONE ? left : code;
}

static int measure(struct latency *l)
{
    struct cw_sender_options options = cw_sender_options_default;
    options.opus.frame_ms = l->cli->frame_ms != 0 ? (int)l->cli->frame_ms : options.opus.frame_ms;
    options.fixed_length = l->cli->frame_ms != 0;
    options.echo_cancelling = false; /* no loudspeaker plays */
    options.gate = CW_GATE_PUSH;     /* which is held */
    long seconds = l->cli->seconds < 0 ? SECONDS_DEFAULT : l->cli->seconds;
    l->most = (size_t)(seconds > SECONDS_MAX ? SECONDS_MAX : seconds) * CW_AUDIO_RATE;
    l->processed = cw_alloc(l->most * sizeof *l->processed);
    l->heard = cw_alloc(l->most * sizeof *l->heard);
    l->near = is_server_near(&l->session);
    l->sender = cw_sender_create(&options, 0, 0);
    cw_sender_set_pushed(l->sender, true);
    cw_sender_set_near(l->sender, l->near);
    l->receiver = cw_receiver_create();
    session_note_signals();
    return converse(l) ? report(l) : CLI_UNREACHABLE;
}

static void finish(struct latency *l)
{
    session_close(&l->session);
    cw_sender_destroy(l->sender);
    cw_receiver_destroy(l->receiver);
    for (size_t i = 0; i < STAGES; i++)
        percentile_finish(&l->stages[i]);
    free(l->processed);
    free(l->heard);
}

int command_latency(const struct cli *cli)
{
    struct latency l = {.cli = cli, .own_group = cli->argument_count == 0};
    const char *named = l.own_group ? "" : target_group(cli->arguments[0]);
    if (named == NULL)
        return CLI_WRONG_USE;
    if (cli->frame_ms > 20) {
        fprintf(stderr, "chinwag: latency measures packets of --frame 10 or 20\n");
        return CLI_WRONG_USE;
    }
    if (l.own_group)
        snprintf(l.group, sizeof l.group, "latency-%08x%04x", (unsigned)session_now_us(),
                 (unsigned)getpid() & 0xffff);
    else
        snprintf(l.group, sizeof l.group, "%s", named);
    int code = session_open(&l.session, cli, SESSION_CALL);
    if (code == CLI_DONE)
        code = enter(&l);
    if (code == CLI_DONE)
        code = latency_leave(&l, measure(&l));
    finish(&l);
    return code;
}
