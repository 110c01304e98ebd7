/* file_folder.h - a temporary folder, and small files in it: for tests. Every call fails the test
 * when the system refuses it. */
#ifndef TEST_FILE_FOLDER_H
#define TEST_FILE_FOLDER_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

extern char file_folder[]; /* its path */

/* cmocka's setup and teardown; the end removes the folder and all in it. */
int file_folder_begin(void **state);
int file_folder_end(void **state);

/* FOLDER/NAME, good until four later calls. */
const char *file_path(const char *name);
void file_put(const char *name, const void *bytes, size_t n, mode_t mode);
/* What is in it, with a zero behind; the caller frees it. */
char *file_get(const char *name, size_t *n);
bool file_exists(const char *name);
/* Of a regular file: 0600 and such. */
mode_t file_mode(const char *name);
/* How many names are in the folder. */
int file_count(void);

#endif
