/* alone.c - news.h where one server has its database for itself: nobody tells it anything, and it
 * tells nobody. */
#include "store/sqlite/news.h"

void cw_sqlite_catch_up(struct cw_sqlite *s, enum cw_sql how)
{
    (void)s, (void)how;
}

bool cw_sqlite_news_write(enum cw_store_op op)
{
    (void)op;
    return false;
}

bool cw_sqlite_news_revoked(const struct cw_sqlite *s, const struct cw_store_request *request)
{
    (void)s, (void)request;
    return false;
}

void cw_sqlite_news_note(struct cw_sqlite *s, const struct cw_store_request *request,
                         struct cw_store_result *result)
{
    (void)s, (void)request, (void)result;
}

void cw_sqlite_news_changed(struct cw_sqlite *s)
{
    (void)s;
}
