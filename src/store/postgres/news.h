/* news.h - what news.c has beside ../sqlite/news.h. Called by backend.c. */
#ifndef CW_STORE_POSTGRES_NEWS_H
#define CW_STORE_POSTGRES_NEWS_H

#include <stdbool.h>

struct cw_sqlite; /* ../sqlite/state.h */

/* Are there many rows that nobody will ask for any more? Removes them, in the transaction under
 * way. */
bool cw_postgres_news_old(const struct cw_sqlite *s);
void cw_postgres_news_forget(struct cw_sqlite *s);

#endif
