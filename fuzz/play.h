/* play.h - a program of the fuzzer that is being played: its bytes, the simulated world with its
 * connections, and what is shown of both. play_message.c turns bytes of the program into messages,
 * fuzz_core.c has the steps.
 *
 * Caller: fuzz_core.c. */
#ifndef CW_FUZZ_PLAY_H
#define CW_FUZZ_PLAY_H

#include "auditor.h"

#define PLAY_CONNS 8

struct play {
    struct world world;
    struct auditor *auditor;
    struct cw_slice program;
    bool full[PLAY_CONNS];    /* the queue of that connection */
    size_t login[PLAY_CONNS]; /* whose token it uses, from 1; 0: none yet */
    unsigned texts;
    bool trace;
};

/* The next byte of the program; 0 after its end. */
uint8_t play_take(struct play *play);

/* "c0" to "c7". */
const char *play_conn_name(unsigned c);

/* With play->trace: what is done, of which connection (PLAY_CONNS: of none), with which bytes. */
void play_show(struct play *play, const char *what, unsigned c, struct cw_slice bytes);

/* Shows what has come out of the world since, and forgets it. */
void play_show_trace(struct play *play);

/* The connection sends this frame, if it is open and the server reads from it. */
void play_send_frame(struct play *play, unsigned c, const struct cw_buf *frame, bool envelope);

/* ... a message of this action, whose fields the program chooses; nothing, if only the server says
 * it. `form`: what else it has, and what is wrong with it. */
void play_send_action(struct play *play, unsigned c, enum cw_action action, uint8_t form);

/* ... the next n % 32 bytes of the program. */
void play_send_raw(struct play *play, unsigned c, uint8_t n);

#endif
