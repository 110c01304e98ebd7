/* setup_link.h - the link by which a server gets its first administrator.
 *
 * While nobody administers the server, each start makes one: the operator reads it on the standard
 * output, and in a file of the data folder that nobody else can read. The store has its hash.
 * Caller: main.c. */
#ifndef CW_SERVER_SETUP_LINK_H
#define CW_SERVER_SETUP_LINK_H

#include "base/limits.h"
#include "server/config.h"
#include "server/shell.h"

#define CW_SETUP_LINK_FILE "setup-link"

/* Makes the secret, and stores its hash. When none is needed, or the disk is full, `code` stays
 * empty. False, with a
 * sentence in `error`: it cannot be stored. */
bool cw_setup_link_make(struct cw_store *store, char code[CW_SETUP_LEN + 1], char error[256]);

/* Prints the commands for the operator, and writes them to the file; without a code the file of an
 * earlier start is removed. */
void cw_setup_link_tell(const struct cw_config *config, const struct cw_shell *shell,
                        const char *code);

#endif
