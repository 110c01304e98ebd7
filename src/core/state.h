/* state.h - the whole state of a core: its tables, its lists by time, and the data of the step
 * under way. Every file of the room may use it. The header of each noun declares its structs.
 * limits.h bounds the size of everything here. */
#ifndef CW_CORE_STATE_H
#define CW_CORE_STATE_H

#include "base/map.h"
#include "core/core.h"
#include "core/list.h"
#include "text/name.h"

struct conn;
struct request;
struct user;

struct cw_core {
    struct cw_core_config config;
    struct cw_slice server_name, web_build;
    struct cw_slice hook_url;
    struct cw_buf push_hosts;           /* empty: push is off */
    bool pushes;                        /* there may be subscriptions */
    unsigned push_lists;                /* that the store was asked for */
    struct cw_buf next_key;             /* empty: no key is being replaced */
    struct cw_store_identity *identity; /* or NULL */
    uint64_t newest;                    /* the highest id of a message that was stored */
    uint64_t heard;                     /* `at` of the last news of other servers */
    uint64_t now_ms;
    uint64_t time_ms;
    struct cw_effects *effects; /* of the step under way */
    struct conn **conns;        /* by slot */
    size_t conn_capacity;
    size_t conn_count;
    struct link unauthenticated; /* longest first */
    size_t unauthenticated_count;
    struct barred *barred; /* networks (barred.c) */
    size_t barred_count;
    struct announced *announced[CW_ANNOUNCEMENTS_MAX]; /* announced.c */
    size_t announced_count;
    struct cw_map addresses;
    struct link crowds;         /* addresses with a waiting connection */
    struct link idle_addresses; /* longest idle first */
    struct link paused;         /* by resume_ms */
    size_t idle_address_count;
    struct cw_map sessions; /* by id */
    struct cw_map users_by_id;
    struct cw_map users_by_key;
    struct link cached_users; /* oldest first */
    size_t cached_user_count;
    size_t notify_count; /* users in the core who have set what they are told of */
    struct cw_map groups_by_id;
    struct cw_map groups_by_key;
    struct request **requests; /* by index */
    size_t request_capacity;
    struct request *free_requests;
    struct cw_name_key folded; /* of the request at hand */
    struct cw_map reserved;    /* looks of reserved names */
    struct cw_map kept_keys;   /* `u` or `g` before each */
    struct cw_arena names;     /* memory of those two */
    uint32_t last_cookie;
    uint64_t last_probe;
    struct link probes_now; /* within this step */
    struct link probes;     /* with the next round */
    uint64_t probed_ms;     /* when the last round went out */
    struct link saves;
    uint64_t saves_due_ms;
    struct link touches;    /* every session, longest unsaved first */
    struct link page_waits; /* pages that could not be read, longest first */
    struct cw_map tallies;
    struct link tallies_by_age;
    size_t call_count;
    uint64_t dropped_call_data;
    struct link seats;     /* held in calls, longest first */
    struct link rings;     /* calls of two that ring, longest first */
    struct link talks;     /* ... that were answered */
    struct link broken;    /* ... that end at the end of this step */
    struct link speakers;  /* members of calls that speak, longest silent first */
    struct user *asker;    /* the user whose request the present result is for, or NULL */
    struct cw_map watched; /* by id: users that an attached user watches */
    size_t watching_count; /* users who watch */
    struct link leavings;  /* users in grace, longest gone first */
    uint64_t last_audience;
    struct cw_map far_calls; /* by id: calls that nodes have participants in (far.h) */
    struct link far_changed; /* ... of which this one has something to say at the end of the step */
    struct link far_said;    /* ... of which it says all again, longest unsaid first */
    struct link far_sets;    /* what nodes have said of calls, longest unheard first */
    struct link far_gone;    /* ... that are gone, longest first */
    struct link far_rings;   /* sets with a call of two that rings */
    struct link call_asks;   /* joins that wait for a verdict, longest first (lease.c) */
    struct cw_buf far_body;  /* of the message at hand */
    uint64_t leases_until_ms;   /* all leases of calls that this node has were renewed until then */
    bool bus_up;                /* messages to other nodes leave (nodes.c) */
    struct link shares;         /* users of whom other nodes are told (share.c) */
    struct link shares_changed; /* ... in this step */
    struct link share_sends;    /* sets of them that are under way to other nodes */
    uint64_t share_send_ms;     /* more of them is sent then */
    size_t share_sent;          /* bytes of them, since the last such time */
    size_t share_count;
    uint64_t share_version, share_digest;
    struct cw_map remotes_by_id; /* users who are at other nodes (remote.c) */
    struct link remotes;
    struct link nodes;       /* that say who is there (elsewhere.c) */
    uint64_t sign_ms;        /* when others are told the version next */
    unsigned signs;          /* so many of these are soon one after the other */
    struct link login_links; /* oldest first */
    struct link far_links;   /* that devices here have opened (far_link.c) */
    struct cw_map uploads;   /* by id */
    struct link uploads_by_use;
};

#endif
