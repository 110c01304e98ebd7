/* call_audio.c - see call_audio.h. */
#include "call_audio.h"

#include <stdlib.h>
#include <string.h>

#include "audio/adapt.h"
#include "audio/hearing.h"
#include "audio/resampler.h"
#include "base/alloc.h"

struct speaker {
    char *name;
    uint64_t number; /* the receiver's number; it grows, so speakers are in the order of their
                        first audio */
    unsigned volume; /* from the command line, per cent */
    int64_t heard_us;
    struct cw_hearing hearing;
};

#define MUSIC_BITRATE  96000
#define SPEECH_BITRATE 32000

struct call_audio {
    const struct cli *cli;
    struct cw_sender *sender;
    struct cw_receiver *receiver;
    struct cw_packer *packer;
    struct cw_adapt adapt;
    int round_trip_ms;
    struct cw_resampler *list_rate; /* without Opus: to that of PCM arrays; else NULL */
    struct speaker speakers[CW_CALL_MEMBERS_LIMIT];
    size_t count;
    struct cw_hearing_turns turns;
    uint64_t last_number;
    unsigned volume; /* of all */
};

bool call_audio_read_gate(const char *text, float *threshold)
{
    char *end;
    *threshold = 0;
    if (text == NULL || strcmp(text, "open") == 0)
        return true;
    *threshold = strtof(text, &end);
    return end != text && *end == 0 && *threshold >= -90 && *threshold <= -1;
}

static enum cw_sender_gate gate_of(const struct cli *cli, bool push_to_talk)
{
    bool open = cli->music || (cli->gate != NULL && strcmp(cli->gate, "open") == 0);
    return push_to_talk ? CW_GATE_PUSH : open ? CW_GATE_OPEN : CW_GATE_VOICE;
}

/* Bits a second where the network takes them. */
static int wanted_bitrate(const struct cli *cli)
{
    int speech = cli->bitrate != 0 ? (int)cli->bitrate * 1000 : SPEECH_BITRATE;
    return cli->music ? MUSIC_BITRATE : speech;
}

/* Of the shortest packets; 0: what the network takes. Who counts the bits of speech counts those of
 * the heads, too, which are nearly as many in packets of 20 ms. */
static unsigned wanted_packet_ms(const struct cli *cli)
{
    if (cli->frame_ms != 0)
        return (unsigned)cli->frame_ms;
    return cli->bitrate != 0 && !cli->music ? 60 : 0;
}

/* Music is sent as it is; only the echo of a loudspeaker is none of it. */
static void set_music(struct cw_sender_options *options, bool stereo)
{
    options->opus.stereo = stereo;
    options->opus.dtx = false;
    options->echo_cancelling &= !stereo;
    options->noise_suppression = options->gain_control = false;
    if (stereo)
        options->gate = CW_GATE_OPEN;
}

struct call_audio *call_audio_create(const struct cli *cli, bool open_room, bool stereo,
                                     uint32_t start)
{
    struct call_audio *audio = cw_alloc_zero(sizeof *audio);
    struct cw_sender_options options = cw_sender_options_default;
    const unsigned packet_ms = wanted_packet_ms(cli);
    options.opus.frame_ms = packet_ms != 0 && packet_ms < 20 ? (int)packet_ms : 20;
    options.fixed_length = packet_ms != 0 || cli->plain;
    options.opus.bitrate = wanted_bitrate(cli);
    options.echo_cancelling = open_room && !cli->no_echo;
    options.noise_suppression = (open_room || cli->noise) && !cli->no_noise;
    options.gain_control = !cli->no_gain;
    options.gate = gate_of(cli, cli->push_to_talk);
    call_audio_read_gate(cli->gate, &options.threshold);
    if (cli->music)
        set_music(&options, stereo);
    audio->cli = cli;
    audio->volume = 100;
    audio->sender = cw_sender_create(&options, start, start);
    audio->receiver = cw_receiver_create();
    audio->packer = cw_packer_create();
    cw_adapt_begin(&audio->adapt, options.opus.bitrate, packet_ms < 20 ? 1 : packet_ms / 20);
    if (cli->plain)
        audio->list_rate = cw_resampler_create(CW_AUDIO_RATE, CW_LIST_RATE, 1, CW_RESAMPLER_FAST);
    return audio;
}

void call_audio_destroy(struct call_audio *audio)
{
    if (audio == NULL)
        return;
    for (size_t i = 0; i < audio->count; i++)
        free(audio->speakers[i].name);
    cw_sender_destroy(audio->sender);
    cw_packer_destroy(audio->packer);
    cw_receiver_destroy(audio->receiver);
    cw_resampler_destroy(audio->list_rate);
    free(audio);
}

/* --- speakers -------------------------------------------------------------------------- */

static unsigned asked_volume(const struct cli *cli, const char *name)
{
    for (int i = cli->volume_count - 1; i >= 0; i--)
        if (strlen(name) == cli->volumes[i].length &&
            memcmp(cli->volumes[i].name, name, cli->volumes[i].length) == 0)
            return cli->volumes[i].percent;
    return 100;
}

