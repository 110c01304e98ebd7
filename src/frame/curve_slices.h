/* curve_slices.h - seals a long frame of CURVE in slices (cw_framer_seal_slice).
 *
 * A box begins with the tag of all that follows. So each byte is encrypted twice: first for the
 * tag, then to be sent. The second time gives the same bytes, since key, nonce and content are the
 * same. The other way would be to keep the encrypted frame, 16 MiB for each receiver.
 *
 * Private to src/frame. */
#ifndef CW_FRAME_CURVE_SLICES_H
#define CW_FRAME_CURVE_SLICES_H

#include "frame/curve_traffic.h"

/* A frame of which not all slices were sealed. */
struct cw_curve_sealing;

/* Seals the next slice. *sealing is NULL before the first one and after the last, which returns
 * true. */
bool cw_curve_seal_slice(struct cw_curve_traffic *traffic, struct cw_curve_sealing **sealing,
                         const struct cw_slice pieces[], size_t count, struct cw_buf *sealed);

/* Wipes and frees *sealing, which may be NULL. */
void cw_curve_end_slices(struct cw_curve_sealing **sealing);

#endif
