/* schema.h - the tables in PostgreSQL. Called by backend.c, once, at the start. */
#ifndef CW_STORE_POSTGRES_SCHEMA_H
#define CW_STORE_POSTGRES_SCHEMA_H

#include <stdbool.h>

struct cw_postgres; /* link.h */

/* Makes the tables, or brings older ones up to date; false with a sentence, also when they are of a
 * newer version or of another program. */
bool cw_postgres_adopt(struct cw_postgres *pg, char error[256]);

#endif
