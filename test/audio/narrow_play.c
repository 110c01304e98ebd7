/* narrow_play.c - see narrow_play.h. */
#include "narrow_play.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "audio/hearing.h"
#include "audio/jitter.h"
#include "audio/packer.h"
#include "frame/voice_link.h"
#include "frame/voice_path.h"

#define FRAME     960u
#define FRAME_US  20000
#define STEP_US   5000
#define LOOK_US   100000
#define HEARD_US  500000
#define REPORT_US 6000000
#define START_S   3u
#define QUEUE_US  1000000 /* of a line, before what comes is dropped */
#define LINE_MOST 512u
#define HEAD_UDP  28u
/* IP and TCP with its time stamps, and what CURVE has before a packet of 60 ms in a message:
 * test_call_bytes.c counts it. */
#define HEAD_SEGMENT 52u
#define HEAD_MESSAGE 55u
#define TCP_UNSENT   12000u
/* The acknowledgement of every second packet is late by so much. */
#define TCP_LATE_US 40000

static const uint8_t near_secret[CW_DATAGRAM_SECRET_N] = "12345678 the speaker's secret is this..";
static const uint8_t far_secret[CW_DATAGRAM_SECRET_N] = "87654321 the listener's secret is this.";
static const uint8_t random_bytes[CW_VOICE_NONCE_N] = "nonsense";
static const struct cw_voice_place home = {"home"};

struct line {
    unsigned kbit, permille;
    int64_t delay_us, free_us;
    uint64_t bytes;
    unsigned begin, end; /* of the ring, counted on */
    struct parcel {
        int64_t at_us, sent_us;
        size_t n;
        unsigned head;
        uint8_t bytes[CW_DATAGRAM_MAX];
    } ring[LINE_MOST];
};

struct scene {
    const struct narrow *narrow;
    int64_t now_us, look_us, heard_us;
    uint64_t seed;
    struct line up, answers, down, reports; /* the speaker's two ways, the listener's two */
    struct cw_voice_link near_link, far_link;
    struct cw_voice_path near_path, far_path;
    struct cw_audio_pace pace;
    struct cw_jitter *jitter;
    uint32_t queued, sequence, timestamp;
    unsigned held, held_bytes;        /* frames that wait to be a packet */
    uint8_t pair[CW_CALL_PACKET_MAX]; /* by a connection: it waits for another one */
    size_t pair_n;
    int64_t tcp_rtt_us, tcp_least_us;
    unsigned tcp_waits, acknowledged, sent, refused;
    uint64_t up_before, bits;
    struct cw_hearing hearing;
    unsigned told;   /* lost, as the listener has reported */
    int64_t told_us; /* it arrived then */
    struct narrow_heard result;
};

/* --- lines ---------------------------------------------------------------------------------- */

static bool loses(struct scene *scene, unsigned permille)
{
    scene->seed = scene->seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return scene->seed / 4294967296 % 1000 < permille;
}

static void transmit(struct scene *scene, struct line *line, const uint8_t *bytes, size_t n,
                     unsigned head)
{
    line->bytes += n + head;
    if (line->free_us < scene->now_us)
        line->free_us = scene->now_us;
    bool full = line->kbit != 0 && line->free_us - scene->now_us > QUEUE_US;
    if (!scene->narrow->tcp && (full || loses(scene, line->permille)))
        return;
    if (line->kbit != 0)
        line->free_us += (int64_t)(n + head) * 8000 / line->kbit;
    assert_true(line->end - line->begin < LINE_MOST);
    struct parcel *parcel = &line->ring[line->end++ % LINE_MOST];
    parcel->at_us = line->free_us + line->delay_us;
    parcel->sent_us = scene->now_us;
    parcel->n = n;
    parcel->head = head;
    memcpy(parcel->bytes, bytes, n);
}

static struct parcel *arrived(const struct scene *scene, struct line *line)
{
    if (line->begin == line->end || line->ring[line->begin % LINE_MOST].at_us > scene->now_us)
        return NULL;
    return &line->ring[line->begin++ % LINE_MOST];
}

static uint64_t now_ms(const struct scene *scene)
{
    return (uint64_t)scene->now_us / 1000;
}

/* --- the listener ---------------------------------------------------------------------------- */

static void put(struct scene *scene, struct cw_slice payload, bool again)
{
    struct cw_call_packet packet;
    assert_int_equal(cw_call_packet_take(payload, &packet), CW_OPUS_GOOD);
    if (!again)
        cw_hearing_note(&scene->hearing, packet.timestamp, packet.samples, scene->now_us);
    (again ? cw_jitter_put_again : cw_jitter_put)(scene->jitter, &packet, scene->now_us);
}

