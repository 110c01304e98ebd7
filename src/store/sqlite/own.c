/* own.c - finds the messages that a user has sent, in SQLite. Mailboxes contain the messages that a
 * user receives. The messages that they sent are in the conversations, so a page with both is a
 * merge over those instead: one look at the last entry of each pair, and only where there is
 * something new a search for the first such entry. So nothing more is written for it, and users
 * without the feature cost nothing. */
#include <stdlib.h>

#include "store/sqlite/inbox.h"
#include "store/sqlite/own.h"
#include "store/sqlite/sql.h"
#include "store/sqlite/state.h"

struct numbers {
    uint64_t *items;
    size_t count, capacity;
};

static void add_number(struct numbers *numbers, uint64_t conversation)
{
    if (cw_mailbox_is_group(conversation))
        return;
    if (numbers->count == numbers->capacity) {
        numbers->capacity = numbers->capacity * 2 + 64;
        numbers->items = cw_realloc(numbers->items, numbers->capacity * sizeof numbers->items[0]);
    }
    numbers->items[numbers->count++] = conversation;
}

static int ascending(const void *a, const void *b)
{
    const uint64_t *x = a, *y = b;
    return *x < *y ? -1 : *x > *y;
}

/* Ascending; a new pair may stand in memory and in the table. */
static struct numbers pairs_of(struct cw_sqlite *s, uint64_t user_id)
{
    struct numbers pairs = {0};
    cw_sql_statement *st = cw_sql_of(s, CW_SQL_MARKS_OF_USER);
    cw_sql_int(st, 1, user_id);
    while (cw_sql_row(s, st))
        add_number(&pairs, cw_sql_column_int(st, 0));
    cw_sql_end(st);
    for (int run = 0; run < 2; run++) {
        size_t count;
        const uint64_t *recent = cw_inbox_index_new_pairs(&s->inbox, user_id, run, &count);
        for (size_t i = 0; i < count; i++)
            add_number(&pairs, recent[i]);
    }
    if (pairs.count != 0)
        qsort(pairs.items, pairs.count, sizeof pairs.items[0], ascending);
    return pairs;
}

/* The first entry above `after` of a conversation whose last one is. Ids ascend as the
 * numbers do; what is new is at the end, so the search begins there. */
static struct cw_sqlite_place first_above(struct cw_sqlite *s, uint64_t conversation,
                                          uint64_t last_seq, uint64_t after)
{
    uint64_t low = 0, high = last_seq, step = 1;
    while (low + 1 < high) {
        uint64_t middle = high - low > 2 * step ? high - step : low + (high - low) / 2;
        struct cw_sqlite_place place = cw_sqlite_first(s, conversation, middle);
        if (place.id == 0 || place.id > after) {
            high = middle;
            step *= 2;
        } else {
            low = middle;
        }
    }
    return cw_sqlite_first(s, conversation, high);
}

/* Keeps those that have something above `after`, each once. */
static void keep_new(struct cw_sqlite *s, struct numbers *pairs, uint64_t after)
{
    size_t kept = 0;
    for (size_t i = 0; i < pairs->count; i++) {
        uint64_t conversation = pairs->items[i];
        bool again = kept != 0 && pairs->items[kept - 1] == conversation;
        if (!again && cw_sqlite_last(s, conversation).id > after)
            pairs->items[kept++] = conversation;
    }
    pairs->count = kept;
}

struct cw_sqlite_source *cw_sqlite_own_sources(struct cw_sqlite *s, uint64_t user_id,
                                               uint64_t after, size_t more, size_t *count,
                                               struct cw_arena *arena)
{
    struct numbers pairs = pairs_of(s, user_id);
    keep_new(s, &pairs, after);
    struct cw_sqlite_source *sources =
        cw_arena_alloc(arena, (pairs.count + more) * sizeof sources[0]);
    *count = 0;
    for (size_t i = 0; i < pairs.count; i++) {
        uint64_t last_seq = cw_sqlite_last(s, pairs.items[i]).seq;
        struct cw_sqlite_place place = first_above(s, pairs.items[i], last_seq, after);
        if (place.id != 0)
            sources[(*count)++] = (struct cw_sqlite_source){
                .mailbox = pairs.items[i], .next = place.id, .seq = place.seq};
    }
    free(pairs.items);
    return sources;
}
