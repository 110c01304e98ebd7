/* sqlite_inbox.c - moving the index of mailboxes into its table, behind the messages. */
#include "store/sqlite.h"

void cw_sqlite_inbox_load(struct cw_sqlite *s)
{
    sqlite3_stmt *st = s->statements[CW_SQL_INBOX_PROGRESS];
    s->inbox_to = cw_sql_row(s, st) ? cw_sql_column_int(st, 0) : 0;
    cw_sql_end(st);
    st = s->statements[CW_SQL_MESSAGES_AFTER];
    cw_sql_int(st, 1, s->inbox_to);
    cw_inbox_index_begin(&s->inbox);
    while (cw_sql_row(s, st))
        cw_inbox_index_add(&s->inbox, cw_sql_column_int(st, 1), cw_sql_column_int(st, 0));
    cw_inbox_index_keep(&s->inbox);
}

uint64_t cw_sqlite_inbox_seek(struct cw_sqlite *s, uint64_t mailbox, uint64_t after)
{
    uint64_t id = 0;
    if (after < s->inbox_to) {
        sqlite3_stmt *st = s->statements[CW_SQL_INBOX_SEEK];
        cw_sql_int(st, 1, mailbox);
        cw_sql_int(st, 2, after);
        id = cw_sql_row(s, st) ? cw_sql_column_int(st, 0) : 0;
        cw_sql_end(st);
    }
    /* Rows of the run that is being moved may stand in both. */
    uint64_t newer = cw_inbox_index_seek(&s->inbox, mailbox, after);
    return id == 0 || (newer != 0 && newer < id) ? newer : id;
}

void cw_sqlite_inbox_move(struct cw_sqlite *s, size_t rows)
{
    sqlite3_stmt *st = s->statements[CW_SQL_INBOX_INSERT];
    uint64_t mailbox, message_id;
    while (rows-- > 0 && cw_inbox_index_move(&s->inbox, &mailbox, &message_id)) {
        cw_sql_int(st, 1, mailbox);
        cw_sql_int(st, 2, message_id);
        cw_sql_run(s, CW_SQL_INBOX_INSERT);
    }
    uint64_t moved_to = cw_inbox_index_moved_to(&s->inbox);
    if (moved_to == 0)
        return;
    cw_sql_int(s->statements[CW_SQL_INBOX_SET_PROGRESS], 1, moved_to);
    cw_sql_run(s, CW_SQL_INBOX_SET_PROGRESS);
}

void cw_sqlite_inbox_keep(struct cw_sqlite *s)
{
    uint64_t moved_to = cw_inbox_index_moved_to(&s->inbox);
    if (moved_to != 0)
        s->inbox_to = moved_to;
    cw_inbox_index_keep(&s->inbox);
}
