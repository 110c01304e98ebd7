/* on_disk.h - for tests of the SQLite back end alone: a store in a folder, and its database
 * without the store. Callers: test_sqlite_*.c and other tests of the file. */
#ifndef CW_TEST_STORE_ON_DISK_H
#define CW_TEST_STORE_ON_DISK_H

#include <sqlite3.h>

#include "support.h"

/* The fixture of a test, with a store of SQLite in a new folder. */
int on_disk_set_up(void **state);
int on_disk_tear_down(void **state);

/* The database without the store, which must be closed, and without our VFS,
 * which cannot share it. */
sqlite3 *open_raw(struct fixture *f);
/* Statements in it; of one the first number of its first row. */
void raw_exec(struct fixture *f, const char *sql);
int raw_int(struct fixture *f, const char *sql);
/* SQLite finds no damage. */
void assert_sound(struct fixture *f);

#endif
