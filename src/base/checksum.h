/* checksum.h - 64 bits over bytes, to notice damage. It does not protect against forgery: a program
 * that can write our files can write the sum, too.
 *
 * Every step is invertible, so a change within 8 bytes is always detected; another change is missed
 * with a probability of about 2^-64. */
#ifndef CW_BASE_CHECKSUM_H
#define CW_BASE_CHECKSUM_H

#include "base/slice.h"

/* The checksum of the bytes and of their number; the same on every machine. */
uint64_t cw_checksum(struct cw_slice bytes);

/* The same of bytes that come in pieces: begins with the number of all; each piece but the last has
 * a multiple of CW_CHECKSUM_STEP bytes. */
#define CW_CHECKSUM_STEP 32
struct cw_checksum {
    uint64_t sum;
};
void cw_checksum_begin(struct cw_checksum *checksum, size_t n);
void cw_checksum_add(struct cw_checksum *checksum, struct cw_slice piece);
uint64_t cw_checksum_end(struct cw_checksum *checksum, struct cw_slice last);

/* The checksum of seven numbers. */
uint64_t cw_checksum_numbers(const uint64_t numbers[7]);

#endif
