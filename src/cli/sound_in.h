/* sound_in.h - sound to send that does not come from a microphone: a file, or raw samples from a
 * pipe, in frames of 5 ms at 48 kHz, mono; of a file, if that is wanted, also stereo. */
#ifndef CHINWAG_CLI_SOUND_IN_H
#define CHINWAG_CLI_SOUND_IN_H

#include "audio/audio.h"

#include <stdbool.h>
#include <stddef.h>

/* Four seconds: more than a pipe and the program before it hold. */
#define SOUND_IN_WAITING_MAX ((size_t)4 * CW_AUDIO_RATE)

/* A zeroed struct can be closed. */
struct sound_in {
    int16_t *samples; /* of a file */
    size_t count, at;
    size_t channels; /* in each frame, interleaved */
    int fd;          /* of a pipe, when `raw` */
    bool raw, over;
    bool ended;    /* the pipe; some may still wait */
    bool paced;    /* the source is not live: it waits for us */
    bool suspect;  /* it may be so */
    bool has_half; /* half a sample */
    uint8_t half;
    size_t have;      /* samples that wait */
    int16_t *waiting; /* room for SOUND_IN_WAITING_MAX */
};

/* Reads a whole WAV or Ogg Opus file; `music`: as it is, mono or stereo. False: it failed, and a
 * message was printed. */
bool sound_in_open_file(struct sound_in *in, const char *path, bool music);

/* Reads 16-bit samples, little-endian, from a descriptor, as they come. Of a live source no more
 * than some 40 ms wait, whatever was in the pipe and whatever clock it has. */
void sound_in_open_raw(struct sound_in *in, int fd);

void sound_in_close(struct sound_in *in);

/* Writes the next frame, of all channels; missing samples are silence. Does not wait. False: the
 * input has ended, and the frame is silence. */
bool sound_in_frame(struct sound_in *in, int16_t *pcm);

#endif
