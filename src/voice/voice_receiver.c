/* voice_receiver.c - chinwag_receiver of chinwag/audio.h: src/audio's receiver, with the speakers'
 * names for its numbers. The program calls it for each CHINWAG_CALL_DATA and every 5 ms. */
#include <stdlib.h>
#include <string.h>

#include "audio/hearing.h"
#include "audio/receiver.h"
#include "base/alloc.h"
#include "chinwag/audio.h"

struct named {
    char *name;
    uint64_t number; /* the receiver's; it grows, so speakers are in the order of their first audio
                      */
    int64_t heard_us;
    struct cw_hearing hearing;
};

struct chinwag_receiver {
    struct cw_receiver *receiver;
    struct named speakers[CW_CALL_MEMBERS_LIMIT];
    size_t count;
    uint64_t last_number;
    int round_trip_ms; /* of the connection, if the program has told it */
    bool udp;          /* audio goes by datagrams, which have a round trip of their own */
    struct cw_hearing_turns turns;
};

chinwag_receiver *chinwag_receiver_create(void)
{
    cw_alloc_begin_soft();
    chinwag_receiver *receiver = cw_alloc_zero(sizeof *receiver);
    if (receiver != NULL)
        receiver->receiver = cw_receiver_create();
    if (receiver != NULL && receiver->receiver == NULL) {
        free(receiver);
        receiver = NULL;
    }
    cw_alloc_end_soft();
    return receiver;
}

void chinwag_receiver_destroy(chinwag_receiver *receiver)
{
    if (receiver == NULL)
        return;
    for (size_t i = 0; i < receiver->count; i++)
        free(receiver->speakers[i].name);
    cw_receiver_destroy(receiver->receiver);
    free(receiver);
}

/* --- speakers -------------------------------------------------------------------------- */

static struct named *find(chinwag_receiver *receiver, const char *name)
{
    for (size_t i = 0; name != NULL && i < receiver->count; i++)
        if (strcmp(receiver->speakers[i].name, name) == 0)
            return &receiver->speakers[i];
    return NULL;
}

static void forget(chinwag_receiver *receiver, struct named *speaker)
{
    size_t index = (size_t)(speaker - receiver->speakers);
    cw_receiver_remove(receiver->receiver, speaker->number);
    free(speaker->name);
    receiver->count--;
    memmove(speaker, speaker + 1, (receiver->count - index) * sizeof *speaker);
}

static bool has_settings(const chinwag_receiver *receiver, size_t index)
{
    struct cw_receiver_stats stats = cw_receiver_stats(receiver->receiver, index);
    return stats.muted || stats.volume != 100;
}

static bool goes_before(const chinwag_receiver *receiver, size_t index, size_t other)
{
    bool kept = has_settings(receiver, index), other_kept = has_settings(receiver, other);
    if (kept != other_kept)
        return other_kept;
    return receiver->speakers[index].heard_us < receiver->speakers[other].heard_us;
}

/* Who was heard longest ago goes; who has settings of their own only when all have. */
static void make_room(chinwag_receiver *receiver)
{
    size_t first = 0;
    if (receiver->count < CW_CALL_MEMBERS_LIMIT)
        return;
    for (size_t i = 1; i < receiver->count; i++)
        if (goes_before(receiver, i, first))
            first = i;
    forget(receiver, &receiver->speakers[first]);
}

/* NULL: there is no memory. The underlying receiver has each of ours, and no other. */
static struct named *add(chinwag_receiver *receiver, const char *name)
{
    size_t size = strlen(name) + 1;
    make_room(receiver);
    char *copy = cw_alloc(size);
    if (copy == NULL)
        return NULL;
    if (!cw_receiver_set_volume(receiver->receiver, receiver->last_number + 1, 100)) {
        free(copy);
        return NULL;
    }
    struct named *speaker = &receiver->speakers[receiver->count++];
    *speaker = (struct named){.name = memcpy(copy, name, size), .number = ++receiver->last_number};
    return speaker;
}

/* NULL: no name is given, or there is no memory. */
static struct named *find_or_add(chinwag_receiver *receiver, const char *name)
{
    struct named *speaker = find(receiver, name);
    return speaker != NULL || name == NULL ? speaker : add(receiver, name);
}

bool chinwag_receiver_set_volume(chinwag_receiver *receiver, const char *name, unsigned percent)
{
    cw_alloc_begin_soft();
    struct named *speaker = find_or_add(receiver, name);
    bool set =
        speaker != NULL && cw_receiver_set_volume(receiver->receiver, speaker->number, percent);
    cw_alloc_end_soft();
    return set;
}

bool chinwag_receiver_set_muted(chinwag_receiver *receiver, const char *name, bool muted)
{
    cw_alloc_begin_soft();
    struct named *speaker = find_or_add(receiver, name);
    bool set = speaker != NULL && cw_receiver_set_muted(receiver->receiver, speaker->number, muted);
    cw_alloc_end_soft();
    return set;
}

