/* recording.h - a voice message on its way between a file, the network and an
 * ear: as samples, or as an Ogg Opus file, and from the one to the other. */
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
    unsigned sample_rate; /* of the samples */
    int16_t *samples;
    size_t count; /* all channels together */
};

/* Each of these returns NULL, or what is wrong; the recording is to be finished
 * in either case. */

/* Reads a WAV or an Ogg Opus file; which it is, its first bytes say. */
const char *recording_read(struct recording *recording, const char *path);

/* Copies what a voice message or the answer of fetch_voice brought. */
const char *recording_take(struct recording *recording, const struct chinwag_event *event);

/* Makes the file of the samples, or the samples of the file, if not there yet. */
const char *recording_encode(struct recording *recording);
const char *recording_decode(struct recording *recording);

/* Writes an Ogg Opus file, or WAV when the path ends in ".wav". */
const char *recording_write(struct recording *recording, const char *path);

/* Makes the samples 48,000 Hz, mono, for a loudspeaker. */
const char *recording_make_playable(struct recording *recording);

void recording_finish(struct recording *recording);

#endif
