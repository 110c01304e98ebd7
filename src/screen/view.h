/* view.h - the messages of the conversation that is shown: which of its rows, and their cells.
 * draw.c, control.c, query.c and slash.c call it. */
#ifndef CW_SCREEN_VIEW_H
#define CW_SCREEN_VIEW_H

#include "screen/screen.h"

void cw_view_draw(struct cw_screen *screen, struct cw_grid *grid, const struct cw_area *area);

/* Shows so many rows further up (below 0: down), and asks for more where there are no more. */
void cw_view_scroll(struct cw_screen *screen, int rows);
/* Shows the newest message. */
void cw_view_end(struct cw_screen *screen);
/* Shows the message with this number, or the first one behind it. */
void cw_view_go(struct cw_screen *screen, uint64_t seq);

#endif
