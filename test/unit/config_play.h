/* config_play.h - a config that a test sets and looks at, and the reason why a setting was refused.
 */
#ifndef CW_TEST_UNIT_CONFIG_PLAY_H
#define CW_TEST_UNIT_CONFIG_PLAY_H

#include "server/config.h"

extern struct cw_config config;
extern char refusal[256];

int begin_config(void **state);
void assert_good(const char *key, const char *value);
void assert_bad(const char *key, const char *value, const char *reason);
enum cw_registration registration(const char *listen, const char *setting);

#endif
