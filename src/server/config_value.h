/* config_value.h - texts of values that elsewhere would mean something else. Callers: config.c,
 * config_file.c. */
#ifndef CW_SERVER_CONFIG_VALUE_H
#define CW_SERVER_CONFIG_VALUE_H

#include <stdbool.h>

/* False with a sentence: elsewhere the text of this value would mean another one. For the file and
 * the environment; what stands in an option was read by a shell. */
bool cw_config_value_plain(const char *value, char why[256]);

#endif
