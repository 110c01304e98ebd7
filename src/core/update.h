/* update.h - makes the update that reports a stored message. */
#ifndef CW_CORE_UPDATE_H
#define CW_CORE_UPDATE_H

#include "core/core.h"

/* The update that reports a stored message. Slices are the message's, or the
 * step's. */
void cw_update_of(struct cw_core *core, const struct cw_store_message *message,
                  struct cw_msg *update);

#endif
