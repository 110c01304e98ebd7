/* test_import_lines.c - single lines of exports: what each becomes, and the reason of each refusal.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "import/import.h"

static struct cw_import_line line;
static char why[CW_IMPORT_WHY];

/* The line of before is finished. */
static bool read_line(struct cw_import_reader *reader, const char *text)
{
    cw_import_finish(&line);
    why[0] = 0;
    return cw_import_read(reader, text, strlen(text), &line, why);
}

static void the_first_line_says_what_it_is(void **state)
{
    (void)state;
    struct cw_import_reader reader = {.form = CW_IMPORT_UNKNOWN};
    assert_true(read_line(&reader, "{\"type\":\"version\",\"version\":1}"));
    assert_int_equal(reader.form, CW_IMPORT_MATTERMOST);
    assert_int_equal(line.kind, CW_IMPORT_NOTHING);
    reader.form = CW_IMPORT_UNKNOWN;
    assert_false(read_line(&reader, "{\"type\":\"version\",\"version\":2}"));
    assert_string_equal(why, "version 2 of the bulk export is not known, only 1 is");
    reader.form = CW_IMPORT_UNKNOWN;
    assert_true(read_line(&reader, "{\"type\":\"account\",\"name\":\"alice\"}"));
    assert_int_equal(reader.form, CW_IMPORT_CHINWAG);
    assert_string_equal(reader.me, "alice");
}

static void a_post_and_its_answers(void **state)
{
    (void)state;
    struct cw_import_reader reader = {.form = CW_IMPORT_MATTERMOST};
    assert_true(read_line(
        &reader,
        "{\"type\":\"post\",\"post\":{\"team\":\"t\",\"channel\":\"c\",\"user\":\"u\",\"message\":"
        "\"m\",\"create_at\":7,\"reactions\":[{\"user\":\"v\",\"emoji_name\":\"+1\"},{\"user\":"
        "\"v\",\"emoji_name\":\"?\"}],\"replies\":[{\"user\":\"v\",\"message\":\"r\",\"create_at\":"
        "9,\"attachments\":[{\"path\":\"a/b.png\"}]},{\"user\":\"v\",\"message\":\"gone\","
        "\"create_at\":10,\"delete_at\":11}]}}"));
    assert_int_equal(line.kind, CW_IMPORT_POSTS);
    assert_string_equal(line.place, "t/c");
    assert_int_equal(line.post_count, 2);
    assert_string_equal(line.posts[0].text, "m");
    assert_false(line.posts[0].answers);
    assert_string_equal(line.posts[0].reactions[0].emoji, "👍");
    assert_string_equal(line.posts[0].reactions[1].emoji, "");
    assert_true(line.posts[1].answers);
    assert_int_equal(line.posts[1].time_ms, 9);
    assert_string_equal(line.posts[1].files[0].path, "a/b.png");
    assert_string_equal(line.posts[1].files[0].name, "b.png");
}

static void people_of_direct_posts(void **state)
{
    (void)state;
    struct cw_import_reader reader = {.form = CW_IMPORT_MATTERMOST};
#define DIRECT(members)                                                                            \
    "{\"type\":\"direct_post\",\"direct_post\":{\"channel_members\":" members                      \
    ",\"user\":\"b\",\"message\":\"m\",\"create_at\":7}}"
    assert_true(read_line(&reader, DIRECT("[\"b\",\"a\"]")));
    assert_null(line.place);
    assert_string_equal(line.pair[0], "a");
    assert_string_equal(line.pair[1], "b");
    assert_true(read_line(&reader, DIRECT("[\"b\"]")));
    assert_string_equal(line.pair[0], line.pair[1]);
    assert_true(read_line(&reader, DIRECT("[\"c\",\"b\",\"a\"]")));
    assert_string_equal(line.place, "direct:,a,b,c");
    assert_string_equal(line.title, "talk-a-b-c");
    assert_true(line.closed);
    assert_false(read_line(&reader, DIRECT("[]")));
    assert_string_equal(why, "there is nobody in 'members'");
    assert_false(read_line(&reader, DIRECT("[1]")));
    assert_string_equal(why, "this is no list of names: 'members'");
}

static void our_own_lines(void **state)
{
    (void)state;
    struct cw_import_reader reader = {.form = CW_IMPORT_CHINWAG};
    assert_true(read_line(&reader, "{\"type\":\"whisper\",\"sender\":\"a\",\"to\":\"b\",\"time\":7,"
                                   "\"content\":\"m\",\"seq\":3,\"reply_to\":2}"));
    assert_string_equal(line.pair[0], "a");
    assert_string_equal(line.pair[1], "b");
    assert_int_equal(line.posts[0].seq, 3);
    assert_int_equal(line.posts[0].reply_to, 2);
    assert_false(read_line(&reader, "{\"type\":\"whisper\",\"sender\":\"a\",\"time\":7}"));
    assert_string_equal(why, "it has neither a 'conversation' of an account nor 'to'");
    assert_true(read_line(&reader, "{\"type\":\"group\",\"name\":\"#g\",\"access\":\"invited\","
                                   "\"people\":[\"a\",\"b\"]}"));
    assert_string_equal(line.name, "g");
    assert_true(line.closed && line.people[0].admin && !line.people[1].admin);
    assert_true(read_line(&reader, "{\"type\":\"whisper\",\"kind\":\"edit\",\"sender\":\"a\"}"));
    assert_int_equal(line.kind, CW_IMPORT_NOTHING);
}

static void what_is_broken_is_named(void **state)
{
    (void)state;
    static const char *const broken[][2] = {
        {"{\"type\":\"post\"}", "it has no object 'post'"},
        {"{\"type\":\"x\",\"x\":{}}", "this type is not known: 'x'"},
        {"{\"x\":1}", "it has no 'type'"},
        {"{\"type\":\"user\",\"user\":{}}", "it has no 'username'"},
        {"{\"type\":\"user\",\"user\":{\"username\":5}}", "this is no text: 'username'"},
        {"{\"type\":\"user\",\"user\":{\"username\":\"u\",\"teams\":7}}",
         "this is no list: 'teams'"},
        {"{\"type\":\"post\",\"post\":{\"team\":\"t\",\"channel\":\"c\",\"user\":\"u\",\"create_"
         "at\":"
         "-1}}",
         "this is no whole number: 'create_at'"},
        {"{\"type\":\"post\",\"post\":{\"team\":\"t\",\"channel\":\"c\",\"user\":\"u\"}}",
         "it has no 'create_at'"}};
    struct cw_import_reader reader = {.form = CW_IMPORT_MATTERMOST};
    for (size_t i = 0; i < sizeof broken / sizeof broken[0]; i++) {
        assert_false(read_line(&reader, broken[i][0]));
        assert_string_equal(why, broken[i][1]);
    }
    assert_false(read_line(&reader, "{"));
    assert_int_not_equal(why[0], 0);
}

static int finish_line(void **state)
{
    (void)state;
    cw_import_finish(&line);
    memset(&line, 0, sizeof line);
    return 0;
}

#define T(name) cmocka_unit_test_teardown(name, finish_line)

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(the_first_line_says_what_it_is), T(a_post_and_its_answers),
        T(people_of_direct_posts),         T(our_own_lines),
        T(what_is_broken_is_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
