/* picture.h - the size of a picture, from its header: no picture is ever decoded here.
 *
 * Pure. Called by the core for thumbnails, and by the store for files. */
#ifndef CW_BASE_PICTURE_H
#define CW_BASE_PICTURE_H

#include "base/slice.h"

enum cw_picture_kind {
    CW_PICTURE_NONE,
    CW_PICTURE_PNG,
    CW_PICTURE_GIF,
    CW_PICTURE_JPEG,
    CW_PICTURE_WEBP
};

struct cw_picture {
    enum cw_picture_kind kind; /* NONE: the size is unknown */
    uint32_t width, height;    /* pixels, as stored: before any turning */
};

/* `head`: the file, or the beginning of it. A JPEG whose size does not stand there is NONE. */
struct cw_picture cw_picture_read(struct cw_slice head);

#endif
