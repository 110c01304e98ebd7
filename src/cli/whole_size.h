/* whole_size.h - whether a sound file is as long as its container says: by the length of the whole,
 * or of its pieces. Not what is inside, and no streams of frames without a container (whole.h).
 * Pure. Caller: whole.c. */
#ifndef CHINWAG_CLI_WHOLE_SIZE_H
#define CHINWAG_CLI_WHOLE_SIZE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* False: something is missing. True of what says no length, as what was written into a pipe, and of
 * formats that are not known here. */
bool whole_size(const uint8_t *file, size_t n);

#endif
