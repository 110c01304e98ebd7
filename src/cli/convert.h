/* convert.h - has ffmpeg, when it is installed, make a WAV file of sound in another format. Caller:
 * recording.c. */
#ifndef CHINWAG_CLI_CONVERT_H
#define CHINWAG_CLI_CONVERT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct converted {
    uint8_t *wav; /* a file at 48,000 Hz; to be freed */
    size_t n;
    bool full;               /* there was more than memory is spent on */
    unsigned long stated_ms; /* the length that the other file says it has; 0: it does not */
};

/* The n bytes of any file in, a WAV file out, of `seconds` at most. Returns NULL, or what is wrong,
 * and what can be done. */
const char *convert_sound(const uint8_t *file, size_t n, unsigned seconds,
                          struct converted *converted);

#endif
