/* voice_kind.h - what a datagram of a call holds: the first byte of its content. Callers:
 * voice_copy.c, voice_path.c, voice_link.c. */
#ifndef CW_FRAME_VOICE_KIND_H
#define CW_FRAME_VOICE_KIND_H

/* Audio is a packet, as in call_data; from the server, after the length of the speaker's name and
 * the name. */
enum cw_voice_kind {
    CW_VOICE_AUDIO,
    CW_VOICE_PROBE,     /* to the server: number, number of the last answer, counts, wishes */
    CW_VOICE_ANSWER,    /* from it: that number, counts, how much of the speaker's audio is lost */
    CW_VOICE_CHALLENGE, /* from it: 8 random bytes */
    CW_VOICE_PROOF,     /* to it: the same */
    CW_VOICE_TWICE      /* audio, and that before it again: voice_copy.c */
};

/* Set in the length of a name: the packet was lost on the way to the server, and has come there as
 * a copy, which is late. */
#define CW_VOICE_AGAIN 0x80

#endif
