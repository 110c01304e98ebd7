/* hook_rate.h - how often a bot's hooks may post: each hook has its own rate, so that one that is
 * flooded does not silence the others. on_text.c asks; what all of them say counts as the bot's
 * texts, too. */
#ifndef CW_CORE_HOOK_RATE_H
#define CW_CORE_HOOK_RATE_H

#include <stdbool.h>
#include <stdint.h>

struct cw_core;
struct user;

struct hook_rates;

/* One post by the hook of this bot; false: they come too often. */
bool cw_hook_rate_take(struct cw_core *core, struct user *bot, uint64_t hook_id);

#endif
