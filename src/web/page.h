/* page.h - the browser client: the files of web/dist, which tools/embed puts into a header at build
 * time. Private to src/web. */
#ifndef CW_WEB_PAGE_H
#define CW_WEB_PAGE_H

#include "frame/http.h"

/* Answers with the page of this path; false: there is none, and *answer is unchanged. */
bool cw_web_answer_page(struct cw_slice path, struct cw_http_answer *answer);

#endif
