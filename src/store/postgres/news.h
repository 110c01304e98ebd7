/* news.h - what goes with the transactions of this server for the others. Called by commit.c and
 * backend.c; the rest of it is ../sqlite/news.h. */
#ifndef CW_STORE_POSTGRES_NEWS_H
#define CW_STORE_POSTGRES_NEWS_H

struct cw_sqlite; /* ../sqlite/state.h */

/* The transaction under way is about to be committed. */
void cw_postgres_news_end(struct cw_sqlite *s);
/* Rows that nobody will ask for any more go; in the transaction under way. */
void cw_postgres_news_forget(struct cw_sqlite *s);

/* How many rows are kept: a server that has not looked for longer ends, and starts anew. */
#define CW_POSTGRES_NEWS_KEPT 100000

#endif
