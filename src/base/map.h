/* map.h - a hash map from bytes to pointers, safe against chosen keys.
 *
 * Keys are hashed by SipHash-1-3 under a secret seed, so that a peer who
 * chooses names cannot make them collide. A key's bytes are not copied: they
 * must live, unchanged, inside the value for as long as it is in the map, within
 * its first 64 KiB.
 * There is no iteration: order would depend on the seed. */
#ifndef CW_BASE_MAP_H
#define CW_BASE_MAP_H

#include "base/slice.h"

/* Small, since every user and session is in some. */
struct cw_map_entry {
    void *value; /* NULL: the place is free */
    uint32_t hash;
    uint16_t key_at; /* in the value */
    uint16_t key_n;
};

struct cw_map {
    struct cw_map_entry *entries;
    size_t capacity; /* a power of two, or 0 */
    size_t count;
    uint64_t seed[2];
};

/* An empty map; the seed must be random in a server and fixed in a test. */
void cw_map_init(struct cw_map *map, const uint64_t seed[2]);

/* The value of `key`, or NULL. */
void *cw_map_get(const struct cw_map *map, struct cw_slice key);

/* Adds a value (not NULL) whose key is not in the map yet. */
void cw_map_put(struct cw_map *map, struct cw_slice key, void *value);

/* Removes the key and returns its value, or NULL if it was not there. */
void *cw_map_remove(struct cw_map *map, struct cw_slice key);

/* SipHash-1-3 of the bytes, as the map hashes its keys. */
uint64_t cw_hash_keyed(const uint64_t key[2], struct cw_slice bytes);

/* Frees the table, not the values. */
void cw_map_finish(struct cw_map *map);

/* The key of a 64-bit id that lives at *id. */
static inline struct cw_slice cw_map_id(const uint64_t *id)
{
    return cw_slice_of(id, sizeof *id);
}

#endif
