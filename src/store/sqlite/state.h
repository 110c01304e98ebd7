/* state.h - all that the SQLite back end has in memory while it is open.
 *
 * Private to this folder and its tests. One connection, kept exclusively and used by one
 * thread at a time, with every statement prepared at the start. */
#ifndef CW_STORE_SQLITE_STATE_H
#define CW_STORE_SQLITE_STATE_H

#include "base/buf.h"
#include "store/inbox_index.h"
#include "store/rules.h"
#include "store/sqlite/places.h"
#include "store/sqlite/retention.h"
#include "store/sqlite/rights.h"
#include "store/sqlite/sql.h"
#include "store/sqlite/stored.h"

#define CW_SQLITE_NOTED 64

struct cw_sqlite {
    struct cw_store store; /* first */
    struct cw_store_options options;
    char *folder;
    struct sqlite3 *db;
    cw_sql_statement *statements[CW_SQL_COUNT];
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
    bool careful;       /* at the start: what can be done without is passed by */
    bool log_damaged;   /* transactions were lost with the end of the log */
    bool newest_unsure; /* the newest messages may be among what was lost */
    char failure[256];  /* why FAILED, for the operator; empty: an error of the disk */
    struct cw_sqlite_watch watches[CW_SQLITE_WATCHED];
    bool removals;               /* the table `removals` may have rows */
    bool removal_stuck;          /* a file could not be removed */
    int wal_pages;               /* not yet known to be in the database */
    int room_pages;              /* of them, when it was looked how much room there is */
    bool room_scarce;            /* ... and there was little */
    bool disk_full, full_said;   /* reserve.c; the operator was told */
    uint64_t full_said_ms;       /* when he was told last */
    struct cw_inbox_index inbox; /* of the messages after inbox_to */
    uint64_t inbox_to;           /* the tables `inbox` and `history` have all up to this id */
    uint64_t search_to;          /* so does `search` */
    uint64_t newest;             /* the highest id that was ever given to a message */
    uint64_t search_to_begin, newest_begin; /* at the begin of the transaction under way */
    unsigned unclean, unclean_begin;        /* clean.c: what is to be done, the same ... */
    unsigned clean_steps;                   /* ... steps that no tick has paid for */
    bool clean_due, clean_waits, clean_merging;
    uint64_t search_ms;            /* when `search` followed last */
    uint64_t now_ms;               /* of the latest request */
    struct cw_store_moment moment; /* the same */
    bool groups_looked_after;      /* there may be some */
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
    uint8_t blockers[8192]; /* bits: users who may have blocked somebody */
    /* Of the transaction under way: */
    struct cw_map window_keys;
    struct cw_sqlite_window *windows;               /* of parts: window.c */
    struct cw_sqlite_file *files;                   /* to be removed after it: retention.c */
    struct cw_store_message page[CW_PAGE_ROWS_MAX]; /* INBOX_READ, while it works */
};

#endif
