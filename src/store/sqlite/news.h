/* news.h - several servers on one database: what each must tell the others, and hear from them
 * before it judges requests. With SQLite there is one server, and nothing of this is done
 * (alone.c); with PostgreSQL see ../postgres/news.c. */
#ifndef CW_STORE_SQLITE_NEWS_H
#define CW_STORE_SQLITE_NEWS_H

#include "store/sqlite/statements.h"
#include "store/store_backend.h"

struct cw_sqlite; /* state.h */

/* Begins the transaction (BEGIN or BEGIN_WRITING), and takes what others have committed before it
 * into the data in memory. */
void cw_sqlite_catch_up(struct cw_sqlite *s, enum cw_sql how);

/* Is it news, although it changes nothing? Then its transaction must be one that writes. */
bool cw_sqlite_news_write(enum cw_store_op op);

/* Another server has ended the session that asks: a request that was under way is not carried out.
 */
bool cw_sqlite_news_revoked(const struct cw_sqlite *s, const struct cw_store_request *request);

/* The request has been carried out in the transaction under way; sets the result's generation. */
void cw_sqlite_news_note(struct cw_sqlite *s, const struct cw_store_request *request,
                         struct cw_store_result *result);

/* Something has changed that others count, too (stored.c). */
void cw_sqlite_news_changed(struct cw_sqlite *s);

#endif
