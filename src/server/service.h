/* service.h - what the server and the manager of services (systemd) tell each other: readiness, the
 * watchdog's sign of life, and listening sockets that the manager has opened. After sd_notify(3),
 * sd_listen_fds(3) and sd_watchdog_enabled(3), which are three variables of the environment and a
 * datagram: no library is needed. Without a manager each function does nothing.
 *
 * Callers: main.c, handover.c, reach.c (sockets), shell.c (readiness, watchdog). The loop's thread
 * only. */
#ifndef CW_SERVER_SERVICE_H
#define CW_SERVER_SERVICE_H

#include <stdbool.h>
#include <stdint.h>

/* Takes what the environment says, and removes it there, so that a child does not take it for its
 * own. False with a sentence in `error`: the variables cannot be meant so. */
bool cw_service_begin(char error[256]);

/* Sends lines of sd_notify(3), as "READY=1". What cannot be sent is lost: the manager decides. */
void cw_service_notify(const char *state);

/* READY=1 of a start; after an upgrade the watchdog's time is as it was before
 * (cw_service_pass_on). */
void cw_service_notify_ready(void);

/* Tells that the settings are read again, with the time that Type=notify-reload asks for; READY=1
 * ends it. */
void cw_service_notify_reloading(void);

/* Was this program started by an upgrade (cw_service_pass_on)? */
bool cw_service_is_upgrade(void);

/* Milliseconds between two signs of life, half of what the manager waits; 0: it does not wait. */
uint64_t cw_service_watchdog_ms(void);

/* The socket that listens at this address ("HOST:PORT"), once; -1: none was handed over. The caller
 * closes it. */
int cw_service_take_socket(const char *address);

/* The calls that the process before has handed over (handover.h), once; -1: none. */
int cw_service_take_calls(void);

/* Just before execve: the next program finds these sockets and the calls (-1: none) as this one has
 * found its own, and the manager's variables. False with errno. */
bool cw_service_pass_on(const int sockets[], unsigned count, int calls);

/* Closes and logs the sockets that nobody took: no listener of the settings has their address. */
void cw_service_end_sockets(void);

#endif
