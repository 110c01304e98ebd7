/* watching.h - who is told of whom: the contacts of attached users that want updates of presence.
 * Called by presence.c, on_contact.c and foreign.c. */
#ifndef CW_CORE_WATCHING_H
#define CW_CORE_WATCHING_H

#include "core/core.h"

struct user;

/* A contact of attached users that want updates. */
struct watched {
    uint64_t id;
    struct user **watchers;
    uint32_t count, capacity;
};

/* The user's contacts are those of the result. */
void cw_watching_begin(struct cw_core *core, struct user *user,
                       const struct cw_store_result *result);
void cw_watching_end(struct cw_core *core, struct user *user);
/* The store has made the other user a contact of this one, or has removed the contact. */
void cw_watching_set(struct cw_core *core, struct user *user, uint64_t other_id, bool watch);
/* NULL: nobody watches this one. */
const struct watched *cw_watching_of(const struct cw_core *core, uint64_t id);
/* For cw_core_check: how many the user watches. */
size_t cw_watching_check(const struct cw_core *core, const struct user *user);

#endif
