/* postgres_module.c - cw_store_open_postgres of store.h: loads the module over libpq, which has all
 * the rest. chinwagd without PostgreSQL needs neither. */
#include <dlfcn.h>
#include <stdio.h>

#include "store/postgres/open.h"
#include "store/store.h"

bool cw_store_is_postgres(const char *name)
{
    return strncmp(name, "postgresql://", 13) == 0 || strncmp(name, "postgres://", 11) == 0;
}

struct cw_store *cw_store_open_postgres(const char *url, const char *folder,
                                        const struct cw_store_options *options, char error[256])
{
    /* It stays loaded: the store's functions are in it. */
    void *module = dlopen(CW_POSTGRES_MODULE, RTLD_NOW | RTLD_LOCAL);
    const char *version = module == NULL ? NULL : dlsym(module, CW_POSTGRES_VERSION);
    if (module != NULL && (version == NULL || strcmp(version, CW_VERSION) != 0)) {
        snprintf(error, 256,
                 "The module " CW_POSTGRES_MODULE " is of version %.40s, this server of " CW_VERSION
                 ": install both of one version.",
                 version == NULL ? "(none)" : version);
        return NULL;
    }
    union {
        void *object;
        cw_postgres_opener *open;
    } entrance = {.object = module == NULL ? NULL : dlsym(module, CW_POSTGRES_OPEN)};
    if (entrance.object != NULL)
        return entrance.open(url, folder, options, error);
    snprintf(error, 256, "`store` needs the module " CW_POSTGRES_MODULE ": %.180s.", dlerror());
    return NULL;
}
