/* dialect.h - the statements of ../sqlite/statements.def as PostgreSQL understands them. Called by
 * sql.c. */
#ifndef CW_STORE_POSTGRES_DIALECT_H
#define CW_STORE_POSTGRES_DIALECT_H

#include <stdbool.h>

#include "store/sqlite/statements.h"

struct cw_postgres_phrase {
    char *text;      /* NULL: it is never run */
    int parameters;  /* how many it has */
    int paged_by;    /* the parameter behind which the next page begins; 0: it has no pages */
    bool with_id;    /* its one column is the id of the new row */
    bool later;      /* how many rows it changed is not asked */
    bool many;       /* nor of this one, and what it is run with is gathered (many.h) */
    bool is_writing; /* it is no query */
};

/* Rows of a page of a statement without an end. */
#define CW_POSTGRES_PAGE 128

/* The whole table; to be freed. */
void cw_postgres_phrases(struct cw_postgres_phrase phrases[CW_SQL_COUNT]);
void cw_postgres_phrases_finish(struct cw_postgres_phrase phrases[CW_SQL_COUNT]);

#endif
