/* common.c - see common.h. */
#include "store/sqlite/common.h"

#include <stdlib.h>

#include "store/sqlite/identity.h"
#include "store/sqlite/places.h"
#include "store/sqlite/state.h"

#define SEARCH_SLICE 128

struct cw_sqlite *cw_sqlite_create(const struct cw_store_backend *backend, const char *folder,
                                   const struct cw_store_options *options)
{
    static const uint64_t seed[2] = {1, 2};
    struct cw_sqlite *s = cw_alloc_zero(sizeof *s);
    s->store.backend = backend;
    cw_inbox_index_init(&s->inbox);
    cw_sqlite_rights_changed(s);        /* the empty ones are of before */
    cw_map_init(&s->window_keys, seed); /* of one batch: bounded, whatever parts a peer chooses */
    s->options = *options;
    s->search_slice = SEARCH_SLICE;
    s->folder = cw_sqlite_folder_of(folder);
    return s;
}

void cw_sqlite_destroy(struct cw_sqlite *s)
{
    cw_sqlite_watch_end(s);
    cw_inbox_index_finish(&s->inbox);
    cw_map_finish(&s->window_keys);
    cw_sqlite_stored_finish(s);
    cw_buf_finish(&s->kept_keys);
    cw_buf_finish(&s->words);
    free(s->folder);
    free(s);
}

const char *cw_sqlite_failure(struct cw_store *store)
{
    struct cw_sqlite *s = (struct cw_sqlite *)store;
    cw_sqlite_watch(s);
    return s->failure[0] == '\0' ? NULL : s->failure;
}

/* --- whose ids these are ------------------------------------------------------------------ */

uint64_t cw_sqlite_newest_id(const struct cw_store *store)
{
    return ((const struct cw_sqlite *)store)->newest;
}

bool cw_sqlite_renew_identity(struct cw_store *store)
{
    return cw_sqlite_identity_write((struct cw_sqlite *)store, cw_sqlite_identity_renew);
}

/* What is past its age by a new rule is found by a walk from the beginning. */
void cw_sqlite_set_options(struct cw_store *store, const struct cw_store_options *options)
{
    struct cw_sqlite *s = (struct cw_sqlite *)store;
    struct cw_store_options before = s->options;
    s->options = *options;
    s->options.first_is_admin = before.first_is_admin;
    s->options.log = before.log;
    s->sweep.day = 0;
}
