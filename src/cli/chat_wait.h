/* chat_wait.h - what the loop of the terminal client waits for: descriptors, a time, signals.
 * chat_loop.c has the loop; command_chat.c and chat_server.c look at the flags,
 * chat_keeper.c lets signals end a wait. chat_keeper.c and chat_paths.c have threads beside it. */
#ifndef CHINWAG_CLI_CHAT_WAIT_H
#define CHINWAG_CLI_CHAT_WAIT_H

#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/select.h>

/* A signal that ends the program has come; the terminal has another size, perhaps. */
extern volatile sig_atomic_t chat_ended, chat_resized;

/* They come during pselect only, with what *before holds, so none is missed between a look and the
 * wait. */
void chat_hold_signals(sigset_t *before);
/* From now on, until they are held again, one that ends the program does so at once. */
void chat_free_signals(sigset_t *before);

/* A thread beside the loop, which hears no signal but those of a crash. */
bool chat_start_thread(pthread_t *thread, void *(*run)(void *), void *context);

struct chat_waiting {
    fd_set in, out;
    int most;
};

void chat_watch(struct chat_waiting *waiting, int fd, fd_set *set);

/* Milliseconds; -1: never. */
int64_t chat_earlier(int64_t a, int64_t b);
/* `deadline_ms` 0: there is none. */
int64_t chat_left_ms(uint64_t deadline_ms, uint64_t now_ms);

#endif
