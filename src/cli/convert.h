/* convert.h - has ffmpeg, when it is installed, make a WAV file of sound in another format. Caller:
 * recording.c. */
#ifndef CHINWAG_CLI_CONVERT_H
#define CHINWAG_CLI_CONVERT_H

#include <stddef.h>
#include <stdint.h>

/* The n bytes of any file in, those of a WAV file at 48,000 Hz out, of `seconds` at most; *wav is
 * to be freed. Returns NULL, or what is wrong, and what can be done. */
const char *convert_sound(const uint8_t *file, size_t n, unsigned seconds, uint8_t **wav,
                          size_t *wav_n);

#endif
