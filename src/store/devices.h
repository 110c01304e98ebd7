/* devices.h - rows of the lists of sessions and of device passwords. Included by store_result.h. */
#ifndef CW_STORE_DEVICES_H
#define CW_STORE_DEVICES_H

#include "base/slice.h"

struct cw_store_session {
    uint64_t session_id;
    struct cw_slice name; /* that the user gave it; empty: none */
    struct cw_slice client, address;
    uint64_t created_ms, seen_ms;
};

/* A password that the user has made for a device or a bot. */
struct cw_store_device {
    uint64_t device_id;
    struct cw_slice name;
    uint64_t created_ms, used_ms; /* used_ms: when a session of it was seen last; 0: never */
};

#endif
