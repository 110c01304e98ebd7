/* handlers.h - one handler for each request (on_*.c), for dispatch.c, which calls them when the
 * sender is known; and functions of on_*.c for other files. */
#ifndef CW_CORE_HANDLERS_H
#define CW_CORE_HANDLERS_H

#include "core/core.h"
#include "core/request.h"

struct conn;
struct user;

/* A user who writes has read: moves the sender's read marker behind the message just sent.
 */
void cw_read_follow(struct cw_core *core, const struct request *request, uint64_t seq);
/* Tells others of a marker or a reaction that was stored: request->sender, target or target_group;
 * of a reaction request->msg, too. */
void cw_mark_tell(struct cw_core *core, const struct request *request, enum cw_action action,
                  uint64_t seq, bool to_peer);
void cw_reaction_tell(struct cw_core *core, const struct request *request);
/* Tells the user's devices what has been set for all of them, but for the session that has asked
 * (0: none here has). A rule is about the request's conversation, and told but to who has asked. */
void cw_notify_tell(struct cw_core *core, const struct request *request,
                    const struct cw_store_notify *rule);
void cw_quiet_hours_tell(struct cw_core *core, const struct user *user, uint64_t asking,
                         struct cw_slice hours);
void cw_settings_tell(struct cw_core *core, const struct user *user, uint64_t asking,
                      bool discreet);
/* False: it was dropped, because it is invalid or exceeds the rate. */
bool cw_typing(struct cw_core *core, struct conn *conn, const struct cw_msg *msg);

/* What a client of another server has done, as that server says by the bus: clients here are told
 * (nodes.c). */
void cw_typing_heard(struct cw_core *core, struct cw_slice body);
/* The same by news of the store (foreign.c): somebody's profile; a setting of a group, but topics.
 */
void cw_profile_heard(struct cw_core *core, const struct cw_store_news *news);
void cw_group_setting_heard(struct cw_core *core, const struct cw_store_news *news);

/* An administrator has changed a setting at another server (on_server.c). */
void cw_settings_heard(struct cw_core *core);

/* Is it a name for a device password, or for a session? (on_device.c) */
bool cw_device_name_good(struct cw_slice name);

/* Parts of a login (on_account.c), for one by a link: does its map name a good part, if any, and no
 * page that is too old? (Else it is answered.) What the store is told of the new session; and the
 * session that it has made is attached, and the request answered. */
bool cw_login_map_good(struct cw_core *core, struct request *request);
void cw_login_describe(struct cw_core *core, struct request *request,
                       struct cw_store_request *store);
/* The session that had to go for it is told so. */
void cw_login_end_dropped(struct cw_core *core, const struct cw_store_result *made);
void cw_login_finish(struct cw_core *core, struct request *request,
                     const struct cw_store_result *made);

/* One for each request of messages.def: a row without a handler does not link, a handler without
 * a row does not compile. */
#define CW_MESSAGE(kind, action, name, ...)
#define CW_ACTION(action)
#define CW_REQUEST_ROW(action, name, handler, rights, ...) handler_fn cw_on_##handler;
#include "wire/messages.def"
#undef CW_ACTION
#undef CW_MESSAGE
#undef CW_REQUEST_ROW

#endif
