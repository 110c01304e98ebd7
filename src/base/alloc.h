/* alloc.h - memory of a size that the program chooses. These functions end the process with a
 * message when the system has no memory left: for a few hundred bytes there is no better way, and
 * everything that was acknowledged is on disk. Sizes that a peer decides are checked against
 * limits.h and the peer's account before. */
#ifndef CW_BASE_ALLOC_H
#define CW_BASE_ALLOC_H

#include <stdbool.h>
#include <stddef.h>

#include "base/owned.h"
#include "base/slice.h"

/* In the installed libraries nothing may end the process of a program. Between these two, in this
 * thread, what would end it says instead that there is no memory: the functions below, and those of
 * the rooms that make something, return NULL; cw_buf holds what it held before. Pairs may be
 * nested. The second one returns false if memory was missing since the outermost first one.
 * Callers: the public functions of src/client and src/voice. */
void cw_alloc_begin_soft(void);
bool cw_alloc_end_soft(void);

/* Was memory missing since then? */
bool cw_alloc_failed(void);

/* Memory that a library wanted is missing: ends the process, or is noted, as above. */
void cw_alloc_missing(void);

/* malloc, zeroed malloc and realloc that never return NULL, but as above. Free with free(). */
void *cw_alloc(size_t size);
void *cw_alloc_zero(size_t size);
void *cw_realloc(void *p, size_t size);

/* Memory that is allocated piece by piece and freed all at once. Pointers stay valid until reset or
 * finish. A zeroed struct is an empty arena. */
struct cw_arena {
    struct cw_arena_chunk *chunks; /* newest first */
    struct cw_adopted *adopted;
};

/* `size` bytes aligned for any type; never NULL, but as above. */
void *cw_arena_alloc(struct cw_arena *arena, size_t size);

/* A copy of `s` inside the arena; empty when there was no memory for it. */
struct cw_slice cw_arena_copy(struct cw_arena *arena, struct cw_slice s);

/* Makes the memory the arena's: it is freed with all else unless it was taken before. Returns its
 * owner, which is good as long as the arena's pieces are; never NULL. */
struct cw_owned *cw_arena_adopt(struct cw_arena *arena, struct cw_owned owned);

/* Frees everything but one ordinary chunk, which is kept for the next use. */
void cw_arena_reset(struct cw_arena *arena);

/* Frees everything; the arena is empty and may be used again. */
void cw_arena_finish(struct cw_arena *arena);

#endif
