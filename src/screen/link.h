/* link.h - addresses of the web in a text, for terminals in which they can be clicked. Pure. */
#ifndef CW_SCREEN_LINK_H
#define CW_SCREEN_LINK_H

#include <stdbool.h>

#include "base/slice.h"

/* The longest one, bytes. */
#define CW_LINK_MAX 2048

/* The first http:// or https:// address that begins at text.p[at] or behind it, as part of the
 * text; false: there is none. It is of printable ASCII, at most CW_LINK_MAX bytes, and without a
 * user (url.h); marks that end a sentence do not belong to it. */
bool cw_link_next(struct cw_slice text, size_t at, struct cw_slice *link);

#endif
