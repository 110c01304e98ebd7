/* device_sound.c - see device_sound.h. */
#include "device_sound.h"

#include <string.h>
#include <unistd.h>

/* What the program takes at once. */
#define DEVICE_TICK 240u

/* When the pipe is full the reader has been woken already. */
static void wake_reader(struct device_sound *sound)
{
    if (write(sound->wake[1], "", 1) < 0)
        return;
}

void device_on_heard(struct device_sound *sound, const int16_t *pcm, size_t n)
{
    ring_write(&sound->heard, pcm, n);
    if (ring_count(&sound->heard) >= DEVICE_TICK)
        wake_reader(sound);
}

void device_on_asked(struct device_sound *sound, size_t behind)
{
    const size_t low = atomic_load_explicit(&sound->low, memory_order_relaxed);
    if (ring_count(&sound->to_play) + behind < low)
        wake_reader(sound);
}

void device_on_gap(struct device_sound *sound)
{
    atomic_fetch_add_explicit(&sound->gaps, 1, memory_order_relaxed);
}

void device_on_played(struct device_sound *sound, int16_t *pcm, size_t n)
{
    size_t got = ring_read(&sound->to_play, pcm, n);
    memset(pcm + got, 0, (n - got) * sizeof *pcm);
    if (got < n)
        device_on_gap(sound);
    device_on_asked(sound, 0);
}
