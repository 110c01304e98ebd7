/* client_audio.c - the public requests that carry sound: voice messages and live
 * audio, each as samples or as Opus that the program has encoded. */
#include "base/alloc.h"
#include "base/limits.h"
#include "client/client_arguments.h"
#include "client/client_socket.h"
#include "client/client_way.h"

/* --- voice messages ----------------------------------------------------------------- */

/* The head of a sample list, and of the message around it, names included. */
#define VOICE_HEAD_MAX (2 * CW_CLIENT_STRING_MAX)
/* The sample rate of every Ogg Opus file in the protocol. */
#define OPUS_RATE 48000

static struct cw_slice encode_samples(const int16_t *samples, size_t count, struct cw_msg *msg,
                                      struct cw_buf *list)
{
    cw_samples_encode(samples, (uint32_t)count, list);
    msg->samples.encoded = cw_buf_slice(list);
    msg->samples.count = (uint32_t)count;
    return msg->samples.encoded;
}

static void encode_ext(enum cw_samples_form form, struct cw_slice payload, struct cw_msg *msg,
                       struct cw_buf *ext)
{
    cw_samples_encode_ext(form, payload, ext);
    msg->samples = (struct cw_samples){.encoded = cw_buf_slice(ext), .form = form};
}

static int check_voice(unsigned channels, unsigned sample_rate, const int16_t *samples,
                       size_t count)
{
    if (channels < 1 || channels > CW_VOICE_CHANNELS_MAX || sample_rate < CW_VOICE_RATE_MIN ||
        sample_rate > CW_VOICE_RATE_MAX || samples == NULL || count == 0 || count % channels != 0)
        return CHINWAG_BAD_ARGUMENT;
    uint64_t most = (uint64_t)CW_VOICE_SECONDS_MAX * sample_rate * channels;
    return count > most ? CHINWAG_TOO_LONG : 0;
}

int64_t chinwag_voice_msg(chinwag_client *client, const char *recipient, unsigned channels,
                          unsigned sample_rate, const int16_t *samples, size_t count)
{
    struct cw_msg msg = {.kind = CW_REQUEST,
                         .action = CW_VOICE_MSG,
                         .channels = channels,
                         .sample_rate = sample_rate};
    int code = check_voice(channels, sample_rate, samples, count);
    if (code != 0)
        return code;
    struct cw_buf list = {0};
    cw_alloc_begin_soft();
    struct cw_slice encoded = encode_samples(samples, count, &msg, &list);
    int64_t result = CHINWAG_TOO_LONG;
    if (encoded.n <= CW_VOICE_MESSAGE_MAX - VOICE_HEAD_MAX)
        result = cw_request_string(client, &msg, &msg.recipient, recipient);
    cw_alloc_end_soft();
    cw_buf_finish(&list);
    return result;
}

int64_t chinwag_voice_file(chinwag_client *client, const char *recipient, unsigned channels,
                           const void *file, size_t n)
{
    return chinwag_voice_reply(client, recipient, 0, channels, file, n);
}

int64_t chinwag_voice_reply(chinwag_client *client, const char *conversation, uint64_t reply_to,
                            unsigned channels, const void *file, size_t n)
{
    struct cw_msg msg = {
        .kind = CW_REQUEST, .action = CW_VOICE_MSG, .channels = channels, .sample_rate = OPUS_RATE};
    if (channels < 1 || channels > CW_VOICE_CHANNELS_MAX || file == NULL || n == 0)
        return CHINWAG_BAD_ARGUMENT;
    if (n > CW_OGG_OPUS_FILE_MAX)
        return CHINWAG_TOO_LONG;
    if (reply_to != 0) {
        msg.extras.map_present = true;
        msg.extras.present = CW_BIT(CW_X_REPLY_TO);
        msg.extras.reply_to = reply_to;
    }
    struct cw_buf ext = {0};
    cw_alloc_begin_soft();
    encode_ext(CW_SAMPLES_OGG, cw_slice_of(file, n), &msg, &ext);
    int64_t result = cw_request_string(client, &msg, &msg.recipient, conversation);
    cw_alloc_end_soft();
    cw_buf_finish(&ext);
    return result;
}

