/* test_arena.c - arenas, buffers and slices. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/map.h"

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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pieces_are_aligned_and_apart),
        cmocka_unit_test(what_an_arena_has_adopted_can_be_taken),
        cmocka_unit_test(reset_keeps_one_ordinary_chunk),
        cmocka_unit_test(a_large_piece_is_given_back),
        cmocka_unit_test(a_copy_is_the_arenas_own),
        cmocka_unit_test(a_buf_grows_by_doubling_and_keeps_its_bytes),
        cmocka_unit_test(reserved_bytes_count_once_n_is_raised),
        cmocka_unit_test(consuming_moves_the_rest_to_the_front),
        cmocka_unit_test(slices_are_equal_by_length_and_bytes),
    };
    return cmocka_run_group_tests_name("arena", tests, NULL, NULL);
}
