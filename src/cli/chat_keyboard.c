/* chat_keyboard.c - see chat_keyboard.h. */
#include "chat_keyboard.h"

#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

/* Pushes all flags (screen/keys.h, CW_KEYS_ALL) on the terminal's stack, and asks which it has. */
static const char push[] = "\x1b[>31u\x1b[?u";
static const char query[] = "\x1b[?u";
static const char pop[] = "\x1b[<u";

static const int crashes[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT};
#define CRASH_COUNT (sizeof crashes / sizeof crashes[0])

static struct {
    unsigned wanted; /* by so many servers */
    volatile sig_atomic_t pushed;
    struct sigaction before[CRASH_COUNT];
} keyboard;

static void send_keyboard(const char *text, size_t n)
{
    if (write(STDOUT_FILENO, text, n) < 0)
        return; /* there is no terminal any more */
}

/* The signal comes again, with what was there before: by itself when this returns, if the program
 * has caused it. */
static void on_crash(int number, siginfo_t *info, void *context)
{
    (void)context;
    if (keyboard.pushed != 0)
        send_keyboard(pop, sizeof pop - 1);
    keyboard.pushed = 0;
    for (size_t i = 0; i < CRASH_COUNT; i++)
        if (crashes[i] == number)
            sigaction(number, &keyboard.before[i], NULL);
    if (info->si_code <= 0)
        raise(number);
}

void keyboard_return(void)
{
    struct sigaction action = {.sa_sigaction = on_crash, .sa_flags = SA_SIGINFO};
    if (keyboard.wanted == 0 || keyboard.pushed != 0)
        return;
    for (size_t i = 0; i < CRASH_COUNT; i++)
        sigaction(crashes[i], &action, &keyboard.before[i]);
    keyboard.pushed = 1;
    send_keyboard(push, sizeof push - 1);
}

void keyboard_leave(void)
{
    if (keyboard.pushed == 0)
        return;
    send_keyboard(pop, sizeof pop - 1);
    keyboard.pushed = 0;
    for (size_t i = 0; i < CRASH_COUNT; i++)
        sigaction(crashes[i], &keyboard.before[i], NULL);
}

void keyboard_tell(bool all)
{
    if (all)
        keyboard.wanted++;
    else if (keyboard.wanted != 0)
        keyboard.wanted--;
    if (keyboard.wanted == 0)
        keyboard_leave();
    else if (keyboard.pushed != 0)
        keyboard_ask();
    else
        keyboard_return();
}

void keyboard_ask(void)
{
    if (keyboard.pushed != 0)
        send_keyboard(query, sizeof query - 1);
}
