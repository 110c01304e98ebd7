/* store_backend.h - what the back ends share among themselves.
 *
 * Private to src/store: others see store.h. */
#ifndef CW_STORE_STORE_BACKEND_H
#define CW_STORE_STORE_BACKEND_H

#include "store/store.h"

struct cw_store_backend {
    void (*execute)(struct cw_store *store, const struct cw_store_request *const requests[],
                    size_t n, struct cw_store_result results[], struct cw_arena *arena);
    bool (*idle)(struct cw_store *store, bool *again);
    void (*list_twins)(struct cw_store *store, bool only_new, size_t most,
                       void (*found)(void *context, bool group, struct cw_slice name,
                                     struct cw_slice older),
                       void *context); /* NULL: there are none */
    void (*close)(struct cw_store *store);
    const char *(*failure)(struct cw_store *store); /* NULL: it never has one */
    bool (*tick)(struct cw_store *store);           /* NULL: nothing waits for it */
    uint64_t (*newest)(const struct cw_store *store);
    bool (*renew_identity)(struct cw_store *store);
};

/* The first member of every back end's own struct. */
struct cw_store {
    const struct cw_store_backend *backend;
    struct cw_store_notes notes;
    struct cw_slice kept_keys;
    struct cw_store_identity identity;
    uint64_t date_ms; /* as kept */
};

/* Does this operation change anything? */
bool cw_store_op_writes(enum cw_store_op op);
/* Does it free room, or keep somebody from harm, so that a full disk must not refuse it? */
bool cw_store_op_helps(enum cw_store_op op);
/* May it change who may say something where? */
bool cw_store_op_changes_rights(enum cw_store_op op);
/* Does it bring much? Recordings, too? */
bool cw_store_op_is_page(enum cw_store_op op);
bool cw_store_op_brings_voices(enum cw_store_op op);
bool cw_store_batch_writes(const struct cw_store_request *const requests[], size_t n);

/* A result that says `status` and nothing else. */
void cw_store_result_init(struct cw_store_result *result, const struct cw_store_request *request,
                          enum cw_store_status status);

#endif
