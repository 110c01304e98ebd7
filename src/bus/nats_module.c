/* nats_module.c - see nats_module.h. */
#include "bus/nats_module.h"

#include <dlfcn.h>
#include <stdio.h>

struct cw_bus_driver *cw_bus_open_nats(const struct cw_bus_url *url, void (*rung)(void *context),
                                       void *context, char error[256])
{
    union {
        void *object;
        cw_nats_opener *open;
    } entrance;
    void *module = dlopen(CW_NATS_MODULE, RTLD_NOW | RTLD_LOCAL);
    const char *version = module == NULL ? NULL : dlsym(module, CW_NATS_VERSION);
    if (module != NULL && (version == NULL || strcmp(version, CW_VERSION) != 0)) {
        snprintf(error, 256,
                 "The module " CW_NATS_MODULE " is of version %.40s, this server of " CW_VERSION
                 ": install both of one version.",
                 version == NULL ? "(none)" : version);
        return NULL;
    }
    entrance.object = module == NULL ? NULL : dlsym(module, CW_NATS_OPEN);
    if (entrance.object != NULL)
        return entrance.open(url, rung, context, error);
    snprintf(error, 256, "`bus` needs the module " CW_NATS_MODULE ": %.180s.", dlerror());
    return NULL;
}
