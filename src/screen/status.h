/* status.h - in words what the screen shows by marks and colours, for /status. slash_look.c calls
 * it. */
#ifndef CW_SCREEN_STATUS_H
#define CW_SCREEN_STATUS_H

#include "screen/screen.h"

/* Appends lines. */
void cw_status_write(const struct cw_screen *screen, struct cw_buf *out);

#endif
