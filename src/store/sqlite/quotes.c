/* quotes.c - what a message answers, in SQLite. A quote is not stored: it is made of the answered
 * message whenever the answer is read, so that it has nothing of what was deleted meanwhile. */
#include "store/sqlite/quotes.h"

#include "store/rules_share.h"
#include "store/sqlite/inbox.h"
#include "store/sqlite/messages.h"
#include "store/sqlite/rows.h"
#include "store/sqlite/state.h"

const struct cw_store_quote *cw_sqlite_quote(struct cw_sqlite *s, uint64_t conversation,
                                             uint64_t seq, struct cw_arena *arena)
{
    struct cw_sqlite_message message;
    uint64_t id = seq == 0 ? 0 : cw_sqlite_id_at(s, conversation, seq);
    if (id == 0 || !cw_sqlite_message_find(s, id, CW_WANT_TEXT, CW_NOBODY, &message, arena) ||
        message.lost || !cw_store_is_quotable(&message.m))
        return NULL;
    message.m.sender = cw_sqlite_name_of(s, cw_mailbox_of_user(message.m.sender_id), arena);
    struct cw_store_quote *quote = cw_arena_alloc(arena, sizeof *quote);
    *quote = cw_store_quote_of(&message.m);
    return quote;
}
