/* login_link.h - links by which a new device logs in. A session makes one; a new device opens it,
 * once, and shows six digits; when the session has told the same digits, a session is made for the
 * new device. They are in the memory of one core alone, hashed, for CW_LINK_MS, one of each user; a
 * device of another server reaches them by far_link.h. */
#ifndef CW_CORE_LOGIN_LINK_H
#define CW_CORE_LOGIN_LINK_H

#include "core/core.h"
#include "core/list.h"

struct user;

struct login_link {
    struct link by_age; /* in core->login_links, the oldest first */
    struct user *user;
    uint64_t until_ms;
    uint8_t hash[CW_TOKEN_HASH_LEN];
    uint64_t waiting; /* the cookie of the request that has opened it, 0: none has */
    unsigned node;    /* where that is; 0: here */
    uint64_t confirm; /* the cookie of the request here that waits for that server; 0: none does */
    uint64_t confirmed_ms;
    uint8_t digits[CW_CODE_DIGITS];
    unsigned wrong; /* digits that were told so far */
    bool ended;     /* its waiting request here is resumed at the end of the step */
    bool made;      /* ... with the store's result, the new session; or that is at `node` */
    bool declined;  /* there will be none, as `node` says or the user wants */
    uint8_t token[CW_TOKEN_LEN];
};

/* Replaces the user's one. */
void cw_login_link_make(struct cw_core *core, struct user *user, struct cw_slice hash);
/* NULL: there is none. */
struct login_link *cw_login_link_of(const struct cw_core *core, const struct user *user);
struct login_link *cw_login_link_hashed(const struct cw_core *core, struct cw_slice hash);
/* The one that a request here with this cookie waits for. */
struct login_link *cw_login_link_awaited(const struct cw_core *core, uint64_t cookie);
/* It is good no more. The user's one, if there is one: the password was changed. */
void cw_login_link_end(struct login_link *link);
void cw_login_link_end_of(struct cw_core *core, const struct user *user);

/* At the end of a step: removes what has ended, but for those with a request that waits. The cookie
 * of one of these, which is to be resumed; 0: there is none. After it, cw_login_link_forget. */
uint64_t cw_login_links_sweep(struct cw_core *core);
void cw_login_link_forget(struct cw_core *core, uint64_t cookie);
uint64_t cw_login_links_deadline(const struct cw_core *core);
/* A device there cannot log in any more. */
void cw_login_links_node_gone(struct cw_core *core, unsigned node);
void cw_login_links_finish(struct cw_core *core);

#endif
