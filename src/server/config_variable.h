/* config_variable.h - the name of a setting in the environment. Callers: config.c,
 * config_unknown.c. */
#ifndef CW_SERVER_CONFIG_VARIABLE_H
#define CW_SERVER_CONFIG_VARIABLE_H

/* CHINWAG_QUOTA_MIB of quota_mib. */
#define CW_VARIABLE_MAX 64
void cw_variable_of(const char *key, char variable[CW_VARIABLE_MAX]);

#endif