static void note_played(struct scene *scene, struct cw_jitter_item item)
{
    if (item.kind == CW_JITTER_PACKET && scene->now_us > START_S * 1000000)
        scene->result.heard += item.samples / FRAME;
    scene->queued += item.samples;
    bool longer = item.stretch == CW_JITTER_LENGTHEN;
    if (item.kind != CW_JITTER_PACKET || (!longer && item.stretch != CW_JITTER_SHORTEN))
        return;
    int by = longer ? 240 : item.spare < 240 ? 0 : -240;
    scene->queued += (uint32_t)by;
    cw_jitter_stretched(scene->jitter, by);
}

static void listen(struct scene *scene)
{
    while (scene->queued < CW_AUDIO_TICK)
        note_played(scene, cw_jitter_next(scene->jitter, scene->now_us, scene->queued));
    scene->queued -= CW_AUDIO_TICK;
    int delay_ms = cw_jitter_stats(scene->jitter).delay_ms;
    if (scene->now_us > START_S * 1000000 && delay_ms > scene->result.longest_ms)
        scene->result.longest_ms = delay_ms;
}

static void take_at_listener(struct scene *scene, const struct parcel *parcel)
{
    struct cw_voice_heard heard;
    struct cw_slice bytes = cw_slice_of(parcel->bytes, parcel->n);
    if (scene->narrow->tcp) {
        put(scene, bytes, false);
        return;
    }
    if (!cw_voice_link_take(&scene->far_link, bytes, now_ms(scene), &heard))
        return;
    for (size_t i = 0; i < heard.said_count; i++)
        put(scene, heard.said[i].packet, heard.said[i].again);
    if (heard.reply_n != 0)
        transmit(scene, &scene->reports, heard.reply, heard.reply_n, HEAD_UDP);
}

/* A report is not lost, but as late as its way is long. The round trip is what the link knows. */
static void report(struct scene *scene)
{
    struct cw_jitter_stats stats = cw_jitter_stats(scene->jitter);
    if (!scene->narrow->tcp)
        cw_jitter_set_round_trip(scene->jitter, (int)scene->far_link.rtt_ms, false);
    if (cw_hearing_is_due(&scene->hearing, stats.received - stats.duplicates + stats.lost,
                          stats.lost + stats.late + stats.dropped, scene->now_us, &scene->told))
        scene->told_us = scene->now_us + 2 * scene->reports.delay_us;
}

/* --- the server ------------------------------------------------------------------------------ */

static void forward(struct scene *scene, struct cw_slice packet, bool again)
{
    uint8_t audio[CW_DATAGRAM_CONTENT_MAX] = {
        6 | (again ? CW_VOICE_AGAIN : 0), 's', 'p', 'e', 'a', 'k', 'r'};
    uint8_t datagram[CW_DATAGRAM_MAX];
    memcpy(audio + 7, packet.p, packet.n);
    if (!cw_voice_path_is_live(&scene->far_path, now_ms(scene)))
        return;
    size_t n = cw_voice_path_seal(&scene->far_path, cw_slice_of(audio, 7 + packet.n), datagram);
    transmit(scene, &scene->down, datagram, n, HEAD_UDP);
}

static void take_at_server(struct scene *scene, struct cw_voice_path *path,
                           const struct parcel *parcel, struct line *answers)
{
    struct cw_voice_came came;
    if (!cw_voice_path_take(path, cw_slice_of(parcel->bytes, parcel->n), &home, random_bytes,
                            now_ms(scene), &came))
        return;
    for (size_t i = 0; i < came.packet_count; i++)
        forward(scene, came.packets[i], i + 1 < came.packet_count);
    if (came.reply_n != 0)
        transmit(scene, answers, came.reply, came.reply_n, HEAD_UDP);
}

/* As src/server/voice.c does it. */
static void tell_speaker(struct scene *scene)
{
    if (scene->now_us < scene->heard_us)
        return;
    scene->heard_us = scene->now_us + HEARD_US;
    scene->near_path.heard_permille = cw_voice_path_lost_permille(&scene->far_path);
}

/* --- the speaker ----------------------------------------------------------------------------- */

