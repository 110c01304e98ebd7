/* config_finish.c - the settings together: what must not be combined, and what follows from all of
 * them. See config.h. */
#include <stdio.h>
#include <string.h>

#include "bus/url.h"
#include "server/config.h"
#include "store/store.h"

const struct cw_listen *cw_config_public_listen(const struct cw_config *config)
{
    for (unsigned i = 0; i < config->listen_count; i++)
        if (!cw_listen_is_local(&config->listen[i]) && !config->listen[i].metrics)
            return &config->listen[i];
    return NULL;
}

const struct cw_listen *cw_config_first_listen(const struct cw_config *config)
{
    for (unsigned i = 0; i < config->listen_count; i++)
        if (!config->listen[i].metrics)
            return &config->listen[i];
    return NULL;
}

bool cw_config_is_plain_loopback(const struct cw_config *config)
{
    for (unsigned i = 0; i < config->listen_count; i++)
        if (config->listen[i].proxy_header || config->listen[i].forwarded)
            return false;
    return config->trusted_proxy_count == 0 && cw_config_public_listen(config) == NULL;
}

enum cw_registration cw_config_registration(const struct cw_config *config)
{
    if (config->registration != CW_REGISTRATION_AUTO)
        return config->registration;
    return cw_config_public_listen(config) == NULL ? CW_REGISTRATION_OPEN : CW_REGISTRATION_INVITED;
}

static bool are_listeners_single(const struct cw_config *config, char error[256])
{
    for (unsigned i = 0; i < config->listen_count; i++)
        for (unsigned j = 0; j < i; j++) {
            const char *address = config->listen[i].address;
            if (strcmp(address, config->listen[j].address) != 0 ||
                strcmp(strrchr(address, ':'), ":0") == 0)
                continue;
            snprintf(error, 256, "two lines are listen = %s: write one, with all that it has",
                     address);
            return false;
        }
    return true;
}

static bool is_store_known(const struct cw_config *config, char error[256])
{
    if (config->store[0] == '\0' || cw_store_is_postgres(config->store))
        return true;
    snprintf(error, 256,
             "`store` must be postgresql://USER@HOST/DATABASE; without it the rows are in the data "
             "folder");
    return false;
}

static bool is_bus_good(const struct cw_config *config, char error[256])
{
    struct cw_bus_url url;
    if (config->bus[0] == '\0')
        return true;
    if (config->store[0] == '\0') {
        snprintf(error, 256, "`bus` is for several servers on one PostgreSQL: set `store`, too");
        return false;
    }
    return cw_bus_url_parse(config->bus, &url, error);
}

bool cw_config_finish(struct cw_config *config, char error[256])
{
    if (!is_store_known(config, error) || !is_bus_good(config, error))
        return false;
    if (config->listen_count == 0 && !cw_config_set(config, "listen", CW_LISTEN_DEFAULT, error))
        return false;
    if (cw_config_first_listen(config) == NULL) {
        snprintf(error, 256,
                 "users need a listener, too: write listen = HOST:PORT without metrics");
        return false;
    }
    if (!are_listeners_single(config, error))
        return false;
    if ((config->tls_certificate[0] == 0) != (config->tls_key[0] == 0)) {
        snprintf(error, 256, "tls_certificate and tls_key belong together: set both, or neither");
        return false;
    }
    const struct cw_listen *listen = cw_config_public_listen(config);
    if (listen != NULL && config->password_cost == CW_COST_MINIMUM) {
        snprintf(error, 256,
                 "password_cost = minimum is for tests: not with a listener that "
                 "other machines can reach (%s)",
                 listen->address);
        return false;
    }
    return true;
}
