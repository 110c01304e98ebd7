/* core_config.h - limits and rights, which the core gets at its start; those that may change come
 * again in CW_EV_LIMITS. Included by core.h. */
#ifndef CW_CORE_CORE_CONFIG_H
#define CW_CORE_CORE_CONFIG_H

#include <stdbool.h>
#include <stdint.h>

#include "base/slice.h"

struct cw_store_identity;

struct cw_core_config {
    uint64_t hash_seed[2]; /* random in a server, fixed in a test */
    bool registration_open;
    bool registration_by_invitation;         /* when not open: of this server's users */
    bool people_directory;                   /* those who agree are listed */
    unsigned requests_per_s, requests_burst; /* 0 per second: no limit */
    unsigned texts_per_s, texts_burst;       /* of a user, as those before */
    uint64_t invitation_seconds_max;         /* of one to the server; 0: no limit of its own */
    unsigned call_members_max;
    unsigned unauthenticated_max; /* connections without a session */
    uint64_t unauthenticated_ms;
    /* 0: no limit, of all that follow. */
    unsigned connections_max;
    unsigned connections_per_address;
    unsigned waiting_per_address;    /* of those without a session */
    unsigned registrations_per_hour; /* of one address */
    unsigned guesses_per_user;       /* wrong passwords in an hour */
    unsigned guesses_per_address;
    unsigned refusals_per_s, refusals_burst; /* of a user: requests that were refused,
                                                updates that were dropped */
    unsigned bytes_per_s, bytes_burst;       /* of a user's messages */
    unsigned call_frames_per_s;              /* of a speaker, in any second */
    unsigned group_texts_per_s, group_texts_burst;
    unsigned strangers_per_minute;            /* first messages of a user to strangers */
    uint64_t file_size_max;                   /* bytes of one file */
    struct cw_slice server_name;              /* in the map of login; copied */
    struct cw_slice web_build;                /* the same; copied; empty: there is no site */
    struct cw_slice reserved_names;           /* separated by blanks or commas; for the call */
    struct cw_slice push_hosts;               /* of push services, as reserved_names: a name, or
                                                 "*.", and a name; copied. Empty: push is off */
    bool pushes;                              /* the store has a subscription */
    struct cw_slice kept_keys;                /* as cw_store_kept_keys; for the call */
    const struct cw_store_identity *identity; /* copied; NULL: it has none, and tells none */
    uint64_t newest;                          /* as cw_store_newest */
    unsigned node; /* this server among those on one database, from 1; 0: it is alone */
};

#endif
