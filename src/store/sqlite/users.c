/* users.c - users, their passwords, contacts and blocked users, in SQLite. */
#include "store/sqlite/users.h"
#include "base/map.h"
#include "store/rules.h"
#include "store/rules_admin.h"
#include "store/sqlite/admins.h"
#include "store/sqlite/clean.h"
#include "store/sqlite/devices.h"
#include "store/sqlite/factors.h"
#include "store/sqlite/headings.h"
#include "store/sqlite/invitations.h"
#include "store/sqlite/names.h"
#include "store/sqlite/operations.h"
#include "store/sqlite/profiles.h"
#include "store/sqlite/retired.h"
#include "store/sqlite/rights.h"
#include "store/sqlite/rows.h"
#include "store/sqlite/sql.h"
#include "store/sqlite/state.h"
#include "store/sqlite/statements.h"

/* By a user with this key, or by one whose name looks like this. */
static bool is_taken(struct cw_sqlite *s, const struct cw_store_request *request,
                     struct cw_store_result *result, struct cw_arena *arena)
{
    cw_sql_statement *st = cw_sql_of(s, CW_SQL_USER_BY_KEY);
    cw_sql_text_of(st, 1, request->key);
    bool taken = cw_sql_row(s, st);
    cw_sql_end(st);
    taken = taken || cw_sqlite_name_retired(s, request);
    if (!taken)
        result->other_name = cw_sqlite_twin(s, false, request->looks, arena);
    return taken || result->other_name.n != 0;
}

uint64_t cw_sqlite_user_insert(struct cw_sqlite *s, const struct cw_store_request *request,
                               struct cw_store_result *result, struct cw_arena *arena)
{
    cw_sql_statement *st = cw_sql_of(s, CW_SQL_USER_INSERT);
    if (is_taken(s, request, result, arena))
        return 0;
    cw_sql_text_of(st, 1, request->name);
    cw_sql_text_of(st, 2, request->key);
    cw_sql_text_of(st, 3, request->secret);
    cw_sql_run(s, CW_SQL_USER_INSERT);
    uint64_t user_id = cw_sql_last_id(s);
    cw_sqlite_looks_add(s, false, user_id, request->looks);
    return user_id;
}

void cw_sqlite_user_create(struct cw_sqlite *s, const struct cw_store_request *request,
                           struct cw_store_result *result, struct cw_arena *arena)
{
    result->status = cw_store_may_register(&s->store, request);
    if (result->status != CW_STORE_OK)
        return;
    result->user_id = cw_sqlite_user_insert(s, request, result, arena);
    if (result->user_id == 0) {
        result->status = CW_STORE_EXISTS;
        return;
    }
    bool admin = cw_store_registers_admin(&s->store, &s->options, request, result->user_id);
    if (request->invitation.n != 0)
        cw_sqlite_invitation_use(s, request);
    if (admin)
        cw_sqlite_admin_make(s, result->user_id);
    cw_sqlite_newcomer(s, request, result, arena);
}

void cw_sqlite_user_find(struct cw_sqlite *s, const struct cw_store_request *request,
                         struct cw_store_result *result, struct cw_arena *arena)
{
    cw_sql_statement *st = cw_sql_of(s, CW_SQL_USER_BY_KEY);
    cw_sql_text_of(st, 1, request->key);
    result->status = CW_STORE_NOT_FOUND;
    if (cw_sql_row(s, st)) {
        result->status = CW_STORE_OK;
        result->user_id = cw_sql_column_int(st, 0);
        result->name = cw_sql_column_copy(st, 1, arena);
        result->secret = cw_sql_column_copy(st, 2, arena);
        result->deleted = cw_sql_column_int(st, 3) != 0;
    }
    cw_sql_end(st);
    if (result->status != CW_STORE_OK)
        return;
    cw_sqlite_list_blocked(s, result->user_id, result, arena);
    result->bot = cw_store_is_bot(&s->store, result->user_id);
    result->second_factor = cw_sqlite_has_factor(s, result->user_id);
}

/* --- passwords ------------------------------------------------------------------------- */

void cw_sqlite_password_find(struct cw_sqlite *s, const struct cw_store_request *request,
                             struct cw_store_result *result, struct cw_arena *arena)
{
    cw_sql_statement *st = cw_sql_of(s, CW_SQL_USER_PASSWORD);
    cw_sql_int(st, 1, request->user_id);
    if (cw_sql_row(s, st))
        result->secret = cw_sql_column_copy(st, 0, arena);
    else
        result->status = CW_STORE_NOT_FOUND;
    cw_sql_end(st);
    result->second_factor = cw_sqlite_has_factor(s, request->user_id);
}

