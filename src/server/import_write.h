/* import_write.h - puts what was planned into the store of a stopped server. What is there already,
 * by conversation, sender and time, is not added again, so that the same import may be repeated,
 * also after it was killed.
 *
 * Caller: import.c. */
#ifndef CW_SERVER_IMPORT_WRITE_H
#define CW_SERVER_IMPORT_WRITE_H

#include "server/import_run.h"

/* Tells what cannot be added. False with a sentence: it stopped, and may be repeated. */
bool cw_import_write(const struct cw_import_order *order, struct cw_import_written *written,
                     char error[256]);

#endif