static void say_by_tcp(struct scene *scene, const uint8_t *payload, size_t n, unsigned head)
{
    scene->sent++;
    if (scene->tcp_waits > TCP_UNSENT) {
        scene->refused++;
        return;
    }
    scene->tcp_waits += (unsigned)n + head;
    transmit(scene, &scene->up, payload, n, head);
}

/* Long packets two in a segment, as cw_packer_set_pairs gives them. */
static void say_in_pairs(struct scene *scene, const uint8_t *payload, size_t n, unsigned frames)
{
    bool second = scene->pair_n != 0;
    if (!second && frames == CW_PACKER_FRAMES_MAX) {
        memcpy(scene->pair, payload, n);
        scene->pair_n = n;
        return;
    }
    if (second)
        say_by_tcp(scene, scene->pair, scene->pair_n, HEAD_SEGMENT + HEAD_MESSAGE);
    scene->pair_n = 0;
    say_by_tcp(scene, payload, n, HEAD_MESSAGE + (second ? 0 : HEAD_SEGMENT));
}

static void say_packet(struct scene *scene, const uint8_t *payload, size_t n, unsigned frames)
{
    uint8_t datagram[CW_DATAGRAM_MAX];
    if (scene->narrow->tcp) {
        say_in_pairs(scene, payload, n, frames);
        return;
    }
    scene->sent++;
    n = cw_voice_link_seal(&scene->near_link, cw_slice_of(payload, n), datagram);
    transmit(scene, &scene->up, datagram, n, HEAD_UDP);
}

/* Joins as many frames as are wanted; TOC: SILK, wide band, frames of 20 ms. */
static void say_frame(struct scene *scene)
{
    static const uint8_t toc[] = {0, 0x48, 0x49, 0x4b};
    uint8_t payload[CW_CALL_PACKET_MAX] = {0};
    struct cw_pace_choice choice = cw_audio_pace_choice(&scene->pace);
    scene->held++;
    scene->held_bytes += (unsigned)choice.bitrate / 8 / 50;
    if (scene->now_us > START_S * 1000000) {
        scene->bits += (unsigned)choice.bitrate;
        scene->result.said++;
    }
    if (scene->held < choice.frames)
        return;
    cw_call_packet_put(payload, scene->sequence++, scene->timestamp);
    payload[CW_CALL_PACKET_HEADER] = toc[scene->held];
    payload[CW_CALL_PACKET_HEADER + 1] = (uint8_t)scene->held;
    /* Of two frames as of three they have one length. */
    unsigned n = scene->held_bytes - scene->held_bytes % scene->held + 1 + (scene->held == 3);
    say_packet(scene, payload, CW_CALL_PACKET_HEADER + n, choice.frames);
    scene->timestamp += scene->held * FRAME;
    scene->held = scene->held_bytes = 0;
}

/* Smoothed as TCP does it, and as src/client/client_socket.c reads it. */
static unsigned tcp_rtt(const struct scene *scene)
{
    int64_t rtt_us = scene->tcp_rtt_us;
    if (rtt_us < scene->tcp_least_us + 50000)
        rtt_us = scene->tcp_least_us;
    return (unsigned)(rtt_us / 1000);
}

static void acknowledge(struct scene *scene, const struct parcel *parcel)
{
    int64_t late_us = scene->acknowledged++ % 2 == 0 ? TCP_LATE_US : 0;
    int64_t rtt_us = parcel->at_us - parcel->sent_us + scene->up.delay_us + late_us;
    if (scene->tcp_rtt_us == 0)
        scene->tcp_rtt_us = rtt_us;
    scene->tcp_rtt_us += (rtt_us - scene->tcp_rtt_us) / 8;
    if (scene->tcp_least_us == 0 || rtt_us < scene->tcp_least_us)
        scene->tcp_least_us = rtt_us;
    scene->tcp_waits -= (unsigned)parcel->n + parcel->head;
}

static void look(struct scene *scene)
{
    const struct cw_voice_link *link = &scene->near_link;
    struct cw_pace_sight sight = {.sent = scene->sent, .refused = scene->refused};
    if (scene->now_us < scene->look_us)
        return;
    scene->look_us = scene->now_us + LOOK_US;
    scene->refused = scene->sent = 0;
    if (scene->narrow->tcp)
        sight.rtt_ms = tcp_rtt(scene);
    else
        sight.rtt_ms = link->rtt_ms;
    unsigned behind = link->heard_permille / 10;
    if (scene->now_us - scene->told_us <= REPORT_US && scene->now_us >= scene->told_us &&
        scene->told > behind)
        behind = scene->told;
    sight.lost_percent = link->up.permille / 10 + behind;
    cw_audio_pace_look(&scene->pace, sight, now_ms(scene));
}

