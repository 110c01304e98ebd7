/* part_file.h - a file that is written beside the one to be, and has its name when it is whole: a
 * full disk leaves what had this name before. Not for pipes and devices, which are written to as
 * they are. Callers: fetch_file.c, recording.c. */
#ifndef CHINWAG_CLI_PART_FILE_H
#define CHINWAG_CLI_PART_FILE_H

#include <stdbool.h>

/* With room for what stands behind a path. */
#define PART_FILE_NAME 4096

/* Opens an empty file for what will be at `path`, and says how it is called. -1: errno says why.
 * Whoever does not name it removes it. */
int part_file_open(const char *path, char part[PART_FILE_NAME]);

/* Its name. Whoever has made a file of that name keeps it (EEXIST), unless it is to be replaced.
 * False: errno says why, and the part stays. */
bool part_file_place(const char *part, const char *path, bool replace);

#endif
