/* test_base.c - what every other room stands on: map, arena, buf, slice, UTF-8,
 * and the table of response codes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/codes.h"
#include "base/map.h"
#include "base/utf8.h"

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

/* --- arena ------------------------------------------------------------------------ */

static size_t chunks_of(const struct cw_arena *arena)
{
    /* The link to the next is a chunk's first member. */
    size_t count = 0;
    for (void *chunk = arena->chunks; chunk != NULL; memcpy(&chunk, chunk, sizeof chunk))
        count++;
    return count;
}

static void pieces_are_aligned_and_apart(void **state)
{
    (void)state;
    struct cw_arena arena = {0};
    uint8_t *pieces[200];
    for (size_t i = 0; i < 200; i++) {
        pieces[i] = cw_arena_alloc(&arena, i);
        assert_int_equal((uintptr_t)pieces[i] % _Alignof(max_align_t), 0);
        memset(pieces[i], (int)i, i);
    }
    for (size_t i = 0; i < 200; i++)
        for (size_t k = 0; k < i; k++)
            assert_int_equal(pieces[i][k], i);
    assert_true(chunks_of(&arena) > 1);
    cw_arena_finish(&arena);
    assert_null(arena.chunks);
}

static struct cw_owned bytes_of(size_t n)
{
    uint8_t *memory = cw_alloc(n);
    return (struct cw_owned){cw_slice_of(memory, n), memory};
}

/* That it frees the other one, the sanitizer sees. */
static void what_an_arena_has_adopted_can_be_taken(void **state)
{
    (void)state;
    struct cw_arena arena = {0};
    struct cw_owned *taken = cw_arena_adopt(&arena, bytes_of(100000));
    struct cw_owned *left = cw_arena_adopt(&arena, bytes_of(5000));
    struct cw_owned owned = cw_owned_take(taken);
    assert_int_equal(owned.slice.n, 100000);
    assert_ptr_equal(owned.slice.p, owned.memory);
    assert_null(taken->memory);
    assert_ptr_equal(taken->slice.p, owned.slice.p);
    assert_non_null(left->memory);
    cw_arena_reset(&arena);
    assert_null(arena.adopted);
    cw_arena_adopt(&arena, bytes_of(5000));
    cw_arena_finish(&arena);
    assert_null(arena.adopted);
    ((uint8_t *)owned.memory)[99999] = 1;
    cw_owned_free(&owned);
    assert_null(owned.memory);
}

static void reset_keeps_one_ordinary_chunk(void **state)
{
    (void)state;
    struct cw_arena arena = {0};
    cw_arena_reset(&arena);
    assert_null(arena.chunks);
    void *first = cw_arena_alloc(&arena, 100);
    cw_arena_reset(&arena);
    assert_int_equal(chunks_of(&arena), 1);
    assert_ptr_equal(cw_arena_alloc(&arena, 100), first);
    for (int i = 0; i < 20; i++)
        cw_arena_alloc(&arena, 1000);
    assert_int_equal(chunks_of(&arena), 6);
    cw_arena_reset(&arena);
    assert_int_equal(chunks_of(&arena), 1);
    cw_arena_finish(&arena);
}

static void a_large_piece_is_given_back(void **state)
{
    (void)state;
    struct cw_arena arena = {0};
    memset(cw_arena_alloc(&arena, 1 << 20), 1, 1 << 20);
    cw_arena_reset(&arena);
    assert_null(arena.chunks);
    memset(cw_arena_alloc(&arena, 4096), 1, 4096); /* the most of an ordinary chunk */
    assert_int_equal(chunks_of(&arena), 1);
    memset(cw_arena_alloc(&arena, 4097), 1, 4097);
    assert_int_equal(chunks_of(&arena), 2);
    cw_arena_reset(&arena);
    assert_int_equal(chunks_of(&arena), 1);
    cw_arena_finish(&arena);
}

static void a_copy_is_the_arenas_own(void **state)
{
    (void)state;
    struct cw_arena arena = {0};
    char text[] = "text";
    struct cw_slice copy = cw_arena_copy(&arena, cw_slice_str(text));
    text[0] = 'n';
    assert_true(cw_slice_eq(copy, cw_slice_str("text")));
    assert_int_equal(cw_arena_copy(&arena, (struct cw_slice){0}).n, 0);
    cw_arena_finish(&arena);
}

