/* wav.h - WAV files of 16-bit PCM: reads a whole one, writes one in pieces. */
#ifndef CHINWAG_CLI_WAV_H
#define CHINWAG_CLI_WAV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct wav {
    unsigned channels;    /* 1 or 2 */
    unsigned sample_rate; /* Hz */
    int16_t *samples;     /* interleaved; to be freed */
    size_t count;         /* all channels together, a multiple of them */
};

/* Reads a file. Returns NULL, or what is wrong; then there is nothing to free. A data chunk that
 * claims more than the file holds (a program wrote it into a pipe) ends with the file. */
const char *wav_read(const char *path, struct wav *wav);

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

/* Writes the lengths into the head. False: the file is incomplete. */
bool wav_writer_close(struct wav_writer *writer);

#endif
