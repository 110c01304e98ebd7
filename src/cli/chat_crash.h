/* chat_crash.h - a crash of the terminal client (SIGSEGV, SIGABRT and the like) gives the terminal
 * back first. chat_paint.c says how; threads leave those signals open (crash_except). */
#ifndef CHINWAG_CLI_CHAT_CRASH_H
#define CHINWAG_CLI_CHAT_CRASH_H

#include <signal.h>

/* From now on, until crash_forget, `give_back` is called by the handler, in whichever thread
 * crashes: it calls only what is safe there (signal-safety(7)). Then the signal does what it did
 * before. */
void crash_watch(void (*give_back)(void));
void crash_forget(void);

/* Takes these signals out of the set. */
void crash_except(sigset_t *set);

#endif
