/* ring.c - see ring.h. */
#include "ring.h"

void ring_empty(struct ring *ring)
{
    ring->written = ring->read = 0;
}

size_t ring_count(const struct ring *ring)
{
    uint32_t read = atomic_load_explicit(&ring->read, memory_order_acquire);
    return atomic_load_explicit(&ring->written, memory_order_acquire) - read;
}

size_t ring_write(struct ring *ring, const int16_t *pcm, size_t n)
{
    uint32_t at = atomic_load_explicit(&ring->written, memory_order_relaxed);
    size_t room = RING_SIZE - ring_count(ring);
    n = n < room ? n : room;
    for (size_t i = 0; i < n; i++)
        ring->samples[(at + i) % RING_SIZE] = pcm[i];
    atomic_store_explicit(&ring->written, at + (uint32_t)n, memory_order_release);
    return n;
}

size_t ring_read(struct ring *ring, int16_t *pcm, size_t n)
{
    uint32_t at = atomic_load_explicit(&ring->read, memory_order_relaxed);
    size_t there = ring_count(ring);
    n = n < there ? n : there;
    for (size_t i = 0; i < n; i++)
        pcm[i] = ring->samples[(at + i) % RING_SIZE];
    atomic_store_explicit(&ring->read, at + (uint32_t)n, memory_order_release);
    return n;
}
