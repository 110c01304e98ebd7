/* update.h - a stored message as the update that tells of it. */
#ifndef CW_CORE_UPDATE_H
#define CW_CORE_UPDATE_H

#include "core/core.h"

/* The update that tells of a stored message. Slices are the message's, or the
 * step's. */
void cw_update_of(struct cw_core *core, const struct cw_store_message *message,
                  struct cw_msg *update);

#endif
