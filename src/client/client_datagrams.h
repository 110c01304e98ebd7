/* client_datagrams.h - the socket by which audio of a call goes as datagrams, while that works;
 * otherwise it goes by the connection, and the program notices nothing. Callers: client_io.c,
 * client_audio.c. */
#ifndef CW_CLIENT_CLIENT_DATAGRAMS_H
#define CW_CLIENT_CLIENT_DATAGRAMS_H

#include <sys/socket.h>

#include "client/client_core.h"
#include "client/client_lookup.h"
#include "frame/voice_link.h"

struct cw_client_datagrams {
    int fd;           /* -1: none */
    int both_fd;      /* an epoll set of fd and the connection's; -1: none */
    unsigned way;     /* of cw_client_way: that the socket was opened for, or could not be ... */
    uint64_t open_ms; /* ... and is to be then; UINT64_MAX: not */
    struct cw_client_lookup *lookup; /* of the name of `way`, under way; NULL: none */
    struct sockaddr_storage to;
    socklen_t to_n;
    struct cw_voice_link link;
};

void cw_client_datagrams_begin(struct cw_client_datagrams *datagrams);
void cw_client_datagrams_end(struct cw_client_datagrams *datagrams);

/* Opens and closes the socket as the core says, and probes when that is due. connection_fd: of the
 * connection, which tells where the server is; -1: none. */
void cw_client_datagrams_run(struct cw_client_datagrams *datagrams, struct cw_client *core,
                             int connection_fd, uint64_t now_ms);

/* Reads what has come; its audio becomes events. */
void cw_client_datagrams_read(struct cw_client_datagrams *datagrams, struct cw_client *core,
                              uint64_t now_ms);

/* Sends a packet as in call_data. False: it must go by the connection. */
bool cw_client_datagrams_send(struct cw_client_datagrams *datagrams, struct cw_slice packet,
                              uint64_t now_ms);

/* Does audio go this way now? */
bool cw_client_datagrams_are_live(const struct cw_client_datagrams *datagrams, uint64_t now_ms);

/* When cw_client_datagrams_run is due; UINT64_MAX: never. */
uint64_t cw_client_datagrams_deadline(const struct cw_client_datagrams *datagrams, uint64_t now_ms);

/* One descriptor that is readable when something is to be done with either. */
int cw_client_datagrams_watch(struct cw_client_datagrams *datagrams, int connection_fd,
                              bool wants_write);

#endif
