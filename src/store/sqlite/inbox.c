/* inbox.c - the indexes of mailboxes and conversations: moving them into their
 * tables, behind the messages, and finding in both parts at once. */
#include "store/sqlite/inbox.h"
#include "store/sqlite/lost.h"
#include "store/sqlite/operator.h"
#include "store/sqlite/sql.h"
#include "store/sqlite/state.h"
#include "store/sqlite/statements.h"

/* A message takes its place in memory. */
void cw_sqlite_inbox_add(struct cw_sqlite *s, uint64_t mailbox, uint64_t sender_id, uint64_t id,
                         uint64_t seq)
{
    uint64_t conversation = cw_conversation_of(mailbox, sender_id), receiver_id = mailbox >> 1;
    cw_inbox_index_count(&s->inbox, id);
    cw_inbox_index_add(&s->inbox, conversation, id, seq);
    if (cw_mailbox_is_group(mailbox))
        return;
    cw_inbox_index_add(&s->inbox, cw_inbox_key(mailbox), id, 0);
    if (seq != 1)
        return;
    cw_inbox_index_add(&s->inbox, cw_inbox_new_pairs_key(sender_id), conversation, 0);
    if (receiver_id != sender_id)
        cw_inbox_index_add(&s->inbox, cw_inbox_new_pairs_key(receiver_id), conversation, 0);
}

static void load_row(struct cw_sqlite *s, cw_sql_statement *row)
{
    cw_sqlite_inbox_add(s, cw_sql_column_int(row, 1), cw_sql_column_int(row, 2),
                        cw_sql_column_int(row, 0), cw_sql_column_int(row, 3));
}

void cw_sqlite_inbox_load(struct cw_sqlite *s)
{
    cw_sql_statement *st = cw_sql_of(s, CW_SQL_PROGRESS);
    if (cw_sql_row(s, st)) {
        s->inbox_to = cw_sql_column_int(st, 0);
        s->search_to = cw_sql_column_int(st, 1);
        s->newest = cw_sql_column_int(st, 2);
        s->unclean = (unsigned)cw_sql_column_int(st, 3);
        s->store.date_ms = cw_sql_column_int(st, 4);
    }
    cw_sql_end(st);
    cw_inbox_index_begin(&s->inbox);
    if (!cw_sqlite_walk(s, s->inbox_to, load_row) && s->trouble == CW_STORE_OK)
        cw_sqlite_note_damage(s, 0, "",
                              "a page of the database is damaged, table messages: those on it "
                              "cannot be read");
    cw_inbox_index_keep(&s->inbox);
    st = cw_sql_of(s, CW_SQL_MESSAGE_NEWEST);
    uint64_t newest = cw_sql_row(s, st) ? cw_sql_column_int(st, 0) : 0;
    cw_sql_end(st);
    if (newest > s->newest) /* what was removed since may have been newer */
        s->newest = newest;
}

uint64_t cw_sqlite_inbox_seek(struct cw_sqlite *s, uint64_t mailbox, uint64_t after)
{
    uint64_t id = 0;
    if (after < s->inbox_to) {
        cw_sql_statement *st = cw_sql_of(s, CW_SQL_INBOX_SEEK);
        cw_sql_int(st, 1, mailbox);
        cw_sql_int(st, 2, after);
        id = cw_sql_row(s, st) ? cw_sql_column_int(st, 0) : 0;
        cw_sql_end(st);
    }
    /* Rows of the run that is being moved may stand in both. */
    uint64_t newer = cw_inbox_index_seek(&s->inbox, cw_inbox_key(mailbox), after);
    return id == 0 || (newer != 0 && newer < id) ? newer : id;
}

/* --- moving ------------------------------------------------------------------------ */

static void insert_row(struct cw_sqlite *s, enum cw_sql which, uint64_t a, uint64_t b, uint64_t c)
{
    cw_sql_statement *st = cw_sql_of(s, which);
    cw_sql_int(st, 1, a);
    cw_sql_int(st, 2, b);
    if (which == CW_SQL_HISTORY_INSERT)
        cw_sql_int(st, 3, c);
    cw_sql_run(s, which);
}

