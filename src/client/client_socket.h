/* client_socket.h - opens the sockets of libchinwag, and asks the system about them. Callers:
 * client_io.c, client_ask.c, client_audio.c. */
#ifndef CW_CLIENT_CLIENT_SOCKET_H
#define CW_CLIENT_CLIENT_SOCKET_H

#include <netdb.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Begins to connect, without waiting. -1: errno says why. */
int cw_client_socket_open(const struct addrinfo *address);

/* Ends this side of the connection and closes the socket. What the server has sent is read into
 * `chunk` and dropped, as far as it is there: an unread byte would make the system reset the
 * connection, and what was sent last could be lost. */
void cw_client_socket_end(int fd, uint8_t *chunk, size_t n);

/* Does the system hold fewer unsent bytes than `below`? From here on the socket is writable only
 * then. To be asked before each send: what the system has taken cannot be dropped any more, however
 * long the network stands still, and the system itself asks only when it begins a segment. */
bool cw_client_socket_takes(int fd, unsigned below);

/* How long it takes to the other end and back, as the system has measured it with the last bytes,
 * and what waits on the way counts; a late acknowledgement, which TCP allows, does not. 0: unknown.
 */
unsigned cw_client_socket_rtt_ms(int fd);

/* 0, or the errno of a connect that has ended. */
int cw_client_socket_error(int fd);

#endif
