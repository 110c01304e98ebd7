/* effect.h - appending to the effects of the step under way. */
#ifndef CW_CORE_EFFECT_H
#define CW_CORE_EFFECT_H

#include "core/core.h"

struct cw_effect *cw_effect_add(struct cw_core *core, enum cw_effect_type type);
/* Copies the bytes into the step's memory: for an effect or an answer that may outlive their owner,
 * later in this step or in the next. */
struct cw_slice cw_effect_copy(struct cw_core *core, struct cw_slice bytes);
/* The memory becomes the step's, until who carries out the effects takes it. */
struct cw_owned *cw_effect_adopt(struct cw_core *core, struct cw_owned owned);
/* A message to another node, or to all (CW_BUS_TO_ALL); copied. Nothing while the bus is down. */
void cw_effect_bus(struct cw_core *core, unsigned to, enum cw_bus_kind kind, struct cw_slice body);
/* Copies the strings that the answer or update is sent with so, but not what is long and the
 * event's or the step's own already: content, samples and lists. */
void cw_effect_own(struct cw_core *core, struct cw_msg *msg);

#endif
