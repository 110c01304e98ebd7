/* bot.h - what bots, and sessions made by device passwords, may not do; how bots leave groups. */
#ifndef CW_CORE_BOT_H
#define CW_CORE_BOT_H

#include "core/core.h"

struct group;
struct user;

/* May a bot make this request? */
bool cw_bot_may(int action);
/* The same of a session that was made by a device password. */
bool cw_device_may(int action);
/* The people in the result, bots, are no members of the group any more: the group is told of those
 * that the core knows, and their sessions leave it. */
void cw_bots_left(struct cw_core *core, uint64_t group_id, const struct cw_store_result *result);
/* The same of one bot. */
void cw_bot_left(struct cw_core *core, uint64_t group_id, struct user *bot);

#endif