/* A hash that another one of the same password has replaced; never 0. */
static uint64_t replaced(const struct cw_sqlite *s, struct cw_slice hash)
{
    return cw_hash_keyed(s->retry_key, hash) | 1;
}

struct cw_store_password cw_sqlite_password_of(struct cw_sqlite *s,
                                               const struct cw_store_request *request,
                                               struct cw_arena *arena)
{
    cw_sql_statement *st = cw_sql_of(s, CW_SQL_USER_PASSWORD);
    struct cw_store_password password = {0};
    cw_sql_int(st, 1, request->user_id);
    if (cw_sql_row(s, st))
        password = (struct cw_store_password){.found = true,
                                              .hash = cw_sql_column_copy(st, 0, arena),
                                              .replaced_expected = cw_sql_column_int(st, 1) ==
                                                                   replaced(s, request->expected)};
    cw_sql_end(st);
    return password;
}

void cw_sqlite_password_renew(struct cw_sqlite *s, const struct cw_store_request *request)
{
    cw_sql_statement *st = cw_sql_of(s, CW_SQL_USER_RENEW_PASSWORD);
    cw_sql_int(st, 1, request->user_id);
    cw_sql_text_of(st, 2, request->renewed);
    cw_sql_int(st, 3, replaced(s, request->expected));
    cw_sql_run(s, CW_SQL_USER_RENEW_PASSWORD);
    cw_sqlite_unclean(s, CW_UNCLEAN_LOG); /* the weaker hash */
}

void cw_sqlite_password_set(struct cw_sqlite *s, const struct cw_store_request *request,
                            struct cw_store_result *result, struct cw_arena *arena)
{
    struct cw_store_password password = cw_sqlite_password_of(s, request, arena);
    result->status = cw_store_may_set_password(&s->store, request, &password);
    if (result->status != CW_STORE_OK)
        return;
    cw_sql_statement *st = cw_sql_of(s, CW_SQL_USER_SET_PASSWORD);
    cw_sql_int(st, 1, request->user_id);
    cw_sql_text_of(st, 2, request->secret);
    cw_sql_run(s, CW_SQL_USER_SET_PASSWORD);
    cw_sqlite_unclean(s, CW_UNCLEAN_LOG); /* the old hash */
    st = cw_sql_of(s, CW_SQL_SESSIONS_DELETE_OTHERS);
    cw_sql_int(st, 1, request->user_id);
    cw_sql_int(st, 2, request->session_id);
    cw_sql_run(s, CW_SQL_SESSIONS_DELETE_OTHERS);
    cw_sqlite_devices_end(s, request->user_id);
}

/* --- contacts and blocked ones ----------------------------------------------------------- */

/* The statements about one of the two lists. */
struct list {
    enum cw_sql find, count, insert;
};

static enum cw_store_status add_to(struct cw_sqlite *s, const struct cw_store_request *request,
                                   const struct list *list)
{
    uint64_t user_id = request->user_id, other_id = request->other_id;
    enum cw_store_status status = cw_store_may_add_person(
        &s->store, request, cw_sql_finds(s, list->find, CW_NUMBERS(user_id, other_id)),
        cw_sql_query(s, list->count, CW_NUMBERS(user_id)));
    if (status == CW_STORE_OK)
        cw_sql_run_with(s, list->insert, CW_NUMBERS(user_id, other_id));
    return status == CW_STORE_EXISTS ? CW_STORE_OK : status;
}

void cw_sqlite_contact_add(struct cw_sqlite *s, const struct cw_store_request *request,
                           struct cw_store_result *result, struct cw_arena *arena)
{
    static const struct list contacts = {CW_SQL_CONTACT_FIND, CW_SQL_CONTACTS_COUNT,
                                         CW_SQL_CONTACT_INSERT};
    (void)arena;
    result->status = add_to(s, request, &contacts);
}

void cw_sqlite_contact_remove(struct cw_sqlite *s, const struct cw_store_request *request,
                              struct cw_store_result *result, struct cw_arena *arena)
{
    (void)result, (void)arena;
    cw_sql_run_with(s, CW_SQL_CONTACT_DELETE, CW_NUMBERS(request->user_id, request->other_id));
}

