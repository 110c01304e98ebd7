/* test_entry.c - a list in an entry of a list: written, read, refused, and given to programs. The
 * entry is a message, the list its reactions; the keys of the inner entries are any. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "../wire/text.h"
#include "base/limits.h"
#include "cli/output_json.h"
#include "client/client_events.h"

/* A response to history, with a list of so many entries. */
#define HISTORY "a8 \"response\" a7 \"history\" 00 81 a4 \"list\" "

#define TWO                                                                                        \
    "response \"history\" 0 | list=["                                                              \
    "{seq=7 content=\"hi\" reactions=[{name=\"bob\" content=\"+\"},{name=\"carol\"}]},"            \
    "{seq=8 reactions=[]}]"
#define TWO_BYTES                                                                                  \
    HISTORY "92 "                                                                                  \
            "83 a3 \"seq\" 07 a7 \"content\" a2 \"hi\" a9 \"reactions\" 92 "                       \
            "82 a4 \"name\" a3 \"bob\" a7 \"content\" a1 \"+\" "                                   \
            "81 a4 \"name\" a5 \"carol\" "                                                         \
            "82 a3 \"seq\" 08 a9 \"reactions\" 90"

static struct cw_buf frame_of(const char *text)
{
    struct cw_buf frame = {0};
    assert_true(bytes_of_text(text, &frame));
    return frame;
}

/* A copy of just its size, so that the sanitizer sees a byte read beyond it. */
static int decode(const uint8_t *bytes, size_t n, struct cw_msg *msg)
{
    uint8_t *copy = malloc(n > 0 ? n : 1);
    memcpy(copy, bytes, n);
    const int code = cw_msg_decode(CW_READER_CLIENT, cw_slice_of(copy, n), msg);
    struct cw_list list = msg->extras.list;
    struct cw_entry entry;
    while (code == CW_SUCCESS && cw_entry_next(&list, &entry))
        while (cw_entry_next(&entry.reactions, &(struct cw_entry){0}))
            continue;
    free(copy);
    return code;
}

/* Reads a frame that is refused, with this fault. */
static void expect_fault(const char *text, const char *fault)
{
    struct cw_msg msg;
    struct cw_buf frame = frame_of(text);
    assert_int_equal(decode(frame.p, frame.n, &msg), CW_BAD_REQUEST);
    assert_string_equal(msg.fault, fault);
    cw_buf_finish(&frame);
}

#define MALFORMED                                                                                  \
    "no action can be read, or what follows is no MessagePack: a message is the text `request`, "  \
    "its action, and its objects"

static void assert_text(const struct cw_msg *msg, const char *expected)
{
    struct cw_buf text = {0};
    text_of_msg(msg, CW_SUCCESS, &text);
    cw_buf_append_byte(&text, '\0');
    assert_string_equal((char *)text.p, expected);
    cw_buf_finish(&text);
}

static void assert_bytes(const struct cw_msg *msg, const char *expected)
{
    struct cw_buf bytes = {0}, frame = frame_of(expected);
    cw_msg_encode(msg, true, &bytes);
    assert_true(cw_slice_eq(cw_buf_slice(&bytes), cw_buf_slice(&frame)));
    cw_buf_finish(&bytes);
    cw_buf_finish(&frame);
}

static void test_written(void **state)
{
    struct cw_arena arena = {0};
    struct cw_msg msg;
    (void)state;
    assert_true(msg_of_text(TWO, &arena, &msg));
    assert_bytes(&msg, TWO_BYTES);
    cw_arena_finish(&arena);
}

static void test_read(void **state)
{
    struct cw_msg msg;
    struct cw_buf frame = frame_of(TWO_BYTES);
    (void)state;
    assert_int_equal(cw_msg_decode(CW_READER_CLIENT, cw_buf_slice(&frame), &msg), CW_SUCCESS);
    assert_text(&msg, TWO);
    assert_bytes(&msg, TWO_BYTES);
    cw_buf_finish(&frame);
}

