/* voices.h - real voices for the tests of src/audio, of the Debian packages alsa-utils and
 * pocketsphinx-testdata, where they are installed. */
#ifndef CW_TEST_AUDIO_VOICES_H
#define CW_TEST_AUDIO_VOICES_H

#include <stddef.h>

#define VOICES_ALSA     "/usr/share/sounds/alsa"
#define VOICES_LIBRIVOX "/usr/share/pocketsphinx/test/data/librivox"
#define VOICES_CARDS    "/usr/share/pocketsphinx/test/data/cards"

/* Appends the WAV files of a folder to the `length` samples in `sound` (48 kHz, full scale is 1),
 * each after half a second of nothing, up to `most`. Returns the new length. */
size_t voices_append(const char *folder, float *sound, size_t length, size_t most);

#endif
