/* far_body.h - the bodies of messages about calls between nodes (bus/kinds.def, 64 to 95): the one
 * place that packs and unpacks them.
 *
 *   CALL_HERE     call, version, epoch of the lease if the sender holds it (else 0), the callee
 *                 while it rings (else 0) and the ring's number, how the last ring ended, seats
 *                 (user, rank, flags, name)                       to all: whom the sender has
 *   CALL_ASK      call, number, user, flags                       to who holds the lease: may they?
 *   CALL_VERDICT  call, number, epoch, verdict, rank              the answer
 *   CALL_REPORT   call, rank of a speaker, per cent, name         of a listener, to the speaker's
 *   CALL_VOICES   call, then: rank, flags, samples ...            what its speakers say, in a tick
 *   CALL_REFUSE   call, number of the ring                        the callee: to where it rings
 *
 * Numbers have 64 bits, flags, verdict and per cent 8. */
#ifndef CW_CORE_FAR_BODY_H
#define CW_CORE_FAR_BODY_H

#include "base/packed.h"
#include "core/far.h"

struct far_here {
    uint64_t call, version, epoch;
    uint64_t rings, ring; /* as struct far_set */
    enum far_ring_end ring_end;
    size_t count;
    struct far_seat seats[CW_CALL_MEMBERS_LIMIT];
};

enum { CW_ASK_ECHO = 1 << 0 };
/* The numbers are on the bus. */
enum call_verdict { CALL_GRANTED, CALL_IS_FULL, CALL_HAS_USER };

struct far_ask {
    uint64_t call, n, user_id;
    uint8_t flags;
};
struct far_verdict {
    uint64_t call, n, epoch, rank;
    enum call_verdict verdict;
};
struct far_report {
    uint64_t call, rank;
    uint8_t lost;
    struct cw_slice name;
};

/* The seats follow: cw_far_pack_seat. Each begins a body in core->far_body, and is sent by
 * cw_effect_bus. */
void cw_far_pack_here(struct cw_core *core, const struct far_here *here);
void cw_far_pack_ask(struct cw_core *core, const struct far_ask *ask);
void cw_far_pack_verdict(struct cw_core *core, const struct far_verdict *verdict);
void cw_far_pack_report(struct cw_core *core, const struct far_report *report);
void cw_far_pack_voice(struct cw_core *core, uint64_t call, uint64_t rank,
                       const struct cw_samples *samples);

/* False: it is none. */
bool cw_far_read_here(struct cw_slice body, struct far_here *here);
bool cw_far_read_ask(struct cw_slice body, struct far_ask *ask);
bool cw_far_read_verdict(struct cw_slice body, struct far_verdict *verdict);
bool cw_far_read_report(struct cw_slice body, struct far_report *report);
void cw_far_pack_refuse(struct cw_core *core, uint64_t call, uint64_t ring);
bool cw_far_read_refuse(struct cw_slice body, uint64_t *call, uint64_t *ring);
/* The next voice behind the call's number; false: there is none, or it is none. */
bool cw_far_read_voice(struct cw_packed *from, uint64_t *rank, struct cw_samples *samples);

#endif
