/* effect.h - appending to the effects of the step under way. */
#ifndef CW_CORE_EFFECT_H
#define CW_CORE_EFFECT_H

#include "core/core.h"

struct cw_effect *cw_effect_add(struct cw_core *core, enum cw_effect_type type);

#endif
