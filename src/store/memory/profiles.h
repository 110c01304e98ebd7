/* profiles.h - what users say of themselves, in memory. */
#ifndef CW_STORE_MEMORY_PROFILES_H
#define CW_STORE_MEMORY_PROFILES_H

#include "store/memory/memory.h"

/* As cw_sqlite_face_person. */
void cw_memory_face_person(struct cw_memory *m, uint64_t asker_id, struct cw_store_person *person);

#endif
