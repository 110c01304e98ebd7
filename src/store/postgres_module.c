/* postgres_module.c - what store.h says of PostgreSQL, and the way to the other side of move.h:
 * loads the module over libpq, which has all the rest. chinwagd without PostgreSQL needs neither.
 */
#include <dlfcn.h>
#include <stdio.h>
#include <unistd.h>

#include "store/postgres/open.h"
#include "store/sqlite/places.h"
#include "store/store.h"

bool cw_store_is_postgres(const char *name)
{
    return strncmp(name, "postgresql://", 13) == 0 || strncmp(name, "postgres://", 11) == 0;
}

/* What the module has under the name; NULL with a sentence. It stays loaded: the store's functions
 * are in it. */
static void *find_entrance(const char *name, char error[256])
{
    void *module = dlopen(CW_POSTGRES_MODULE, RTLD_NOW | RTLD_LOCAL);
    const char *version = module == NULL ? NULL : dlsym(module, CW_POSTGRES_VERSION);
    if (module != NULL && (version == NULL || strcmp(version, CW_VERSION) != 0)) {
        snprintf(error, 256,
                 "The module " CW_POSTGRES_MODULE " is of version %.40s, this server of " CW_VERSION
                 ": install both of one version.",
                 version == NULL ? "(none)" : version);
        return NULL;
    }
    void *entrance = module == NULL ? NULL : dlsym(module, name);
    if (entrance == NULL)
        snprintf(error, 256, "`store` needs the module " CW_POSTGRES_MODULE ": %.180s.", dlerror());
    return entrance;
}

static bool has_file(const char *folder, const char *name)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return access(path, F_OK) == 0;
}

static bool refuse_sqlite(const char *folder, char error[256])
{
    snprintf(error, 256,
             "The data folder %.60s has a database of SQLite: leave out `store` to start with it, "
             "and move it by chinwagctl migrate, or chinwagd --migrate (docs/cluster.md).",
             folder);
    return false;
}

bool cw_store_may_be_postgres(const char *folder, char error[256])
{
    return !has_file(folder, CW_SQLITE_FILE) || has_file(folder, CW_COMMUNITY_FILE) ||
           refuse_sqlite(folder, error);
}

/* The module has no SQLite, with which a left database is told from one that is in use. */
static bool is_left(const char *folder, char error[256])
{
    return !has_file(folder, CW_SQLITE_FILE) || cw_store_was_moved(folder) ||
           refuse_sqlite(folder, error);
}

struct cw_store *cw_store_open_postgres(const char *url, const char *folder,
                                        const struct cw_store_options *options, char error[256])
{
    union {
        void *object;
        cw_postgres_opener *open;
    } entrance = {.object = find_entrance(CW_POSTGRES_OPEN, error)};
    if (entrance.object == NULL || !is_left(folder, error))
        return NULL;
    return entrance.open(url, folder, options, error);
}

bool cw_store_move_to_postgres(const char *url, const char *folder,
                               const struct cw_move_source *source, char error[256])
{
    union {
        void *object;
        cw_postgres_mover *move;
    } entrance = {.object = find_entrance(CW_POSTGRES_MOVE, error)};
    return entrance.object != NULL && entrance.move(url, folder, source, error);
}

bool cw_store_finish_upgrade(const char *url, char error[256])
{
    union {
        void *object;
        cw_postgres_finisher *finish;
    } entrance = {.object = find_entrance(CW_POSTGRES_FINISH, error)};
    return entrance.object != NULL && entrance.finish(url, error);
}
