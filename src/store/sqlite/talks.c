/* talks.c - groups without a name, of a few people, in SQLite: groups as others are, whose name the
 * core has made up, and which nobody can join by it. */
#include "store/rules_group.h"
#include "store/sqlite/members.h"
#include "store/sqlite/operations.h"
#include "store/sqlite/rows.h"
#include "store/sqlite/sql.h"
#include "store/sqlite/state.h"

/* Lists those who can be put in; false: there is no such user. */
static bool find_people(struct cw_sqlite *s, const struct cw_store_request *request,
                        struct cw_store_result *result, struct cw_arena *arena)
{
    struct cw_slice keys = request->active, key;
    bool found = true;
    result->people = cw_arena_alloc(arena, CW_TALK_MEMBERS_MAX * sizeof result->people[0]);
    while (found && (key = cw_store_next_key(&keys)).n != 0) {
        cw_sql_statement *st = cw_sql_of(s, CW_SQL_USER_BY_KEY);
        struct cw_store_person person = {.role = CW_ROLE_MEMBER};
        cw_sql_text_of(st, 1, key);
        found = cw_sql_row(s, st);
        if (found) {
            person.user_id = cw_sql_column_int(st, 0);
            person.name = cw_sql_column_copy(st, 1, arena);
        }
        cw_sql_end(st);
        if (found && result->person_count < CW_TALK_MEMBERS_MAX &&
            cw_store_may_gather(&s->store, request->user_id, person.user_id))
            result->people[result->person_count++] = person;
    }
    return found;
}

static bool is_member(struct cw_sqlite *s, uint64_t user_id, uint64_t group_id)
{
    return s->store.backend->facts.role_of(&s->store, user_id, group_id) != CW_ROLE_NONE;
}

/* Whoever was named twice is one member. */
static void add_people(struct cw_sqlite *s, const struct cw_store_request *request,
                       struct cw_store_result *result)
{
    size_t count = 0;
    for (size_t i = 0; i < result->person_count; i++) {
        const struct cw_store_person person = result->people[i];
        struct cw_store_request joining = {.user_id = person.user_id, .time_ms = request->time_ms};
        if (is_member(s, person.user_id, result->group_id))
            continue;
        cw_sqlite_member_add(s, &joining, result->group_id, CW_ROLE_MEMBER);
        result->people[count++] = person;
    }
    result->person_count = count;
}

static void set_topic(struct cw_sqlite *s, const struct cw_store_request *request,
                      const struct cw_store_result *result, struct cw_arena *arena)
{
    char topic[CW_TOPIC_MAX];
    struct cw_slice maker = cw_sqlite_name_of(s, cw_mailbox_of_user(request->user_id), arena);
    size_t n = cw_store_talk_topic(maker, result->people, result->person_count, topic);
    cw_sql_int(cw_sql_of(s, CW_SQL_GROUP_SET_TOPIC), 1, result->group_id);
    cw_sql_text_of(cw_sql_of(s, CW_SQL_GROUP_SET_TOPIC), 2, cw_slice_of(topic, n));
    cw_sql_run(s, CW_SQL_GROUP_SET_TOPIC);
}

void cw_sqlite_talk_create(struct cw_sqlite *s, const struct cw_store_request *request,
                           struct cw_store_result *result, struct cw_arena *arena)
{
    if (!find_people(s, request, result, arena)) {
        result->person_count = 0;
        result->status = CW_STORE_NOT_FOUND;
        return;
    }
    cw_sqlite_group_create(s, request, result, arena);
    if (result->status != CW_STORE_OK) {
        result->person_count = 0;
        return;
    }
    cw_sql_run_with(s, CW_SQL_GROUP_SET_ACCESS, CW_NUMBERS(result->group_id, 1, 0));
    add_people(s, request, result);
    set_topic(s, request, result, arena);
}
