/* test_kept_settings.c - set.conf, which the server writes and people edit. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "file_folder.h"
#include "server/kept_settings.h"

/* Sets a key in a file with this text, and compares the file. */
static void assert_set(const char *text, const char *key, const char *value, const char *then)
{
    char error[256];
    size_t n;
    int folder = cw_kept_settings_lock(file_folder, error);
    assert_true(folder >= 0);
    assert_true(cw_kept_settings_write(folder, cw_slice_str(text), key, value, error));
    close(folder);
    char *lines = file_get(CW_KEPT_SETTINGS_FILE, &n);
    assert_string_equal(lines, then);
    free(lines);
}

static void a_line_is_replaced_however_it_is_written(void **state)
{
    static const char *const lines[] = {"log_level = info\n",    "log_level=info\n",
                                        " \tlog_level = info\n", "log_level\t=info\n",
                                        "log_level: info\n",     "log_level = info"};
    (void)state;
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        assert_true(cw_kept_settings_has(cw_slice_str(lines[i]), "log_level"));
        assert_set(lines[i], "log_level", "debug", "log_level = debug\n");
    }
    assert_false(cw_kept_settings_has(cw_slice_str("log_levels = 1\n"), "log_level"));
}

static void other_lines_stay(void **state)
{
    (void)state;
    assert_set("# mine\n\n = 1\nquota_mib = 5", "log_level", "debug",
               "# mine\n\n = 1\nquota_mib = 5\nlog_level = debug\n");
    assert_set("quota_mib = 5", "", "", "quota_mib = 5");
    assert_false(cw_kept_settings_has(cw_slice_str(" = 1\n"), ""));
}

/* Another server has the shared folder: who set a setting is told so, at once. */
static void who_writes_keeps_others_out(void **state)
{
    char error[256];
    (void)state;
    int folder = cw_kept_settings_lock(file_folder, error);
    assert_true(folder >= 0);
    assert_int_equal(cw_kept_settings_lock(file_folder, error), -1);
    assert_non_null(strstr(error, "try again"));
    close(folder);
    folder = cw_kept_settings_lock(file_folder, error);
    assert_true(folder >= 0);
    close(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_line_is_replaced_however_it_is_written, file_folder_begin,
                                        file_folder_end),
        cmocka_unit_test_setup_teardown(other_lines_stay, file_folder_begin, file_folder_end),
        cmocka_unit_test_setup_teardown(who_writes_keeps_others_out, file_folder_begin,
                                        file_folder_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
