/* test_challenge.c - which files of a folder are answers to a certificate authority. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/limits.h"
#include "file_folder.h"
#include "server/challenge.h"

static struct cw_buf answer;
static bool interrupts; /* read(2) gives one byte, and a signal comes before each of them */

ssize_t __real_read(int fd, void *p, size_t n);
ssize_t __wrap_read(int fd, void *p, size_t n);

ssize_t __wrap_read(int fd, void *p, size_t n)
{
    static bool again;
    if (!interrupts)
        return __real_read(fd, p, n);
    again = !again;
    if (!again)
        return __real_read(fd, p, n < 1 ? n : 1);
    errno = EINTR;
    return -1;
}

/* What was there before stays in front. */
static void assert_answer(const char *token, const void *bytes, size_t n)
{
    cw_buf_append(&answer, "head", 4);
    assert_true(cw_challenge_read(file_folder, cw_slice_str(token), &answer));
    assert_int_equal(answer.n, 4 + n);
    assert_memory_equal(answer.p, "head", 4);
    assert_memory_equal(answer.p + 4, bytes, n);
    cw_buf_finish(&answer);
}

static void assert_none(const char *token)
{
    cw_buf_append(&answer, "head", 4);
    assert_false(cw_challenge_read(file_folder, cw_slice_str(token), &answer));
    assert_int_equal(answer.n, 4);
    cw_buf_finish(&answer);
}

static void a_file_is_read_by_its_token(void **state)
{
    (void)state;
    file_put("tokenA", "tokenA.thumb\n", 13, 0644);
    file_put("tokenB", "", 0, 0644);
    assert_answer("tokenA", "tokenA.thumb\n", 13);
    assert_answer("tokenB", "", 0);
    assert_none("token");
    assert_none("tokenAA");
}

static void a_signal_does_not_end_a_file(void **state)
{
    (void)state;
    char text[CW_ACME_ANSWER_MAX + 1];
    memset(text, 'x', sizeof text);
    file_put("token", "token.thumb", 11, 0644);
    file_put("longer", text, sizeof text, 0644);
    interrupts = true;
    assert_answer("token", "token.thumb", 11);
    assert_none("longer");
    interrupts = false;
}

/* The token is a slice, with other bytes behind. */
static void a_token_ends_where_its_slice_does(void **state)
{
    (void)state;
    file_put("ab", "1", 1, 0644);
    file_put("abc", "2", 1, 0644);
    assert_true(cw_challenge_read(file_folder, cw_slice_of("abc", 2), &answer));
    assert_int_equal(answer.n, 1);
    assert_int_equal(answer.p[0], '1');
    cw_buf_finish(&answer);
}

static void a_token_has_a_greatest_length(void **state)
{
    (void)state;
    char token[CW_ACME_TOKEN_MAX + 2];
    memset(token, 'a', sizeof token);
    token[CW_ACME_TOKEN_MAX + 1] = 0;
    file_put(token, "long", 4, 0644);
    assert_none(token);
    token[CW_ACME_TOKEN_MAX] = 0;
    file_put(token, "good", 4, 0644);
    assert_answer(token, "good", 4);
}

static void an_answer_has_a_greatest_length(void **state)
{
    (void)state;
    char text[CW_ACME_ANSWER_MAX + 1];
    memset(text, 'x', sizeof text);
    file_put("longest", text, CW_ACME_ANSWER_MAX, 0644);
    file_put("longer", text, sizeof text, 0644);
    assert_answer("longest", text, CW_ACME_ANSWER_MAX);
    assert_none("longer");
}

static void links_folders_and_fifos_are_no_answers(void **state)
{
    (void)state;
    file_put("file", "secret", 6, 0644);
    assert_int_equal(symlink("file", file_path("link")), 0);
    assert_int_equal(mkdir(file_path("folder"), 0755), 0);
    assert_int_equal(mkfifo(file_path("fifo"), 0644), 0);
    assert_none("link");
    assert_none("folder");
    assert_none("fifo");
}

static void without_a_folder_there_are_none(void **state)
{
    (void)state;
    char nowhere[] = "/nonexistent/folder";
    assert_false(cw_challenge_read(nowhere, cw_slice_str("token"), &answer));
    assert_int_equal(answer.n, 0);
}

#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, file_folder_begin, file_folder_end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_FOLDER(a_file_is_read_by_its_token),
        IN_FOLDER(a_signal_does_not_end_a_file),
        IN_FOLDER(a_token_ends_where_its_slice_does),
        IN_FOLDER(a_token_has_a_greatest_length),
        IN_FOLDER(an_answer_has_a_greatest_length),
        IN_FOLDER(links_folders_and_fifos_are_no_answers),
        IN_FOLDER(without_a_folder_there_are_none),
    };
    return cmocka_run_group_tests_name("challenge", tests, NULL, NULL);
}