/* The widest forms of heads, and keys that nobody knows, with arrays and maps as values. */
static void test_read_in_other_forms(void **state)
{
    struct cw_msg msg;
    struct cw_buf frame = frame_of(
        HISTORY "dd 00000001 de 0002 a5 \"later\" 91 81 01 02 a9 \"reactions\" dd 00000001 "
                "df 00000002 c4 04 \"name\" db 00000003 \"bob\" a5 \"later\" 92 90 80");
    (void)state;
    assert_int_equal(cw_msg_decode(CW_READER_CLIENT, cw_buf_slice(&frame), &msg), CW_SUCCESS);
    assert_text(&msg, "response \"history\" 0 | list=[{reactions=[{name=\"bob\"}]}]");
    cw_buf_finish(&frame);
}

/* An entry that was read is written as it came, its list included. */
static void test_passed_on(void **state)
{
    struct cw_msg msg, again = {.kind = CW_RESPONSE, .action = CW_HISTORY};
    struct cw_buf frame = frame_of(TWO_BYTES);
    struct cw_entry entries[2];
    (void)state;
    assert_int_equal(cw_msg_decode(CW_READER_CLIENT, cw_buf_slice(&frame), &msg), CW_SUCCESS);
    assert_true(cw_entry_next(&msg.extras.list, &entries[0]));
    assert_true(cw_entry_next(&msg.extras.list, &entries[1]));
    assert_false(cw_entry_next(&msg.extras.list, &entries[1]));
    again.extras.map_present = true;
    again.extras.present = CW_BIT(CW_X_LIST);
    again.extras.list = (struct cw_list){.items = entries, .count = 2};
    assert_bytes(&again, TWO_BYTES);
    cw_buf_finish(&frame);
}

static void test_wrong_types(void **state)
{
    (void)state;
    expect_fault(HISTORY "91 81 a9 \"reactions\" a1 \"x\"",
                 "`reactions` in an entry is no array of maps");
    expect_fault(HISTORY "91 81 a9 \"reactions\" 81 01 02",
                 "`reactions` in an entry is no array of maps");
    expect_fault(HISTORY "91 81 a9 \"reactions\" 92 80 07",
                 "`reactions` in an entry is no array of maps");
    expect_fault(HISTORY "91 81 a9 \"reactions\" 91 92 80 80",
                 "`reactions` in an entry is no array of maps");
    expect_fault(HISTORY "91 81 a9 \"reactions\" 91 81 a4 \"name\" 07",
                 "`name` in an entry is no text in UTF-8");
    expect_fault(HISTORY "91 81 a3 \"seq\" 90",
                 "`seq` in an entry is no integer from 0 to 2^64 - 1");
    expect_fault(HISTORY "91 07", "`list` in the map is no array of maps");
}

static void test_truncated_at_every_byte(void **state)
{
    struct cw_msg msg;
    struct cw_buf frame = frame_of(TWO_BYTES);
    const size_t head = 8 + 1 + 7 + 1 + 1; /* without a map it is a message */
    (void)state;
    for (size_t n = head + 1; n < frame.n; n++) {
        assert_int_equal(decode(frame.p, n, &msg), CW_BAD_REQUEST);
        assert_string_equal(msg.fault, MALFORMED);
    }
    assert_int_equal(decode(frame.p, frame.n, &msg), CW_SUCCESS);
    cw_buf_finish(&frame);
}

/* More items than there are bytes, up to the 2^32 - 1 that a head can say; 2^32 it cannot. */
static void test_claimed_lengths(void **state)
{
    (void)state;
    expect_fault(HISTORY "91 81 a9 \"reactions\" dd ffffffff 80", MALFORMED);
    expect_fault(HISTORY "91 81 a9 \"reactions\" dc 0002 80", MALFORMED);
    expect_fault(HISTORY "91 81 a9 \"reactions\" 91 df ffffffff 80", MALFORMED);
    expect_fault(HISTORY "91 81 a9 \"reactions\" 91 81 a4 \"name\" db ffffffff \"bob\"", MALFORMED);
}

/* The code for a list in an entry in a list, and so on n times, the innermost empty. */
static int nested(size_t n)
{
    struct cw_msg msg;
    struct cw_buf inner = frame_of("91 81 a9 \"reactions\""), frame = frame_of(HISTORY);
    for (size_t i = 0; i < n; i++)
        cw_buf_append(&frame, inner.p, inner.n);
    cw_buf_append_byte(&frame, 0x90);
    const int code = decode(frame.p, frame.n, &msg);
    cw_buf_finish(&inner);
    cw_buf_finish(&frame);
    return code;
}

