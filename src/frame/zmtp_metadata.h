/* zmtp_metadata.h - the properties that ZMTP peers exchange at the end of the handshake of any
 * mechanism. Private to src/frame. */
#ifndef CW_FRAME_ZMTP_METADATA_H
#define CW_FRAME_ZMTP_METADATA_H

#include "frame/framer.h"

/* Our own properties, encoded; a static constant. */
struct cw_slice cw_zmtp_metadata(enum cw_framer_role role);

/* Checks the peer's properties. `role` is ours. Returns an error text, or NULL, and then sets
 * *peer_is_req if its Socket-Type is REQ. */
const char *cw_zmtp_metadata_check(enum cw_framer_role role, struct cw_slice metadata,
                                   bool *peer_is_req);

#endif
