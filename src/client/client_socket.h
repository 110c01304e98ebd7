/* client_socket.h - opens the sockets of libchinwag. Callers: client_io.c, client_ask.c. */
#ifndef CW_CLIENT_CLIENT_SOCKET_H
#define CW_CLIENT_CLIENT_SOCKET_H

#include <netdb.h>

/* Begins to connect, without waiting. -1: errno says why. */
int cw_client_socket_open(const struct addrinfo *address);

/* 0, or the errno of a connect that has ended. */
int cw_client_socket_error(int fd);

#endif
