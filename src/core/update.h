/* update.h - makes the update that reports a stored message. */
#ifndef CW_CORE_UPDATE_H
#define CW_CORE_UPDATE_H

#include "core/core.h"

struct audience; /* audience.h */

/* The update that reports a stored message. Slices are the message's, or the
 * step's. */
void cw_update_of(struct cw_core *core, const struct cw_store_message *message,
                  struct cw_msg *update);

/* Sends that update. Plain clients, which do not read its map, get a file as a line of the text. */
void cw_update_send(struct cw_core *core, const struct cw_store_message *message,
                    const struct cw_msg *update, const struct audience *audience);

#endif
