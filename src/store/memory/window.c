/* window.c - the windows of parts, in memory. */
#include <stdlib.h>

#include "store/memory/memory.h"

struct cw_memory_window *cw_memory_window_find(const struct cw_memory_session *session,
                                               uint64_t part)
{
    struct cw_memory_window *window = session->windows;
    while (window != NULL && window->part != part)
        window = window->next;
    return window;
}

/* Of too many parts the one that was silent longest is forgotten. */
static void forget_oldest(struct cw_memory_session *session)
{
    struct cw_store_choice choice = {0};
    for (const struct cw_memory_window *w = session->windows; w != NULL; w = w->next)
        cw_store_choose_part(&choice, w->part, w->last_id);
    uint64_t oldest = cw_store_chosen_part(&choice);
    if (oldest == 0)
        return;
    struct cw_memory_window **place = &session->windows;
    while ((*place)->part != oldest)
        place = &(*place)->next;
    struct cw_memory_window *window = *place;
    *place = window->next;
    free(window);
}

void cw_memory_window_use(struct cw_memory_session *session, uint64_t part, uint64_t n,
                          uint64_t message_id)
{
    struct cw_memory_window *window = cw_memory_window_find(session, part);
    bool new = window == NULL;
    if (new) {
        window = cw_alloc_zero(sizeof *window);
        window->part = part;
        window->next = session->windows;
        session->windows = window;
    }
    cw_window_use(&window->window, n, message_id);
    window->last_id = message_id;
    if (new)
        forget_oldest(session);
}

void cw_memory_windows_drop(struct cw_memory_session *session)
{
    while (session->windows != NULL) {
        struct cw_memory_window *window = session->windows;
        session->windows = window->next;
        free(window);
    }
}
