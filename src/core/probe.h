/* probe.h - asks the transport for proof of what was received. */
#ifndef CW_CORE_PROBE_H
#define CW_CORE_PROBE_H

#include "core/core.h"

struct session;

void cw_probes_sweep(struct cw_core *core);
uint64_t cw_probes_deadline(const struct cw_core *core);
/* Something was sent whose receipt the peer must prove. */
void cw_session_probe(struct cw_core *core, struct session *session);

#endif
