/* call_volumes.h - the names of --volume: whether each is of somebody who can be in the call.
 * command_call.c calls it. */
#ifndef CHINWAG_CLI_CALL_VOLUMES_H
#define CHINWAG_CLI_CALL_VOLUMES_H

#include <stdint.h>

#include "cli.h"

struct call_volumes {
    uint32_t found; /* of cli->volumes, by bits: those of members */
};

/* A member of the group has this name. */
void call_volumes_note(struct call_volumes *volumes, const struct cli *cli, const char *name);

/* All members were noted: the first name that none of them has, or NULL. A name in --volume that
 * nobody has is a mistake in typing. */
const struct cli_volume *call_volumes_stranger(const struct call_volumes *volumes,
                                               const struct cli *cli);

/* The same of a call with one person. */
const struct cli_volume *call_volumes_other(const struct cli *cli, const char *name);

#endif
