/* last_backup.h - when the last backup of a data folder was made: for metrics, whose alert tells an
 * operator that there was none for too long. */
#ifndef CW_SERVER_LAST_BACKUP_H
#define CW_SERVER_LAST_BACKUP_H

#include <stdbool.h>
#include <stdint.h>

/* Seconds (UTC) of its end; false: there was never one. Reads a small file at most. */
bool cw_last_backup(const char *data, int64_t *ended_s);

#endif
