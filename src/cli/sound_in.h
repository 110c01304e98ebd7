/* sound_in.h - sound to send that does not come from a microphone: a file, or raw samples from a
 * pipe, in frames of 5 ms at 48 kHz, mono. */
#ifndef CHINWAG_CLI_SOUND_IN_H
#define CHINWAG_CLI_SOUND_IN_H

#include "audio/audio.h"

#include <stdbool.h>
#include <stddef.h>

/* A zeroed struct can be closed. */
struct sound_in {
    int16_t *samples; /* of a file */
    size_t count, at;
    int fd; /* of a pipe, when `raw` */
    bool raw, over;
    uint8_t bytes[CW_AUDIO_TICK * 2];
    size_t have; /* of them */
};

/* Reads a whole WAV or Ogg Opus file. False: it failed, and a message was printed. */
bool sound_in_open_file(struct sound_in *in, const char *path);

/* Reads 16-bit samples, little-endian, from a descriptor, as they come. */
void sound_in_open_raw(struct sound_in *in, int fd);

void sound_in_close(struct sound_in *in);

/* Writes the next frame; missing samples are silence. Does not wait. False: the input has ended,
 * and the frame is silence. */
bool sound_in_frame(struct sound_in *in, int16_t pcm[CW_AUDIO_TICK]);

#endif
