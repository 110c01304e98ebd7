/* options.h - the command line of chinwagd. Caller: main.c. */
#ifndef CW_SERVER_OPTIONS_H
#define CW_SERVER_OPTIONS_H

#include <stdbool.h>

#include "base/limits.h"

/* The options of the command line; they override the file. */
struct cw_options {
    const char *listen[CW_LISTENERS_MAX + 1]; /* one more than there may be */
    unsigned listen_count;
    const char *data, *config;
    bool check, compact, migrate, new_key, revoke_key, test;
    bool verify;
    const char *verify_backup; /* or the data: NULL */
    const char *restore, *backup_key, *new_backup_key;
    bool keep_sessions;
    const char *compare_with;
    const char *import;
    bool dry_run, skip_broken;
    const char *test_version; /* of the data of the server that asks (upgrade.c), or NULL */
};

/* Reads the command line; prints what it asks to be printed, or what is wrong with it. Returns -1
 * to continue, or the exit status. */
int cw_options_parse(int argc, char **argv, struct cw_options *options);

#endif
