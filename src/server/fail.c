/* fail.c - the end of a server that must answer nothing more. Called by shell.c and shell_bus.c. */
#include <stdlib.h>
#include <unistd.h>

#include "server/log.h"
#include "server/shell_internal.h"

/* After a failed sync, or without the database, nobody knows what is stored. The only safe way is
 * to answer nothing more, and to start again from what is there. */
void cw_shell_fail(const char *why)
{
    if (why != NULL)
        cw_log_error("%s. Nothing that was stored since has been acknowledged", why);
    else
        cw_log_error(
            "the disk failed while messages were being stored; nothing that was not on disk has "
            "been acknowledged. Look at the disk, then start again");
    _exit(EXIT_FAILURE);
}