/* --- time ------------------------------------------------------------------------------------ */

static void carry(struct scene *scene)
{
    struct parcel *parcel;
    struct cw_voice_heard heard;
    while ((parcel = arrived(scene, &scene->up)) != NULL)
        if (scene->narrow->tcp) {
            acknowledge(scene, parcel);
            transmit(scene, &scene->down, parcel->bytes, parcel->n, parcel->head);
        } else {
            take_at_server(scene, &scene->near_path, parcel, &scene->answers);
        }
    while ((parcel = arrived(scene, &scene->reports)) != NULL)
        take_at_server(scene, &scene->far_path, parcel, &scene->down);
    while ((parcel = arrived(scene, &scene->down)) != NULL)
        take_at_listener(scene, parcel);
    while ((parcel = arrived(scene, &scene->answers)) != NULL)
        if (cw_voice_link_take(&scene->near_link, cw_slice_of(parcel->bytes, parcel->n),
                               now_ms(scene), &heard) &&
            heard.reply_n != 0)
            transmit(scene, &scene->up, heard.reply, heard.reply_n, HEAD_UDP);
}

static void probe(struct scene *scene, struct cw_voice_link *link, struct line *line)
{
    uint8_t datagram[CW_DATAGRAM_MAX];
    size_t n = scene->narrow->tcp ? 0 : cw_voice_link_probe(link, now_ms(scene), datagram);
    if (n != 0)
        transmit(scene, line, datagram, n, HEAD_UDP);
}

static void step(struct scene *scene)
{
    const struct narrow *narrow = scene->narrow;
    scene->now_us += STEP_US;
    if (narrow->farther_at_s != 0 && scene->now_us == narrow->farther_at_s * INT64_C(1000000)) {
        scene->up.delay_us += narrow->farther_ms * 1000;
        scene->down.delay_us += narrow->down_farther_ms * 1000;
        if (narrow->tcp)
            cw_jitter_set_round_trip(
                scene->jitter, 2 * (int)narrow->delay_ms + (int)narrow->down_farther_ms, true);
    }
    carry(scene);
    tell_speaker(scene);
    probe(scene, &scene->near_link, &scene->up);
    probe(scene, &scene->far_link, &scene->reports);
    look(scene);
    if (scene->now_us % FRAME_US == 0)
        say_frame(scene);
    listen(scene);
    report(scene);
}

static struct line line_of(const struct narrow *narrow, unsigned kbit)
{
    return (struct line){.kbit = kbit,
                         .permille = narrow->lost_permille,
                         .delay_us = (int64_t)narrow->delay_ms * 1000};
}

static struct scene scene; /* its rings are too much for a stack */

static void begin(const struct narrow *narrow)
{
    scene = (struct scene){.narrow = narrow, .seed = 7, .now_us = 1000000};
    scene.up = line_of(narrow, narrow->up_kbit);
    scene.down = line_of(narrow, narrow->down_kbit);
    scene.answers = line_of(narrow, 0);
    scene.reports = line_of(narrow, 0);
    scene.jitter = cw_jitter_create();
    if (narrow->tcp)
        cw_jitter_set_round_trip(scene.jitter, 2 * (int)narrow->delay_ms, true);
    cw_audio_pace_begin(&scene.pace, narrow->bitrate, narrow->frames != 0 ? narrow->frames : 1);
    cw_voice_link_begin(&scene.near_link, near_secret, now_ms(&scene));
    cw_voice_link_begin(&scene.far_link, far_secret, now_ms(&scene));
    cw_voice_path_begin(&scene.near_path, near_secret);
    cw_voice_path_begin(&scene.far_path, far_secret);
}

struct narrow_heard narrow_play(const struct narrow *narrow, unsigned seconds)
{
    begin(narrow);
    while (scene.now_us < (seconds + 1) * INT64_C(1000000)) {
        if (scene.now_us == (seconds - 9) * INT64_C(1000000))
            scene.up_before = scene.up.bytes;
        step(&scene);
    }
    scene.result.up_bit_s = (unsigned)((scene.up.bytes - scene.up_before) * 8 / 10);
    scene.result.last = cw_audio_pace_choice(&scene.pace);
    scene.result.mean_bit_s = (unsigned)(scene.bits / scene.result.said);
    cw_jitter_destroy(scene.jitter);
    return scene.result;
}
