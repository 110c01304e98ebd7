/* voice_path.h - the server's end of a call's datagrams: to which address audio may be sent, and
 * how much of it is lost.
 *
 * Audio is sent by datagrams only to an address from which the client has answered a challenge, and
 * while its probes say that it hears this end. A datagram from a new address, if it is the newest,
 * begins a challenge; what is sent goes to the old address until it is answered. A challenge is
 * not longer than the datagram that causes it, and there is one a second, so that a forged source
 * address gains nothing.
 *
 * Pure; times are monotonic milliseconds. Caller: src/server/voice.c. */
#ifndef CW_FRAME_VOICE_PATH_H
#define CW_FRAME_VOICE_PATH_H

#include "frame/datagram.h"
#include "frame/voice_loss.h"

/* What a datagram holds: its first byte. */
enum cw_voice_kind {
    CW_VOICE_AUDIO,     /* to the server: a packet, as in call_data; from it: length and name of the
                           speaker before it */
    CW_VOICE_PROBE,     /* to the server: number, number of the last answer, counts */
    CW_VOICE_ANSWER,    /* from it: that number, counts, how much of the speaker's audio is lost */
    CW_VOICE_CHALLENGE, /* from it: 8 random bytes */
    CW_VOICE_PROOF      /* to it: the same */
};
#define CW_VOICE_NONCE_N   8
#define CW_VOICE_PROBE_N   (1 + 4 * 4)
#define CW_VOICE_ANSWER_N  (1 + 3 * 4 + 1)
#define CW_VOICE_MEETING_N (1 + CW_VOICE_NONCE_N) /* of a challenge or a proof */

#define CW_VOICE_CHALLENGE_N                                                                       \
    (CW_DATAGRAM_HEAD + CW_VOICE_MEETING_N + CW_DATAGRAM_TAG) /* sealed                            \
                                                               */

/* An address and how it was reached, opaque here: equal bytes are the same. */
struct cw_voice_place {
    uint8_t bytes[48];
};

struct cw_voice_path {
    struct cw_datagram_end end;
    struct cw_voice_place place, candidate;
    bool has_place, has_candidate;
    uint8_t nonce[CW_VOICE_NONCE_N]; /* that the candidate must send back */
    uint64_t challenged_ms;
    uint64_t probed_ms; /* the last probe from `place` came then */
    uint32_t probe;     /* its number */
    bool hears;         /* it said that this end is heard */
    struct cw_voice_loss up, down;
    unsigned heard_permille; /* lost of this client's audio behind the server: told in answers */
};

void cw_voice_path_begin(struct cw_voice_path *path, const uint8_t secret[CW_DATAGRAM_SECRET_N]);
void cw_voice_path_finish(struct cw_voice_path *path);

struct cw_voice_came {
    uint8_t content[CW_DATAGRAM_CONTENT_MAX];
    struct cw_slice packet; /* in content, as in call_data; empty: no audio */
    uint8_t reply[CW_DATAGRAM_MAX];
    size_t reply_n;  /* to be sent to where the datagram came from; 0: nothing */
    bool challenged; /* the random bytes are used up */
};

/* A datagram with this path's id came from `from`. `random` is used for a challenge. False: it was
 * forged, damaged or repeated, and is to be forgotten. */
bool cw_voice_path_take(struct cw_voice_path *path, struct cw_slice datagram,
                        const struct cw_voice_place *from, const uint8_t random[CW_VOICE_NONCE_N],
                        uint64_t now_ms, struct cw_voice_came *came);

/* Audio may go to path->place now. */
bool cw_voice_path_is_live(const struct cw_voice_path *path, uint64_t now_ms);

#endif
