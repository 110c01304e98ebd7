/* wakeup.c - see wakeup.h. */
#include "server/wakeup.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

static void on_poll(uv_poll_t *poll, int status, int events)
{
    struct cw_wakeup *wakeup = poll->data;
    uint64_t count;
    (void)status, (void)events;
    if (read(wakeup->fd, &count, sizeof count) == sizeof count)
        wakeup->on_wakeup(wakeup->context);
}

void cw_wakeup_init(struct cw_wakeup *wakeup, uv_loop_t *loop, void (*on_wakeup)(void *context),
                    void *context)
{
    wakeup->fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    wakeup->on_wakeup = on_wakeup;
    wakeup->context = context;
    wakeup->poll.data = wakeup;
    if (wakeup->fd < 0 || uv_poll_init(loop, &wakeup->poll, wakeup->fd) != 0 ||
        uv_poll_start(&wakeup->poll, UV_READABLE, on_poll) != 0) {
        fputs("chinwag: cannot make an eventfd\n", stderr);
        abort();
    }
}

/* It can only fail when 2^64 - 2 wakeups wait. */
void cw_wakeup_send(struct cw_wakeup *wakeup)
{
    const uint64_t one = 1;
    ssize_t written = write(wakeup->fd, &one, sizeof one);
    (void)written;
}

void cw_wakeup_send_to(void *wakeup)
{
    cw_wakeup_send(wakeup);
}

static void closed(uv_handle_t *handle)
{
    struct cw_wakeup *wakeup = handle->data;
    close(wakeup->fd);
}

void cw_wakeup_finish(struct cw_wakeup *wakeup)
{
    uv_poll_stop(&wakeup->poll);
    uv_close((uv_handle_t *)&wakeup->poll, closed);
}
