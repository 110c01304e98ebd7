/* bell.c - see bell.h. */
#include "server/bell.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

static void on_poll(uv_poll_t *poll, int status, int events)
{
    struct cw_bell *bell = poll->data;
    uint64_t rings;
    (void)status, (void)events;
    if (read(bell->fd, &rings, sizeof rings) == sizeof rings)
        bell->heard(bell->context);
}

void cw_bell_init(struct cw_bell *bell, uv_loop_t *loop, void (*heard)(void *context),
                  void *context)
{
    bell->fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    bell->heard = heard;
    bell->context = context;
    bell->poll.data = bell;
    if (bell->fd < 0 || uv_poll_init(loop, &bell->poll, bell->fd) != 0 ||
        uv_poll_start(&bell->poll, UV_READABLE, on_poll) != 0) {
        fputs("chinwag: cannot make an eventfd\n", stderr);
        abort();
    }
}

/* It can only fail when 2^64 - 2 rings wait. */
void cw_bell_ring(struct cw_bell *bell)
{
    const uint64_t ring = 1;
    ssize_t written = write(bell->fd, &ring, sizeof ring);
    (void)written;
}

static void closed(uv_handle_t *handle)
{
    struct cw_bell *bell = handle->data;
    close(bell->fd);
}

void cw_bell_finish(struct cw_bell *bell)
{
    uv_poll_stop(&bell->poll);
    uv_close((uv_handle_t *)&bell->poll, closed);
}
