/* administration.h - what results hold for administrators. */
#ifndef CW_STORE_ADMINISTRATION_H
#define CW_STORE_ADMINISTRATION_H

#include "base/slice.h"

/* A ban from the server: of a user, or of a network. */
struct cw_store_server_ban {
    uint64_t id, user_id;
    struct cw_slice name;    /* of the user */
    struct cw_slice network; /* empty: of a user */
    uint64_t created_ms, until_ms;
    struct cw_slice by; /* name; empty: the operator */
    struct cw_slice reason;
};

/* A row of the audit log. */
struct cw_store_audit {
    uint64_t number, time_ms;
    uint64_t actor_id; /* 0: the operator, by chinwagctl */
    uint64_t target;   /* id of a user or group, or another number */
    uint8_t act;
    struct cw_slice detail, hash;
    struct cw_slice act_name, actor, target_name; /* AUDIT_LIST: for people; empty: none */
};

/* What an administrator has to say to everybody. */
struct cw_store_announcement {
    uint64_t id, time_ms, until_ms; /* until_ms 0: until it is ended */
    struct cw_slice by;             /* name; empty: the operator */
    struct cw_slice body;
};

/* A message that a user has reported. */
struct cw_store_report {
    uint64_t id;
    struct cw_slice by, reason;
    uint64_t created_ms, message_id;
};

#endif
