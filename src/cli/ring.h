/* ring.h - passes samples from one thread to another without a lock: one writes, one reads. For
 * device.c. */
#ifndef CHINWAG_CLI_RING_H
#define CHINWAG_CLI_RING_H

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

/* 170 ms at 48 kHz, more than ever waits in it; a power of 2. */
#define RING_SIZE 8192u

/* A zeroed struct is empty. Positions only grow, and wrap together. */
struct ring {
    _Atomic uint32_t written, read;
    int16_t samples[RING_SIZE];
};

/* While no other thread uses it. */
void ring_empty(struct ring *ring);

/* Samples that wait. Either thread may ask. */
size_t ring_count(const struct ring *ring);

/* The writer's side: takes as much as there is room for, returns how much. */
size_t ring_write(struct ring *ring, const int16_t *pcm, size_t n);

/* The reader's side: takes out up to n samples, returns how many. */
size_t ring_read(struct ring *ring, int16_t *pcm, size_t n);

#endif
