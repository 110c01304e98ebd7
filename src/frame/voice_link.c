/* voice_link.c - see voice_link.h. */
#include "frame/voice_link.h"

#include <string.h>

#include "frame/voice_numbers.h"

void cw_voice_link_begin(struct cw_voice_link *link, const uint8_t secret[CW_DATAGRAM_SECRET_N],
                         uint64_t now_ms)
{
    *link = (struct cw_voice_link){.due_ms = now_ms};
    cw_datagram_begin(&link->end, false, secret);
}

void cw_voice_link_finish(struct cw_voice_link *link)
{
    cw_datagram_finish(&link->end);
}

bool cw_voice_link_is_live(const struct cw_voice_link *link, uint64_t now_ms)
{
    return cw_voice_is_recent(link->probe, link->answered) &&
           now_ms - link->answered_ms <= CW_VOICE_LIVE_MS;
}

static uint64_t *time_of(struct cw_voice_link *link, uint32_t probe)
{
    return &link->probed_ms[probe % (CW_VOICE_PROBES_LOST_MAX + 1)];
}

size_t cw_voice_link_probe(struct cw_voice_link *link, uint64_t now_ms,
                           uint8_t datagram[CW_DATAGRAM_MAX])
{
    uint8_t content[CW_VOICE_PROBE_N] = {CW_VOICE_PROBE};
    if (now_ms < link->due_ms)
        return 0;
    bool patient = !cw_voice_link_is_live(link, now_ms) && link->probe >= CW_VOICE_PROBES_EAGER;
    link->due_ms = now_ms + (patient ? CW_VOICE_PROBE_SLOWLY_MS : CW_VOICE_PROBE_MS);
    cw_voice_write(content + 1, ++link->probe);
    cw_voice_write(content + 5, link->answered);
    cw_voice_write(content + 9, (uint32_t)link->end.highest);
    cw_voice_write(content + 13, (uint32_t)link->end.received);
    cw_voice_loss_note(&link->down, (uint32_t)link->end.highest, (uint32_t)link->end.received);
    *time_of(link, link->probe) = now_ms;
    return cw_datagram_seal(&link->end, cw_slice_of(content, sizeof content), datagram);
}

size_t cw_voice_link_seal(struct cw_voice_link *link, struct cw_slice packet,
                          uint8_t datagram[CW_DATAGRAM_MAX])
{
    uint8_t content[1 + CW_CALL_PACKET_MAX] = {CW_VOICE_AUDIO};
    size_t n = packet.n <= CW_CALL_PACKET_MAX ? packet.n : CW_CALL_PACKET_MAX;
    memcpy(content + 1, packet.p, n);
    return cw_datagram_seal(&link->end, cw_slice_of(content, 1 + n), datagram);
}

static bool take_answer(struct cw_voice_link *link, struct cw_slice content, uint64_t now_ms)
{
    uint32_t number = content.n == CW_VOICE_ANSWER_N ? cw_voice_read(content.p + 1) : 0;
    if (number == 0 || number > link->probe || number < link->answered)
        return false;
    if (number == link->answered)
        return true;
    /* The server waits for the probe that says this answer has come, and audio of both for the
     * steady pace. */
    if (!cw_voice_link_is_live(link, now_ms))
        link->due_ms = now_ms;
    link->answered = number;
    link->answered_ms = now_ms;
    if (cw_voice_is_recent(link->probe, number))
        link->rtt_ms = (unsigned)(now_ms - *time_of(link, number));
    link->heard_permille = content.p[13] > 100 ? 1000 : content.p[13] * 10u;
    if (cw_voice_read(content.p + 5) <= link->end.sent)
        cw_voice_loss_note(&link->up, cw_voice_read(content.p + 5), cw_voice_read(content.p + 9));
    return true;
}

/* It was answered, so the next probe finds out at once whether this address is heard. */
static bool take_challenge(struct cw_voice_link *link, struct cw_slice content, uint64_t now_ms,
                           struct cw_voice_heard *heard)
{
    uint8_t proof[CW_VOICE_MEETING_N] = {CW_VOICE_PROOF};
    if (content.n != CW_VOICE_MEETING_N)
        return false;
    memcpy(proof + 1, content.p + 1, CW_VOICE_NONCE_N);
    heard->reply_n = cw_datagram_seal(&link->end, cw_slice_of(proof, sizeof proof), heard->reply);
    link->due_ms = now_ms;
    return true;
}

static bool take_audio(struct cw_slice content, struct cw_voice_heard *heard)
{
    if (content.n < 2 || content.p[1] == 0 ||
        content.n <= 2u + content.p[1] + CW_CALL_PACKET_HEADER)
        return false;
    size_t n = content.p[1];
    heard->speaker = cw_slice_of(content.p + 2, n);
    heard->packet = cw_slice_of(content.p + 2 + n, content.n - 2 - n);
    return true;
}

bool cw_voice_link_take(struct cw_voice_link *link, struct cw_slice datagram, uint64_t now_ms,
                        struct cw_voice_heard *heard)
{
    size_t n;
    bool newest;
    heard->speaker = heard->packet = (struct cw_slice){NULL, 0};
    heard->reply_n = 0;
    if (!cw_datagram_open(&link->end, datagram, heard->content, &n, &newest) || n == 0)
        return false;
    struct cw_slice content = cw_slice_of(heard->content, n);
    switch (heard->content[0]) {
    case CW_VOICE_AUDIO:
        return take_audio(content, heard);
    case CW_VOICE_ANSWER:
        return take_answer(link, content, now_ms);
    case CW_VOICE_CHALLENGE:
        return take_challenge(link, content, now_ms, heard);
    default:
        return false;
    }
}
