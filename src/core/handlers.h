/* handlers.h - one handler a request (on_*.c), for dispatch.c, which calls them when the
 * sender is known; and what on_*.c offer others. */
#ifndef CW_CORE_HANDLERS_H
#define CW_CORE_HANDLERS_H

#include "core/core.h"
#include "core/request.h"

struct conn;

/* Who writes has read: moves the sender's marker behind what he just sent. */
void cw_read_follow(struct cw_core *core, const struct request *request, uint64_t seq);
/* False: dropped, since it is none, or too many. */
bool cw_typing(struct cw_core *core, struct conn *conn, const struct cw_msg *msg);
handler_fn cw_on_register, cw_on_login, cw_on_logout, cw_on_attach, cw_on_whisper,
    cw_on_create_group, cw_on_join_group, cw_on_msg_group, cw_on_voice_msg, cw_on_join_call,
    cw_on_leave_call;
handler_fn cw_on_manage_member; /* set_role, kick, ban, unban, mute */
handler_fn cw_on_groups, cw_on_members, cw_on_leave_group, cw_on_set_topic, cw_on_set_access,
    cw_on_set_retention;
handler_fn cw_on_invite, cw_on_invite_user, cw_on_invitations, cw_on_withdraw_invitation;
handler_fn cw_on_conversations, cw_on_history, cw_on_search, cw_on_fetch_voice, cw_on_edit,
    cw_on_delete, cw_on_mark_read, cw_on_mark_played, cw_on_received;
handler_fn cw_on_manage_contact; /* add_contact, remove_contact, block, unblock */
handler_fn cw_on_contacts, cw_on_set_presence;
handler_fn cw_on_change_password, cw_on_sessions, cw_on_revoke_session;

#endif
