/* kept_settings.h - settings that administrators have changed while the server ran, in a file,
 * which comes after the config file and the environment. Callers: main.c, which
 * reads it with them, and server_facts.c. */
#ifndef CW_SERVER_KEPT_SETTINGS_H
#define CW_SERVER_KEPT_SETTINGS_H

#include <stdbool.h>

#include "base/buf.h"

struct cw_config;

#define CW_KEPT_SETTINGS_FILE "set.conf"

/* Reads the file over *config, in the folder that this names. There may be none. False with a
 * reason in `error`: also when it has a setting that needs a start. */
bool cw_kept_settings_read(struct cw_config *config, char error[256]);

/* Where it is written: the data folder, or with a `store` that several servers may share the folder
 * of the files in it, which they share then, too. (One in the data folder, of
 * before there was a `store`, is read before it.) */
#define CW_KEPT_SETTINGS_PATH 4200
void cw_kept_settings_folder(const struct cw_config *config, char path[CW_KEPT_SETTINGS_PATH]);

/* Its lines, as they are; empty: there are none. */
bool cw_kept_settings_load(const char *data, struct cw_buf *text, char error[256]);
/* Does it have this key? */
bool cw_kept_settings_has(struct cw_slice text, const char *key);
/* For who writes it: nobody else writes there until this descriptor of the folder is closed. It
 * waits for nobody, since the folder may be one of several servers. -1 with a reason. */
int cw_kept_settings_lock(const char *data, char error[256]);
/* Writes the lines again with this key, in place of an earlier line of it; an empty value: without
 * it. It is on disk when this returns true. `folder` is of the call above, which came before the
 * lines were read. */
bool cw_kept_settings_write(int folder, struct cw_slice text, const char *key, const char *value,
                            char error[256]);

#endif
