/* known_servers.h - the keys that servers are known by, as ssh keeps them.
 *
 * The file known_servers beside the accounts (state_file.h) has a line for each key:
 *
 *     chat.example.org:4242 curve KEY      base64url, 43 characters
 *     chat.example.org:443 tls PIN         64 hexadecimal digits
 *
 * It may be edited: lines that begin with # and empty ones are kept. A damaged line is reported,
 * kept and not used; when it is of the server that is asked for, that server is not spoken to. */
#ifndef CHINWAG_CLI_KNOWN_SERVERS_H
#define CHINWAG_CLI_KNOWN_SERVERS_H

#include "chinwag/chinwag.h"

/* "HOST:PORT", IPv6 in brackets, and a zero. */
#define KNOWN_NAME_MAX (CHINWAG_HOST_MAX + 10)
void known_servers_name(const struct chinwag_address *address, char name[KNOWN_NAME_MAX]);

/* The longest text of a key, and a zero. */
#define KNOWN_KEY_MAX 65
/* The text of a key of CURVE, without a zero. */
#define KNOWN_CURVE_N 43

enum known_kind { KNOWN_CURVE, KNOWN_TLS };
#define KNOWN_KINDS 2

/* "" where there is none. */
struct known_keys {
    char key[KNOWN_KINDS][KNOWN_KEY_MAX];
};

/* Is it the text of a key? Each key has one text: digits of a pin are in lower case. */
bool known_servers_is_key(enum known_kind kind, const char *text);

/* Looks a server up. false: the file cannot be read, or the server's own line is damaged: a
 * message was printed. */
bool known_servers_find(const char *name, struct known_keys *keys);

/* Adds a key; the caller knows that there is none of this kind. false: errno says why. */
bool known_servers_add(const char *name, enum known_kind kind, const char *key);

/* Puts a key in the place of the old one of the same kind; *count: in how many lines, 0 when the
 * old one is not known any more. false: errno says why. */
bool known_servers_replace(const char *name, enum known_kind kind, const char *old, const char *key,
                           unsigned *count);

/* Removes the server's lines, damaged ones, too; *count: how many. false: errno says why. */
bool known_servers_forget(const char *name, unsigned *count);

/* The file's path, good until the next call of this thread; "": there is no home to keep it in. */
const char *known_servers_path(void);

#endif
