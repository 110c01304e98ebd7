/* curve_watch.h - what a handshake of CURVE costs, and which secrets it leaves in freed memory. A
 * program with curve_watch.c is linked with --wrap of free, cw_box_shared_key and
 * cw_box_public_key. */
#ifndef CW_TEST_UNIT_CURVE_WATCH_H
#define CW_TEST_UNIT_CURVE_WATCH_H

#include "frame/curve.h"

extern unsigned multiplied; /* multiplications on the curve: most of a handshake's cost */
extern uint8_t secrets[16][CW_CURVE_KEY_N]; /* secret keys since the last setup */
extern size_t secret_count;
extern unsigned left; /* how often freed memory contained a secret */

/* Of each test: new keys, and nothing counted. */
int setup(void **state);

#endif