/* --- buf and slice ------------------------------------------------------------------ */

static void a_buf_grows_by_doubling_and_keeps_its_bytes(void **state)
{
    (void)state;
    struct cw_buf buf = {0};
    for (unsigned i = 0; i < 1000; i++) {
        cw_buf_append_byte(&buf, (uint8_t)i);
        assert_true(buf.capacity >= 128 && (buf.capacity & (buf.capacity - 1)) == 0);
    }
    assert_int_equal(buf.n, 1000);
    assert_int_equal(buf.capacity, 1024);
    for (unsigned i = 0; i < 1000; i++)
        assert_int_equal(buf.p[i], (uint8_t)i);
    cw_buf_finish(&buf);
    assert_null(buf.p);
    assert_int_equal(buf.n + buf.capacity, 0);
}

static void reserved_bytes_count_once_n_is_raised(void **state)
{
    (void)state;
    struct cw_buf buf = {0};
    cw_buf_append(&buf, "abc", 3);
    memset(cw_buf_reserve(&buf, 300), 'x', 300);
    assert_int_equal(buf.n, 3);
    assert_int_equal(buf.capacity, 512);
    buf.n += 2;
    assert_true(cw_slice_eq(cw_buf_slice(&buf), cw_slice_str("abcxx")));
    cw_buf_append(&buf, NULL, 0);
    assert_int_equal(buf.n, 5);
    cw_buf_finish(&buf);
}

static void consuming_moves_the_rest_to_the_front(void **state)
{
    (void)state;
    struct cw_buf buf = {0};
    cw_buf_append(&buf, "abcdef", 6);
    cw_buf_consume(&buf, 0);
    assert_true(cw_slice_eq(cw_buf_slice(&buf), cw_slice_str("abcdef")));
    cw_buf_consume(&buf, 2);
    assert_true(cw_slice_eq(cw_buf_slice(&buf), cw_slice_str("cdef")));
    cw_buf_consume(&buf, 4);
    assert_int_equal(buf.n, 0);
    cw_buf_append(&buf, "g", 1);
    assert_true(cw_slice_eq(cw_buf_slice(&buf), cw_slice_str("g")));
    cw_buf_finish(&buf);
}

static void check_equality(bool (*equal)(struct cw_slice a, struct cw_slice b))
{
    struct cw_slice none = {0};
    assert_true(equal(none, cw_slice_of("x", 0)));
    assert_false(equal(none, cw_slice_of("", 1)));
    assert_true(equal(cw_slice_of("a\0b", 3), cw_slice_of("a\0b", 3)));
    assert_false(equal(cw_slice_of("a\0b", 3), cw_slice_of("a\0c", 3)));
    assert_false(equal(cw_slice_of("\xff", 1), cw_slice_of("\x7f", 1)));
    assert_false(equal(cw_slice_str("ab"), cw_slice_str("abc")));
    assert_false(equal(cw_slice_str("abc"), cw_slice_str("xbc")));
}

static void slices_are_equal_by_length_and_bytes(void **state)
{
    (void)state;
    check_equality(cw_slice_eq);
    check_equality(cw_slice_eq_secret);
}

/* --- UTF-8 --------------------------------------------------------------------------- */

static bool valid(const char *bytes, size_t n)
{
    /* Between other text too, at every place of a word that is read at once, in the first word, one
     * between others and the last. */
    static const size_t after[] = {0, 1, 8, 17};
    char text[64];
    bool alone = cw_utf8_valid(cw_slice_of(bytes, n));
    for (size_t before = 0; before <= 17; before++) {
        memset(text, 'a', sizeof text);
        memcpy(text + before, bytes, n);
        for (size_t i = 0; i < sizeof after / sizeof after[0]; i++)
            assert_int_equal(cw_utf8_valid(cw_slice_of(text, before + n + after[i])), alone);
    }
    return alone;
}

/* The bytes of a code point by the bit patterns of RFC 3629, section 3, in a
 * sequence of `length`, be it the right one or not. */
