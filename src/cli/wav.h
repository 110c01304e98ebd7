/* wav.h - WAV files: reads a whole one, of 8 to 64 bits, as numbers or by A-law and mu-law, with 1
 * to 8 channels; writes 16-bit PCM, in pieces. Callers: recording.c, call_sound.c. */
#ifndef CHINWAG_CLI_WAV_H
#define CHINWAG_CLI_WAV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct wav {
    unsigned channels;    /* 1 or 2; more are mixed into one */
    unsigned sample_rate; /* Hz */
    int16_t *samples;     /* interleaved; to be freed */
    size_t count;         /* all channels together, a multiple of them */
    bool compressed;      /* it is WAV, but of a kind that others have to read */
};

/* Reads a file of n bytes. Returns NULL, or what is wrong; then there is nothing to free. A data
 * chunk whose length its writer did not know (it wrote into a pipe) ends with the file; one that
 * claims more than there is, is cut off. */
const char *wav_read(const uint8_t *p, size_t n, struct wav *wav);

struct wav_writer {
    FILE *file;
    unsigned channels;
    unsigned sample_rate;
    uint32_t bytes; /* of samples */
    bool failed;
};

/* Creates the file, or empties it; false: errno says why. */
bool wav_writer_open(struct wav_writer *writer, const char *path, unsigned channels,
                     unsigned sample_rate);

/* An error is kept, and reported by wav_writer_close. */
void wav_writer_append(struct wav_writer *writer, const int16_t *samples, size_t count);

/* Writes a whole file, from its beginning to its end: also into a pipe. ferror says whether it
 * failed. */
void wav_write(FILE *file, unsigned channels, unsigned sample_rate, const int16_t *samples,
               size_t count);

/* Writes the lengths into the head. False: the file is incomplete. */
bool wav_writer_close(struct wav_writer *writer);

#endif
