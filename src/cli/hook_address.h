/* hook_address.h - which addresses a hook may post to: a URL must not lead into the network that
 * the command runs in, unless its user says so. For hook_post.c. */
#ifndef CHINWAG_CLI_HOOK_ADDRESS_H
#define CHINWAG_CLI_HOOK_ADDRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

/* NULL: it may. Else what the address is, as "a private network". `allow_private`: networks that
 * somebody runs for themselves are allowed, this machine is, too. */
const char *hook_address_refused(const struct sockaddr *address, bool allow_private);

/* Room for 16 addresses as text, with commas between; a name with more is refused. */
#define HOOK_ADDRESSES_MAX 1024

enum hook_found {
    HOOK_FOUND,
    HOOK_UNKNOWN,  /* the name has no address now */
    HOOK_FORBIDDEN /* one of its addresses is refused, so all are */
};

/* Looks the name up once, for at most limit_ms, and judges all of its addresses, also as those of
 * this machine. `found` gets them, or `why` why not. */
enum hook_found hook_address_find(const char *host, bool allow_private, int64_t limit_ms,
                                  char found[HOOK_ADDRESSES_MAX], char *why, size_t size);

#endif
