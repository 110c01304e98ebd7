/* tell.h - what goes with the transactions of this server for the others. Called by commit.c and
 * backend.c; the rest of it is ../sqlite/news.h. */
#ifndef CW_STORE_POSTGRES_TELL_H
#define CW_STORE_POSTGRES_TELL_H

#include <stdbool.h>

struct cw_sqlite; /* ../sqlite/state.h */

/* The transaction under way is about to be committed. */
void cw_postgres_news_end(struct cw_sqlite *s);
/* Names of users who have gone stand among what is told for so long, and no more than twice as
 * long. Are some of this server's older? They are taken out in a transaction that writes. */
#define CW_POSTGRES_NAMED_MS 10000
bool cw_postgres_names_old(const struct cw_sqlite *s);
void cw_postgres_names_forget(struct cw_sqlite *s);
/* Are there many rows of `news` that nobody will ask for any more? Removes them, in the transaction
 * under way. */
bool cw_postgres_news_old(const struct cw_sqlite *s);
void cw_postgres_news_forget(struct cw_sqlite *s);
/* The columns of a row that hold what is told, in this order, and the newest message before it. */
#define CW_POSTGRES_NEWS_NUMBERS                                                                   \
    "newest, user_id, other_id, group_id, conversation, session_id, seq, number, time_ms, "        \
    "until_ms"
#define CW_POSTGRES_NEWS "kind, " CW_POSTGRES_NEWS_NUMBERS ", body"

#endif
