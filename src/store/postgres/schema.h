/* schema.h - the tables in PostgreSQL, and which versions of servers may share them. Called by
 * backend.c and arrive.c. */
#ifndef CW_STORE_POSTGRES_SCHEMA_H
#define CW_STORE_POSTGRES_SCHEMA_H

#include "store/postgres/node.h"
#include "store/postgres/open.h"

/* Makes the tables, or brings older ones up to date, as far as other servers that run on them allow
 * it (migrations.h); false with a sentence, also when they are of a newer version or of another
 * program. Sets node->unfinished. Between cw_postgres_start_begin and _end. */
bool cw_postgres_adopt(struct cw_postgres_node *node, char error[256]);

/* All servers are of this version now: what was left for those of the version before goes. False
 * with a sentence. Any server may be running. */
bool cw_postgres_finish(const char *url, char error[256]);

#endif
