/* fuzz_client_open.c - fuzz_client.c with the boxes of fuzz_curve_open.c, which open without a key:
 * so a hostile server can say anything behind the handshake of CURVE. */
#include "fuzz.h"
