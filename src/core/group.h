/* group.h - groups with an attached member: finding and making them. Its sessions: membership.h.
 * Its call: call.h. */
#ifndef CW_CORE_GROUP_H
#define CW_CORE_GROUP_H

#include "core/bucket.h"
#include "core/core.h"
#include "core/list.h"

struct conn;
struct cw_name_key;
struct group;
struct pair;
struct session;

struct membership {
    struct group *group;
    size_t position;         /* in group->sessions */
    uint64_t muted_until_ms; /* UTC; 0: not */
};

/* A group with at least one attached session of a member. */
struct group {
    uint64_t id;
    struct session **sessions;
    size_t session_count, session_capacity;
    struct conn **call; /* the participants of its call */
    size_t call_count, call_capacity;
    struct bucket texts;
    struct link seats; /* held for users whose connection was lost a moment ago */
    size_t seat_count;
    struct pair *pair; /* the room of a call of two (pair.h), which is no group; NULL: a group */
    uint16_t key_n;
    uint8_t name_n;
    uint8_t text[]; /* name, then key */
};

struct group *cw_group_by_key(const struct cw_core *core, const struct cw_name_key *key);
struct group *cw_group_by_id(const struct cw_core *core, uint64_t id);
struct cw_slice cw_group_name(const struct group *group);
/* Creates it without sessions; destroys it when it has no sessions, participants and seats any
 * more. */
struct group *cw_group_create(struct cw_core *core, uint64_t id, struct cw_slice name);
void cw_group_destroy(struct cw_core *core, struct group *group);
/* The session's entry in the group, good until one of its memberships begins or
 * ends; NULL: not a member's. */
struct membership *cw_group_membership(const struct group *group, const struct session *session);
bool cw_group_muted(const struct cw_core *core, const struct membership *membership);
/* '#' before a group's name, in the step's memory. */
struct cw_slice cw_group_conversation(struct cw_core *core, struct cw_slice group_name);

#endif
