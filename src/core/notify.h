/* notify.h - of which messages a user is told: what attached users have set, and the one judgement
 * by it. All clients get its result as keys of the update (docs/protocol.md, "Mentions"). */
#ifndef CW_CORE_NOTIFY_H
#define CW_CORE_NOTIFY_H

#include "core/core.h"
#include "text/quiet_hours.h"

/* What a user has set; who has set nothing has none. */
struct notify {
    struct cw_quiet_hours quiet;
    struct cw_store_notify *rules; /* ascending conversations */
    size_t count;
};

/* All that the store has of a session's user. */
void cw_notify_load(struct cw_core *core, struct notify **notify,
                    const struct cw_store_result *result);
void cw_notify_forget(struct cw_core *core, struct notify **notify);
/* The user has set it. */
void cw_notify_set(struct cw_core *core, struct notify **notify,
                   const struct cw_store_notify *rule);
void cw_notify_set_quiet(struct cw_core *core, struct notify **notify, struct cw_slice hours);
/* What is set about the conversation now; a mute that has ended is none. */
struct cw_store_notify cw_notify_of(const struct cw_core *core, const struct notify *notify,
                                    uint64_t conversation);
/* "all", ...; empty for one that there is not. And which is called so; false: none. */
struct cw_slice cw_notify_level_name(enum cw_notify_level level);
bool cw_notify_level_read(struct cw_slice name, enum cw_notify_level *level);

/* What a user is told of a message beside it: bits. */
enum marks {
    MARK_MENTIONED = 1,
    MARK_NOTIFY = 2, /* where it is not the default: tell the user */
    MARK_QUIET = 4,  /* ... do not */
    MARKS = 8
};
/* Of a message of the conversation, which mentions the user or not; notify may be NULL. */
unsigned cw_notify_judge(const struct cw_core *core, const struct notify *notify,
                         uint64_t conversation, bool mentioned);
/* Is the user told? */
bool cw_notify_wants(const struct cw_core *core, const struct notify *notify, uint64_t conversation,
                     bool mentioned);
/* Puts them into the map of the update. */
void cw_notify_mark(struct cw_msg *update, unsigned marks);

#endif
