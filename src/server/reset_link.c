/* reset_link.c - see reset_link.h. */
#include "server/reset_link.h"

#include <stdio.h>
#include <string.h>

#include "server/curve_key.h"

/* Browsers come by the port of https, by a proxy on this machine if by no listener; or by the first
 * listener's. */
static const char *port_of_pages(const struct cw_config *config)
{
    const struct cw_listen *first = cw_config_first_listen(config);
    for (unsigned i = 0; i < config->listen_count; i++)
        if (strcmp(strrchr(config->listen[i].address, ':'), ":443") == 0)
            return "";
    return cw_listen_is_local(first) ? "" : strrchr(first->address, ':');
}

void cw_reset_link_write(const struct cw_reach *reach, const char *code, char text[1024])
{
    static const char saying[] = "for the user, good once within an hour:\n";
    const struct cw_config *config = cw_reach_config(reach);
    const struct cw_listen *listen = cw_config_first_listen(config);
    const char *name = config->public_name_count == 0 ? NULL : config->public_names[0];
    bool local = cw_listen_is_local(listen);
    char server[CW_HOST_NAME_MAX + 80], key[CW_CURVE_KEY_TEXT];
    if (local && name != NULL) {
        snprintf(text, 1024,
                 "%s  chinwag reset-password 'https://%s/#/reset/%s'\n"
                 "or, in a browser:\n  https://%s/#/reset/%s\n",
                 saying, name, code, name, code);
        return;
    }
    cw_listen_name_here(listen, server);
    if (local) {
        snprintf(text, 1024,
                 "%s  chinwag --server %s reset-password %s\n"
                 "or, in a browser:\n  http://%s/#/reset/%s\n",
                 saying, server, code, server, code);
        return;
    }
    if (name != NULL)
        snprintf(server, sizeof server, "%s%s", name, strrchr(listen->address, ':'));
    cw_reach_public_key(reach, key);
    int n = snprintf(text, 1024, "%s  chinwag reset-password 'chinwag://%s/#%s,%s'\n", saying,
                     server, code, key);
    if (name != NULL)
        snprintf(text + n, 1024 - (size_t)n, "or, in a browser:\n  https://%s%s/#/reset/%s\n", name,
                 port_of_pages(config), code);
}
