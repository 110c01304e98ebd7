/* sql.h - a statement of the SQLite back end, and how it is run. Operations use SQLite only through
 * this header. Trouble is sticky: once a statement has failed, the others of its batch do nothing,
 * so an operation needs no checks and the batch is checked once. */
#ifndef CW_STORE_SQLITE_SQL_H
#define CW_STORE_SQLITE_SQL_H

#include "store/sqlite/statements.h"
#include "store/store_backend.h"

struct cw_sqlite; /* state.h */

/* Tries whether all statements can be prepared; false with sqlite3_errmsg when one cannot. */
bool cw_sqlite_prepare(struct cw_sqlite *s);
void cw_sqlite_finalize(struct cw_sqlite *s);
/* Those that have been used are prepared anew with their next use. */
void cw_sqlite_forget_statements(struct cw_sqlite *s);

/* The statement, prepared with its first use. When that fails it is trouble, and the result NULL,
 * which the functions below and SQLite take for a statement without rows. */
cw_sql_statement *cw_sql_of(struct cw_sqlite *s, enum cw_sql which);

void cw_sql_int(cw_sql_statement *st, int parameter, uint64_t value);
void cw_sql_text_of(cw_sql_statement *st, int parameter, struct cw_slice text);
void cw_sql_blob(cw_sql_statement *st, int parameter, struct cw_slice bytes);
void cw_sql_null(cw_sql_statement *st, int parameter);

/* The next row, or false at the end and in trouble (the statement is reset). */
bool cw_sql_row(struct cw_sqlite *s, cw_sql_statement *st);

/* The same for a search: words in which FTS5 sees no query find nothing. */
bool cw_sql_match(struct cw_sqlite *s, cw_sql_statement *st);

/* Ends a statement before its last row. */
void cw_sql_end(cw_sql_statement *st);

/* Runs a statement that has no rows; returns how many it changed. */
int cw_sql_run(struct cw_sqlite *s, enum cw_sql which);

/* The same for a statement whose parameters are all numbers: numbers.c. */
#define CW_NUMBERS(...) ((const uint64_t[]){__VA_ARGS__})
int cw_sql_run_with(struct cw_sqlite *s, enum cw_sql which, const uint64_t numbers[]);
/* The first column of its first row, 0 when there is none; is there a row? */
uint64_t cw_sql_query(struct cw_sqlite *s, enum cw_sql which, const uint64_t numbers[]);
/* Of the rows (number, value) of `of` from `first` to `last`, the values at their numbers; others
 * in `values` stay. */
void cw_sql_fill_between(struct cw_sqlite *s, enum cw_sql which, uint64_t of, uint64_t first,
                         uint64_t last, uint64_t values[]);
bool cw_sql_finds(struct cw_sqlite *s, enum cw_sql which, const uint64_t numbers[]);
/* How many parameters a statement has. */
int cw_sql_parameters(struct cw_sqlite *s, enum cw_sql which);

uint64_t cw_sql_column_int(cw_sql_statement *st, int column);
/* As long as the statement stands at its row; or a copy. */
struct cw_slice cw_sql_column_slice(cw_sql_statement *st, int column);
struct cw_slice cw_sql_column_copy(cw_sql_statement *st, int column, struct cw_arena *arena);
bool cw_sql_column_is_null(cw_sql_statement *st, int column);

/* The id that was given to the row that was inserted last; how many rows were changed since
 * the database was opened. */
uint64_t cw_sql_last_id(const struct cw_sqlite *s);
uint64_t cw_sql_changes(const struct cw_sqlite *s);
bool cw_sql_in_transaction(const struct cw_sqlite *s);
/* Ends all statements and undoes the transaction, if there is one; false: that failed. */
bool cw_sql_roll_back(struct cw_sqlite *s);

#endif
