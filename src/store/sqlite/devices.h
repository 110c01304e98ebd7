/* devices.h - device passwords, for other files of the SQLite back end. */
#ifndef CW_STORE_SQLITE_DEVICES_H
#define CW_STORE_SQLITE_DEVICES_H

#include "store/store_backend.h"

struct cw_sqlite; /* state.h */

/* A session is made by request.device_id now. False: the user has no such password. */
bool cw_sqlite_device_use(struct cw_sqlite *s, const struct cw_store_request *request);
/* The user's password was changed: all of them end. */
void cw_sqlite_devices_end(struct cw_sqlite *s, uint64_t user_id);

#endif