static void move_row(struct cw_sqlite *s, const struct cw_inbox_row *row)
{
    uint64_t number = row->key & ~CW_INBOX_OF_USER;
    if (cw_inbox_is_new_pairs(row->key)) {
        insert_row(s, CW_SQL_MARK_INSERT, number >> 1, row->id, 0);
        return;
    }
    if (row->seq != 0)
        insert_row(s, CW_SQL_HISTORY_INSERT, number, row->seq, row->id);
    if (row->seq == 0 || cw_mailbox_is_group(number))
        insert_row(s, CW_SQL_INBOX_INSERT, number, row->id, 0);
}

void cw_sqlite_inbox_move(struct cw_sqlite *s, size_t rows)
{
    struct cw_inbox_row row;
    while (rows-- > 0 && cw_inbox_index_move(&s->inbox, &row))
        move_row(s, &row);
    uint64_t moved_to = cw_inbox_index_moved_to(&s->inbox);
    if (moved_to == 0)
        return;
    cw_sql_int(cw_sql_of(s, CW_SQL_INBOX_SET_PROGRESS), 1, moved_to);
    cw_sql_run(s, CW_SQL_INBOX_SET_PROGRESS);
}

void cw_sqlite_inbox_keep(struct cw_sqlite *s)
{
    uint64_t moved_to = cw_inbox_index_moved_to(&s->inbox);
    if (moved_to != 0)
        s->inbox_to = moved_to;
    cw_inbox_index_keep(&s->inbox);
}

/* --- places in a conversation ------------------------------------------------------- */

struct cw_sqlite_place cw_sqlite_last(struct cw_sqlite *s, uint64_t conversation)
{
    struct cw_sqlite_place place = {0, 0};
    if (cw_inbox_index_last(&s->inbox, conversation, &place.seq, &place.id))
        return place;
    cw_sql_statement *st = cw_sql_of(s, CW_SQL_HISTORY_LAST);
    cw_sql_int(st, 1, conversation);
    if (cw_sql_row(s, st))
        place = (struct cw_sqlite_place){cw_sql_column_int(st, 0), cw_sql_column_int(st, 1)};
    cw_sql_end(st);
    return place;
}

struct cw_sqlite_place cw_sqlite_first(struct cw_sqlite *s, uint64_t conversation, uint64_t seq)
{
    struct cw_sqlite_place place = {seq, 0}, stored = {0, 0};
    bool recent = cw_inbox_index_first(&s->inbox, conversation, &place.seq, &place.id);
    if (recent && place.seq == seq)
        return place;
    cw_sql_statement *st = cw_sql_of(s, CW_SQL_HISTORY_FIRST);
    cw_sql_int(st, 1, conversation);
    cw_sql_int(st, 2, seq);
    if (cw_sql_row(s, st))
        stored = (struct cw_sqlite_place){cw_sql_column_int(st, 0), cw_sql_column_int(st, 1)};
    cw_sql_end(st);
    if (stored.seq != 0 && (!recent || stored.seq < place.seq))
        return stored;
    return recent ? place : (struct cw_sqlite_place){0, 0};
}

uint64_t cw_sqlite_id_at(struct cw_sqlite *s, uint64_t conversation, uint64_t seq)
{
    struct cw_sqlite_place place = cw_sqlite_first(s, conversation, seq);
    return place.seq == seq ? place.id : 0;
}

void cw_sqlite_ids_read(struct cw_sqlite *s, uint64_t conversation, uint64_t first, uint64_t last,
                        uint64_t ids[])
{
    uint64_t known = 0;
    memset(ids, 0, (last - first + 1) * sizeof ids[0]);
    struct cw_sqlite_place place = {first, 0};
    while (place.seq <= last &&
           cw_inbox_index_first(&s->inbox, conversation, &place.seq, &place.id) &&
           place.seq <= last) {
        ids[place.seq++ - first] = place.id;
        known++;
    }
    if (known == last - first + 1)
        return;
    cw_sql_fill_between(s, CW_SQL_HISTORY_BETWEEN, conversation, first, last, ids);
}
