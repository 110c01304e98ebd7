/* state.h - the state of the SQLite back end in memory while it is open.
 *
 * Private to this folder and its tests. One connection, kept exclusively and used by one
 * thread at a time, with every statement prepared at the start. */
#ifndef CW_STORE_SQLITE_STATE_H
#define CW_STORE_SQLITE_STATE_H

#include <stdatomic.h>
#include <sys/types.h>

#include "base/buf.h"
#include "base/map.h"
#include "store/inbox_index.h"
#include "store/rules.h"
#include "store/sqlite/statements.h"

#define CW_SQLITE_NOTED 64

/* What a path led to at the start: watch.c. */
struct cw_sqlite_watch {
    char *path;
    int fd;
    bool on;
    dev_t device;
    ino_t inode;
};
enum { CW_SQLITE_WATCHED = 4 };
struct cw_sqlite_watches {
    struct cw_sqlite_watch of[CW_SQLITE_WATCHED];
    int reports; /* an epoll set of the next two, or all are -1: the kernel cannot report */
    int notify, mounts;
    atomic_bool reported; /* one has been taken from the set, and no look followed yet */
};

/* A user's permission to send, as found out: rights.c. */
#define CW_SQLITE_RIGHTS 256
struct cw_sqlite_right {
    uint64_t user_id, conversation;
    uint64_t version; /* of the rights, when it was found out */
    struct cw_store_right right;
};

/* How much each user has stored: stored.c. */
#define CW_SQLITE_RECENT 1024
struct cw_sqlite_stored {
    bool known;  /* what is here counts all messages */
    uint64_t to; /* the table counts messages up to this id */
    struct cw_map by_id;
    struct cw_sqlite_owner *owners;
    struct cw_sqlite_owner *recent[CW_SQLITE_RECENT]; /* by the end of the id, or NULL */
    struct cw_sqlite_owner *ahead; /* whose latest messages the table does not have */
    size_t ahead_count;
};

/* The progress of deleting old messages: retention.c. */
#define CW_SQLITE_PASSED 64
struct cw_sqlite_sweep {
    uint64_t day;      /* on which the walks began */
    uint64_t to;       /* that over all messages is here: what is left before it is ahead */
    uint64_t group_id; /* the group that was looked at last */
    struct cw_sqlite_passed {
        uint64_t group_id, seq; /* the same within a group */
    } passed[CW_SQLITE_PASSED]; /* by the remainder of its id */
    size_t room;                /* in this slice */
    bool more;                  /* something else than old messages went */
    uint64_t removed;           /* old ones that the operator has not been told of, ... */
    uint64_t removed_begin;     /* ... before this slice */
    uint64_t told_ms;
};

struct cw_sqlite {
    struct cw_store store; /* first */
    struct cw_store_options options;
    char *folder;
    cw_database *db;
    cw_sql_statement *statements[CW_SQL_COUNT]; /* NULL: not used yet; see cw_sql_of */
    bool tried;                                 /* all of them can be prepared */
    /* OK; NO_ROOM: this batch found the disk full; FAILED: for good. */
    enum cw_store_status trouble;
    /* UNAVAILABLE since a page could not be read: is it damaged, and the statement
     * (CW_SQL_COUNT: none of ours). lost.c */
    bool lost, lost_damaged;
    int lost_by;
    uint64_t looked_ms[CW_SQL_COUNT + 1], noted_ms[CW_SQL_COUNT + 1]; /* by statement */
    uint64_t work_lost_ms; /* when the work of an idle moment met one */
    bool passed;           /* the transaction under way did without a damaged page */
    bool alone;            /* ... and does nothing that can wait */
    struct {
        uint64_t at, to; /* search knows that what lies between cannot be read */
    } search_gap;
    bool careful;       /* at the start: optional data is skipped */
    bool log_damaged;   /* transactions were lost with the end of the log */
    bool newest_unsure; /* the newest messages may be among what was lost */
    char failure[256];  /* why FAILED, for the operator; empty: an error of the disk */
    struct cw_sqlite_watches watches;
    bool removals;                    /* the table `removals` may have rows */
    bool removal_stuck;               /* a file could not be removed */
    struct cw_sqlite_file *shrinking; /* files that are being removed step by step: files.c */
    bool files_held;                  /* none goes: copy.c */
    struct cw_database_copy *copy;    /* that is being made, or NULL */
    int copy_left;                    /* pages, after the last step */
    unsigned copy_restarts;
    uint64_t upload_ends_ms;     /* when the oldest upload goes; 0: unknown */
    uint64_t version_ends_ms;    /* the same of the first version of a message */
    int wal_pages;               /* not yet known to be in the database */
    int room_pages;              /* of them, when it was looked how much room there is */
    bool room_scarce;            /* ... and there was little */
    bool disk_full, full_said;   /* reserve.c; the operator was told */
    uint64_t full_said_ms;       /* when the operator was told last */
    struct cw_inbox_index inbox; /* of the messages after inbox_to */
    uint64_t inbox_to;           /* the tables `inbox` and `history` have all up to this id */
    uint64_t search_to;          /* so does `search` */
    uint64_t newest;             /* the highest id that was ever given to a message */
    uint64_t search_to_begin, newest_begin; /* at the begin of the transaction under way */
    unsigned unclean, unclean_begin;        /* clean.c: what is to be done, the same ... */
    unsigned clean_steps;                   /* ... steps that no tick has paid for */
    bool clean_due, clean_waits, clean_merging, clean_begun, clean_lowered;
    struct {             /* shrink.c */
        bool can, goes;  /* the file was made for it; there is enough to give back */
        unsigned slice;  /* pages of the next one */
        int looked;      /* wal_pages, when it was looked how much is free */
        unsigned slices; /* that are left until the next tick */
    } shrink;
    uint64_t search_ms;            /* when `search` followed last */
    size_t search_slice;           /* messages that it takes in an idle moment: some 2 ms */
    uint64_t now_ms;               /* of the latest request */
    struct cw_store_moment moment; /* the same */
    bool groups_looked_after;      /* there may be some */
    bool departures;               /* the same; departures.c */
    struct cw_sqlite_audit_told {  /* of the audit log: audit.c */
        uint64_t number, ms;       /* the operator was told of the last row, and when */
        bool grown;                /* there may be rows since */
    } audit_told;
    struct {
        uint64_t user_id, at, at_begin; /* of whom messages go now: those up to `at` have gone */
        size_t most;                    /* rows of the next slice; 0: as many as always */
    } departing;
    struct {
        uint64_t id, at_ms;
    } noted[CW_SQLITE_NOTED]; /* damaged messages that the operator was told of */
    size_t noted_next;
    struct cw_sqlite_stored stored;
    struct cw_sqlite_sweep sweep;
    uint64_t retry_key[2];   /* for the hash of what was sent */
    struct cw_buf words;     /* of the text or query at hand */
    struct cw_buf kept_keys; /* cw_store_kept_keys */
    bool names_renewed;      /* at the start */
    uint64_t rights_version; /* grows with each change of them, from 1 */
    struct cw_sqlite_right rights[CW_SQLITE_RIGHTS];
    uint8_t blockers[8192]; /* bits: users that may have blocked another */
    uint8_t leavers[8192];  /* the same: that may have deleted the account */
    /* Of the transaction under way: */
    struct cw_map window_keys;
    struct cw_sqlite_window *windows;               /* of parts: window.c */
    struct cw_sqlite_file *files;                   /* to be removed after it: retention.c */
    struct cw_store_message page[CW_PAGE_ROWS_MAX]; /* INBOX_READ, while it works */
};

#endif
