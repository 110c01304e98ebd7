/* chat_crash.c - see chat_crash.h. */
#define _GNU_SOURCE /* sigaltstack */
#include "chat_crash.h"

#include <stdbool.h>
#include <stddef.h>

static const int crashes[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT, SIGTRAP, SIGSYS};
#define CRASH_COUNT (sizeof crashes / sizeof crashes[0])
/* The handler needs a stack, also where the program's own is used up. */
#define STACK_SIZE (64 * 1024)

static struct {
    void (*give_back)(void); /* NULL: it is not watched */
    struct sigaction before[CRASH_COUNT];
} crash;

/* Some come again by themselves when this returns, if the program has caused them. After a trap,
 * and a system call that is forbidden, it would go on instead. */
static bool comes_again(int number, int code)
{
    return code > 0 && number != SIGTRAP && number != SIGSYS;
}

/* The signal comes again, with what was there before. */
static void on_crash(int number, siginfo_t *info, void *context)
{
    (void)context;
    crash.give_back();
    for (size_t i = 0; i < CRASH_COUNT; i++)
        if (crashes[i] == number)
            sigaction(number, &crash.before[i], NULL);
    if (!comes_again(number, info->si_code))
        raise(number);
}

void crash_watch(void (*give_back)(void))
{
    static char stack[STACK_SIZE];
    const stack_t own = {.ss_sp = stack, .ss_size = sizeof stack};
    struct sigaction action = {.sa_sigaction = on_crash, .sa_flags = SA_SIGINFO | SA_ONSTACK};
    if (crash.give_back != NULL)
        return;
    crash.give_back = give_back;
    sigaltstack(&own, NULL);
    for (size_t i = 0; i < CRASH_COUNT; i++)
        sigaction(crashes[i], &action, &crash.before[i]);
}

void crash_forget(void)
{
    if (crash.give_back == NULL)
        return;
    for (size_t i = 0; i < CRASH_COUNT; i++)
        sigaction(crashes[i], &crash.before[i], NULL);
    crash.give_back = NULL;
}

void crash_except(sigset_t *set)
{
    for (size_t i = 0; i < CRASH_COUNT; i++)
        sigdelset(set, crashes[i]);
}
