/* news.h - what news.c has beside ../sqlite/news.h. Called by backend.c. */
#ifndef CW_STORE_POSTGRES_NEWS_H
#define CW_STORE_POSTGRES_NEWS_H

struct cw_sqlite; /* ../sqlite/state.h */

/* Rows that nobody will ask for any more go; in the transaction under way. */
void cw_postgres_news_forget(struct cw_sqlite *s);

/* How many rows are kept: a server that has not looked for longer ends, and starts anew. */
#define CW_POSTGRES_NEWS_KEPT 100000

#endif
