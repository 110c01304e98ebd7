/* bus_voices.h - live audio of calls to other servers: what one tick has for one call and server
 * leaves as one message. Called by carry_out.c with each packet (CW_BUS_CALL_VOICES), and at the
 * end of the tick. */
#ifndef CW_SERVER_BUS_VOICES_H
#define CW_SERVER_BUS_VOICES_H

#include "base/buf.h"

/* To how many, of all calls, before they leave early. */
#define CW_BUS_VOICES_MAX 128

typedef void cw_bus_voices_send(void *context, unsigned to, struct cw_slice body);

/* All zero at first. Its memory is used again in each tick. */
struct cw_bus_voices {
    struct cw_bus_voices_batch {
        unsigned to;
        struct cw_buf body;
    } batches[CW_BUS_VOICES_MAX];
    size_t count;
    cw_bus_voices_send *send;
    void *context;
};

/* A body of one packet: the number of its call, and what far_body.h has behind it. */
void cw_bus_voices_add(struct cw_bus_voices *voices, unsigned to, struct cw_slice body);
/* Sends them. */
void cw_bus_voices_flush(struct cw_bus_voices *voices);
void cw_bus_voices_finish(struct cw_bus_voices *voices);

#endif
