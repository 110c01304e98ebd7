/* lister.h - makes lists for a client that cannot read Ogg Opus: each file in a page of messages
 * becomes a list of samples at 48,000 Hz before the core gets the page. Pure; any thread. */
#ifndef CW_SERVER_LISTER_H
#define CW_SERVER_LISTER_H

#include "store/store.h"

/* Was the page requested for a client that needs lists, and does it contain a file? */
bool cw_lister_needed(const struct cw_store_request *request, const struct cw_store_result *result);

/* The most bytes that cw_lister_run needs for this page: the lists, and the longest recording in
 * decoded form. */
size_t cw_lister_scratch(const struct cw_store_result *result);

/* Changes the result in place: bodies, sample rates, and where the page ends if its
 * recordings grow over CW_PAGE_LISTS_BYTES_MAX. A file that cannot be decoded (any
 * more) is an empty list, as one that is lost. The arena owns the lists until they
 * are taken. Up to a second of work, so for a worker. */
void cw_lister_run(struct cw_store_result *result, struct cw_arena *lists);

#endif
