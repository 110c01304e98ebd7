/* curve_watch.c - see curve_watch.h. */
#include "curve_watch.h"

#include <malloc.h>
#include <stdlib.h>
#include <string.h>

#include "curve_pair.h"

unsigned multiplied;

bool __real_cw_box_shared_key(uint8_t *shared, const uint8_t *public_key, const uint8_t *secret);

bool __wrap_cw_box_shared_key(uint8_t *shared, const uint8_t *public_key, const uint8_t *secret);

void __real_cw_box_public_key(uint8_t *public_key, const uint8_t *secret_key);

void __wrap_cw_box_public_key(uint8_t *public_key, const uint8_t *secret_key);

bool __wrap_cw_box_shared_key(uint8_t *shared, const uint8_t *public_key, const uint8_t *secret)
{
    multiplied++;
    return __real_cw_box_shared_key(shared, public_key, secret);
}

void __wrap_cw_box_public_key(uint8_t *public_key, const uint8_t *secret_key)
{
    multiplied++;
    __real_cw_box_public_key(public_key, secret_key);
}

uint8_t secrets[16][CW_CURVE_KEY_N];
size_t secret_count;
unsigned left;

void __real_free(void *p);

void __wrap_free(void *p);

void __wrap_free(void *p)
{
    size_t n = p == NULL ? 0 : malloc_usable_size(p);
    for (size_t i = 0; i < secret_count; i++)
        for (size_t at = 0; at + CW_CURVE_KEY_N <= n; at++)
            left += memcmp((uint8_t *)p + at, secrets[i], CW_CURVE_KEY_N) == 0;
    __real_free(p);
}

int setup(void **state)
{
    (void)state;
    make_keys();
    multiplied = left = 0;
    secret_count = 0;
    return 0;
}
