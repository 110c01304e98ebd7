/* operator.h - messages for the operator. */
#ifndef CW_STORE_SQLITE_OPERATOR_H
#define CW_STORE_SQLITE_OPERATOR_H

#include "base/attributes.h"
#include "store/store_backend.h"

struct cw_sqlite; /* state.h */

#define CW_SQLITE_LINE_MAX 200 /* of cw_store_notes */

/* Logs the notes of the start, before the store's thread takes notes. */
void cw_sqlite_log_notes(struct cw_sqlite *s);

/* Tells the operator, if options.log is there. */
CW_PRINTF_LIKE(2, 3)
void cw_sqlite_log(struct cw_sqlite *s, const char *format, ...);

/* For the operator; of the same message only once in a while. `id` 0: of none. */
void cw_sqlite_note_damage(struct cw_sqlite *s, uint64_t id, const char *blob, const char *why);

#endif
