/* wakeup.h - lets a thread wake the loop of another thread, through an eventfd.
 *
 * Not uv_async_send: the thread that it wakes spins, a thousand rounds, until the sender
 * has left the call, and on a single core the sender cannot leave while the other thread
 * spins. Wakeups that the loop has not seen yet count as one. */
#ifndef CW_SERVER_WAKEUP_H
#define CW_SERVER_WAKEUP_H

#include <uv.h>

struct cw_wakeup {
    uv_poll_t poll;
    int fd;
    void (*on_wakeup)(void *context);
    void *context;
};

/* `on_wakeup` is called on the loop's thread after each cw_wakeup_send. Ends the process
 * when the system has no descriptor left: this is called at the start. */
void cw_wakeup_init(struct cw_wakeup *wakeup, uv_loop_t *loop, void (*on_wakeup)(void *context),
                    void *context);

/* Any thread. The second takes a struct cw_wakeup as a context. */
void cw_wakeup_send(struct cw_wakeup *wakeup);
void cw_wakeup_send_to(void *wakeup);

/* No thread sends any more. The struct must live until the loop's next run is over. */
void cw_wakeup_finish(struct cw_wakeup *wakeup);

#endif
