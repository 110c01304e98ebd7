/* whole.h - whether the end of a sound file is there, where ffmpeg does not say that it is missing:
 * it reads what there is of MP3 and of Ogg, and ends well. Pure. Caller: recording.c. */
#ifndef CHINWAG_CLI_WHOLE_H
#define CHINWAG_CLI_WHOLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* False: MP3 that ends within a frame, or Ogg without the page that ends its stream. True of all
 * other formats. */
bool whole_sound(const uint8_t *file, size_t n);

#endif
