/* on_disk.c - see on_disk.h. */
#include "on_disk.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>

#include "faulty_vfs.h"
#include "store/sqlite/places.h"

int on_disk_set_up(void **state)
{
    struct fixture *f = cw_alloc(sizeof *f);
    fixture_init(f);
    fixture_open_sqlite(f);
    faulty_vfs_heal();
    *state = f;
    return 0;
}

int on_disk_tear_down(void **state)
{
    faulty_vfs_heal();
    fixture_finish(*state);
    free(*state);
    return 0;
}

sqlite3 *open_raw(struct fixture *f)
{
    sqlite3 *db;
    assert_int_equal(sqlite3_open_v2(fixture_path(f, CW_SQLITE_FILE), &db,
                                     SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, "unix"),
                     SQLITE_OK);
    return db;
}

void raw_exec(struct fixture *f, const char *sql)
{
    sqlite3 *db = open_raw(f);
    assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(db);
}

int raw_int(struct fixture *f, const char *sql)
{
    sqlite3 *db = open_raw(f);
    sqlite3_stmt *st;
    assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &st, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(st), SQLITE_ROW);
    int value = sqlite3_column_int(st, 0);
    sqlite3_finalize(st);
    sqlite3_close(db);
    return value;
}

void assert_sound(struct fixture *f)
{
    assert_int_equal(raw_int(f, "SELECT integrity_check = 'ok' FROM pragma_integrity_check"), 1);
}