static void encode(uint32_t c, int length, char out[4])
{
    static const uint8_t leads[] = {0, 0x00, 0xc0, 0xe0, 0xf0};
    for (int i = length - 1; i > 0; i--, c >>= 6)
        out[i] = (char)(0x80 | (c & 0x3f));
    out[0] = (char)(leads[length] | c);
}

static int length_of(uint32_t c)
{
    return c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
}

static void every_code_point_but_surrogates_is_valid(void **state)
{
    (void)state;
    for (uint32_t c = 0; c <= 0x10ffff; c++) {
        char bytes[4];
        int length = length_of(c);
        encode(c, length, bytes);
        struct cw_slice s = cw_slice_of(bytes, (size_t)length);
        if (cw_utf8_valid(s) != (c < 0xd800 || c > 0xdfff))
            fail_msg("U+%04X", (unsigned)c);
        assert_int_equal(cw_utf8_count(s), 1);
    }
}

/* "Implementations of the decoding algorithm MUST protect against decoding
 * invalid sequences" (RFC 3629, section 3). */
static void overlong_forms_are_not_valid(void **state)
{
    (void)state;
    static const uint32_t points[] = {0, '/', 0x7f, 0x80, 0x7ff, 0x800, 0xffff};
    for (size_t i = 0; i < sizeof points / sizeof points[0]; i++) {
        for (int length = length_of(points[i]) + 1; length <= 4; length++) {
            char bytes[4];
            encode(points[i], length, bytes);
            assert_false(valid(bytes, (size_t)length));
        }
    }
    assert_true(valid("\xc2\x80", 2));
    assert_true(valid("\xe0\xa0\x80", 3));
    assert_true(valid("\xf0\x90\x80\x80", 4));
}

static void surrogates_are_not_valid(void **state)
{
    (void)state;
    assert_true(valid("\xed\x9f\xbf", 3));
    assert_false(valid("\xed\xa0\x80", 3));
    assert_false(valid("\xed\xbf\xbf", 3));
    assert_true(valid("\xee\x80\x80", 3));
    assert_false(valid("\xed\xa1\x8c\xed\xbe\xb4", 6)); /* CESU-8 */
}

static void nothing_is_beyond_10ffff(void **state)
{
    (void)state;
    assert_true(valid("\xf4\x8f\xbf\xbf", 4));
    assert_false(valid("\xf4\x90\x80\x80", 4));
    for (unsigned lead = 0xf5; lead <= 0xff; lead++) {
        char bytes[] = {(char)lead, (char)0x80, (char)0x80, (char)0x80, (char)0x80, (char)0x80};
        for (size_t n = 1; n <= sizeof bytes; n++)
            assert_false(valid(bytes, n));
    }
}

static void sequences_cut_short_are_not_valid(void **state)
{
    (void)state;
    static const char *const whole[] = {"\xc3\xa9", "\xe2\x82\xac", "\xf0\x9f\x98\x80"};
    for (size_t i = 0; i < 3; i++) {
        size_t n = strlen(whole[i]);
        assert_true(valid(whole[i], n));
        for (size_t cut = 1; cut < n; cut++) {
            char followed[8];
            assert_false(valid(whole[i], cut));
            memcpy(followed, whole[i], cut);
            memcpy(followed + cut, "abc", 3);
            assert_false(valid(followed, cut + 3));
            memcpy(followed + cut, "\xc3\xa9", 2);
            assert_false(valid(followed, cut + 2));
        }
    }
    for (unsigned byte = 0x80; byte <= 0xbf; byte++)
        assert_false(valid((char[]){(char)byte}, 1));
}

static bool may_follow(const uint8_t head[2])
{
    static const uint8_t tails[][2] = {{0x80, 0x80}, {0xbf, 0xbf}};
    for (size_t i = 0; i < 2; i++)
        for (size_t n = 1; n <= 2; n++) {
            uint8_t whole[4] = {head[0], head[1], tails[i][0], tails[i][1]};
            if (cw_utf8_valid(cw_slice_of(whole, 2 + n)))
                return true;
        }
    return false;
}

