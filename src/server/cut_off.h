/* cut_off.h - is this server alone in having lost the database? One that cannot renew its lease
 * there (store/store_lease.h), while others can, does not hear whom they ban, kick or log out, and
 * its clients would get no answer but "later": it is to end, before another process may take its
 * number, so that they go to another server. Where the database is away for all, calls go on.
 *
 * Leases are renewed by a connection of their own (store/postgres/bell.h): who has lost that one
 * alone ends, too, since another process may take its number.
 *
 * No clock, no I/O: shell_bus.c calls it, with cw_store_lease_clock_ms. */
#ifndef CW_SERVER_CUT_OFF_H
#define CW_SERVER_CUT_OFF_H

#include <stdbool.h>
#include <stdint.h>

/* All zero at first. */
struct cw_cut_off {
    uint64_t renewed_ms;         /* our own last renewal */
    uint64_t since_ms, heard_ms; /* the first and the last of others behind it */
};

/* Another server has renewed its lease. */
void cw_cut_off_heard(struct cw_cut_off *cut_off, uint64_t now_ms);
/* At least once a second. `renewed_ms`: as cw_store_renewed_ms. True: this server is to end. */
bool cw_cut_off_judge(struct cw_cut_off *cut_off, uint64_t now_ms, uint64_t renewed_ms);

#endif
