/* draft.c - see draft.h. */
#include "screen/draft.h"

#include <stdlib.h>

void cw_complete_forget(struct cw_screen *screen)
{
    free(screen->completing);
    free(screen->files);
    screen->completing = screen->files = NULL;
    screen->files_wanted = false;
}

void cw_screen_keep_draft(struct cw_screen *screen)
{
    struct cw_place *place = cw_chat_place_of(screen->chat, screen->shown);
    if (place == NULL)
        return;
    free(place->draft);
    place->draft = screen->edit.text.n == 0 ? NULL : cw_edit_copy(&screen->edit);
}

void cw_screen_follow(struct cw_screen *screen)
{
    struct cw_place *place = cw_chat_current(screen->chat);
    if ((place == NULL ? 0 : place->uid) == screen->shown)
        return;
    cw_complete_forget(screen);
    cw_screen_keep_draft(screen);
    if (place != NULL && (screen->shown != 0 || place->draft != NULL))
        cw_edit_set(&screen->edit, cw_slice_str(place->draft == NULL ? "" : place->draft));
    screen->edit.looking = screen->edit.history_count;
    screen->shown = place == NULL ? 0 : place->uid;
    screen->back = false;
    screen->wanted = screen->marked = screen->owed = screen->first_member = 0;
}
