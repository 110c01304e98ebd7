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

static struct {
    unsigned wanted; /* by so many servers */
    volatile sig_atomic_t pushed;
} keyboard;

static void send_keyboard(const char *text, size_t n)
{
    if (write(STDOUT_FILENO, text, n) < 0)
        return; /* there is no terminal any more */
}

void keyboard_return(void)
{
    if (keyboard.wanted == 0 || keyboard.pushed != 0)
        return;
    keyboard.pushed = 1;
    send_keyboard(push, sizeof push - 1);
}

void keyboard_leave(void)
{
    if (keyboard.pushed != 0)
        send_keyboard(pop, sizeof pop - 1);
    keyboard.pushed = 0;
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
