/* names.h - the looks of names. */
#ifndef CW_STORE_SQLITE_NAMES_H
#define CW_STORE_SQLITE_NAMES_H

#include "store/store_backend.h"

struct cw_sqlite; /* state.h */

/* At the start: computes keys and looks again when another version made them; loads the kept
 * keys. */
void cw_sqlite_names_load(struct cw_sqlite *s);

/* Without the kept keys. */
void cw_sqlite_names_renew(struct cw_sqlite *s);

/* The looks of a new name (cw_looks); of a name that goes. */
void cw_sqlite_looks_add(struct cw_sqlite *s, bool group, uint64_t id, struct cw_slice looks);
void cw_sqlite_looks_remove(struct cw_sqlite *s, bool group, uint64_t id, struct cw_slice name);

/* The oldest name with one of these looks, or an empty slice. */
struct cw_slice cw_sqlite_twin(struct cw_sqlite *s, bool group, struct cw_slice looks,
                               struct cw_arena *arena);

/* See cw_store_list_twins. */
void cw_sqlite_list_twins(struct cw_store *store, bool only_new, size_t most,
                          void (*found)(void *context, bool group, struct cw_slice name,
                                        struct cw_slice older),
                          void *context);

#endif
