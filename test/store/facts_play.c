/* facts_play.c - see facts_play.h. */
#include "facts_play.h"

#include "support.h"

struct facts facts;

static uint64_t first_member(struct cw_store *store, uint64_t group_id, enum cw_store_role role)
{
    (void)store;
    assert_int_equal(group_id, 3);
    return facts.first_members[role];
}

static bool session_exists(struct cw_store *store, uint64_t session_id, uint64_t user_id)
{
    (void)store, (void)session_id, (void)user_id;
    return facts.session;
}

static bool user_exists(struct cw_store *store, uint64_t user_id)
{
    (void)store;
    return user_id == ALICE || facts.known;
}

static bool is_deleted(struct cw_store *store, uint64_t user_id)
{
    (void)store, (void)user_id;
    return false;
}

static bool has_blocked(struct cw_store *store, uint64_t user_id, uint64_t other_id)
{
    (void)store, (void)user_id, (void)other_id;
    return facts.blocked;
}

static enum cw_store_role role_of(struct cw_store *store, uint64_t user_id, uint64_t group_id)
{
    (void)store, (void)user_id, (void)group_id;
    return facts.role;
}

static struct cw_store_right right(struct cw_store *store, uint64_t user_id, uint64_t conversation)
{
    (void)store, (void)user_id, (void)conversation;
    return (struct cw_store_right){.status = facts.say};
}

static uint64_t stored_of(struct cw_store *store, uint64_t user_id)
{
    (void)store, (void)user_id;
    return facts.stored;
}

static bool entry_at(struct cw_store *store, uint64_t conversation, uint64_t seq,
                     struct cw_store_entry *entry)
{
    (void)store, (void)conversation;
    assert_in_range(seq, 1, ENTRIES);
    facts.asked++;
    *entry = facts.entries[seq].entry;
    return facts.entries[seq].kept;
}

static const struct cw_store_backend backend = {.facts = {.first_member = first_member,
                                                          .session_exists = session_exists,
                                                          .user_exists = user_exists,
                                                          .user_known = user_exists,
                                                          .is_deleted = is_deleted,
                                                          .has_blocked = has_blocked,
                                                          .role_of = role_of,
                                                          .right = right,
                                                          .stored_of = stored_of,
                                                          .entry_at = entry_at}};
struct cw_store facts_store = {.backend = &backend};

int facts_set_up(void **state)
{
    (void)state;
    memset(&facts, 0, sizeof facts);
    for (size_t i = 1; i <= ENTRIES; i++) {
        facts.entries[i].entry = (struct cw_store_entry){BOB, CW_KIND_TEXT, false};
        facts.entries[i].kept = true;
    }
    return 0;
}
