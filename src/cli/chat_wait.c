/* chat_wait.c - see chat_wait.h. */
#include "chat_wait.h"

#include <stddef.h>

#include "chat_crash.h"

volatile sig_atomic_t chat_ended, chat_resized;

static void on_chat_signal(int number)
{
    if (number == SIGWINCH || number == SIGCONT)
        chat_resized = 1;
    else
        chat_ended = 1;
}

void chat_hold_signals(sigset_t *before)
{
    static const int numbers[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGWINCH, SIGCONT};
    struct sigaction action = {.sa_handler = on_chat_signal};
    sigset_t held;
    sigemptyset(&held);
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        sigaction(numbers[i], &action, NULL);
        sigaddset(&held, numbers[i]);
    }
    sigprocmask(SIG_BLOCK, &held, before);
}

void chat_free_signals(sigset_t *before)
{
    static const int numbers[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};
    sigset_t free;
    sigemptyset(&free);
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        signal(numbers[i], SIG_DFL);
        sigaddset(&free, numbers[i]);
    }
    sigprocmask(SIG_UNBLOCK, &free, before);
}

bool chat_start_thread(pthread_t *thread, void *(*run)(void *), void *context)
{
    sigset_t held, before;
    sigfillset(&held);
    crash_except(&held);
    pthread_sigmask(SIG_SETMASK, &held, &before);
    bool started = pthread_create(thread, NULL, run, context) == 0;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return started;
}

void chat_watch(struct chat_waiting *waiting, int fd, fd_set *set)
{
    if (fd < 0 || fd >= FD_SETSIZE)
        return;
    FD_SET(fd, set);
    waiting->most = fd > waiting->most ? fd : waiting->most;
}

int64_t chat_earlier(int64_t a, int64_t b)
{
    return a < 0 || (b >= 0 && b < a) ? b : a;
}

int64_t chat_left_ms(uint64_t deadline_ms, uint64_t now_ms)
{
    if (deadline_ms == 0)
        return -1;
    return deadline_ms > now_ms ? (int64_t)(deadline_ms - now_ms) : 0;
}