/* Lists in entries go as deep as anything in a message, and a reader no deeper than that. */
static void test_depth(void **state)
{
    (void)state;
    assert_int_equal(CW_MSGPACK_DEPTH_MAX, 8);
    assert_int_equal(nested(3), CW_SUCCESS);
    assert_int_equal(nested(4), CW_BAD_REQUEST);
    assert_int_equal(nested(CW_MSGPACK_LIST_OBJECTS_MAX / 3), CW_BAD_REQUEST);
}

/* The code for one entry with n reactions, each of these bytes. */
static int reactions(const char *one, size_t n)
{
    char text[256];
    struct cw_msg msg;
    struct cw_buf item = frame_of(one), frame;
    snprintf(text, sizeof text, HISTORY "91 81 a9 \"reactions\" dd %08zx", n);
    frame = frame_of(text);
    for (size_t i = 0; i < n; i++)
        cw_buf_append(&frame, item.p, item.n);
    const int code = decode(frame.p, frame.n, &msg);
    cw_buf_finish(&item);
    cw_buf_finish(&frame);
    return code;
}

/* All objects of a frame count alike, wherever they are, and so what a client takes memory for. */
static void test_one_account(void **state)
{
    const size_t before = 9; /* objects, up to the head of the list that is in the entry */
    const size_t maps = CW_MSGPACK_LIST_OBJECTS_MAX - before;
    (void)state;
    assert_int_equal(reactions("80", maps), CW_SUCCESS);
    assert_int_equal(reactions("80", maps + 1), CW_BAD_REQUEST);
    assert_int_equal(reactions("81 a4 \"name\" a3 \"bob\"", maps / 3), CW_SUCCESS);
    assert_int_equal(reactions("81 a4 \"name\" a3 \"bob\"", maps / 3 + 1), CW_BAD_REQUEST);
}

/* The event owns what it points to: the frame is overwritten before it is looked at. */
static void test_for_programs(void **state)
{
    struct cw_client_events events = {0};
    struct chinwag_event event;
    struct cw_msg msg;
    struct cw_buf frame = frame_of(TWO_BYTES);
    (void)state;
    assert_int_equal(cw_msg_decode(CW_READER_CLIENT, cw_buf_slice(&frame), &msg), CW_SUCCESS);
    cw_client_events_add_response(&events, 1, CW_HISTORY, &msg);
    memset(frame.p, 'x', frame.n);
    assert_true(cw_client_events_pop(&events, &event));
    assert_int_equal(event.entry_count, 2);
    assert_int_equal(event.entries[0].reactions_count, 2);
    assert_string_equal(event.entries[0].reactions[0].name, "bob");
    assert_string_equal(event.entries[0].reactions[0].content, "+");
    assert_int_equal(event.entries[0].reactions[0].content_length, 1);
    assert_string_equal(event.entries[0].reactions[1].name, "carol");
    assert_null(event.entries[0].reactions[1].content);
    assert_int_equal(event.entries[1].reactions_count, 0);

    char *written = NULL;
    size_t length;
    FILE *out = open_memstream(&written, &length);
    output_entry_json(out, &event.entries[0]);
    output_entry_json(out, &event.entries[1]);
    fclose(out);
    assert_string_equal(written, "{\"seq\":7,\"content\":\"hi\",\"reactions\":["
                                 "{\"name\":\"bob\",\"content\":\"+\"},{\"name\":\"carol\"}]}\n"
                                 "{\"seq\":8,\"reactions\":[]}\n");
    free(written);
    cw_client_events_finish(&events);
    cw_buf_finish(&frame);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_written),
        cmocka_unit_test(test_read),
        cmocka_unit_test(test_read_in_other_forms),
        cmocka_unit_test(test_passed_on),
        cmocka_unit_test(test_wrong_types),
        cmocka_unit_test(test_truncated_at_every_byte),
        cmocka_unit_test(test_claimed_lengths),
        cmocka_unit_test(test_depth),
        cmocka_unit_test(test_one_account),
        cmocka_unit_test(test_for_programs),
    };
    return cmocka_run_group_tests_name("entry", tests, NULL, NULL);
}