static void set_volume(struct call_audio *audio, const struct speaker *speaker)
{
    cw_receiver_set_volume(audio->receiver, speaker->number, speaker->volume * audio->volume / 100);
}

static void forget(struct call_audio *audio, size_t index)
{
    cw_receiver_remove(audio->receiver, audio->speakers[index].number);
    free(audio->speakers[index].name);
    audio->count--;
    memmove(&audio->speakers[index], &audio->speakers[index + 1],
            (audio->count - index) * sizeof audio->speakers[0]);
}

/* Speakers who have left are kept for the statistics, and may come back; when there is no room the
 * one heard longest ago is removed. */
static void make_room(struct call_audio *audio)
{
    size_t longest = 0;
    if (audio->count < CW_CALL_MEMBERS_LIMIT)
        return;
    for (size_t i = 1; i < audio->count; i++)
        if (audio->speakers[i].heard_us < audio->speakers[longest].heard_us)
            longest = i;
    forget(audio, longest);
}

static struct speaker *find(struct call_audio *audio, const char *name)
{
    for (size_t i = 0; i < audio->count; i++)
        if (strcmp(audio->speakers[i].name, name) == 0)
            return &audio->speakers[i];
    return NULL;
}

static struct speaker *call_audio_add(struct call_audio *audio, const char *name)
{
    size_t size = strlen(name) + 1;
    make_room(audio);
    struct speaker *speaker = &audio->speakers[audio->count++];
    *speaker = (struct speaker){.name = cw_alloc(size),
                                .number = ++audio->last_number,
                                .volume = asked_volume(audio->cli, name)};
    memcpy(speaker->name, name, size);
    set_volume(audio, speaker);
    return speaker;
}

static struct speaker *find_or_add(struct call_audio *audio, const char *name)
{
    struct speaker *speaker = find(audio, name);
    return speaker != NULL ? speaker : call_audio_add(audio, name);
}

/* --- hearing --------------------------------------------------------------------------- */

static void note_packet(struct speaker *speaker, const struct chinwag_event *data, int64_t now_us)
{
    uint32_t samples;
    if (!data->again && cw_opus_packet_check(cw_slice_of(data->packet, data->packet_length),
                                             &samples) == CW_OPUS_GOOD)
        cw_hearing_note(&speaker->hearing, data->timestamp, samples, now_us);
}

void call_audio_take(struct call_audio *audio, const struct chinwag_event *data, int64_t now_us)
{
    uint8_t payload[CW_CALL_PACKET_MAX];
    struct speaker *speaker = find_or_add(audio, data->sender);
    speaker->heard_us = now_us;
    if (data->samples != NULL) {
        cw_receiver_put_list(audio->receiver, speaker->number, data->samples, data->sample_count);
    } else if (data->packet != NULL && data->packet_length <= CW_OPUS_PACKET_MAX) {
        note_packet(speaker, data, now_us);
        cw_call_packet_put(payload, data->sequence, data->timestamp);
        memcpy(payload + CW_CALL_PACKET_HEADER, data->packet, data->packet_length);
        const struct cw_slice whole =
            cw_slice_of(payload, CW_CALL_PACKET_HEADER + data->packet_length);
        (data->again ? cw_receiver_put_again
                     : cw_receiver_put_packet)(audio->receiver, speaker->number, whole, now_us);
    }
}

size_t call_audio_pause(struct call_audio *audio, int64_t now_us, int16_t pcm[CW_AUDIO_TICK])
{
    return cw_receiver_pause(audio->receiver, now_us, pcm);
}

void call_audio_hear(struct call_audio *audio, int64_t now_us, int16_t pcm[CW_AUDIO_TICK])
{
    cw_receiver_tick(audio->receiver, now_us, pcm);
}

void call_audio_change_volume(struct call_audio *audio, int by)
{
    int volume = (int)audio->volume + by;
    audio->volume = volume < 0 ? 0 : volume > 200 ? 200 : (unsigned)volume;
    for (size_t i = 0; i < audio->count; i++)
        set_volume(audio, &audio->speakers[i]);
}

unsigned call_audio_volume(const struct call_audio *audio)
{
    return audio->volume;
}

void call_audio_set_volume_of(struct call_audio *audio, const char *name, unsigned percent)
{
    struct speaker *speaker = find_or_add(audio, name);
    speaker->volume = percent;
    set_volume(audio, speaker);
}

unsigned call_audio_volume_of(const struct call_audio *audio, const char *name)
{
    for (size_t i = 0; i < audio->count; i++)
        if (strcmp(audio->speakers[i].name, name) == 0)
            return audio->speakers[i].volume;
    return asked_volume(audio->cli, name);
}

void call_audio_toggle_muted(struct call_audio *audio, const char *name)
{
    struct speaker *speaker = find_or_add(audio, name);
    bool muted = call_audio_stats(audio, (size_t)(speaker - audio->speakers)).muted;
    cw_receiver_set_muted(audio->receiver, speaker->number, !muted);
}

