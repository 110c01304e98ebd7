/* site_names.c - see site_names.h. */
#include "server/site_names.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

static char *join_strings(const char *a, const char *b)
{
    size_t size = strlen(a) + strlen(b) + 1;
    char *both = cw_alloc(size);
    snprintf(both, size, "%s%s", a, b);
    return both;
}

static void add_host(struct cw_site_names *names, const char *host, const char *port, bool plain)
{
    char *whole = join_strings(host, port);
    names->hosts[names->host_count++] = whole;
    names->origins[names->origin_count++] = join_strings("https://", whole);
    if (plain)
        names->origins[names->origin_count++] = join_strings("http://", whole);
}

void cw_site_names_init(struct cw_site_names *names, const struct cw_config *config,
                        const struct cw_listen *listen, bool plain)
{
    static const char *const loopback[] = {"localhost", "127.0.0.1", "[::1]"};
    const char *port = strrchr(listen->address, ':');
    *names = (struct cw_site_names){.host_count = 0};
    if (cw_listen_is_local(listen)) {
        for (size_t i = 0; i < sizeof loopback / sizeof loopback[0]; i++)
            add_host(names, loopback[i], port, plain);
        return;
    }
    for (unsigned i = 0; i < config->public_name_count; i++) {
        add_host(names, config->public_names[i], "", plain);
        add_host(names, config->public_names[i], port, plain);
    }
    if (!cw_listen_is_wildcard(listen))
        add_host(names, listen->address, "", plain);
}

void cw_site_names_finish(struct cw_site_names *names)
{
    for (unsigned i = 0; i < names->host_count; i++)
        free(names->hosts[i]);
    for (unsigned i = 0; i < names->origin_count; i++)
        free(names->origins[i]);
}
