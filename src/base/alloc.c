/* alloc.c - see alloc.h. */
#define _DEFAULT_SOURCE /* madvise */
#include "base/alloc.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

#define CHUNK_SIZE 4096
#define PAGE_SIZE  4096u /* a multiple is wanted; where pages are larger, the hint is refused */
#define HUGE_MIN   ((size_t)4 << 20)

struct cw_arena_chunk {
    struct cw_arena_chunk *next;
    size_t used;
    size_t size;
    _Alignas(max_align_t) uint8_t bytes[];
};

/* Lies in a chunk. */
struct cw_adopted {
    struct cw_adopted *next;
    struct cw_owned owned;
};

static _Thread_local struct {
    unsigned depth;
    bool failed;
} soft;

void cw_alloc_begin_soft(void)
{
    if (soft.depth++ == 0)
        soft.failed = false;
}

bool cw_alloc_end_soft(void)
{
    soft.depth--;
    return !soft.failed;
}

bool cw_alloc_failed(void)
{
    return soft.depth != 0 && soft.failed;
}

void cw_alloc_missing(void)
{
    if (soft.depth == 0) {
        fputs("chinwag: out of memory\n", stderr);
        abort();
    }
    soft.failed = true;
}

static void *checked(void *p, size_t size)
{
    if (p == NULL && size != 0)
        cw_alloc_missing();
    return p;
}

/* A recording of 16 MiB is 4,096 page faults, which cost as much as copying it: huge pages are
 * asked for. Without them everything works as well. */
static void hint_huge(void *p, size_t size)
{
#ifdef MADV_HUGEPAGE
    uintptr_t begin = ((uintptr_t)p + PAGE_SIZE - 1) / PAGE_SIZE * PAGE_SIZE;
    uintptr_t end = ((uintptr_t)p + size) / PAGE_SIZE * PAGE_SIZE;
    (void)madvise((void *)begin, end - begin, MADV_HUGEPAGE);
#else
    (void)p, (void)size;
#endif
}

void *cw_alloc(size_t size)
{
    void *p = checked(malloc(size), size);
    if (p != NULL && size >= HUGE_MIN)
        hint_huge(p, size);
    return p;
}

void *cw_alloc_zero(size_t size)
{
    return checked(calloc(1, size), size);
}

void *cw_realloc(void *p, size_t size)
{
    return checked(realloc(p, size), size);
}

static struct cw_arena_chunk *add_chunk(struct cw_arena *arena, size_t size)
{
    struct cw_arena_chunk *chunk = cw_alloc(sizeof *chunk + size);
    if (chunk == NULL)
        return NULL;
    chunk->next = arena->chunks;
    chunk->used = 0;
    chunk->size = size;
    arena->chunks = chunk;
    return chunk;
}

void *cw_arena_alloc(struct cw_arena *arena, size_t size)
{
    size_t align = _Alignof(max_align_t);
    size_t rounded = (size + align - 1) / align * align;
    struct cw_arena_chunk *chunk = arena->chunks;
    if (chunk == NULL || chunk->size - chunk->used < rounded)
        chunk = add_chunk(arena, rounded > CHUNK_SIZE ? rounded : CHUNK_SIZE);
    if (chunk == NULL)
        return NULL;
    void *p = chunk->bytes + chunk->used;
    chunk->used += rounded;
    return p;
}

struct cw_slice cw_arena_copy(struct cw_arena *arena, struct cw_slice s)
{
    uint8_t *p = cw_arena_alloc(arena, s.n);
    if (p == NULL)
        return cw_slice_of(NULL, 0);
    if (s.n != 0)
        memcpy(p, s.p, s.n);
    return cw_slice_of(p, s.n);
}

struct cw_owned *cw_arena_adopt(struct cw_arena *arena, struct cw_owned owned)
{
    struct cw_adopted *adopted = cw_arena_alloc(arena, sizeof *adopted);
    *adopted = (struct cw_adopted){.next = arena->adopted, .owned = owned};
    arena->adopted = adopted;
    return &adopted->owned;
}

void cw_arena_reset(struct cw_arena *arena)
{
    struct cw_arena_chunk *kept = NULL;
    for (; arena->adopted != NULL; arena->adopted = arena->adopted->next)
        cw_owned_free(&arena->adopted->owned);
    for (struct cw_arena_chunk *chunk = arena->chunks, *next; chunk != NULL; chunk = next) {
        next = chunk->next;
        if (kept == NULL && chunk->size == CHUNK_SIZE) {
            kept = chunk;
            kept->used = 0;
            kept->next = NULL;
        } else {
            free(chunk);
        }
    }
    arena->chunks = kept;
}

void cw_arena_finish(struct cw_arena *arena)
{
    cw_arena_reset(arena);
    free(arena->chunks);
    arena->chunks = NULL;
}
