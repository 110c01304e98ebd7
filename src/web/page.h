/* page.h - the pages that are built in: src/web/pages, as tools/embed has put them into a
 * header. Private to src/web. */
#ifndef CW_WEB_PAGE_H
#define CW_WEB_PAGE_H

#include "frame/http.h"

/* Answers with the page of this path; false: there is none, and *answer is as it was. */
bool cw_web_answer_page(struct cw_slice path, struct cw_http_answer *answer);

#endif
