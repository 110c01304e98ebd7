/* voice_sender.c - chinwag_sender of chinwag/audio.h: src/audio's sender, packer and pace, and the
 * client that takes the packets. The program passes the client and calls this each 5 ms. */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "audio/adapt.h"
#include "audio/resampler.h"
#include "base/alloc.h"
#include "base/given.h"
#include "chinwag/audio.h"

_Static_assert(CHINWAG_TICK == CW_AUDIO_TICK && CHINWAG_TICK_MS == CW_AUDIO_TICK_MS &&
                   CHINWAG_AUDIO_RATE == CW_AUDIO_RATE && (int)CHINWAG_GATE_OPEN == CW_GATE_OPEN &&
                   (int)CHINWAG_GATE_VOICE == CW_GATE_VOICE &&
                   (int)CHINWAG_GATE_PUSH == CW_GATE_PUSH,
               "audio.h differs from src/audio");

#define BITRATE   32000
#define PACKET_MS 20
#define HANG_MS   300

struct chinwag_sender {
    uint64_t now_ms; /* counted in ticks */
    struct cw_sender *sender;
    struct cw_packer *packer;
    struct cw_resampler *list_rate; /* of a plain client: to the rate of PCM arrays; else NULL */
    struct cw_adapt adapt;
};

int64_t chinwag_clock_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static struct cw_sender_options sender_options(const struct chinwag_sender_options *o)
{
    struct cw_sender_options options = cw_sender_options_default;
    options.opus.frame_ms =
        o->packet_ms != 0 && o->packet_ms < PACKET_MS ? (int)o->packet_ms : PACKET_MS;
    options.fixed_length = o->packet_ms != 0 || o->plain;
    options.opus.bitrate = o->bitrate != 0 ? (int)o->bitrate : BITRATE;
    options.echo_cancelling = o->echo_cancelling;
    options.noise_suppression = o->noise_suppression;
    options.gain_control = o->gain_control;
    options.gate = (enum cw_sender_gate)o->gate;
    options.threshold = o->gate_level;
    options.hang_ms = o->hang_ms != 0 ? (int)o->hang_ms : HANG_MS;
    return options;
}

/* What the sender does not check itself; numbers that no int holds are out of every range. */
static bool are_options(const struct chinwag_sender_options *o)
{
    bool level = o->gate_level == 0 || (o->gate_level >= -90 && o->gate_level <= -1);
    bool joined = o->packet_ms == 2 * PACKET_MS || o->packet_ms == 3 * PACKET_MS;
    bool packet = o->packet_ms <= PACKET_MS || (joined && !o->plain);
    return level && o->bitrate <= 128000 && packet && o->hang_ms <= 2000 &&
           (o->gate == CHINWAG_GATE_OPEN || o->gate == CHINWAG_GATE_VOICE ||
            o->gate == CHINWAG_GATE_PUSH);
}

static bool make_parts(chinwag_sender *sender, const struct chinwag_sender_options *o)
{
    const struct cw_sender_options options = sender_options(o);
    /* Different in each run, so that what comes late from an earlier one is not taken for this. */
    uint32_t start = (uint32_t)chinwag_clock_us() * 2654435761u;
    sender->sender = cw_sender_create(&options, start, start);
    sender->packer = cw_packer_create();
    if (o->plain)
        sender->list_rate = cw_resampler_create(CW_AUDIO_RATE, CW_LIST_RATE, 1, CW_RESAMPLER_FAST);
    cw_adapt_begin(&sender->adapt, options.opus.bitrate,
                   o->packet_ms <= PACKET_MS ? 1 : o->packet_ms / PACKET_MS);
    return sender->sender != NULL && sender->packer != NULL &&
           o->plain == (sender->list_rate != NULL);
}

