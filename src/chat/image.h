/* image.h - pictures of messages on their way to the terminal: PNG files, which are passed on as
 * they came and never decoded here. doing.c asks for them, answers.c has the answers. Pure. */
#ifndef CW_CHAT_IMAGE_H
#define CW_CHAT_IMAGE_H

#include "base/buf.h"
#include "chat/line.h"

/* A larger one stays a line, which /open shows. */
#define CW_IMAGE_BYTES_MAX (1024 * 1024)
#define CW_IMAGES_MAX      16

struct cw_image {
    uint64_t file, size;
    uint32_t id; /* by which the terminal knows it */
    struct cw_buf bytes;
    bool whole;  /* all bytes are here, ... */
    bool passed; /* ... or at the terminal, and here no longer */
    bool failed;
};

struct cw_images {
    bool can; /* the terminal shows pictures */
    struct cw_image p[CW_IMAGES_MAX];
    size_t count;
    uint32_t next_id;
    uint32_t screen; /* to which of its screens the terminal's program has passed them */
};

/* Is it one that a terminal could show? */
bool cw_image_fits(const struct cw_images *images, const struct cw_line *line);
/* NULL: it was not asked for, or so long ago that it is forgotten. */
struct cw_image *cw_image_of(struct cw_images *images, uint64_t file);
/* Is one under way? They come one after the other. */
bool cw_image_is_coming(const struct cw_images *images);
/* Makes place for the line's. */
void cw_image_add(struct cw_images *images, const struct cw_line *line);
/* A piece of it; false: it is whole, or can be nothing any more. */
bool cw_image_take(struct cw_image *image, const struct chinwag_event *event);
/* The terminal has lost those that were passed: they are asked for again when they are drawn. */
void cw_images_forget_passed(struct cw_images *images);
/* It is as if it had never been asked for. */
void cw_image_forget(struct cw_images *images, uint64_t file);
void cw_images_finish(struct cw_images *images);

#endif
