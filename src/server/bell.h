/* bell.h - one thread wakes another one's loop.
 *
 * Not uv_async_send: whoever it wakes spins, a thousand rounds, while the
 * sender is still inside the call, and on a single core he stays there for as
 * long as the other spins. Rings that were not heard yet count as one. */
#ifndef CW_SERVER_BELL_H
#define CW_SERVER_BELL_H

#include <uv.h>

struct cw_bell {
    uv_poll_t poll;
    int fd;
    void (*heard)(void *context);
    void *context;
};

/* `heard` is called on the loop's thread after each cw_bell_ring. Ends the process
 * when the system has no descriptor left: this is called at the start. */
void cw_bell_init(struct cw_bell *bell, uv_loop_t *loop, void (*heard)(void *context),
                  void *context);

/* Any thread. */
void cw_bell_ring(struct cw_bell *bell);

/* Nobody rings any more. The struct must live until the loop's next run is over. */
void cw_bell_finish(struct cw_bell *bell);

#endif
