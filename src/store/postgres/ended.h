/* ended.h - the sessions that other servers have ended lately: what one of them asked for meanwhile
 * is not carried out. What asks is cw_sqlite_news_revoked (../sqlite/news.h). Called by news.c. */
#ifndef CW_STORE_POSTGRES_ENDED_H
#define CW_STORE_POSTGRES_ENDED_H

#include "store/postgres/link.h"

struct cw_store_news;

/* Of ENDED or ALL_ENDED. */
void cw_postgres_ended_note(struct cw_postgres *pg, const struct cw_store_news *news);

#endif
