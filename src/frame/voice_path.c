/* voice_path.c - see voice_path.h. */
#include "frame/voice_path.h"

#include <assert.h>
#include <string.h>

#include "frame/voice_numbers.h"

void cw_voice_path_begin(struct cw_voice_path *path, const uint8_t secret[CW_DATAGRAM_SECRET_N])
{
    *path = (struct cw_voice_path){.hears = false};
    cw_datagram_begin(&path->end, true, secret);
}

void cw_voice_path_finish(struct cw_voice_path *path)
{
    cw_datagram_finish(&path->end);
}

static bool is_same(const struct cw_voice_place *a, const struct cw_voice_place *b)
{
    return memcmp(a->bytes, b->bytes, sizeof a->bytes) == 0;
}

static void reply(struct cw_voice_path *path, const uint8_t *content, size_t n,
                  struct cw_voice_came *came)
{
    came->reply_n = cw_datagram_seal(&path->end, cw_slice_of(content, n), came->reply);
}

/* --- a new address ----------------------------------------------------------------------- */

static void challenge(struct cw_voice_path *path, const struct cw_voice_place *from,
                      const uint8_t random[CW_VOICE_NONCE_N], uint64_t now_ms,
                      struct cw_voice_came *came)
{
    uint8_t content[CW_VOICE_MEETING_N] = {CW_VOICE_CHALLENGE};
    if (path->has_candidate && now_ms - path->challenged_ms < CW_VOICE_CHALLENGE_MS)
        return;
    /* The same address is sent the same bytes: an answer that is on its way still counts. */
    if (!path->has_candidate || !is_same(&path->candidate, from)) {
        path->has_candidate = true;
        path->candidate = *from;
        memcpy(path->nonce, random, sizeof path->nonce);
        came->challenged = true;
    }
    path->challenged_ms = now_ms;
    memcpy(content + 1, path->nonce, CW_VOICE_NONCE_N);
    reply(path, content, sizeof content, came);
}

static void answer_probe(struct cw_voice_path *path, struct cw_voice_came *came)
{
    uint8_t content[CW_VOICE_ANSWER_N] = {CW_VOICE_ANSWER};
    cw_voice_write(content + 1, path->probe);
    cw_voice_write(content + 5, (uint32_t)path->end.highest);
    cw_voice_write(content + 9, (uint32_t)path->end.received);
    content[13] = (uint8_t)(path->heard_permille / 10);
    reply(path, content, sizeof content, came);
}

static void take_proof(struct cw_voice_path *path, struct cw_slice content,
                       const struct cw_voice_place *from, uint64_t now_ms,
                       struct cw_voice_came *came)
{
    if (content.n != CW_VOICE_MEETING_N || !path->has_candidate ||
        !is_same(&path->candidate, from) ||
        memcmp(content.p + 1, path->nonce, sizeof path->nonce) != 0)
        return;
    path->has_candidate = false;
    path->has_place = true;
    path->place = *from;
    path->probed_ms = now_ms;
    if (path->probe != 0)
        answer_probe(path, came); /* so that the client knows it at once */
}

/* --- probes ------------------------------------------------------------------------------- */

/* From an address that is not known yet only its number counts: it is answered with the proof. */
static void take_probe(struct cw_voice_path *path, struct cw_slice content, bool known, bool newest,
                       uint64_t now_ms, struct cw_voice_came *came)
{
    if (content.n != CW_VOICE_PROBE_N || !newest)
        return;
    path->probe = cw_voice_read(content.p + 1);
    if (!known)
        return;
    path->probed_ms = now_ms;
    path->hears = cw_voice_is_recent(path->probe, cw_voice_read(content.p + 5));
    cw_voice_loss_note(&path->up, (uint32_t)path->end.highest, (uint32_t)path->end.received);
    uint32_t highest = cw_voice_read(content.p + 9), sent = (uint32_t)path->end.sent;
    if (sent - highest <= INT32_MAX) /* it cannot have got what was not sent */
        cw_voice_loss_note(&path->down, highest, cw_voice_read(content.p + 13));
    answer_probe(path, came);
}

bool cw_voice_path_take(struct cw_voice_path *path, struct cw_slice datagram,
                        const struct cw_voice_place *from, const uint8_t random[CW_VOICE_NONCE_N],
                        uint64_t now_ms, struct cw_voice_came *came)
{
    size_t n;
    bool newest;
    came->packet = (struct cw_slice){NULL, 0};
    came->reply_n = 0;
    came->challenged = false;
    if (!cw_datagram_open(&path->end, datagram, came->content, &n, &newest) || n == 0)
        return false;
    const struct cw_slice content = cw_slice_of(came->content, n);
    const bool known = path->has_place && is_same(&path->place, from);
    if (came->content[0] == CW_VOICE_AUDIO)
        came->packet = cw_slice_of(content.p + 1, n - 1);
    if (came->content[0] == CW_VOICE_PROOF)
        take_proof(path, content, from, now_ms, came);
    else if (came->content[0] == CW_VOICE_PROBE)
        take_probe(path, content, known, newest, now_ms, came);
    if (!known && newest && came->content[0] != CW_VOICE_PROOF &&
        datagram.n >= CW_VOICE_CHALLENGE_N)
        challenge(path, from, random, now_ms, came);
    assert(known || came->content[0] == CW_VOICE_PROOF || came->reply_n <= datagram.n);
    return true;
}

bool cw_voice_path_is_live(const struct cw_voice_path *path, uint64_t now_ms)
{
    return path->has_place && path->hears && now_ms - path->probed_ms <= CW_VOICE_LIVE_MS;
}
