/* test_control.c - chinwagctl's command lines and frames (src/control), as both ends read them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "control/command.h"
#include "control/frame.h"

/* --- command lines -------------------------------------------------------------------------- */

static void assert_refused(const char *const words[], size_t count, const char *sentence)
{
    struct cw_control_command command;
    char error[CW_CONTROL_ERROR_MAX];
    assert_false(cw_control_parse(words, count, &command, error));
    assert_string_equal(error, sentence);
}

static void a_command_is_found(void **state)
{
    (void)state;
    struct cw_control_command command;
    char error[CW_CONTROL_ERROR_MAX];
    const char *const words[] = {"status", "--json"};
    assert_true(cw_control_parse(words, 1, &command, error));
    assert_string_equal(cw_control_rows[command.row].name, "status");
    assert_false(command.json);
    assert_int_equal(command.argument_count, 0);
    assert_true(cw_control_parse(words, 2, &command, error));
    assert_true(command.json);
}

static void wrong_words_are_refused_with_what_to_do(void **state)
{
    (void)state;
    assert_refused(NULL, 0, "a command is wanted; 'chinwagctl help' shows all");
    assert_refused((const char *const[]){"statsu"}, 1,
                   "there is no command 'statsu'; did you mean: chinwagctl status");
    assert_refused((const char *const[]){"xyzzy"}, 1,
                   "there is no command 'xyzzy'; 'chinwagctl help' shows all");
    assert_refused((const char *const[]){""}, 1,
                   "there is no command ''; 'chinwagctl help' shows all");
    assert_refused((const char *const[]){"status", "all"}, 2, "this is wanted: chinwagctl status");
    assert_refused((const char *const[]){"status", "--jsno"}, 2,
                   "'chinwagctl status' has no option '--jsno'; did you mean --json?");
    assert_refused((const char *const[]){"status", "--since"}, 2,
                   "'chinwagctl status' has no option '--since'; see 'chinwagctl help status'");
    assert_refused((const char *const[]){"status", "--", "--json"}, 3,
                   "this is wanted: chinwagctl status");
    assert_refused((const char *const[]){"announce", "Server", "moves"}, 3,
                   "too many words: a text of more than one goes between '...': "
                   "chinwagctl announce TEXT");
}

/* Else everybody would read it. */
static void the_name_of_a_command_is_not_announced(void **state)
{
    (void)state;
    struct cw_control_command command;
    char error[CW_CONTROL_ERROR_MAX];
    assert_refused((const char *const[]){"announce", "list"}, 2,
                   "did you mean: chinwagctl announcement list; to say just this word: "
                   "chinwagctl announce -- list");
    assert_refused((const char *const[]){"announce", "end", "3"}, 3,
                   "did you mean: chinwagctl announcement end; to say just this word: "
                   "chinwagctl announce -- end");
    const char *const words[] = {"announce", "--", "list"};
    assert_true(cw_control_parse(words, 3, &command, error));
    assert_string_equal(command.arguments[0], "list");
}

/* Every row is found by its name, and fits into the structs. */
static void every_row_is_whole(void **state)
{
    (void)state;
    for (size_t i = 0; i < cw_control_row_count; i++) {
        const struct cw_control_row *row = &cw_control_rows[i];
        if (row->name == NULL)
            continue;
        char name[64];
        unsigned used, least, most, options = 0;
        struct cw_control_option option;
        snprintf(name, sizeof name, "%s", row->name);
        char *second = strchr(name, ' ');
        if (second != NULL)
            *second++ = 0;
        const char *const words[] = {name, second};
        assert_ptr_equal(cw_control_find(words, second != NULL ? 2 : 1, &used), row);
        assert_int_equal(used, second != NULL ? 2 : 1);
        cw_control_arguments(row, &least, &most);
        assert_true(least <= most && most <= CW_CONTROL_ARGUMENTS_MAX);
        for (const char *text = row->options; cw_control_next_option(&text, &option); options++)
            assert_true(option.name_n != 0 && option.help_n != 0);
        assert_true(options <= CW_CONTROL_OPTIONS_MAX);
        assert_true(row->line[0] != 0 && row->examples[0] != 0);
    }
}

/* --- frames ---------------------------------------------------------------------------------- */

static void frames_come_in_pieces(void **state)
{
    (void)state;
    struct cw_buf out = {0};
    cw_control_put_frame(&out, CW_CONTROL_OUT, cw_slice_str("hi"));
    cw_control_put_frame(&out, CW_CONTROL_END, cw_slice_of("", 1));
    assert_memory_equal(out.p, "\0\0\0\3Ohi\0\0\0\2E\0", 13);
    assert_int_equal(out.n, 13);
    struct cw_slice body;
    uint8_t kind;
    for (size_t n = 0; n < 7; n++) {
        struct cw_slice in = cw_slice_of(out.p, n);
        assert_int_equal(cw_control_take_frame(&in, 100, &kind, &body), CW_CONTROL_MORE);
        assert_int_equal(in.n, n);
    }
    struct cw_slice in = cw_buf_slice(&out);
    assert_int_equal(cw_control_take_frame(&in, 3, &kind, &body), CW_CONTROL_FRAME);
    assert_int_equal(kind, CW_CONTROL_OUT);
    assert_true(cw_slice_eq(body, cw_slice_str("hi")));
    assert_int_equal(cw_control_take_frame(&in, 3, &kind, &body), CW_CONTROL_FRAME);
    assert_int_equal(kind, CW_CONTROL_END);
    assert_int_equal(body.n, 1);
    assert_int_equal(in.n, 0);
    cw_buf_finish(&out);
}

static void broken_frames_are_seen(void **state)
{
    (void)state;
    struct cw_slice body;
    uint8_t kind;
    struct cw_slice in = cw_slice_of("\0\0\0\0C", 5);
    assert_int_equal(cw_control_take_frame(&in, 100, &kind, &body), CW_CONTROL_BROKEN);
    in = cw_slice_of("\0\0\0\4Cabc", 8);
    assert_int_equal(cw_control_take_frame(&in, 3, &kind, &body), CW_CONTROL_BROKEN);
    in = cw_slice_of("\377\377\377\377C", 5);
    assert_int_equal(cw_control_take_frame(&in, CW_CONTROL_COMMAND_MAX, &kind, &body),
                     CW_CONTROL_BROKEN);
}

static void words_are_split(void **state)
{
    (void)state;
    const char *words[CW_CONTROL_WORDS_MAX];
    assert_int_equal(cw_control_split(cw_slice_of("a\0\0bc\0", 6), words), 3);
    assert_string_equal(words[0], "a");
    assert_string_equal(words[1], "");
    assert_string_equal(words[2], "bc");
    assert_int_equal(cw_control_split(cw_slice_of("a\0bc", 4), words), 0);
    assert_int_equal(cw_control_split(cw_slice_of("", 0), words), 0);
    uint8_t many[2 * (CW_CONTROL_WORDS_MAX + 1)] = {0};
    assert_int_equal(cw_control_split(cw_slice_of(many, CW_CONTROL_WORDS_MAX), words),
                     CW_CONTROL_WORDS_MAX);
    assert_int_equal(cw_control_split(cw_slice_of(many, CW_CONTROL_WORDS_MAX + 1), words), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_command_is_found),
        cmocka_unit_test(wrong_words_are_refused_with_what_to_do),
        cmocka_unit_test(the_name_of_a_command_is_not_announced),
        cmocka_unit_test(every_row_is_whole),
        cmocka_unit_test(frames_come_in_pieces),
        cmocka_unit_test(broken_frames_are_seen),
        cmocka_unit_test(words_are_split),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
