/* message.h - a message as a row. */
#ifndef CW_STORE_SQLITE_MESSAGE_H
#define CW_STORE_SQLITE_MESSAGE_H

#include "store/store_backend.h"

/* A row that is: the message without names, and without the body if that is in a file. */
struct cw_sqlite_message {
    struct cw_store_message m;
    uint64_t previous;
    char blob[CW_BLOB_NAME_MAX]; /* empty: the body is in the row */
    uint64_t stored;             /* what the row counts for (stored.c) */
    bool lost;                   /* its row cannot be read: nothing but its id is known */
    bool has_sum;                /* the body is here, or in a file, and can be checked */
    uint64_t sum;
};

/* What the rules ask of it. */
static inline struct cw_store_entry cw_sqlite_message_entry(const struct cw_sqlite_message *message)
{
    return (struct cw_store_entry){message->m.sender_id, message->m.kind,
                                   message->m.deleted_ms != 0};
}

#endif