void chinwag_receiver_forget(chinwag_receiver *receiver, const char *name)
{
    struct named *speaker = find(receiver, name);
    if (speaker != NULL)
        forget(receiver, speaker);
}

void chinwag_receiver_set_deafened(chinwag_receiver *receiver, bool deafened)
{
    cw_receiver_set_deafened(receiver->receiver, deafened);
}

void chinwag_receiver_set_round_trip(chinwag_receiver *receiver, unsigned ms)
{
    receiver->round_trip_ms = ms > INT32_MAX ? INT32_MAX : (int)ms;
    if (!receiver->udp)
        cw_receiver_set_round_trip(receiver->receiver, receiver->round_trip_ms, true);
}

/* --- hearing --------------------------------------------------------------------------- */

static bool take_packet(chinwag_receiver *receiver, struct named *named,
                        const struct chinwag_event *data, int64_t now_us)
{
    uint8_t payload[CW_CALL_PACKET_MAX];
    uint32_t samples;
    const uint64_t speaker = named->number;
    const struct cw_slice packet = cw_slice_of(data->packet, data->packet_length);
    if (packet.n > CW_OPUS_PACKET_MAX)
        return false;
    if (!data->again && cw_opus_packet_check(packet, &samples) == CW_OPUS_GOOD)
        cw_hearing_note(&named->hearing, data->timestamp, samples, now_us);
    cw_call_packet_put(payload, data->sequence, data->timestamp);
    memcpy(payload + CW_CALL_PACKET_HEADER, data->packet, data->packet_length);
    const struct cw_slice whole = cw_slice_of(payload, CW_CALL_PACKET_HEADER + data->packet_length);
    return data->again ? cw_receiver_put_again(receiver->receiver, speaker, whole, now_us)
                       : cw_receiver_put_packet(receiver->receiver, speaker, whole, now_us);
}

bool chinwag_receiver_take(chinwag_receiver *receiver, const struct chinwag_event *data,
                           int64_t now_us)
{
    bool taken = false;
    if (data == NULL || data->sender == NULL || (data->packet == NULL && data->samples == NULL))
        return false;
    cw_alloc_begin_soft();
    struct named *speaker = find_or_add(receiver, data->sender);
    if (speaker != NULL) {
        speaker->heard_us = now_us;
        taken = data->packet != NULL ? take_packet(receiver, speaker, data, now_us)
                                     : cw_receiver_put_list(receiver->receiver, speaker->number,
                                                            data->samples, data->sample_count);
    }
    cw_alloc_end_soft();
    return taken;
}

unsigned chinwag_receiver_tick(chinwag_receiver *receiver, int64_t now_us,
                               int16_t pcm[CHINWAG_TICK])
{
    return pcm == NULL ? 0 : cw_receiver_tick(receiver->receiver, now_us, pcm);
}

static void follow_way(chinwag_receiver *receiver, const chinwag_client *client)
{
    struct chinwag_call_way way = chinwag_call_way(client);
    receiver->udp = way.udp;
    cw_receiver_set_round_trip(receiver->receiver,
                               way.udp ? (int)way.rtt_ms : receiver->round_trip_ms, !way.udp);
}

int chinwag_receiver_report(chinwag_receiver *receiver, chinwag_client *client, int64_t now_us)
{
    if (client == NULL)
        return CHINWAG_BAD_ARGUMENT;
    size_t left = cw_hearing_turn(&receiver->turns, receiver->count, now_us);
    if (left > 0)
        follow_way(receiver, client);
    for (; left > 0; left--) {
        unsigned lost;
        uint64_t came, missed;
        size_t i = cw_hearing_next(&receiver->turns, receiver->count);
        struct named *speaker = &receiver->speakers[i];
        struct cw_receiver_stats stats = cw_receiver_stats(receiver->receiver, i);
        if (cw_receiver_missed(&stats, &came, &missed) &&
            cw_hearing_is_due(&speaker->hearing, came, missed, now_us, &lost))
            return chinwag_call_report(client, speaker->name, lost);
    }
    return CHINWAG_SUCCESS;
}

/* --- what there is to know -------------------------------------------------------------- */

size_t chinwag_receiver_count(const chinwag_receiver *receiver)
{
    return receiver->count;
}

struct chinwag_speaker chinwag_receiver_speaker(const chinwag_receiver *receiver, size_t index)
{
    if (index >= receiver->count)
        return (struct chinwag_speaker){.name = NULL};
    struct cw_receiver_stats stats = cw_receiver_stats(receiver->receiver, index);
    return (struct chinwag_speaker){.name = receiver->speakers[index].name,
                                    .speaking = stats.speaking,
                                    .muted = stats.muted,
                                    .volume = stats.volume,
                                    .level = stats.level.rms,
                                    .received = stats.jitter.received,
                                    .lost = stats.jitter.lost,
                                    .late = stats.jitter.late,
                                    .repaired = stats.repaired,
                                    .concealed = stats.jitter.concealed_ms,
                                    .jitter_ms = stats.jitter.jitter_ms,
                                    .delay_ms = stats.jitter.delay_ms};
}
