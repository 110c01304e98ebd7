/* lost.h - pages of the database that cannot be read. */
#ifndef CW_STORE_SQLITE_LOST_H
#define CW_STORE_SQLITE_LOST_H

#include <stdbool.h>
#include <stdint.h>

#include "store/sqlite/statements.h"

struct cw_sqlite; /* state.h */

/* Tells the operator; once in a while. */
void cw_sqlite_note_loss(struct cw_sqlite *s);

/* May the store try now to rebuild data after a damaged page? Once a minute for each statement;
 * cw_sqlite_look_again allows the next try at once. */
bool cw_sqlite_look_now(struct cw_sqlite *s);
void cw_sqlite_look_again(struct cw_sqlite *s);

/* The work of idle moments rests for a while after it met one. */
void cw_sqlite_work_rests(struct cw_sqlite *s);
bool cw_sqlite_may_work(struct cw_sqlite *s);

/* Visits the rows (id, mailbox, sender_id, seq) of messages behind `after` that can be
 * read; true: that is all of them. */
bool cw_sqlite_walk(struct cw_sqlite *s, uint64_t after,
                    void (*visit)(struct cw_sqlite *s, cw_sql_statement *row));

/* What follows the id cannot be read: moves *id behind it; false: nothing is there. */
bool cw_sqlite_pass_rows(struct cw_sqlite *s, uint64_t *id);

#endif
