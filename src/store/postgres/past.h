/* past.h - is what this server has read of others, and told its clients, still in the database? A
 * standby that lagged behind, and was promoted, may lack the end of it; what is numbered anew there
 * has the same ids. The database is asked on each new connection, before anything is judged there.
 * Called by news.c and backend.c. */
#ifndef CW_STORE_POSTGRES_PAST_H
#define CW_STORE_POSTGRES_PAST_H

#include "store/postgres/connection.h"

struct cw_sqlite; /* ../sqlite/state.h */
struct cw_store_message;

void cw_postgres_past_message(struct cw_sqlite *s, const struct cw_store_message *message);
/* Row number `news` of the table, CW_POSTGRES_NEWS, in binary form. */
void cw_postgres_past_news(struct cw_sqlite *s, uint64_t news, const PGresult *rows, int row);

/* All that is there has been read. In a transaction that has begun, as the next one. */
void cw_postgres_past_newest(struct cw_sqlite *s);
/* False: s->trouble. */
bool cw_postgres_past_judge(struct cw_sqlite *s);

#endif
