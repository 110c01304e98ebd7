/* check_far.h - a part of check.c: calls at other nodes. */
#ifndef CW_CORE_CHECK_FAR_H
#define CW_CORE_CHECK_FAR_H

#include "core/core.h"

void cw_check_far(const struct cw_core *core);

#endif
