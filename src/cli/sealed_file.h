/* sealed_file.h - small text files that are replaced whole and say whether they are whole.
 *
 * A file is lines of text and, last, a checksum of them ("sum" and 16 digits). Version
 * 0.1.0 wrote none: a file without it is as good as its reader finds the text, as long as
 * its last line has an end. It is written beside, synced and renamed; what an interrupted
 * write leaves beside it is removed by sealed_clean. */
#ifndef CHINWAG_CLI_SEALED_FILE_H
#define CHINWAG_CLI_SEALED_FILE_H

#include <stdbool.h>
#include <stddef.h>

enum sealed {
    SEALED_GOOD,
    SEALED_NONE,      /* there is no such file */
    SEALED_DAMAGED,   /* it is not what was written */
    SEALED_UNREADABLE /* errno says why */
};

/* The text without its checksum, as a string. *sum: it had one. */
enum sealed sealed_read(const char *path, char *text, size_t size, bool *sum);

/* `text` ends in a line end. On failure errno says why, and the old file stays. */
bool sealed_write(const char *path, const char *text);

/* Removes what interrupted writes of our files left in the folder; those that another
 * program is about to finish stay. */
void sealed_clean(const char *folder);

#endif
