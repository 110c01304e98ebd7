/* curve_keys.c - see curve_keys.h. */
#include "curve_keys.h"

#include <string.h>

static void any_random(void *bytes, size_t n)
{
    memset(bytes, 0x5a, n);
}

static bool may_begin(void *context)
{
    (void)context;
    return true;
}

struct cw_curve_server curve_keys_server = {.random = any_random, .may_begin = may_begin};
struct cw_curve_client curve_keys_client = {.random = any_random};

void curve_keys_make(void)
{
    cw_curve_key_make(&curve_keys_server.key, any_random);
    cw_curve_key_make(&curve_keys_client.key, any_random);
    memcpy(curve_keys_client.server_key, curve_keys_server.key.public_key, CW_CURVE_KEY_N);
}
