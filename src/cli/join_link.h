/* join_link.h - links to a server, with an invitation and the server's key:
 *
 *     chinwag://HOST:PORT/#CODE,KEY
 *     https://HOST:PORT/join#CODE,KEY
 *     https://HOST:PORT/#/reset/CODE     (for a new password)
 *     https://HOST:PORT/#/login/CODE     (for a new device)
 *     https://HOST:PORT/#/join/GROUP/CODE
 *
 * docs/protocol.md, "Links", has their form. They are taken wherever an invitation is. */
#ifndef CHINWAG_CLI_JOIN_LINK_H
#define CHINWAG_CLI_JOIN_LINK_H

#include "known_servers.h"

#define JOIN_CODE_MAX   257 /* with a zero */
#define JOIN_SERVER_MAX (KNOWN_NAME_MAX + 16)
#define JOIN_LINK_MAX   (JOIN_SERVER_MAX + JOIN_CODE_MAX + KNOWN_KEY_MAX + 16)

/* Of a group that somebody is invited to, with a zero. */
#define JOIN_GROUP_MAX 257

enum join_link_kind {
    JOIN_LINK_NONE,    /* there is no link */
    JOIN_LINK_INVITES, /* or something else, which its form does not say */
    JOIN_LINK_SETS_UP,
    JOIN_LINK_LOGS_IN,
    JOIN_LINK_RESETS,
    JOIN_LINK_JOINS /* `group` */
};

struct join_link {
    enum join_link_kind kind;
    char group[JOIN_GROUP_MAX];   /* without '#' */
    char server[JOIN_SERVER_MAX]; /* as --server takes it */
    char code[JOIN_CODE_MAX];
    char key[KNOWN_KEY_MAX]; /* "": the link has none */
};

/* Something with a scheme is a link, a bare invitation is none. */
bool join_link_is(const char *text);

/* NULL, or what is wrong with the link, for people. Quotes, brackets and a full stop around it,
 * with which links are copied, are ignored. An https link without a key is one to wss, where
 * certificate authorities confirm the server. */
const char *join_link_read(const char *text, struct join_link *link);

/* What a secret of n characters can be, by its form alone: that of a set-up link is 64 hexadecimal
 * digits, that for a new password 43 characters, others are UUIDs (RFC 4122). JOIN_LINK_NONE: it is
 * none. A group with such a name is written with an escape (place_link.h). */
enum join_link_kind join_link_kind_of(const char *code, size_t n);

/* The name in n bytes of a link without the escapes of URLs. False: they are wrong, it is too long,
 * or has what no name has and a terminal may obey. */
bool join_link_unescape(const char *text, size_t n, char *out, size_t size);

/* The link to the server at this address; `key` may be "". */
void join_link_write(const struct chinwag_address *address, const char *code, const char *key,
                     char link[JOIN_LINK_MAX]);

/* An address as one text, so that an account is found again however it was written: HOST:PORT, or
 * wss://HOST:PORT/ws. */
void join_link_server(const struct chinwag_address *address, char server[JOIN_SERVER_MAX]);

#endif
