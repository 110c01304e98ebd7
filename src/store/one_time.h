/* one_time.h - the codes of the second factor: those of TOTP (RFC 6238: HMAC-SHA-1, 6 digits, 30 s)
 * and recovery codes. Pure: the caller gives the time. Called by rules_factor.c and tests. */
#ifndef CW_STORE_ONE_TIME_H
#define CW_STORE_ONE_TIME_H

#include <stdbool.h>
#include <stdint.h>

#include "base/slice.h"

/* SHA-256 of a recovery code. */
#define CW_RECOVERY_HASH_LEN 32

/* The code of a time step, as a number below 1,000,000. */
uint32_t cw_totp_code(struct cw_slice secret, uint64_t step);

/* The time step of this code: the present one or one beside it, above `after`, which was used last.
 * 0: it is the code of none of them. */
uint64_t cw_totp_step(struct cw_slice secret, struct cw_slice code, uint64_t time_ms,
                      uint64_t after);

/* Hashes a recovery code as it was typed: case and hyphens do not matter. False: it is none. */
bool cw_recovery_hash(struct cw_slice code, uint8_t hash[CW_RECOVERY_HASH_LEN]);

#endif
