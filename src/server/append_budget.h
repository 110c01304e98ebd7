/* append_budget.h - how much may be on its way to the disk. Beyond it senders are
 * told to try again (1029) instead of filling memory. */
#ifndef CW_SERVER_APPEND_BUDGET_H
#define CW_SERVER_APPEND_BUDGET_H

#include "store/store.h"

/* Long bodies (over CW_BODY_INLINE_MAX) have a budget of their own: a few of them
 * must not make the store look full to everybody who writes a line. */
struct cw_append_budget {
    size_t count;
    size_t text_bytes, long_bytes;
};

/* Takes the message into account; false, with nothing taken, when it is too much. */
bool cw_append_budget_take(struct cw_append_budget *budget, const struct cw_store_request *request);

/* It has been stored, or given up. */
void cw_append_budget_give(struct cw_append_budget *budget, const struct cw_store_request *request);

#endif
