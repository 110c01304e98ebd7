/* talk.c - see talk.h. */
#include "talk.h"

#include <stdio.h>

struct pair talk(struct fixture *f, unsigned n)
{
    struct pair p = {f, add_user(f, "alice"), add_user(f, "bob"), 0};
    p.conversation = cw_conversation_of_pair(p.alice, p.bob);
    for (unsigned i = 1; i <= n; i++) {
        char body[16];
        snprintf(body, sizeof body, "text %u", i);
        uint64_t to = cw_mailbox_of_user(i % 2 != 0 ? p.bob : p.alice);
        assert_int_equal(say_at(f, i, i % 2 != 0 ? p.alice : p.bob, to, body), i);
    }
    return p;
}

struct cw_store_result read_history(const struct pair *p, enum cw_store_anchor anchor, uint64_t seq,
                                    uint32_t limit)
{
    return RUN(p->f, .op = CW_STORE_HISTORY_READ, .user_id = p->alice,
               .conversation = p->conversation, .anchor = anchor, .seq = seq, .limit = limit);
}

void assert_page(struct cw_store_result r, uint64_t first, uint64_t last, bool more)
{
    assert_int_equal(r.status, CW_STORE_OK);
    assert_int_equal(r.message_count, first == 0 ? 0 : last - first + 1);
    for (size_t i = 0; i < r.message_count; i++)
        assert_int_equal(r.messages[i].seq, first + i);
    assert_int_equal(r.more, more);
}
