/* pins.c - the pinned messages of groups, in SQLite. */
#include "store/sqlite/pins.h"

#include "store/rules_share.h"
#include "store/sqlite/lost.h"
#include "store/sqlite/messages.h"
#include "store/sqlite/operations.h"
#include "store/sqlite/sql.h"
#include "store/sqlite/state.h"
#include "store/sqlite/trouble.h"

void cw_sqlite_pins_read(struct cw_sqlite *s, uint64_t conversation, uint64_t first, uint64_t last,
                         uint64_t pinned_ms[])
{
    memset(pinned_ms, 0, (last - first + 1) * sizeof pinned_ms[0]);
    if (!cw_mailbox_is_group(conversation))
        return;
    cw_sql_fill_between(s, CW_SQL_PINS_BETWEEN, conversation >> 1, first, last, pinned_ms);
    if (cw_sqlite_pass(s, CW_SQL_PINS_BETWEEN))
        cw_sqlite_note_loss(s); /* the messages can be read all the same */
}

void cw_sqlite_pin_drop(struct cw_sqlite *s, uint64_t conversation, uint64_t seq)
{
    if (cw_mailbox_is_group(conversation))
        cw_sql_run_with(s, CW_SQL_PIN_DELETE, CW_NUMBERS(conversation >> 1, seq));
}

void cw_sqlite_pin(struct cw_sqlite *s, const struct cw_store_request *request,
                   struct cw_store_result *result, struct cw_arena *arena)
{
    (void)arena;
    struct cw_store_entry entry;
    uint64_t group_id = request->group_id;
    bool found = cw_sqlite_entry_at(&s->store, cw_mailbox_of_group(group_id), request->seq, &entry);
    bool pinned = cw_sql_finds(s, CW_SQL_PIN_FIND, CW_NUMBERS(group_id, request->seq));
    uint64_t count = pinned ? 0 : cw_sql_query(s, CW_SQL_PINS_COUNT, CW_NUMBERS(group_id));
    result->status = cw_store_may_pin(&s->store, request, found ? &entry : NULL, count);
    if (result->status == CW_STORE_OK)
        result->repeated =
            cw_sql_run_with(s, CW_SQL_PIN_INSERT,
                            CW_NUMBERS(group_id, request->seq, request->time_ms)) == 0;
}

void cw_sqlite_unpin(struct cw_sqlite *s, const struct cw_store_request *request,
                     struct cw_store_result *result, struct cw_arena *arena)
{
    (void)arena;
    result->status = cw_store_may_pin(&s->store, request, NULL, 0);
    if (result->status == CW_STORE_OK)
        result->repeated =
            cw_sql_run_with(s, CW_SQL_PIN_DELETE, CW_NUMBERS(request->group_id, request->seq)) == 0;
}