/* --- live audio --------------------------------------------------------------------- */

/* 100 ms: CW_CALL_DATA_MAX has room for no more. */
#define CALL_DATA_SAMPLES_MAX 4410

int chinwag_call_data(chinwag_client *client, const char *group, const int16_t *samples,
                      size_t count)
{
    struct cw_msg msg = {.kind = CW_CLIENT_UPDATE, .action = CW_CALL_DATA};
    if (samples == NULL || count == 0 || count > CALL_DATA_SAMPLES_MAX ||
        cw_take_string(group, &msg.group_name) != 0)
        return CHINWAG_BAD_ARGUMENT;
    struct cw_buf list = {0};
    cw_alloc_begin_soft();
    encode_samples(samples, count, &msg, &list);
    int code = cw_client_update(client->core, &msg);
    cw_alloc_end_soft();
    cw_buf_finish(&list);
    return code;
}

struct chinwag_call_way chinwag_call_way(const chinwag_client *client)
{
    const uint64_t now_ms = cw_client_now_ms();
    const struct cw_client_datagrams *datagrams = &client->datagrams;
    const struct cw_voice_link *link = &datagrams->link;
    const unsigned reported = cw_client_reported(client->core, now_ms);
    if (!cw_client_datagrams_are_live(datagrams, now_ms))
        return (struct chinwag_call_way){
            .udp = false, .rtt_ms = cw_client_socket_rtt_ms(client->fd), .lost_behind = reported};
    unsigned behind = link->heard_permille / 10;
    return (struct chinwag_call_way){.udp = true,
                                     .slow = cw_voice_link_is_slow(link),
                                     .rtt_ms = link->rtt_ms,
                                     .lost_to = link->up.permille / 10,
                                     .lost_behind = behind > reported ? behind : reported,
                                     .lost_from = link->down.permille / 10};
}

int chinwag_call_report(chinwag_client *client, const char *speaker, unsigned unheard)
{
    struct cw_msg msg = {.kind = CW_CLIENT_UPDATE, .action = CW_CALL_REPORT, .lost = unheard};
    if (unheard > 100 || cw_take_string(speaker, &msg.person) != 0)
        return CHINWAG_BAD_ARGUMENT;
    return cw_client_update(client->core, &msg);
}

static void write_32(uint8_t *p, uint32_t value)
{
    for (int i = 0; i < 4; i++)
        p[i] = (uint8_t)(value >> (24 - 8 * i));
}

int chinwag_call_packet(chinwag_client *client, const char *group, uint32_t sequence,
                        uint32_t timestamp, const void *packet, size_t n)
{
    struct cw_msg msg = {.kind = CW_CLIENT_UPDATE, .action = CW_CALL_DATA};
    uint8_t payload[CW_CALL_PACKET_HEADER + CW_OPUS_PACKET_MAX];
    if (packet == NULL || n == 0 || n > CW_OPUS_PACKET_MAX ||
        cw_take_string(group, &msg.group_name) != 0)
        return CHINWAG_BAD_ARGUMENT;
    write_32(payload, sequence);
    write_32(payload + 4, timestamp);
    memcpy(payload + CW_CALL_PACKET_HEADER, packet, n);
    if (cw_client_datagrams_send(&client->datagrams,
                                 cw_slice_of(payload, CW_CALL_PACKET_HEADER + n),
                                 cw_client_now_ms()))
        return CHINWAG_SUCCESS;
    struct cw_buf ext = {0};
    cw_alloc_begin_soft();
    encode_ext(CW_SAMPLES_PACKET, cw_slice_of(payload, CW_CALL_PACKET_HEADER + n), &msg, &ext);
    msg.call_id = cw_client_call_id(client->core);
    if (msg.call_id != 0)
        msg.action = CW_PACKET;
    int code = cw_client_update(client->core, &msg);
    cw_alloc_end_soft();
    cw_buf_finish(&ext);
    return code;
}
