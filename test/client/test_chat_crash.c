/* test_chat_crash.c - a crash of the terminal client ends it, whatever it was. The terminal itself
 * is in test_command_chat_look.py. */
#define _GNU_SOURCE /* syscall */
#include "cli/chat_crash.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#define GAVE_BACK "back"

static int told; /* the end of a pipe */

static void give_back(void)
{
    (void)!write(told, GAVE_BACK, sizeof GAVE_BACK);
}

/* As the kernel reports what the program itself has done: `code` is above zero. */
static void crash_by(int number, int code)
{
    siginfo_t info = {.si_signo = number, .si_code = code};
    signal(number, SIG_DFL); /* cmocka has a handler */
    crash_watch(give_back);
    syscall(SYS_rt_tgsigqueueinfo, getpid(), syscall(SYS_gettid), number, &info);
    _exit(7); /* it goes on */
}

static void what_does_not_come_again_by_itself_ends_it(void **state)
{
    (void)state;
    static const int numbers[] = {SIGTRAP, SIGSYS};
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        char text[sizeof GAVE_BACK] = "";
        int ends[2], status;
        assert_int_equal(pipe(ends), 0);
        told = ends[1];
        pid_t child = fork();
        if (child == 0)
            crash_by(numbers[i], 1);
        close(ends[1]);
        assert_int_equal(waitpid(child, &status, 0), child);
        assert_true(WIFSIGNALED(status));
        assert_int_equal(WTERMSIG(status), numbers[i]);
        assert_int_equal(read(ends[0], text, sizeof text), sizeof text);
        assert_string_equal(text, GAVE_BACK);
        close(ends[0]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_does_not_come_again_by_itself_ends_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
