/* client_log.h - the lines that a program's log hook gets: what the connection does, without any
 * secret. Callers: client_io.c, which knows it first. */
#ifndef CW_CLIENT_CLIENT_LOG_H
#define CW_CLIENT_CLIENT_LOG_H

#include "base/attributes.h"
#include "chinwag/chinwag.h"

struct cw_client_log {
    void (*hook)(void *context, enum chinwag_log_level level, const char *line);
    void *context;
    bool udp; /* it was said that audio goes by datagrams */
};

void cw_client_log_put(const struct cw_client_log *log, enum chinwag_log_level level,
                       const char *format, ...) CW_PRINTF_LIKE(3, 4);

/* What the event says about the connection; nothing about messages. */
void cw_client_log_event(const struct cw_client_log *log, const struct chinwag_event *event);

struct addrinfo;
/* A connection to this address is tried. */
void cw_client_log_attempt(const struct cw_client_log *log, const struct addrinfo *to);

/* Audio of the call goes by datagrams, or does not. */
void cw_client_log_way(struct cw_client_log *log, bool udp);

#endif
