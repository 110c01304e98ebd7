/* rules_news.h - what of a request other servers on the same database must hear. Called by
 * postgres/tell.c. */
#ifndef CW_STORE_RULES_NEWS_H
#define CW_STORE_RULES_NEWS_H

#include "store/store_news.h"

/* Calls `tell` for each, in the order in which they are to be applied. Messages, edits and
 * deletions are not among them: they are known by their rows. */
void cw_store_news_of(const struct cw_store_request *request, const struct cw_store_result *result,
                      void (*tell)(void *context, const struct cw_store_news *news), void *context);

#endif
