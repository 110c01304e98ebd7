/* client_log.c - see client_log.h. */
#include "client/client_log.h"

#include <netdb.h>
#include <netinet/in.h>
#include <stdarg.h>
#include <stdio.h>

#define LINE_SIZE 512

void cw_client_log_put(const struct cw_client_log *log, enum chinwag_log_level level,
                       const char *format, ...)
{
    char line[LINE_SIZE];
    va_list arguments;
    if (log->hook == NULL)
        return;
    va_start(arguments, format);
    vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    log->hook(log->context, level, line);
}

void cw_client_log_event(const struct cw_client_log *log, const struct chinwag_event *event)
{
    switch (event->type) {
    case CHINWAG_CONNECTED:
        cw_client_log_put(log, CHINWAG_LOG_INFO, "connected");
        break;
    case CHINWAG_DISCONNECTED:
        cw_client_log_put(log, CHINWAG_LOG_WARNING, "disconnected: %s; the next attempt in %u ms",
                          event->text, event->delay_ms);
        break;
    case CHINWAG_ATTACHED:
        cw_client_log_put(log, CHINWAG_LOG_INFO, "attached again as %s", event->username);
        break;
    case CHINWAG_SESSION_LOST:
    case CHINWAG_SESSION_MOVED:
    case CHINWAG_RESTARTED:
    case CHINWAG_NEXT_KEY:
        cw_client_log_put(log, CHINWAG_LOG_WARNING, "%s", event->text);
        break;
    case CHINWAG_CALL_LEFT:
        cw_client_log_put(log, CHINWAG_LOG_INFO, "out of the call: %s", event->text);
        break;
    case CHINWAG_RESPONSE:
        if (event->code != CHINWAG_SUCCESS)
            cw_client_log_put(log, CHINWAG_LOG_DEBUG, "%s: %s", event->action,
                              event->reason != NULL ? event->reason : event->text);
        break;
    default: /* what people say is not logged */
        break;
    }
}

void cw_client_log_attempt(const struct cw_client_log *log, const struct addrinfo *to)
{
    char host[INET6_ADDRSTRLEN], port[8];
    if (log->hook != NULL && getnameinfo(to->ai_addr, to->ai_addrlen, host, sizeof host, port,
                                         sizeof port, NI_NUMERICHOST | NI_NUMERICSERV) == 0)
        cw_client_log_put(log, CHINWAG_LOG_DEBUG, "connecting to %s port %s", host, port);
}

void cw_client_log_way(struct cw_client_log *log, bool udp)
{
    if (udp == log->udp)
        return;
    log->udp = udp;
    cw_client_log_put(log, CHINWAG_LOG_INFO, "audio goes by %s",
                      udp ? "datagrams" : "the connection");
}
