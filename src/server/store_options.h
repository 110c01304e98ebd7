/* store_options.h - the options of a store, made from the settings. Callers: main.c, reload.c. */
#ifndef CW_SERVER_STORE_OPTIONS_H
#define CW_SERVER_STORE_OPTIONS_H

#include "server/config.h"
#include "store/store.h"

/* Without a log. */
struct cw_store_options cw_store_options_of(const struct cw_config *config);

#endif
