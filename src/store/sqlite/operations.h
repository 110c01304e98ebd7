/* operations.h - one function for each row of ops.def, as that describes it.
 *
 * The status of the result is OK when it begins. */
#ifndef CW_STORE_SQLITE_OPERATIONS_H
#define CW_STORE_SQLITE_OPERATIONS_H

#include "store/store_backend.h"

struct cw_sqlite; /* state.h */

typedef void cw_sqlite_op(struct cw_sqlite *s, const struct cw_store_request *request,
                          struct cw_store_result *result, struct cw_arena *arena);

#define CW_STORE_OP(NAME, name, what) cw_sqlite_op cw_sqlite_##name;
#include "store/ops.def"
#undef CW_STORE_OP

#endif
