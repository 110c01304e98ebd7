/* draft.h - the line that is written changes with the conversation that is shown: cw_screen_follow
 * of screen.h; and what Tab completes in it ends. */
#ifndef CW_SCREEN_DRAFT_H
#define CW_SCREEN_DRAFT_H

#include "screen/screen.h"

/* Another key than Tab was pressed: the next Tab begins anew. */
void cw_complete_forget(struct cw_screen *screen);

#endif
