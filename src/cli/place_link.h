/* place_link.h - links to a group or a person of a server:
 *
 *     chinwag://HOST:PORT/#GROUP        chinwag://HOST:PORT/#GROUP,KEY
 *     chinwag://HOST:PORT/@NAME         wss://HOST:PORT/@NAME
 *
 * docs/protocol.md, "Links", has their form, and that of links with an invitation (join_link.h).
 * They are taken where a command takes a group or a person, and in the place of a command. */
#ifndef CHINWAG_CLI_PLACE_LINK_H
#define CHINWAG_CLI_PLACE_LINK_H

#include "join_link.h"

/* '#' or '@', and a name. */
#define PLACE_MAX      66
#define PLACE_LINK_MAX (JOIN_SERVER_MAX + 3 * PLACE_MAX + KNOWN_KEY_MAX + 16)

struct place_link {
    char server[JOIN_SERVER_MAX]; /* as --server takes it */
    char place[PLACE_MAX];        /* as a command takes it: "#cooks", "@bob" */
    char key[KNOWN_KEY_MAX];      /* "": the link has none */
};

/* Is it meant as one? An invitation is none. */
bool place_link_is(const char *text);

/* NULL, or what is wrong with the link, for people. */
const char *place_link_read(const char *text, struct place_link *link);

/* The link to this place at this address; `key` may be "". */
void place_link_write(const struct chinwag_address *address, const char *place, const char *key,
                      char link[PLACE_LINK_MAX]);

#endif
