/* profile.h - what a profile consists of: types that requests, results and rules share. */
#ifndef CW_STORE_PROFILE_H
#define CW_STORE_PROFILE_H

#include "base/slice.h"

enum cw_profile_item {
    CW_PROFILE_DISPLAY,
    CW_PROFILE_STATUS,
    CW_PROFILE_AVATAR,
    CW_PROFILE_ZONE,
    CW_PROFILE_LAST_SEEN,
    CW_PROFILE_LISTED,
    CW_PROFILE_ITEMS
};

/* What a user says of themselves. Without anything said it is all zero. */
struct cw_store_profile {
    struct cw_slice display, status;
    uint64_t status_until_ms; /* when the status ends; 0: never */
    uint64_t avatar;          /* the id of a file, 0: none */
    uint64_t avatar_size;
    struct cw_slice avatar_type, zone;
    bool hidden;      /* others are not told when the user is, or was, there; nor is the user told
                         of them */
    bool listed;      /* in the directory of people */
    uint64_t seen_ms; /* as the asker may know it; 0: not */
};

/* files.message_id of an avatar: it belongs to a profile, and is neither an upload nor a
 * message's. */
#define CW_FILE_OF_PROFILE INT64_MAX

#endif
