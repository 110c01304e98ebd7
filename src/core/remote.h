/* remote.h - users who are at other servers on the same database, as those say it by the bus. A
 * user may be at several, and here, too. The other servers' side: share.h. */
#ifndef CW_CORE_REMOTE_H
#define CW_CORE_REMOTE_H

#include "base/packed.h"
#include "core/core.h"
#include "core/list.h"
#include "core/presence_state.h"

/* What one of the nodes says of the user. */
struct place {
    unsigned node;
    uint32_t round; /* of the node's sets: which one had it last */
    enum presence state;
    uint64_t version; /* of the node's set, by which it was said */
    bool fading;      /* the node has gone, and the user may be back at once */
};

struct remote {
    uint64_t id;
    struct link link; /* in core->remotes */
    struct place *places;
    size_t place_count;
    uint32_t *blocked; /* ids of users, ascending */
    size_t blocked_count;
    uint64_t *groups;
    size_t group_count;
    uint8_t name_n;
    uint8_t name[255];
};

/* A user as a node tells of them; the slices are in the message. */
struct remote_item {
    uint64_t id;
    uint64_t version; /* of the set when it was said; not in its bytes */
    enum presence state;
    struct cw_slice name;    /* this and the rest: empty if OFFLINE */
    struct cw_slice blocked; /* 32 bits each */
    struct cw_slice groups;  /* 64 bits each */
};

void cw_remote_pack(struct cw_buf *buf, const struct remote_item *item);
/* False: it is none. */
bool cw_remote_unpack(struct cw_packed *from, struct remote_item *item);

/* NULL: no other node has the user. */
struct remote *cw_remote_find(const struct cw_core *core, uint64_t id);
/* The best of what the nodes say; OFFLINE for NULL. */
enum presence cw_remote_state(const struct remote *remote);
bool cw_remote_has_blocked(const struct remote *remote, uint64_t other_id);
/* As the store has just decided; the nodes say it again. */
void cw_remote_block(struct cw_core *core, uint64_t id, uint64_t other_id, bool block);

/* The node has the user, in that state. Returns the user. */
struct remote *cw_remote_put(struct cw_core *core, unsigned node, uint32_t round,
                             const struct remote_item *item);
struct place *cw_remote_place(const struct remote *remote, unsigned node);
/* The node does not have the user any more. If no other has, cw_remote_forget is to follow. */
void cw_remote_remove(struct remote *remote, unsigned node);
/* Frees it if no node has the user. */
void cw_remote_forget(struct cw_core *core, struct remote *remote);
void cw_remotes_finish(struct cw_core *core);

#endif
