/* test_map.c - the hash map. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/map.h"

static const uint64_t seed[2] = {0x0706050403020100, 0x0f0e0d0c0b0a0908};

/* --- map ------------------------------------------------------------------------ */

#define IDS 5000

static uint64_t ids[IDS];

static void fill_ids(void)
{
    for (size_t i = 0; i < IDS; i++)
        ids[i] = i * 0x100000001;
}

static void assert_holds(const struct cw_map *map, size_t from, size_t to, size_t step)
{
    for (size_t i = from; i < to; i += step)
        assert_ptr_equal(cw_map_get(map, cw_map_id(&ids[i])), &ids[i]);
}

static void an_empty_map_has_nothing_and_no_memory(void **state)
{
    (void)state;
    struct cw_map map;
    cw_map_init(&map, seed);
    assert_null(cw_map_get(&map, cw_slice_str("a")));
    assert_null(cw_map_remove(&map, cw_slice_str("a")));
    assert_null(map.entries);
    cw_map_finish(&map);
}

static void many_ids_are_found_after_growth_and_removal(void **state)
{
    (void)state;
    struct cw_map map;
    fill_ids();
    cw_map_init(&map, seed);
    for (size_t i = 0; i < IDS; i++) {
        cw_map_put(&map, cw_map_id(&ids[i]), &ids[i]);
        assert_true(map.count * 4 <= map.capacity * 3);
    }
    assert_int_equal(map.count, IDS);
    assert_int_equal(map.capacity, 8192);
    assert_holds(&map, 0, IDS, 1);
    for (size_t i = 0; i < IDS; i += 3)
        assert_ptr_equal(cw_map_remove(&map, cw_map_id(&ids[i])), &ids[i]);
    assert_holds(&map, 1, IDS, 3);
    assert_holds(&map, 2, IDS, 3);
    for (size_t i = 0; i < IDS; i += 3) {
        assert_null(cw_map_get(&map, cw_map_id(&ids[i])));
        assert_null(cw_map_remove(&map, cw_map_id(&ids[i])));
        cw_map_put(&map, cw_map_id(&ids[i]), &ids[i]);
    }
    assert_holds(&map, 0, IDS, 1);
    for (size_t i = 0; i < IDS; i++)
        assert_ptr_equal(cw_map_remove(&map, cw_map_id(&ids[i])), &ids[i]);
    assert_int_equal(map.count, 0);
    assert_null(cw_map_get(&map, cw_map_id(&ids[7])));
    cw_map_finish(&map);
}

static void keys_are_told_apart_by_every_byte_and_by_length(void **state)
{
    (void)state;
    static struct {
        int before;
        uint8_t bytes[40];
    } values[40];
    struct cw_map map;
    cw_map_init(&map, seed);
    for (size_t n = 0; n < 40; n++)
        cw_map_put(&map, cw_slice_of(values[n].bytes, n), &values[n]);
    for (size_t n = 0; n < 40; n++) {
        uint8_t other[40] = {0};
        assert_ptr_equal(cw_map_get(&map, cw_slice_of(other, n)), &values[n]);
        for (size_t i = 0; i < n; i++) {
            other[i] = 1;
            assert_null(cw_map_get(&map, cw_slice_of(other, n)));
            other[i] = 0;
        }
    }
    cw_map_finish(&map);
}

static uint32_t hash_of(struct cw_slice key)
{
    struct cw_map map;
    uint32_t hash = 0;
    cw_map_init(&map, seed);
    cw_map_put(&map, key, (void *)key.p);
    for (size_t i = 0; i < map.capacity; i++)
        if (map.entries[i].value != NULL)
            hash = map.entries[i].hash;
    cw_map_finish(&map);
    return hash;
}

static void keys_are_hashed_by_siphash_1_3_under_the_seed(void **state)
{
    (void)state;
    static const uint64_t other[2] = {0x0706050403020100, 0x0f0e0d0c0b0a0909};
    /* The first of the published vectors: the key of `seed`, no input. */
    assert_true(cw_hash_keyed(seed, cw_slice_of("", 0)) == 0xabac0158050fc4dc);
    assert_int_equal(hash_of(cw_slice_of("", 0)), 0x050fc4dc);
    struct cw_map map;
    cw_map_init(&map, other);
    static char empty[1];
    cw_map_put(&map, cw_slice_of(empty, 0), empty);
    for (size_t i = 0; i < map.capacity; i++)
        assert_true(map.entries[i].value == NULL || map.entries[i].hash != 0x050fc4dc);
    cw_map_finish(&map);
}

/* Twelve keys, the most that 16 places take, all at home in one or two of them:
 * the run goes round the end of the table. */
#define RUN 12

static void choose_colliding(uint64_t run[RUN], uint64_t home, unsigned homes)
{
    size_t count = 0;
    for (uint64_t id = 0; count < RUN; id++)
        if (((hash_of(cw_map_id(&id)) - home) & 15) == count % homes)
            run[count++] = id;
}

static void play_run(uint64_t run[RUN], size_t first, size_t stride)
{
    struct cw_map map;
    bool gone[RUN] = {false};
    cw_map_init(&map, seed);
    for (size_t i = 0; i < RUN; i++)
        cw_map_put(&map, cw_map_id(&run[i]), &run[i]);
    assert_int_equal(map.capacity, 16);
    for (size_t n = 0; n < RUN; n++) {
        size_t i = (first + n * stride) % RUN;
        assert_ptr_equal(cw_map_remove(&map, cw_map_id(&run[i])), &run[i]);
        gone[i] = true;
        for (size_t k = 0; k < RUN; k++)
            assert_ptr_equal(cw_map_get(&map, cw_map_id(&run[k])), gone[k] ? NULL : &run[k]);
    }
    for (size_t i = 0; i < map.capacity; i++)
        assert_null(map.entries[i].value);
    cw_map_finish(&map);
}

static void a_removal_leaves_the_rest_of_its_run_in_reach(void **state)
{
    (void)state;
    uint64_t run[RUN];
    for (unsigned homes = 1; homes <= 4; homes++) {
        choose_colliding(run, 13, homes);
        for (size_t first = 0; first < RUN; first++) {
            play_run(run, first, 1);
            play_run(run, first, 5);
            play_run(run, first, 7);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_empty_map_has_nothing_and_no_memory),
        cmocka_unit_test(many_ids_are_found_after_growth_and_removal),
        cmocka_unit_test(keys_are_told_apart_by_every_byte_and_by_length),
        cmocka_unit_test(keys_are_hashed_by_siphash_1_3_under_the_seed),
        cmocka_unit_test(a_removal_leaves_the_rest_of_its_run_in_reach),
    };
    return cmocka_run_group_tests_name("map", tests, NULL, NULL);
}
