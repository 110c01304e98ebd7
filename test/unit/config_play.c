/* config_play.c - see config_play.h. */
#include "config_play.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "server/config.h"

struct cw_config config;
char refusal[256];

int begin_config(void **state)
{
    (void)state;
    cw_config_init(&config);
    memset(refusal, 0, sizeof refusal);
    return 0;
}

void assert_good(const char *key, const char *value)
{
    if (!cw_config_set(&config, key, value, refusal))
        fail_msg("%s = %s: %s", key, value, refusal);
    assert_string_equal(refusal, "");
}

void assert_bad(const char *key, const char *value, const char *reason)
{
    assert_false(cw_config_set(&config, key, value, refusal));
    assert_string_equal(refusal, reason);
    refusal[0] = 0;
}

enum cw_registration registration(const char *listen, const char *setting)
{
    config.listen_count = 0;
    assert_good("listen", listen);
    assert_good("registration", setting);
    return cw_config_registration(&config);
}
