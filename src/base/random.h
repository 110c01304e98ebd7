/* random.h - where unpredictable bytes come from. The pure rooms know no source of their
 * own: their owner gives them one, a test a fixed one. */
#ifndef CW_BASE_RANDOM_H
#define CW_BASE_RANDOM_H

#include <stddef.h>

/* Fills n bytes that nobody can guess: libsodium's randombytes_buf, where it counts. */
typedef void (*cw_random)(void *bytes, size_t n);

#endif
