/* pace.h - how many bits a speaker may send, by what the network does: longer packets first, then
 * fewer bits of speech.
 *
 * What waits on the way shows in the round trip, long before anything is lost. So a speaker begins
 * with a middle rate and packets of 40 ms, and gets more after 3 s in which nothing waits, or at
 * once where the round trip is so short that no narrow line can be on the way. When a queue grows
 * it sends less, and again less until the queue becomes shorter. From then on more is tried after
 * 15 s of audio, and soon once more, but later when that fails, for each try that fails costs a
 * word. Packets that are lost at random do not make it send less.
 *
 * Where the round trip is that short, and as long as hardly anything is lost, delay counts for more
 * than bits, unless fewer are wanted than that takes: cw_sender_set_near. It stays so while the
 * round trip is a little longer, since each change resets the encoder.
 *
 * Pure; times are milliseconds of any clock that does not go back. Caller: adapt.c. */
#ifndef CW_AUDIO_PACE_H
#define CW_AUDIO_PACE_H

#include <stdbool.h>
#include <stdint.h>

/* The server is near, and no narrow line is on the way: a packet of 78 bytes is 10 ms on one of 64
 * kbit/s, and so is the answer. */
#define CW_PACE_NEAR_MS 8
/* One that is near stays so up to this. */
#define CW_PACE_STILL_NEAR_MS 12

struct cw_audio_pace {
    int bitrate;        /* what is wanted where the network takes it, bits a second */
    unsigned top;       /* the step with the shortest packets that are wanted */
    unsigned step;      /* 0: short packets, and all bits */
    bool begins;        /* the middle rate, before any step */
    bool eager;         /* no queue has been seen yet: more is tried soon */
    bool tries;         /* more was tried, and may be too much */
    bool near;          /* the server, and hardly anything is lost */
    uint64_t looked_ms; /* the last look; 0: none */
    uint64_t calm_ms;  /* since then nothing has waited, the time apart in which nothing was sent */
    uint64_t full_ms;  /* since then a queue is there; 0: none */
    uint64_t hold_ms;  /* what was done about it is seen by then, ... */
    uint64_t told_ms;  /* ... and those behind the server tell it by then */
    uint64_t more_ms;  /* when more was tried */
    unsigned wait_ms;  /* so long it must be calm before more is tried */
    unsigned least_ms; /* the shortest round trip of late; 0: unknown */
    uint64_t raised_ms;                /* it is taken to rise a little: then it did */
    unsigned queue_ms;                 /* the last round trip was so much longer */
    unsigned queue_then_ms, lost_then; /* when less was sent, or since it has helped */
    unsigned vain;                     /* so often in a row it has changed nothing */
    uint64_t rough_ms;                 /* too many were lost then, or a queue was there; 0: never */
};

struct cw_pace_choice {
    unsigned frames; /* of 20 ms in a packet: cw_packer_set_frames */
    int bitrate;
    bool near;
};

/* What is seen of the network. */
struct cw_pace_sight {
    unsigned rtt_ms;       /* to the server and back; 0: unknown */
    unsigned sent;         /* packets since the last look */
    unsigned refused;      /* ... that the system had no room for */
    unsigned lost_percent; /* of what was sent, behind it; or as much as says that a queue grows */
};

/* `frames`: in the shortest packets that are wanted, as few bits are to be spent on heads. */
void cw_audio_pace_begin(struct cw_audio_pace *pace, int bitrate, unsigned frames);

/* The way is another one: its round trip is not known yet. */
void cw_audio_pace_move(struct cw_audio_pace *pace);

/* Some times a second; the choice may be another one after it. */
void cw_audio_pace_look(struct cw_audio_pace *pace, struct cw_pace_sight sight, uint64_t now_ms);

struct cw_pace_choice cw_audio_pace_choice(const struct cw_audio_pace *pace);

#endif
