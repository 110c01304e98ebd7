/* names.h - the keys of names, and which names are valid for new users and groups. The answer
 * to an invalid one: refusal.h. */
#ifndef CW_CORE_NAMES_H
#define CW_CORE_NAMES_H

#include "core/core.h"
#include "text/name.h"

void cw_names_init(struct cw_core *core, const struct cw_core_config *config);
void cw_names_finish(struct cw_core *core);

/* The key of a name, as cw_name_fold. */
enum cw_name_of { CW_NAME_OF_USER, CW_NAME_OF_GROUP };

bool cw_names_fold(const struct cw_core *core, enum cw_name_of of, struct cw_slice name,
                   struct cw_name_key *key);
/* The rule for which the name is not valid for a new user or group, or CW_RULE_NONE. */
enum cw_rule cw_names_fault(const struct cw_core *core, struct cw_slice name);
/* Its looks (cw_looks), for the store. */
struct cw_slice cw_names_looks(struct cw_core *core, struct cw_slice name);

/* A text without control characters: a topic, a heading. */
bool cw_names_is_line(struct cw_slice text);

#endif
