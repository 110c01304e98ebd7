/* sealed_file.h - small text files that are replaced atomically and have a checksum.
 *
 * A file is lines of text and, last, a checksum of them ("sum" and 16 digits). Version 0.1.0 wrote
 * none: a file without it is accepted when its last line has an end, and the reader checks the
 * text. A file is written under another name, synced and renamed; sealed_clean removes what an
 * interrupted write has left. */
#ifndef CHINWAG_CLI_SEALED_FILE_H
#define CHINWAG_CLI_SEALED_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum sealed {
    SEALED_GOOD,
    SEALED_NONE,      /* there is no such file */
    SEALED_DAMAGED,   /* the checksum is wrong */
    SEALED_UNREADABLE /* errno says why */
};

/* The checksum, of any bytes. It detects accidents, not attacks. */
uint64_t sealed_sum(const char *text, size_t n);

/* Reads the text without its checksum, as a string. *sum: there was a checksum. */
enum sealed sealed_read(const char *path, char *text, size_t size, bool *sum);

/* Replaces the file; `text` ends in a line end. On failure errno says why, and the old file
 * stays. */
bool sealed_write(const char *path, const char *text);

/* The same without a checksum: a file that people edit. */
bool sealed_write_bare(const char *path, const char *text);

/* Removes what interrupted writes of our files have left in the folder, except files that another
 * program is writing. */
void sealed_clean(const char *folder);

#endif
