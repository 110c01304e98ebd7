/* random.h - the type of a source of random bytes. The pure rooms have no source of their own: the
 * caller gives them one, a test a fixed one. */
#ifndef CW_BASE_RANDOM_H
#define CW_BASE_RANDOM_H

#include <stddef.h>

/* Fills n unpredictable bytes: libsodium's randombytes_buf in production. */
typedef void (*cw_random)(void *bytes, size_t n);

#endif