chinwag_sender *chinwag_sender_create(const struct chinwag_sender_options *options)
{
    struct chinwag_sender_options o = {0};
    if (options != NULL && !cw_take_given(&o, sizeof o, options, options->size))
        return NULL;
    if (!are_options(&o))
        return NULL;
    cw_alloc_begin_soft();
    chinwag_sender *sender = cw_alloc_zero(sizeof *sender);
    bool good = sender != NULL && make_parts(sender, &o);
    if (cw_alloc_end_soft() && good)
        return sender;
    chinwag_sender_destroy(sender);
    return NULL;
}

void chinwag_sender_destroy(chinwag_sender *sender)
{
    if (sender == NULL)
        return;
    cw_sender_destroy(sender->sender);
    cw_packer_destroy(sender->packer);
    cw_resampler_destroy(sender->list_rate);
    free(sender);
}

void chinwag_sender_set_muted(chinwag_sender *sender, bool muted)
{
    cw_sender_set_muted(sender->sender, muted);
}

void chinwag_sender_set_pushed(chinwag_sender *sender, bool pushed)
{
    cw_sender_set_pushed(sender->sender, pushed);
}

/* --- saying ----------------------------------------------------------------------------- */

static int count_said(chinwag_sender *sender, int code)
{
    cw_adapt_count(&sender->adapt, code == CHINWAG_SUCCESS);
    return code;
}

static int say_list(chinwag_sender *sender, chinwag_client *client, const char *group)
{
    int16_t list[CW_AUDIO_PACKET_MAX];
    size_t n = cw_sender_list(sender->sender, sender->list_rate, list);
    return n == 0 ? CHINWAG_SUCCESS : count_said(sender, chinwag_call_data(client, group, list, n));
}

static int say_packet(struct cw_slice payload, chinwag_client *client, const char *group)
{
    struct cw_call_packet packet;
    if (cw_call_packet_take(payload, &packet) != CW_OPUS_GOOD)
        return CHINWAG_BAD_ARGUMENT; /* never: the sender has made it */
    return chinwag_call_packet(client, group, packet.sequence, packet.timestamp, packet.packet.p,
                               packet.packet.n);
}

static void follow_network(chinwag_sender *sender, const chinwag_client *client)
{
    struct chinwag_call_way way = chinwag_call_way(client);
    cw_adapt_look(&sender->adapt,
                  (struct cw_adapt_way){
                      .udp = way.udp, .rtt_ms = way.rtt_ms, .lost = way.lost_to + way.lost_behind},
                  sender->now_ms, sender->sender, sender->packer);
}

int chinwag_sender_say(chinwag_sender *sender, const int16_t pcm[CHINWAG_TICK], const int16_t *far,
                       chinwag_client *client, const char *group)
{
    uint8_t payload[CW_CALL_PACKET_MAX];
    int result = CHINWAG_SUCCESS;
    if (pcm == NULL || client == NULL || group == NULL)
        return CHINWAG_BAD_ARGUMENT;
    size_t n = cw_sender_push(sender->sender, pcm, far, payload);
    bool silence = n <= CW_CALL_PACKET_HEADER + 2;
    if (cw_adapt_is_due(&sender->adapt, sender->now_ms))
        follow_network(sender, client);
    sender->now_ms += CHINWAG_TICK_MS;
    if (n == 0)
        return result;
    if (sender->list_rate != NULL)
        return silence ? result : say_list(sender, client, group);
    cw_packer_take(sender->packer, cw_slice_of(payload, n));
    while ((n = cw_packer_next(sender->packer, payload)) != 0) {
        int code = count_said(sender, say_packet(cw_slice_of(payload, n), client, group));
        if (code != CHINWAG_SUCCESS)
            result = code;
    }
    return result;
}

struct chinwag_sender_stats chinwag_sender_stats(const chinwag_sender *sender)
{
    struct cw_pace_choice choice = cw_audio_pace_choice(&sender->adapt.pace);
    return (struct chinwag_sender_stats){.speaking = cw_sender_open(sender->sender),
                                         .level = cw_sender_level(sender->sender).rms,
                                         .sent = sender->adapt.sent,
                                         .unsent = sender->adapt.unsent,
                                         .bitrate = (unsigned)choice.bitrate,
                                         .unheard = sender->adapt.unheard};
}
