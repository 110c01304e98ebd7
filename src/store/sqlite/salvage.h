/* salvage.h - the steps of rebuild.c. */
#ifndef CW_STORE_SQLITE_SALVAGE_H
#define CW_STORE_SQLITE_SALVAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "store/sqlite/statements.h"

struct cw_sqlite; /* state.h */

#define CW_SALVAGE_NAME_MAX 64 /* bytes of the name of a table or index */

/* Statements that are made for the moment, with SQLite's own %Q and %w. A result code; the
 * statement or NULL. */
int cw_salvage_exec(struct cw_sqlite *s, const char *format, ...);
void cw_salvage_prepare(struct cw_sqlite *s, cw_sql_statement **st, const char *format, ...);

/* The first column of the first row; `missing` when there is none. */
uint64_t cw_salvage_query(struct cw_sqlite *s, const char *sql, uint64_t missing);

/* Reads all rows to their last column: DONE, or the result code that stopped it; and was that
 * damage? Only damaged data is given up; data that the disk cannot read at the moment is not
 * lost. */
int cw_salvage_read_all(struct cw_sqlite *s, const char *sql);
bool cw_salvage_is_damage(int rc);

/* Does SQLite find nothing wrong with it? */
bool cw_salvage_is_whole(struct cw_sqlite *s, const char *table);

/* The tree of `name` becomes that of the table `rebuilt`, which goes; or an empty one. */
int cw_salvage_take_root(struct cw_sqlite *s, const char *name);
int cw_salvage_empty_tree(struct cw_sqlite *s, const char *name, bool of_rowids);

/* All indexes of the table, whose rows can be read. */
int cw_salvage_make_indexes(struct cw_sqlite *s, const char *table);

/* The table `rebuilt` with the columns of `table`. */
int cw_salvage_make_same(struct cw_sqlite *s, const char *table);

/* How many rows can be read, up to `most`; *rc: DONE, ROW or what is in the way. */
size_t cw_salvage_count_rows(cw_sql_statement *from, size_t most, int *rc);

/* Copies so many rows, which can be read, into `rebuilt`; the first column of the last one
 * into *last. */
int cw_salvage_copy_rows(struct cw_sqlite *s, cw_sql_statement *from, size_t n, uint64_t *last);

/* In a transaction: the table keeps of its rows what can be read, from both ends. `order` is
 * its primary key, backwards. */
int cw_salvage_keep_rows(struct cw_sqlite *s, const char *table, const char *order);

#endif