void cw_sqlite_block(struct cw_sqlite *s, const struct cw_store_request *request,
                     struct cw_store_result *result, struct cw_arena *arena)
{
    static const struct list blocks = {CW_SQL_BLOCK_FIND, CW_SQL_BLOCKS_COUNT, CW_SQL_BLOCK_INSERT};
    (void)arena;
    cw_sqlite_blocks_somebody(s, request->user_id);
    result->status = add_to(s, request, &blocks);
    if (result->status == CW_STORE_OK)
        cw_sql_run_with(s, CW_SQL_MENTIONS_BLOCK, CW_NUMBERS(request->user_id, request->other_id));
}

void cw_sqlite_unblock(struct cw_sqlite *s, const struct cw_store_request *request,
                       struct cw_store_result *result, struct cw_arena *arena)
{
    (void)result, (void)arena;
    cw_sql_run_with(s, CW_SQL_BLOCK_DELETE, CW_NUMBERS(request->user_id, request->other_id));
}

/* The ids that a statement lists, of which there are at most `most`. */
static uint64_t *list_ids(struct cw_sqlite *s, enum cw_sql which, uint64_t user_id, size_t most,
                          size_t *count, struct cw_arena *arena)
{
    uint64_t ids[CW_CONTACTS_MAX > CW_BLOCKED_MAX ? CW_CONTACTS_MAX : CW_BLOCKED_MAX];
    size_t n = 0;
    cw_sql_statement *st = cw_sql_of(s, which);
    cw_sql_int(st, 1, user_id);
    while (n < most && cw_sql_row(s, st))
        ids[n++] = cw_sql_column_int(st, 0);
    cw_sql_end(st);
    *count = n;
    if (n == 0)
        return NULL;
    return memcpy(cw_arena_alloc(arena, n * sizeof ids[0]), ids, n * sizeof ids[0]);
}

void cw_sqlite_list_blocked(struct cw_sqlite *s, uint64_t user_id, struct cw_store_result *result,
                            struct cw_arena *arena)
{
    result->blocked =
        list_ids(s, CW_SQL_BLOCKS, user_id, CW_BLOCKED_MAX, &result->blocked_count, arena);
}

void cw_sqlite_list_contacts(struct cw_sqlite *s, uint64_t user_id, struct cw_store_result *result,
                             struct cw_arena *arena)
{
    result->contacts =
        list_ids(s, CW_SQL_CONTACTS, user_id, CW_CONTACTS_MAX, &result->contact_count, arena);
}

static void show_person(struct cw_sqlite *s, uint64_t asker_id, struct cw_store_person *person,
                        struct cw_arena *arena)
{
    cw_sql_statement *st = cw_sql_of(s, CW_SQL_USER_BY_ID);
    cw_sql_int(st, 1, person->user_id);
    if (cw_sql_row(s, st)) {
        person->name = cw_sql_column_copy(st, 0, arena);
        person->seen_ms = cw_sql_column_int(st, 2);
    }
    cw_sql_end(st);
    person->bot = cw_store_is_bot(&s->store, person->user_id);
    cw_sqlite_face_person(s, asker_id, person, arena);
}

void cw_sqlite_contact_list(struct cw_sqlite *s, const struct cw_store_request *request,
                            struct cw_store_result *result, struct cw_arena *arena)
{
    size_t contacts = 0, blocked = 0, i = 0, j = 0;
    const uint64_t *a =
        list_ids(s, CW_SQL_CONTACTS, request->user_id, CW_CONTACTS_MAX, &contacts, arena);
    const uint64_t *b =
        list_ids(s, CW_SQL_BLOCKS, request->user_id, CW_BLOCKED_MAX, &blocked, arena);
    result->people = cw_arena_alloc(arena, (contacts + blocked + 1) * sizeof result->people[0]);
    while (i < contacts || j < blocked) {
        struct cw_store_person *person = &result->people[result->person_count++];
        uint64_t next = i < contacts ? a[i] : UINT64_MAX;
        next = j < blocked && b[j] < next ? b[j] : next;
        *person = (struct cw_store_person){.user_id = next};
        person->contact = i < contacts && a[i] == next;
        person->blocked = j < blocked && b[j] == next;
        i += person->contact;
        j += person->blocked;
        show_person(s, request->user_id, person, arena);
    }
}
