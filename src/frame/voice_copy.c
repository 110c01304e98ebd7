/* voice_copy.c - see voice_copy.h. A content of two is
 *
 *     kind | how many counters ago the older one was sent | its length, 2 bytes | it | the newer
 * one
 */
#include "frame/voice_copy.h"

#include <assert.h>
#include <string.h>

#include "frame/voice_kind.h"

#define TWICE_HEAD 4

static size_t put_one(struct cw_slice audio, uint8_t content[CW_DATAGRAM_CONTENT_MAX])
{
    content[0] = CW_VOICE_AUDIO;
    memcpy(content + 1, audio.p, audio.n);
    return 1 + audio.n;
}

static size_t put_two(const struct cw_voice_copy *copy, uint64_t ago, struct cw_slice audio,
                      uint8_t content[CW_DATAGRAM_CONTENT_MAX])
{
    content[0] = CW_VOICE_TWICE;
    content[1] = (uint8_t)ago;
    content[2] = (uint8_t)(copy->n >> 8);
    content[3] = (uint8_t)copy->n;
    memcpy(content + TWICE_HEAD, copy->audio, copy->n);
    memcpy(content + TWICE_HEAD + copy->n, audio.p, audio.n);
    return TWICE_HEAD + copy->n + audio.n;
}

static void keep_copy(struct cw_voice_copy *copy, uint64_t counter, struct cw_slice audio)
{
    copy->counter = audio.n <= sizeof copy->audio ? counter : 0;
    if (copy->counter == 0)
        return;
    copy->n = audio.n;
    memcpy(copy->audio, audio.p, audio.n);
}

size_t cw_voice_copy_seal(struct cw_voice_copy *copy, struct cw_datagram_end *end, bool twice,
                          struct cw_slice audio, uint8_t datagram[CW_DATAGRAM_MAX])
{
    uint8_t content[CW_DATAGRAM_CONTENT_MAX];
    const uint64_t counter = end->sent + 1, ago = counter - copy->counter;
    assert(audio.n < sizeof content);
    bool two = twice && copy->counter != 0 && ago <= UINT8_MAX &&
               TWICE_HEAD + copy->n + audio.n <= sizeof content;
    size_t n = two ? put_two(copy, ago, audio, content) : put_one(audio, content);
    keep_copy(copy, counter, audio);
    return cw_datagram_seal(end, cw_slice_of(content, n), datagram);
}

size_t cw_voice_copy_open(struct cw_datagram_end *end, uint64_t counter, struct cw_slice content,
                          struct cw_slice audio[2])
{
    if (content.p[0] == CW_VOICE_AUDIO) {
        audio[0] = cw_slice_of(content.p + 1, content.n - 1);
        return 1;
    }
    if (content.p[0] != CW_VOICE_TWICE || content.n < TWICE_HEAD)
        return 0;
    const uint64_t ago = content.p[1];
    const size_t older = (size_t)content.p[2] << 8 | content.p[3];
    if (ago == 0 || ago >= counter || older > content.n - TWICE_HEAD)
        return 0;
    bool missed = cw_datagram_missed(end, counter - ago);
    if (missed)
        audio[0] = cw_slice_of(content.p + TWICE_HEAD, older);
    audio[missed] = cw_slice_of(content.p + TWICE_HEAD + older, content.n - TWICE_HEAD - older);
    return 1 + missed;
}
