/* image.c - see image.h. */
#include "chat/image.h"

#include <string.h>

#include "base/picture.h"

bool cw_image_fits(const struct cw_images *images, const struct cw_line *line)
{
    return images->can && line->width != 0 && line->height != 0 && !line->deleted &&
           line->size <= CW_IMAGE_BYTES_MAX;
}

struct cw_image *cw_image_of(struct cw_images *images, uint64_t file)
{
    for (size_t i = 0; i < images->count; i++)
        if (images->p[i].file == file)
            return &images->p[i];
    return NULL;
}

bool cw_image_is_coming(const struct cw_images *images)
{
    for (size_t i = 0; i < images->count; i++)
        if (!images->p[i].whole && !images->p[i].failed)
            return true;
    return false;
}

/* Who looks at it again fetches it again. */
static void forget_at(struct cw_images *images, size_t at)
{
    cw_buf_finish(&images->p[at].bytes);
    images->count--;
    memmove(images->p + at, images->p + at + 1, (images->count - at) * sizeof images->p[0]);
}

void cw_image_forget(struct cw_images *images, uint64_t file)
{
    struct cw_image *image = cw_image_of(images, file);
    if (image != NULL)
        forget_at(images, (size_t)(image - images->p));
}

void cw_images_forget_passed(struct cw_images *images)
{
    for (size_t i = images->count; i > 0; i--)
        if (images->p[i - 1].passed)
            forget_at(images, i - 1);
}

void cw_image_add(struct cw_images *images, const struct cw_line *line)
{
    if (images->count == CW_IMAGES_MAX)
        forget_at(images, 0);
    images->p[images->count++] =
        (struct cw_image){.file = line->file, .size = line->size, .id = ++images->next_id};
}

/* The terminal decodes all of them. */
#define PIXELS_MAX (UINT64_C(16) * 1024 * 1024)

/* The server says that it is a PNG, and how large; what is passed on is at least one by its
 * beginning, with no more pixels than that. */
static bool is_png(const struct cw_image *image)
{
    struct cw_picture picture = cw_picture_read(cw_buf_slice(&image->bytes));
    return picture.kind == CW_PICTURE_PNG && (uint64_t)picture.width * picture.height <= PIXELS_MAX;
}

bool cw_image_take(struct cw_image *image, const struct chinwag_event *event)
{
    bool next = event->offset == image->bytes.n && event->byte_count != 0 &&
                event->byte_count <= image->size - image->bytes.n;
    if (next)
        cw_buf_append(&image->bytes, event->bytes, event->byte_count);
    image->whole = next && image->bytes.n == image->size;
    image->failed = !next || (image->whole && !is_png(image));
    if (image->failed)
        cw_buf_finish(&image->bytes);
    return !image->whole && !image->failed;
}

void cw_images_finish(struct cw_images *images)
{
    while (images->count != 0)
        forget_at(images, 0);
}
