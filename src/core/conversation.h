/* conversation.h - the name of a conversation, the search for it, and whether a user may write in
 * it. */
#ifndef CW_CORE_CONVERSATION_H
#define CW_CORE_CONVERSATION_H

#include "core/core.h"
#include "core/request.h"

struct group;

/* The group named request->key if the session is a member, else NULL and the
 * request is (or will be) answered 768 or 770. */
struct group *cw_group_of_member(struct cw_core *core, struct request *request);
/* The group that the request names becomes its target, as above. False: it is answered. */
bool cw_group_find_target(struct cw_core *core, struct request *request);
/* The conversation called `name`, a username or '#' and a group's: continues with `found`, at once
 * or after asking the store. Then either request->target or request->target_group is set, and the
 * sender may read the conversation. Otherwise answers 514, 768, 770 or 1028. */
void cw_conversation_find(struct cw_core *core, struct request *request, struct cw_slice name,
                          handler_fn *found);
/* The number of the conversation that was found. */
uint64_t cw_conversation_id(const struct request *request);
/* Its name as the sender writes it, in the step's memory; empty for a group that has gone. */
struct cw_slice cw_conversation_name(struct cw_core *core, const struct request *request);
/* May the sender write there? Not if they are muted, or the recipient has blocked them. */
bool cw_conversation_is_open(const struct cw_core *core, const struct request *request);
/* The same; if not, answers 1027. */
bool cw_conversation_open(struct cw_core *core, struct request *request);
/* Takes from the connection's rate of texts; false: answered 1026. */
bool cw_text_allowed(struct cw_core *core, struct request *request);
/* Takes from the rate of the group that the request is about, if it is about one: each of
 * its messages, edits and deletions goes to all its members. False: answered 1026. */
bool cw_text_allowed_there(struct cw_core *core, struct request *request);

#endif
