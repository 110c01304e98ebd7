/* map.c - open addressing with linear probing and backward-shift deletion. */
#include "base/map.h"

#include <assert.h>
#include <stdlib.h>

#include "base/alloc.h"

static uint64_t rotate(uint64_t x, int bits)
{
    return x << bits | x >> (64 - bits);
}

static void sip_round(uint64_t v[4])
{
    v[0] += v[1];
    v[1] = rotate(v[1], 13) ^ v[0];
    v[0] = rotate(v[0], 32);
    v[2] += v[3];
    v[3] = rotate(v[3], 16) ^ v[2];
    v[0] += v[3];
    v[3] = rotate(v[3], 21) ^ v[0];
    v[2] += v[1];
    v[1] = rotate(v[1], 17) ^ v[2];
    v[2] = rotate(v[2], 32);
}

/* SipHash-1-3: Aumasson and Bernstein's SipHash with one compression and three
 * finalisation rounds, enough where the output is never seen. */
uint64_t cw_hash_keyed(const uint64_t seed[2], struct cw_slice key)
{
    uint64_t v[4] = {seed[0] ^ 0x736f6d6570736575u, seed[1] ^ 0x646f72616e646f6du,
                     seed[0] ^ 0x6c7967656e657261u, seed[1] ^ 0x7465646279746573u};
    size_t i = 0;
    uint64_t word;
    for (; key.n - i >= 8; i += 8) {
        memcpy(&word, key.p + i, 8);
        v[3] ^= word;
        sip_round(v);
        v[0] ^= word;
    }
    word = (uint64_t)key.n << 56;
    if (key.n > i)
        memcpy(&word, key.p + i, key.n - i);
    v[3] ^= word;
    sip_round(v);
    v[0] ^= word;
    v[2] ^= 0xff;
    for (int round = 0; round < 3; round++)
        sip_round(v);
    return v[0] ^ v[1] ^ v[2] ^ v[3];
}

void cw_map_init(struct cw_map *map, const uint64_t seed[2])
{
    *map = (struct cw_map){.seed = {seed[0], seed[1]}};
}

static uint32_t hash_of(const struct cw_map *map, struct cw_slice key)
{
    return (uint32_t)cw_hash_keyed(map->seed, key);
}

static struct cw_slice key_of(const struct cw_map_entry *entry)
{
    return cw_slice_of((const uint8_t *)entry->value + entry->key_at, entry->key_n);
}

static size_t find(const struct cw_map *map, struct cw_slice key, uint32_t hash)
{
    size_t mask = map->capacity - 1;
    size_t at = hash & mask;
    while (map->entries[at].value != NULL &&
           !(map->entries[at].hash == hash && cw_slice_eq(key_of(&map->entries[at]), key)))
        at = (at + 1) & mask;
    return at;
}

void *cw_map_get(const struct cw_map *map, struct cw_slice key)
{
    if (map->count == 0)
        return NULL;
    return map->entries[find(map, key, hash_of(map, key))].value;
}

static void grow(struct cw_map *map)
{
    struct cw_map old = *map;
    map->capacity = old.capacity == 0 ? 16 : old.capacity * 2;
    map->entries = cw_alloc_zero(map->capacity * sizeof *map->entries);
    for (size_t i = 0; i < old.capacity; i++)
        if (old.entries[i].value != NULL)
            map->entries[find(map, key_of(&old.entries[i]), old.entries[i].hash)] = old.entries[i];
    free(old.entries);
}

void cw_map_put(struct cw_map *map, struct cw_slice key, void *value)
{
    assert(value != NULL);
    size_t key_at = (size_t)(key.p - (const uint8_t *)value);
    assert(key_at <= UINT16_MAX && key.n <= UINT16_MAX);
    if ((map->count + 1) * 4 > map->capacity * 3)
        grow(map);
    uint32_t hash = hash_of(map, key);
    size_t at = find(map, key, hash);
    assert(map->entries[at].value == NULL);
    map->entries[at] = (struct cw_map_entry){value, hash, (uint16_t)key_at, (uint16_t)key.n};
    map->count++;
}

void *cw_map_remove(struct cw_map *map, struct cw_slice key)
{
    if (map->count == 0)
        return NULL;
    size_t mask = map->capacity - 1;
    size_t hole = find(map, key, hash_of(map, key));
    void *value = map->entries[hole].value;
    if (value == NULL)
        return NULL;
    for (size_t at = (hole + 1) & mask; map->entries[at].value != NULL; at = (at + 1) & mask) {
        size_t home = map->entries[at].hash & mask;
        if (((at - home) & mask) >= ((at - hole) & mask)) {
            map->entries[hole] = map->entries[at];
            hole = at;
        }
    }
    map->entries[hole].value = NULL;
    map->count--;
    return value;
}

void cw_map_finish(struct cw_map *map)
{
    free(map->entries);
    map->entries = NULL;
    map->capacity = map->count = 0;
}
