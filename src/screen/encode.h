/* encode.h - a grid of cells as bytes for a terminal: what differs from the grid before, by the
 * sequences of ECMA-48 that every terminal of today understands, and OSC 8 for links.
 *
 * Pure. Besides these sequences no control character leaves: cells have none (grid.h), and links
 * are of printable ASCII (link.h). src/cli/chat_paint.c writes the bytes. */
#ifndef CW_SCREEN_ENCODE_H
#define CW_SCREEN_ENCODE_H

#include "screen/grid.h"
#include "screen/ink.h"

struct cw_encode {
    enum cw_theme theme;
    enum cw_depth depth;
    bool utf8;             /* else only ASCII leaves */
    bool pictures;         /* it has some, which clearing would remove */
    bool links;            /* the terminal knows OSC 8, or passes over it */
    struct cw_grid before; /* what is on the terminal; no cells: that is not known */
    enum cw_theme drawn;   /* ... and in which theme */
};

/* The terminal is asked whether it takes pictures by kitty's protocol, and says that it does. */
#define CW_PICTURES_QUESTION "\x1b_Gi=31,s=1,v=1,a=q,t=d,f=24;AAAA\x1b\\"
#define CW_PICTURES_ANSWER   "Gi=31;OK"
/* It forgets those that it has. */
#define CW_PICTURES_FORGET "\x1b_Ga=d,d=A,q=2\x1b\\"

/* Gives it a PNG as it is, under this number. */
void cw_encode_picture(uint32_t id, struct cw_slice png, struct cw_buf *out);

/* Appends what makes the terminal show the grid. */
void cw_encode_grid(struct cw_encode *encode, const struct cw_grid *grid, struct cw_buf *out);
/* Something else wrote to the terminal: all of it anew the next time. */
void cw_encode_forget(struct cw_encode *encode);

/* Appends foreign text without anything that could end or change a sequence of the terminal: what
 * cannot be shown is left out, ';' becomes ',', and where the terminal is not UTF-8 other
 * characters than ASCII become '?'. */
void cw_encode_text(const char *text, bool utf8, struct cw_buf *out);

#endif
