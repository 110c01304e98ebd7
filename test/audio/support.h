/* support.h - signals and measures for the tests of src/audio. All the same at
 * every run. */
#ifndef CW_TEST_AUDIO_SUPPORT_H
#define CW_TEST_AUDIO_SUPPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A random number (xorshift64*); *seed must not be 0. */
uint64_t random_next(uint64_t *seed);
/* 0 to less than 1. */
double random_part(uint64_t *seed);

/* A sine of `hertz` and `amplitude`, at `rate`; `at` is the first sample's number. */
void make_tone(int16_t *pcm, size_t n, double hertz, double amplitude, double rate, size_t at);
void make_noise(int16_t *pcm, size_t n, double amplitude, uint64_t *seed);
/* Something like speech at 48 kHz: syllables of a gliding voice of 110 to 180
 * Hz with two formants, noise between them, a pause each second. */
void make_speech(int16_t *pcm, size_t n);

/* Signal to noise of `got` against `wanted`, dB. */
double snr_db(const int16_t *wanted, const int16_t *got, size_t n);
/* The mean of the same over pieces of 20 ms (48 kHz) in which there is signal,
 * each clamped to -10 to 35 dB. */
double segmental_snr_db(const int16_t *wanted, const int16_t *got, size_t n);
/* Power relative to full scale, dB. */
double power_db(const int16_t *pcm, size_t n);
/* The power of one frequency in the n samples from `from` on, at 48 kHz, dBFS. */
double tone_db(const int16_t *pcm, size_t from, size_t n, double hertz);
/* The steepest step there. */
int steepest(const int16_t *pcm, size_t from, size_t n);
/* The lag, 0 to `longest`, by which `got` follows `wanted`; n samples are
 * compared. *correlation (-1 to 1) is that of the best lag. */
size_t best_lag(const int16_t *wanted, const int16_t *got, size_t n, size_t longest,
                double *correlation);

#endif
