/* call_volumes.c - see call_volumes.h. */
#include "call_volumes.h"

#include <string.h>

static bool is_of(const struct cli_volume *volume, const char *name)
{
    return strlen(name) == volume->length && memcmp(name, volume->name, volume->length) == 0;
}

void call_volumes_note(struct call_volumes *volumes, const struct cli *cli, const char *name)
{
    for (int i = 0; i < cli->volume_count; i++)
        if (is_of(&cli->volumes[i], name))
            volumes->found |= UINT32_C(1) << i;
}

const struct cli_volume *call_volumes_stranger(const struct call_volumes *volumes,
                                               const struct cli *cli)
{
    for (int i = 0; i < cli->volume_count; i++)
        if ((volumes->found >> i & 1) == 0)
            return &cli->volumes[i];
    return NULL;
}

const struct cli_volume *call_volumes_other(const struct cli *cli, const char *name)
{
    for (int i = 0; i < cli->volume_count; i++)
        if (!is_of(&cli->volumes[i], name))
            return &cli->volumes[i];
    return NULL;
}
