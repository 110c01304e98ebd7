/* settings_source.h - where the settings come from: main.c knows file, environment and options, and
 * the shell only that they can be read again. */
#ifndef CW_SERVER_SETTINGS_SOURCE_H
#define CW_SERVER_SETTINGS_SOURCE_H

#include <stdbool.h>

struct cw_config;

struct cw_settings_source {
    /* Reads all of them again. False with a sentence in `error`. NULL: it cannot. */
    bool (*read)(void *context, struct cw_config *config, char error[256]);
    void *context;
};

#endif