void call_audio_set_deafened(struct call_audio *audio, bool deafened)
{
    cw_receiver_set_deafened(audio->receiver, deafened);
}

/* --- saying ---------------------------------------------------------------------------- */

/* As a client without Opus says it. */
static int say_list(struct call_audio *audio, chinwag_client *client, const char *group)
{
    int16_t list[CW_AUDIO_PACKET_MAX];
    size_t n = cw_sender_list(audio->sender, audio->list_rate, list);
    return n == 0 ? CHINWAG_SUCCESS : chinwag_call_data(client, group, list, n);
}

static int say_packet(struct cw_slice payload, chinwag_client *client, const char *group)
{
    struct cw_call_packet packet;
    if (cw_call_packet_take(payload, &packet) != CW_OPUS_GOOD)
        return CHINWAG_BAD_ARGUMENT;
    return chinwag_call_packet(client, group, packet.sequence, packet.timestamp, packet.packet.p,
                               packet.packet.n);
}

static void count_said(struct call_audio *audio, int code)
{
    cw_adapt_count(&audio->adapt, code == CHINWAG_SUCCESS);
}

/* To each speaker how they are heard. */
static void report_hearing(struct call_audio *audio, chinwag_client *client, int64_t now_us)
{
    size_t left = cw_hearing_turn(&audio->turns, audio->count, now_us);
    for (; left > 0; left--) {
        unsigned lost;
        uint64_t came, missed;
        size_t i = cw_hearing_next(&audio->turns, audio->count);
        struct cw_receiver_stats stats = call_audio_stats(audio, i);
        if (cw_receiver_missed(&stats, &came, &missed) &&
            cw_hearing_is_due(&audio->speakers[i].hearing, came, missed, now_us, &lost)) {
            chinwag_call_report(client, audio->speakers[i].name, lost);
            return;
        }
    }
}

void call_audio_follow(struct call_audio *audio, chinwag_client *client, int64_t now_us)
{
    const uint64_t now_ms = (uint64_t)now_us / 1000;
    report_hearing(audio, client, now_us);
    if (!cw_adapt_is_due(&audio->adapt, now_ms))
        return;
    struct chinwag_call_way way = chinwag_call_way(client);
    cw_receiver_set_round_trip(audio->receiver, way.udp ? (int)way.rtt_ms : audio->round_trip_ms,
                               !way.udp);
    cw_adapt_look(&audio->adapt,
                  (struct cw_adapt_way){
                      .udp = way.udp, .rtt_ms = way.rtt_ms, .lost = way.lost_to + way.lost_behind},
                  now_ms, audio->sender, audio->packer);
}

void call_audio_played(struct call_audio *audio, const int16_t pcm[CW_AUDIO_TICK])
{
    cw_sender_played(audio->sender, pcm);
}

void call_audio_say(struct call_audio *audio, const int16_t *pcm, chinwag_client *client,
                    const char *group)
{
    uint8_t payload[CW_CALL_PACKET_MAX];
    size_t n = cw_sender_push(audio->sender, pcm, NULL, payload);
    bool silence = n <= CW_CALL_PACKET_HEADER + 2;
    if (n == 0)
        return;
    if (audio->list_rate != NULL) {
        if (!silence)
            count_said(audio, say_list(audio, client, group));
        return;
    }
    cw_packer_take(audio->packer, cw_slice_of(payload, n));
    while ((n = cw_packer_next(audio->packer, payload)) != 0)
        count_said(audio, say_packet(cw_slice_of(payload, n), client, group));
}

void call_audio_set_round_trip(struct call_audio *audio, int ms)
{
    audio->round_trip_ms = ms;
}

void call_audio_set_muted(struct call_audio *audio, bool muted)
{
    cw_sender_set_muted(audio->sender, muted);
}

void call_audio_set_push_to_talk(struct call_audio *audio, bool on)
{
    cw_sender_set_gate(audio->sender, gate_of(audio->cli, on));
}

void call_audio_set_pushed(struct call_audio *audio, bool pushed)
{
    cw_sender_set_pushed(audio->sender, pushed);
}

/* --- what there is to know -------------------------------------------------------------- */

struct cw_level call_audio_level(const struct call_audio *audio)
{
    return cw_sender_level(audio->sender);
}

bool call_audio_open(const struct call_audio *audio)
{
    return cw_sender_open(audio->sender);
}

size_t call_audio_count(const struct call_audio *audio)
{
    return audio->count;
}

const char *call_audio_name(const struct call_audio *audio, size_t index)
{
    return audio->speakers[index].name;
}

/* Numbers ascend in both lists, and the receiver has each of ours. */
struct cw_receiver_stats call_audio_stats(const struct call_audio *audio, size_t index)
{
    return cw_receiver_stats(audio->receiver, index);
}

uint64_t call_audio_sent(const struct call_audio *audio)
{
    return audio->adapt.sent;
}

uint64_t call_audio_unsent(const struct call_audio *audio)
{
    return audio->adapt.unsent;
}

unsigned call_audio_unheard(const struct call_audio *audio)
{
    return audio->adapt.unheard;
}
