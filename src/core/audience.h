/* audience.h - appends messages to the effects: to one connection, or to a set of them. */
#ifndef CW_CORE_AUDIENCE_H
#define CW_CORE_AUDIENCE_H

#include "core/core.h"

struct conn;
struct session;
struct user;

/* One message to one connection. */
struct cw_effect *cw_effect_answer(struct cw_core *core, const struct cw_msg *msg,
                                   const struct conn *conn, bool extended, bool envelope);

/* The set of connections of a message to be fanned out. */
struct audience {
    cw_conn_id *plain, *extended;
    size_t plain_count, extended_count;
    size_t max; /* of both together */
};

/* An empty audience with room for `max` connections. */
void cw_audience_init(struct cw_core *core, struct audience *audience, size_t max);
void cw_audience_add(struct audience *audience, const struct session *session);
void cw_audience_add_conn(struct audience *audience, const struct conn *conn);
/* Adds the user's sessions, except `except` (0: none), that have this feature and can be sent to
 * now. */
void cw_audience_add_user(struct audience *audience, const struct user *user, uint64_t feature,
                          uint64_t except);
/* Sends live audio of the speaker. */
void cw_effect_send_audio(struct cw_core *core, const struct cw_msg *msg,
                          const struct audience *audience, cw_conn_id speaker);
/* Sends a packet of the speaker to the receivers that get PCM arrays. */
void cw_effect_send_lists(struct cw_core *core, const struct cw_msg *msg,
                          const struct audience *audience, cw_conn_id speaker);
/* Nothing happens for an empty audience. */
void cw_effect_send(struct cw_core *core, const struct cw_msg *msg, const struct audience *audience,
                    bool live);

#endif
