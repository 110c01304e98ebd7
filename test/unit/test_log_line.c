/* test_log_line.c - the three formats of a line of the log, byte by byte. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "server/log_line.h"

#define TIME "2026-01-02T03:04:05.678Z"

static void assert_line(enum cw_log_format format, const struct cw_log_record *record,
                        const char *expected)
{
    struct cw_buf line = {0};
    cw_log_line(&line, format, TIME, record);
    cw_buf_append_byte(&line, 0);
    assert_string_equal((const char *)line.p, expected);
    cw_buf_finish(&line);
}

static const struct cw_log_record refused = {
    .level = CW_LOG_INFO,
    .plain = "192.0.2.7: login refused: wrong password: \"al\\x22 ice\"",
    .what = "login refused: wrong password",
    .fields = {{"host", "192.0.2.7"}, {"user", "al\\x22 ice"}, {"request", "17"}, {"none", NULL}}};

static void plain_is_the_sentence(void **state)
{
    (void)state;
    assert_line(CW_LOG_PLAIN, &refused,
                TIME " chinwagd: 192.0.2.7: login refused: wrong password: \"al\\x22 ice\"\n");
}

static void logfmt_has_a_key_for_each(void **state)
{
    (void)state;
    assert_line(CW_LOG_LOGFMT, &refused,
                "time=" TIME " level=info msg=\"login refused: wrong password\" "
                "host=192.0.2.7 user=\"al\\\\x22 ice\" request=17\n");
}

static void json_is_an_object(void **state)
{
    (void)state;
    assert_line(
        CW_LOG_JSON, &refused,
        "{\"time\":\"" TIME "\",\"level\":\"info\",\"msg\":\"login refused: wrong "
        "password\",\"host\":\"192.0.2.7\",\"user\":\"al\\\\x22 ice\",\"request\":\"17\"}\n");
}

static void nothing_breaks_out(void **state)
{
    (void)state;
    const struct cw_log_record record = {
        .level = CW_LOG_ERROR,
        .plain = "x",
        .what = "a \"b\"\n\\ = \x7f",
        .fields = {
            {"empty", ""}, {"utf8", "\xc3\xa9"}, {"bytes", "\xc3("}, {"path", "/var/lib:1"}}};
    assert_line(CW_LOG_LOGFMT, &record,
                "time=" TIME " level=error msg=\"a \\\"b\\\"?\\\\ = ?\" empty=\"\" "
                "utf8=\"\xc3\xa9\" bytes=\"?(\" path=/var/lib:1\n");
    assert_line(CW_LOG_JSON, &record,
                "{\"time\":\"" TIME "\",\"level\":\"error\",\"msg\":\"a \\\"b\\\"?\\\\ = ?\","
                "\"empty\":\"\",\"utf8\":\"\xc3\xa9\",\"bytes\":\"?(\",\"path\":\"/var/lib:1\"}\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plain_is_the_sentence), cmocka_unit_test(logfmt_has_a_key_for_each),
        cmocka_unit_test(json_is_an_object), cmocka_unit_test(nothing_breaks_out)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
