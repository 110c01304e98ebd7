/* narrow_play.h - a speaker, a server and a listener on narrow lines, in simulated time: what the
 * listener hears of 32 kbit/s. By datagrams with both ends of their code, or by a connection as TCP
 * would behave. Callers: test_narrow.c. */
#ifndef CW_TEST_AUDIO_NARROW_PLAY_H
#define CW_TEST_AUDIO_NARROW_PLAY_H

#include <stdbool.h>
#include <stdint.h>

#include "audio/pace.h"

struct narrow {
    bool tcp;
    unsigned up_kbit, down_kbit;       /* of the speaker's line up, the listener's down; 0: wide */
    unsigned lost_permille;            /* of datagrams, at random, on each way */
    unsigned delay_ms;                 /* each way of each line */
    int bitrate;                       /* that is wanted */
    unsigned frames;                   /* ... in a packet; 0: 1 */
    unsigned farther_at_s, farther_ms; /* the speaker's way becomes longer then, by so much, */
    unsigned down_farther_ms;          /* ... and the one to the listener */
};

struct narrow_heard {
    unsigned said, heard;       /* frames of 20 ms after the first 3 s */
    unsigned up_bit_s;          /* on the wire, in the last 10 s */
    struct cw_pace_choice last; /* at the end */
    int longest_ms;             /* in the listener's buffer, after the first 3 s */
    unsigned mean_bit_s;        /* of speech, after the first 3 s */
};

struct narrow_heard narrow_play(const struct narrow *narrow, unsigned seconds);

#endif
