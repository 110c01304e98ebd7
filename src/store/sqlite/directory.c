/* directory.c - the lists of open groups and of people who agreed to be listed, in SQLite. Each
 * page walks an index over these alone, from an id on, and looks at so many rows at most; what it
 * has not come to is left to the next page. */
#include "store/rules_profile.h"
#include "store/sqlite/operations.h"
#include "store/sqlite/rights.h"
#include "store/sqlite/sql.h"
#include "store/sqlite/state.h"
#include "text/words.h"

struct walk {
    struct cw_sqlite *s;
    cw_sql_statement *st;
    struct cw_store_result *result;
    struct cw_buf terms, tokens;
    size_t scanned;
};

static struct walk begin_walk(struct cw_sqlite *s, enum cw_sql which,
                              const struct cw_store_request *request,
                              struct cw_store_result *result)
{
    struct walk walk = {.s = s, .st = cw_sql_of(s, which), .result = result};
    cw_words_query(request->body, &walk.terms);
    cw_sql_int(walk.st, 1, request->after);
    return walk;
}

/* The next row whose name (column 1) and more (column 2) have the words; false: the page ends. */
static bool step_walk(struct walk *walk, size_t listed, const struct cw_store_request *request)
{
    while (cw_sql_row(walk->s, walk->st)) {
        walk->result->more = listed == request->limit || walk->scanned == CW_DIRECTORY_SCAN_MAX;
        if (walk->result->more)
            return false;
        walk->scanned++;
        walk->result->scanned_to = cw_sql_column_int(walk->st, 0);
        if (cw_store_is_listed(cw_buf_slice(&walk->terms), cw_sql_column_slice(walk->st, 1),
                               cw_sql_column_slice(walk->st, 2), &walk->tokens))
            return true;
    }
    return false;
}

static void end_walk(struct walk *walk)
{
    cw_sql_end(walk->st);
    cw_buf_finish(&walk->terms);
    cw_buf_finish(&walk->tokens);
}

void cw_sqlite_directory_list(struct cw_sqlite *s, const struct cw_store_request *request,
                              struct cw_store_result *result, struct cw_arena *arena)
{
    struct walk walk = begin_walk(s, CW_SQL_DIRECTORY, request, result);
    result->groups = cw_arena_alloc(arena, request->limit * sizeof result->groups[0]);
    while (step_walk(&walk, result->group_count, request))
        result->groups[result->group_count++] =
            (struct cw_store_group){.group_id = result->scanned_to,
                                    .name = cw_sql_column_copy(walk.st, 1, arena),
                                    .topic = cw_sql_column_copy(walk.st, 2, arena),
                                    .member_count = cw_sql_column_int(walk.st, 3)};
    end_walk(&walk);
}

void cw_sqlite_people_list(struct cw_sqlite *s, const struct cw_store_request *request,
                           struct cw_store_result *result, struct cw_arena *arena)
{
    struct walk walk = begin_walk(s, CW_SQL_PEOPLE, request, result);
    result->people = cw_arena_alloc(arena, request->limit * sizeof result->people[0]);
    while (step_walk(&walk, result->person_count, request)) {
        uint64_t user_id = result->scanned_to;
        if (cw_sqlite_has_blocked(&s->store, user_id, request->user_id))
            continue;
        bool hidden = cw_sql_column_int(walk.st, 4) != 0 && user_id != request->user_id;
        result->people[result->person_count++] =
            (struct cw_store_person){.user_id = user_id,
                                     .name = cw_sql_column_copy(walk.st, 1, arena),
                                     .display = cw_sql_column_copy(walk.st, 2, arena),
                                     .seen_ms = hidden ? 0 : cw_sql_column_int(walk.st, 3)};
    }
    end_walk(&walk);
}
