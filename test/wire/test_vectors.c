/* test_vectors.c - the vectors, what follows from each of them, and that they
 * leave no message out. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "test_wire.h"
#include "text.h"
#include "vector.h"
#include "wire/table.h"

static const char *folder;

void set_vectors(const char *path)
{
    folder = path;
}

/* A decoded message as text; to be freed. The frame is decoded from a copy of
 * just its size, so that the sanitizer sees a byte read beyond it. */
static char *read_as_text(enum cw_reader reader, struct cw_slice frame, int *code)
{
    uint8_t *copy = malloc(frame.n > 0 ? frame.n : 1);
    struct cw_buf text = {0};
    struct cw_msg msg;
    if (frame.n > 0)
        memcpy(copy, frame.p, frame.n);
    *code = cw_msg_decode(reader, cw_slice_of(copy, frame.n), &msg);
    text_of_msg(&msg, *code, &text);
    cw_buf_append_byte(&text, '\0');
    free(copy);
    return (char *)text.p;
}

static void expect_text(const struct vector *v, enum cw_reader reader)
{
    int code;
    char *text = read_as_text(reader, cw_buf_slice(&v->bytes), &code);
    if (strcmp(text, v->is) != 0)
        fail_msg("%s:%d: %s\nread as %.2000s\nnot     %.2000s", v->file, v->line, v->name, text,
                 v->is);
    free(text);
}

static void expect_bytes(const struct vector *v, bool extended)
{
    struct cw_arena arena = {0};
    struct cw_buf bytes = {0};
    struct cw_msg msg;
    if (!msg_of_text(v->is, &arena, &msg))
        fail_msg("%s:%d: %s\n`is` is not understood", v->file, v->line, v->name);
    cw_msg_encode(&msg, extended, &bytes);
    if (!cw_slice_eq(cw_buf_slice(&bytes), cw_buf_slice(&v->bytes)))
        fail_msg("%s:%d: %s\nwritten otherwise", v->file, v->line, v->name);
    cw_buf_finish(&bytes);
    cw_arena_finish(&arena);
}

static void check_vector(const struct vector *v, void *arg)
{
    (void)arg;
    if ((v->uses & USE_SERVER) != 0)
        expect_text(v, CW_READER_SERVER);
    if ((v->uses & USE_CLIENT) != 0)
        expect_text(v, CW_READER_CLIENT);
    if ((v->uses & USE_PLAIN) != 0)
        expect_bytes(v, false);
    if ((v->uses & USE_EXTENDED) != 0)
        expect_bytes(v, true);
}

static void test_vectors(void **state)
{
    (void)state;
    assert_true(for_each_vector(folder, check_vector, NULL) > 100);
}

/* ---- what follows from a good vector ------------------------------------------- */

static bool is_good(const struct vector *v, enum cw_reader *reader)
{
    int code;
    if ((v->uses & (USE_SERVER | USE_CLIENT)) == 0)
        return false;
    *reader = (v->uses & USE_SERVER) != 0 ? CW_READER_SERVER : CW_READER_CLIENT;
    free(read_as_text(*reader, cw_buf_slice(&v->bytes), &code));
    return code == CW_SUCCESS;
}

static void check_truncated(const struct vector *v, void *arg)
{
    enum cw_reader reader;
    (void)arg;
    if (!is_good(v, &reader))
        return;
    for (size_t n = 0; n < v->bytes.n; n++) {
        int code;
        free(read_as_text(reader, cw_slice_of(v->bytes.p, n), &code));
        /* What comes after the drawn objects may be missing. */
        const bool bare = (v->uses & USE_PLAIN) == 0 && code == CW_SUCCESS;
        if (code != CW_BAD_REQUEST && !bare)
            fail_msg("%s:%d: %s\nits first %zu bytes: %d", v->file, v->line, v->name, n, code);
    }
}

static void test_truncated_at_every_byte(void **state)
{
    (void)state;
    for_each_vector(folder, check_truncated, NULL);
}

/* What was read, written and read again is what it was. */
static void check_round_trip(const struct vector *v, void *arg)
{
    enum cw_reader reader;
    struct cw_msg msg;
    struct cw_buf again = {0};
    int code;
    (void)arg;
    if (!is_good(v, &reader))
        return;
    cw_msg_decode(reader, cw_buf_slice(&v->bytes), &msg);
    cw_msg_encode(&msg, true, &again);
    char *text = read_as_text(reader, cw_buf_slice(&again), &code);
    if (strcmp(text, v->is) != 0)
        fail_msg("%s:%d: %s\nread again as %.2000s", v->file, v->line, v->name, text);
    free(text);
    cw_buf_finish(&again);
}

static void test_round_trip(void **state)
{
    (void)state;
    for_each_vector(folder, check_round_trip, NULL);
}

/* ---- that nothing is left out --------------------------------------------------- */

struct seen {
    const struct cw_message_row *row;
    bool drawn;    /* read and written exactly as drawn */
    bool extended; /* with the trailing map */
    bool refused;  /* BAD_REQUEST with its action */
};

static void note_seen(const struct vector *v, void *arg)
{
    struct seen *seen = arg;
    const char *file_end = strchr(v->file, '.');
    struct cw_msg msg;
    const enum cw_reader reader = (v->uses & USE_SERVER) != 0 ? CW_READER_SERVER : CW_READER_CLIENT;
    const int code = cw_msg_decode(reader, cw_buf_slice(&v->bytes), &msg);
    const struct cw_slice file = cw_slice_of(v->file, (size_t)(file_end - v->file));
    if (!cw_slice_eq(file, cw_slice_str(seen->row->name)) || msg.kind != seen->row->kind ||
        msg.action != seen->row->action || msg.code != CW_SUCCESS)
        return;
    seen->drawn |= code == CW_SUCCESS && (v->uses & USE_PLAIN) != 0;
    seen->extended |= code == CW_SUCCESS && msg.extras.map_present;
    seen->refused |= code == CW_BAD_REQUEST;
}

/* Responses are extended only where something is to be said. */
static bool needs_map(const struct cw_message_row *row)
{
    return row->kind != CW_RESPONSE || row->action == CW_LOGIN || row->action == CW_ATTACH;
}

static void test_every_row_has_vectors(void **state)
{
    size_t count;
    const struct cw_message_row *rows = cw_message_rows(&count);
    (void)state;
    for (size_t i = 0; i < count; i++) {
        struct seen seen = {.row = &rows[i]};
        for_each_vector(folder, note_seen, &seen);
        if (!seen.drawn || !seen.refused || (needs_map(&rows[i]) && !seen.extended))
            fail_msg("row %zu, %s: vectors are missing in %s.txt: drawn %d, refused %d, map %d", i,
                     rows[i].name, rows[i].name, seen.drawn, seen.refused, seen.extended);
    }
}

int run_vectors(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_vectors),
        cmocka_unit_test(test_truncated_at_every_byte),
        cmocka_unit_test(test_round_trip),
        cmocka_unit_test(test_every_row_has_vectors),
    };
    return cmocka_run_group_tests_name("vectors", tests, NULL, NULL);
}