/* All pairs of octets, behind others: is it too short, or wrong? */
static void what_is_cut_may_become_valid(void **state)
{
    (void)state;
    bool cut;
    for (unsigned pair = 0; pair < 0x10000; pair++) {
        uint8_t text[13] = "abcdefghijk", *end = text + 11;
        end[0] = (uint8_t)(pair >> 8);
        end[1] = (uint8_t)pair;
        size_t n = cw_utf8_valid_prefix(cw_slice_of(text, 13), &cut);
        if (end[0] < 0x80) { /* the second stands alone */
            assert_int_equal(n, end[1] < 0x80 ? 13 : 12);
            assert_int_equal(cut, end[1] >= 0xc2 && end[1] <= 0xf4);
        } else if (cw_utf8_valid(cw_slice_of(end, 2))) {
            assert_true(n == 13 && !cut);
        } else {
            assert_int_equal(n, 11);
            assert_int_equal(cut, may_follow(end));
        }
    }
    assert_int_equal(cw_utf8_valid_prefix((struct cw_slice){0}, &cut), 0);
    assert_false(cut);
    assert_int_equal(cw_utf8_valid_prefix(cw_slice_str("\xf0\x9f\x98"), &cut), 0);
    assert_true(cut);
    assert_int_equal(cw_utf8_valid_prefix(cw_slice_str("\xf0\x9f\x98z"), &cut), 0);
    assert_false(cut);
}

static void code_points_are_counted(void **state)
{
    (void)state;
    assert_true(cw_utf8_valid((struct cw_slice){0}));
    assert_int_equal(cw_utf8_count((struct cw_slice){0}), 0);
    assert_true(valid("\0", 1));
    assert_int_equal(cw_utf8_count(cw_slice_str("a\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80z")), 5);
}

/* --- codes ------------------------------------------------------------------------------ */

static void every_code_has_its_name_and_a_text(void **state)
{
    (void)state;
    int count = 0;
#define CW_CODE(name, value, text)                                                                 \
    assert_int_equal(CW_##name, value);                                                            \
    assert_string_equal(cw_code_name(value), #name);                                               \
    assert_string_equal(cw_code_text(value), text);                                                \
    count++;
#include "base/codes.def"
#undef CW_CODE
    assert_int_equal(count, 26);
    assert_string_equal(cw_code_name(514), "USER_DOES_NOT_EXIST");
    assert_string_equal(cw_code_name(2), "UNKNOWN");
    assert_string_equal(cw_code_name(-1), "UNKNOWN");
    assert_non_null(strstr(cw_code_text(2), "does not know"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_empty_map_has_nothing_and_no_memory),
        cmocka_unit_test(many_ids_are_found_after_growth_and_removal),
        cmocka_unit_test(keys_are_told_apart_by_every_byte_and_by_length),
        cmocka_unit_test(keys_are_hashed_by_siphash_1_3_under_the_seed),
        cmocka_unit_test(a_removal_leaves_the_rest_of_its_run_in_reach),
        cmocka_unit_test(pieces_are_aligned_and_apart),
        cmocka_unit_test(what_an_arena_has_adopted_can_be_taken),
        cmocka_unit_test(reset_keeps_one_ordinary_chunk),
        cmocka_unit_test(a_large_piece_is_given_back),
        cmocka_unit_test(a_copy_is_the_arenas_own),
        cmocka_unit_test(a_buf_grows_by_doubling_and_keeps_its_bytes),
        cmocka_unit_test(reserved_bytes_count_once_n_is_raised),
        cmocka_unit_test(consuming_moves_the_rest_to_the_front),
        cmocka_unit_test(slices_are_equal_by_length_and_bytes),
        cmocka_unit_test(every_code_point_but_surrogates_is_valid),
        cmocka_unit_test(overlong_forms_are_not_valid),
        cmocka_unit_test(surrogates_are_not_valid),
        cmocka_unit_test(nothing_is_beyond_10ffff),
        cmocka_unit_test(sequences_cut_short_are_not_valid),
        cmocka_unit_test(what_is_cut_may_become_valid),
        cmocka_unit_test(code_points_are_counted),
        cmocka_unit_test(every_code_has_its_name_and_a_text),
    };
    return cmocka_run_group_tests_name("base", tests, NULL, NULL);
}
