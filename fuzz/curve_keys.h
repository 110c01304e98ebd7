/* curve_keys.h - the keys of both ends of CURVE, the same in each run, so that an input of the
 * corpus can contain a valid cookie. Callers: fuzz_curve.c, fuzz_client.c. */
#ifndef CW_FUZZ_CURVE_KEYS_H
#define CW_FUZZ_CURVE_KEYS_H

#include "frame/curve.h"

extern struct cw_curve_server curve_keys_server;
extern struct cw_curve_client curve_keys_client;

void curve_keys_make(void);

#endif
