/* call_sound.h - the source and the sink of a call's sound: microphone and loudspeaker, or files
 * and pipes. It says when the next 5 ms are due: by the device's clock, or without a device by the
 * system's. One thread. */
#ifndef CHINWAG_CLI_CALL_SOUND_H
#define CHINWAG_CLI_CALL_SOUND_H

#include "call_audio.h"
#include "device.h"
#include "reserve.h"
#include "sound_in.h"
#include "wav.h"

struct call_sound {
    const struct cli *cli;
    bool wants_device, says, raw;
    struct sound_in in;
    bool said_all;
    struct wav_writer out;
    bool writes;
    int64_t next_us; /* the next tick; 0: at once */
    int64_t look_us; /* when a lost device is looked for next */
    struct device *device;
    char name[256];       /* of the device that was chosen later */
    bool begun;           /* the device */
    struct reserve ahead; /* what waits to be played */
    unsigned gaps;        /* underruns so far */
    size_t played;        /* samples of what the echo canceller is told next */
    int16_t far[CW_AUDIO_TICK];
};

/* Opens the files that the command line names. False: it failed, and a message was printed. */
bool call_sound_open(struct call_sound *sound, const struct cli *cli);

/* Opens the devices if no file takes their place, which may take half a second.
 * False as above. */
bool call_sound_start(struct call_sound *sound);

/* Other devices: those with `name` in their names, or the usual ones (""), if they can be opened;
 * else the old ones stay, and a message was printed. Files stay files. */
void call_sound_choose(struct call_sound *sound, const char *name);

/* Closes all. False: the output is incomplete, and a message was printed. */
bool call_sound_close(struct call_sound *sound);

/* Sends and plays all ticks that are due. */
void call_sound_run(struct call_sound *sound, struct call_audio *audio, chinwag_client *client,
                    const char *group, int64_t now_us);

/* When call_sound_run must be called; INT64_MAX: when its descriptor (-1: none) is readable. */
int64_t call_sound_due_us(const struct call_sound *sound);
int call_sound_fd(const struct call_sound *sound);

/* Has the audio system taken the devices away? They are looked for each second. */
bool call_sound_lost(const struct call_sound *sound);

/* Has a file or pipe been sent to its end? */
bool call_sound_said_all(const struct call_sound *sound);

#endif
