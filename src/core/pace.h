/* pace.h - who sends more than his share: he is not read for a while, then closed. */
#ifndef CW_CORE_PACE_H
#define CW_CORE_PACE_H

#include "core/core.h"

struct conn;
struct rates;

/* The shares of the connection's user, or its own. */
struct rates *cw_rates_of(struct conn *conn);
/* Something that came to nothing: a refusal, an update that was dropped. */
void cw_pace_idle(struct cw_core *core, struct conn *conn, unsigned weight);
/* So many bytes have come. */
void cw_pace_bytes(struct cw_core *core, struct conn *conn, size_t n);
void cw_pace_closed(struct conn *conn);
/* Goes on reading where the time has come. */
void cw_pace_sweep(struct cw_core *core);
uint64_t cw_pace_deadline(const struct cw_core *core);

#endif
