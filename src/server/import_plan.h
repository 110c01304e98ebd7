/* import_plan.h - what an import will do: whom it makes, which groups, and the posts in the order
 * of their times. Made of one reading of the export, before anything is written; what is broken is
 * told with the number of its line.
 *
 * Callers: import.c, import_write.c. */
#ifndef CW_SERVER_IMPORT_PLAN_H
#define CW_SERVER_IMPORT_PLAN_H

#include "base/map.h"
#include "import/import.h"
#include "server/import_source.h"

#define CW_PLAN_NAME_MAX 512 /* of names in an export; longer ones are broken */
#define CW_PLAN_NONE     UINT32_MAX

struct cw_plan_user {
    char name[CW_PLAN_NAME_MAX];
    uint64_t id; /* while it is written */
    bool made;   /* by this import: has no password */
};

struct cw_plan_member {
    uint32_t user;
    bool admin;
    bool author; /* has written there, and is no member now ... */
    bool leaves; /* ... while it is written: leaves at the end */
};

struct cw_plan_group {
    char name[CW_PLAN_NAME_MAX]; /* as the export tells it apart */
    char title[CW_PLAN_NAME_MAX], team[CW_PLAN_NAME_MAX];
    struct cw_slice topic;
    bool closed, unfinished;
    uint8_t *known; /* bits: users that are in the list */
    size_t known_bytes;
    struct cw_plan_member *members;
    size_t member_count, member_capacity;
    uint64_t id, owner_id, last_seq; /* while it is written */
};

/* A post, or an answer: the one with number `number` of the line that begins at `at`. */
struct cw_plan_post {
    uint64_t time_ms, at;
    uint32_t line, number;
    uint32_t sender;
    uint32_t group;                  /* or a pair: NONE */
    uint32_t pair[2];                /* of users */
    uint32_t answers;                /* another post, or NONE */
    uint64_t reply_to, number_there; /* as the export numbers them, where it does; else 0 */
    uint64_t seq;                    /* once it is stored; 0 */
};

struct cw_import_plan {
    struct cw_import_reader reader; /* as it is behind the last line: lines can be read again */
    struct cw_plan_user **users;
    struct cw_plan_group **groups;
    struct cw_plan_post *posts; /* in the order of the export */
    uint32_t *order;            /* by time */
    size_t user_count, group_count, post_count;
    uint64_t lines, broken, passed; /* lines: all, broken ones, and those that are not imported */
    uint64_t files, files_missing, reactions;
    /* Private. */
    size_t user_capacity, group_capacity, post_capacity;
    struct cw_map users_by_name, groups_by_name;
    struct cw_arena arena;
};

/* Reads all lines. Broken ones are told, and left out. `latest_ms`: later times are wrong. False
 * with a sentence: the export cannot be read at all. The plan is finished by the caller in any
 * case. */
bool cw_import_plan_make(struct cw_import_source *source, uint64_t latest_ms,
                         struct cw_import_plan *plan, char error[256]);
void cw_import_plan_finish(struct cw_import_plan *plan);

#endif
