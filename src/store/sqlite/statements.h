/* statements.h - the names of all statements of the SQLite back end (statements.def). */
#ifndef CW_STORE_SQLITE_STATEMENTS_H
#define CW_STORE_SQLITE_STATEMENTS_H

#include "store/conversation.h"

/* enum cw_store_kind in SQL: the only place with its numbers. */
#define CW_SQL_IS_TEXT    "kind = 0"
#define CW_SQL_IS_VOICE   "kind = 1"
#define CW_SQL_IS_DELETE  "kind = 3"
#define CW_SQL_IS_MESSAGE "kind IN (0, 1, 4)" /* cw_kind_is_message */
_Static_assert(CW_KIND_TEXT == 0 && CW_KIND_VOICE == 1 && CW_KIND_DELETE == 3 && CW_KIND_CALL == 4,
               "as in the four above, and on disk");

/* cw_sqlite_stored_size in SQL, which migrations use, so it does not change: the size of a
 * body in a file stands in hexadecimal at the head of its name. */
/* clang-format off */
#define CW_SQL_DIGIT(i, bits) "(instr('123456789abcdef', substr(blob, " #i ", 1)) << " #bits ")"
#define CW_SQL_STORED_BYTES                                                                        \
    "iif(" CW_SQL_IS_DELETE ", 0, 128 + iif(blob IS NULL, ifnull(length(body), 0), "               \
    CW_SQL_DIGIT(1, 28) " + " CW_SQL_DIGIT(2, 24) " + " CW_SQL_DIGIT(3, 20) " + "                  \
    CW_SQL_DIGIT(4, 16) " + " CW_SQL_DIGIT(5, 12) " + " CW_SQL_DIGIT(6, 8) " + "                   \
    CW_SQL_DIGIT(7, 4) " + " CW_SQL_DIGIT(8, 0) "))"
/* clang-format on */
_Static_assert(CW_STORED_ROW_BYTES == 128, "a migration has counted with this number");

enum cw_sql {
#define CW_SQL(NAME, text) CW_SQL_##NAME,
#include "store/sqlite/statements.def"
#undef CW_SQL
    CW_SQL_COUNT
};

extern const char *const cw_sql_text[CW_SQL_COUNT];

typedef struct sqlite3_stmt cw_sql_statement; /* one of them, ready to be run: sql.h */
typedef struct sqlite3 cw_database;           /* the connection: database.h */

#endif
