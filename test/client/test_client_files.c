/* test_client_files.c - chunks and pieces of files in the client core: how many may be under way,
 * and that chunks wait until the kernel has sent what was before them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/limits.h"
#include "script.h"

#define FILE_ID 7

static uint8_t bytes[CW_FILE_CHUNK_MAX];

static int64_t chunk(struct script *s, uint64_t offset, size_t n)
{
    struct cw_msg msg = {.kind = CW_REQUEST,
                         .action = CW_UPLOAD_CHUNK,
                         .file_id = FILE_ID,
                         .generation = 1,
                         .offset = offset,
                         .bytes = cw_slice_of(bytes, n)};
    return cw_client_request(s->client, &msg);
}

static int64_t end_upload(struct script *s)
{
    struct cw_msg msg = {.kind = CW_REQUEST,
                         .action = CW_END_UPLOAD,
                         .file_id = FILE_ID,
                         .generation = 1,
                         .sha256 = cw_slice_of(bytes, CW_SHA256_N)};
    return cw_client_request(s->client, &msg);
}

static void begin(struct script *s)
{
    script_start(s, NULL);
    script_logged_in(s);
}

static void a_chunk_leaves_when_nothing_is_unsent(void **state)
{
    (void)state;
    struct script s;
    begin(&s);
    chunk(&s, 0, 4096);
    chunk(&s, 4096, 4096);
    script_pump(&s);
    script_received_nothing(&s);
    assert_true(cw_client_has_chunk(s.client));
    cw_client_drained(s.client, s.now);
    assert_int_not_equal(cw_client_output(s.client).n, 0);
    assert_false(cw_client_has_chunk(s.client)); /* not beside the first */
    cw_client_drained(s.client, s.now);
    script_pump(&s);
    assert_int_equal(script_received(&s, CW_UPLOAD_CHUNK).offset, 0);
    script_received_nothing(&s);
    cw_client_drained(s.client, s.now);
    script_pump(&s);
    assert_int_equal(script_received(&s, CW_UPLOAD_CHUNK).offset, 4096);
    assert_false(cw_client_has_chunk(s.client));
    script_finish(&s);
}

static void texts_overtake_chunks_and_their_end_does_not(void **state)
{
    (void)state;
    struct script s;
    begin(&s);
    chunk(&s, 0, 100);
    end_upload(&s);
    script_whisper(&s, "hello");
    script_pump(&s);
    script_received(&s, CW_WHISPER);
    script_received_nothing(&s);
    cw_client_drained(s.client, s.now);
    script_pump(&s);
    script_received(&s, CW_UPLOAD_CHUNK);
    script_received(&s, CW_END_UPLOAD);
    script_finish(&s);
}

static void chunks_that_waited_are_lost_with_the_connection(void **state)
{
    (void)state;
    struct script s;
    begin(&s);
    int64_t first = chunk(&s, 0, 4096), second = chunk(&s, 4096, 4096);
    cw_client_drained(s.client, s.now);
    script_pump(&s);
    script_received(&s, CW_UPLOAD_CHUNK);
    script_close(&s);
    script_event(&s, CHINWAG_DISCONNECTED);
    script_answer(&s, first, CHINWAG_UNANSWERED);
    script_answer(&s, second, CHINWAG_UNANSWERED);
    script_no_event(&s);
    assert_int_equal(cw_client_file_room(s.client, true), CW_FILE_SLICE_MIN);
    script_finish(&s);
}

/* 32 slices of a line that is not known yet; each answer makes room. */
static void as_much_is_under_way_as_the_line_holds(void **state)
{
    (void)state;
    struct script s;
    begin(&s);
    for (uint64_t at = 0; at < 32 * 2048; at += 4096) {
        assert_int_equal(cw_client_file_room(s.client, true), 2048);
        chunk(&s, at, 4096);
    }
    assert_int_equal(cw_client_file_room(s.client, true), 0);
    assert_int_equal(cw_client_file_room(s.client, false), 2048);
    struct cw_msg fetch = {
        .kind = CW_REQUEST,
        .action = CW_FETCH_FILE,
        .file_id = FILE_ID,
        .extras = {.map_present = true, .present = CW_BIT(CW_X_LIMIT), .limit = 16384}};
    cw_client_request(s.client, &fetch);
    assert_int_equal(cw_client_file_room(s.client, false), 0); /* the window of an unknown line */
    cw_client_drained(s.client, s.now);
    script_pump(&s);
    script_received(&s, CW_UPLOAD_CHUNK);
    script_respond(&s, CW_UPLOAD_CHUNK, CW_SUCCESS);
    script_event(&s, CHINWAG_RESPONSE);
    assert_int_equal(cw_client_file_room(s.client, true), 2048);
    script_finish(&s);
}

/* 500,000 bytes a second, 40 ms from sending to the answer. */
static void the_room_follows_the_line(void **state)
{
    (void)state;
    struct script s;
    begin(&s);
    for (int i = 0; i < 6; i++) {
        chunk(&s, 0, 20000);
        cw_client_drained(s.client, s.now);
        script_pump(&s);
        script_received(&s, CW_UPLOAD_CHUNK);
        s.now += 40;
        script_respond(&s, CW_UPLOAD_CHUNK, CW_SUCCESS);
        script_event(&s, CHINWAG_RESPONSE);
    }
    assert_int_equal(cw_client_file_room(s.client, true), 10000);
    for (int i = 0; i < 32; i++) {
        assert_int_equal(cw_client_file_room(s.client, true), 10000);
        chunk(&s, 0, 10000);
    }
    assert_int_equal(cw_client_file_room(s.client, true), 0); /* 32 slices */
    script_finish(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_chunk_leaves_when_nothing_is_unsent),
        cmocka_unit_test(texts_overtake_chunks_and_their_end_does_not),
        cmocka_unit_test(chunks_that_waited_are_lost_with_the_connection),
        cmocka_unit_test(as_much_is_under_way_as_the_line_holds),
        cmocka_unit_test(the_room_follows_the_line),
    };
    return cmocka_run_group_tests_name("client_files", tests, NULL, NULL);
}
