/* recording.h - a voice message as samples or as an Ogg Opus file: reads, converts and writes
 * it. */
#ifndef CHINWAG_CLI_RECORDING_H
#define CHINWAG_CLI_RECORDING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "chinwag/chinwag.h"

/* Has `file` or `samples` or both; a zeroed struct has none. */
struct recording {
    uint8_t *file;
    size_t file_n;
    unsigned channels;
    unsigned sample_rate; /* Hz, of `samples` */
    int16_t *samples;
    size_t count; /* all channels together */
    bool cut;     /* the file has more, which was not read */
};

/* Each of these returns NULL, or what is wrong; the caller must finish the recording in either
 * case. */

/* Reads a WAV or an Ogg Opus file, or any other by ffmpeg; its first bytes say which. "-" is the
 * standard input. Of Ogg Opus nothing is kept but the sound. */
const char *recording_read(struct recording *recording, const char *path);

/* Copies the audio of a voice message or of the answer to fetch_voice. */
const char *recording_take(struct recording *recording, const struct chinwag_event *event);

/* Makes the file from the samples, or the samples from the file, if not there yet. */
const char *recording_encode(struct recording *recording);
const char *recording_decode(struct recording *recording);

/* Writes an Ogg Opus file, or WAV when the path ends in ".wav"; also into a pipe, and to the
 * standard output ("-"). A path that says another format is refused, and one where there is a file
 * already, unless it is to be replaced: by the whole of this one, or not at all. */
const char *recording_write(struct recording *recording, const char *path, bool replace);

/* Makes samples of one's own voice as loud as speech usually is: -18 LUFS. */
void recording_level(struct recording *recording);

/* Makes the samples 48,000 Hz, mono, for a loudspeaker. */
const char *recording_make_playable(struct recording *recording);

/* The same, but stereo stays so. */
const char *recording_make_music(struct recording *recording);

void recording_finish(struct recording *recording);

#endif
