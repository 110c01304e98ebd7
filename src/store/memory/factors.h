/* factors.h - the second factor and device passwords in memory (factors.c, devices.c), for other
 * files of the memory back end. */
#ifndef CW_STORE_MEMORY_FACTORS_H
#define CW_STORE_MEMORY_FACTORS_H

#include "store/memory/memory.h"

/* As in sqlite/factors.h and devices.h. */
enum cw_store_status cw_memory_factor_pass(struct cw_memory *m, struct cw_memory_user *user,
                                           const struct cw_store_request *request);
bool cw_memory_device_use(struct cw_memory_user *user, const struct cw_store_request *request);
void cw_memory_devices_end(struct cw_memory_user *user);
/* Removes the one with this name; returns its id, 0: there is none. */
uint64_t cw_memory_device_take(struct cw_memory_user *user, struct cw_slice name);

#endif
