/* zmtp_metadata.h - the properties that ZMTP peers tell each other at the end
 * of a handshake, whatever its mechanism. Inside src/frame only. */
#ifndef CW_FRAME_ZMTP_METADATA_H
#define CW_FRAME_ZMTP_METADATA_H

#include "frame/framer.h"

/* What we say of ourselves, encoded; lives for ever. */
struct cw_slice cw_zmtp_metadata(enum cw_framer_role role);

/* Judges the peer's properties. `role` is ours. Returns what is wrong with
 * them, or NULL, and then *peer_is_req tells whether its Socket-Type is REQ. */
const char *cw_zmtp_metadata_check(enum cw_framer_role role, struct cw_slice metadata,
                                   bool *peer_is_req);

#endif
