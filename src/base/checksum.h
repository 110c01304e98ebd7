/* checksum.h - 64 bits over bytes, to notice damage. Not against somebody who wants
 * to deceive: whoever can write our files can write the sum, too.
 *
 * Every step can be undone, so a change within 8 bytes always shows; others remain
 * unseen once in some 2^64. */
#ifndef CW_BASE_CHECKSUM_H
#define CW_BASE_CHECKSUM_H

#include "base/slice.h"

/* Of bytes, whose number counts. The same on every machine. */
uint64_t cw_checksum(struct cw_slice bytes);

/* Of numbers. */
uint64_t cw_checksum_numbers(const uint64_t numbers[7]);

#endif
