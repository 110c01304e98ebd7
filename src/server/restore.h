/* restore.h - chinwagd --restore: a data folder made of a backup. While it is made it has a file
 * that says so, with which no server starts on it; the same command begins again then. Callers:
 * main.c. Waits for the disk. */
#ifndef CW_SERVER_RESTORE_H
#define CW_SERVER_RESTORE_H

#include <stdbool.h>

struct cw_restore_order {
    const char *backup, *data;
    const char *key; /* the file with the key for a sealed one, or NULL */
    bool keep_sessions;
    const char *compare_with; /* a data folder of then, or NULL: what the backup lacks is told */
};

/* Lines for the operator go to standard output. False with a sentence. */
bool cw_restore(const struct cw_restore_order *order, char error[256]);

/* Was a restore in this folder not finished? Then a sentence says what to do. */
bool cw_restore_is_unfinished(const char *data, char error[256]);

#endif
