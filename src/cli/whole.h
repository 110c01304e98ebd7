/* whole.h - whether the end of a sound file is there, where ffmpeg does not say that it is missing:
 * it reads what there is of MP3, of Ogg and of many containers, and ends well. Pure. Caller:
 * recording.c. */
#ifndef CHINWAG_CLI_WHOLE_H
#define CHINWAG_CLI_WHOLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* False: MP3 or MP2 that ends within a frame, Ogg without the page that ends its stream, or a
 * container that says it is longer (whole_size.h). Streams of frames that end between two are
 * whole, as nothing says otherwise. */
bool whole_sound(const uint8_t *file, size_t n);

#endif
