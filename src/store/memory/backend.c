/* backend.c - the memory back end: the rules of store.h in their plainest form.
 *
 * For tests and the simulator, and the measure for every other back end: one
 * suite runs over all. It keeps what it is given, finds most things by looking
 * through them, and forgets everything when closed. A long body stays here
 * too: the file that a request names is not read. The operations are in the other files. */
#include "store/memory/open.h"

#include <stdio.h>
#include <stdlib.h>

#include "store/memory/admins.h"
#include "store/memory/bots.h"
#include "store/memory/departures.h"
#include "store/memory/files.h"
#include "store/memory/groups.h"
#include "store/memory/memory.h"
#include "store/memory/pins.h"
#include "store/memory/posting.h"
#include "store/memory/reactions.h"
#include "store/memory/versions.h"

void cw_memory_date_keep(struct cw_memory *m, const struct cw_store_request *request,
                         struct cw_store_result *result)
{
    (void)result;
    m->store.date_ms = request->date_ms;
}

static cw_memory_operation *const operations[CW_STORE_OP_COUNT] = {
#define CW_STORE_OP(NAME, name, what) [CW_STORE_##NAME] = cw_memory_##name,
#include "store/ops.def"
#undef CW_STORE_OP
};

static void execute(struct cw_store *store, const struct cw_store_request *const requests[],
                    size_t n, struct cw_store_result results[], struct cw_arena *arena)
{
    struct cw_memory *m = (struct cw_memory *)store;
    m->out = arena;
    for (size_t i = 0; i < n; i++) {
        enum cw_store_op op = requests[i]->op;
        bool full = m->full && cw_store_op_writes(op);
        bool refused = full || (m->unreadable && op == CW_STORE_INBOX_READ);
        cw_store_result_init(&results[i], requests[i],
                             full      ? CW_STORE_NO_ROOM
                             : refused ? CW_STORE_UNAVAILABLE
                                       : CW_STORE_OK);
        m->moment = cw_store_moment(requests[i]);
        if (!refused)
            operations[requests[i]->op](m, requests[i], &results[i]);
    }
}

static bool idle(struct cw_store *store, bool *again)
{
    struct cw_memory *m = (struct cw_memory *)store;
    (void)again;
    cw_memory_files_sweep(m);
    cw_memory_departures_follow(m);
    cw_memory_versions_expire(m);
    if (m->forgets)
        cw_memory_sweep(m);
    return true;
}

static void finish_user(struct cw_memory *m, struct cw_memory_user *user)
{
    cw_memory_sessions_drop(m, user, 0);
    free(user->contacts.items);
    free(user->blocked.items);
    free(user->memberships.items);
    free(user->notices.items);
    free(user->devices.items);
    free(user->notify.items);
}

static void close_store(struct cw_store *store)
{
    struct cw_memory *m = (struct cw_memory *)store;
    cw_memory_files_finish(m);
    struct cw_memory_list *lists[] = {
        &m->users,         &m->groups,      &m->sessions,  &m->messages,
        &m->conversations, &m->invitations, &m->reactions, &m->hooks,
        &m->retired,       &m->mentions,    &m->headings,  &m->versions,
        &m->audit,         &m->reports,     &m->barred,    &m->announcements};
    struct cw_map *maps[] = {&m->user_keys, &m->group_keys, &m->tokens, &m->conversation_ids,
                             &m->marks};
    for (size_t i = 0; i < m->users.count; i++)
        finish_user(m, m->users.items[i]);
    for (size_t i = 0; i < m->groups.count; i++)
        cw_memory_group_finish(m->groups.items[i]);
    for (size_t i = 0; i < m->conversations.count; i++)
        free(((struct cw_memory_conversation *)m->conversations.items[i])->entries.items);
    for (size_t i = 0; i < m->reactions.count; i++)
        free(((struct cw_memory_reaction *)m->reactions.items[i])->users.items);
    for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++)
        free(lists[i]->items);
    for (size_t i = 0; i < sizeof maps / sizeof maps[0]; i++)
        cw_map_finish(maps[i]);
    cw_arena_finish(&m->arena);
    free(m);
}

/* --- whose ids these are ------------------------------------------------------------ */

/* Not random, as nothing here: it is for tests. */
static void begin_era(struct cw_memory *m)
{
    struct cw_store_identity *identity = &m->store.identity;
    if (identity->era_count == CW_ERAS_MAX) {
        identity->era_count--;
        memmove(identity->eras, identity->eras + 1, identity->era_count * sizeof identity->eras[0]);
    }
    identity->eras[identity->era_count++] = (struct cw_store_era){m->newest + 1, ++m->eras};
}

static void identify(struct cw_memory *m)
{
    struct cw_store_identity *identity = &m->store.identity;
    snprintf(identity->db, sizeof identity->db, "%032x.0", ++m->identities);
    identity->era_count = 0;
    memset(m->store.push_secret, 1, sizeof m->store.push_secret);
    begin_era(m);
}

void cw_store_memory_restart(struct cw_store *store)
{
    begin_era((struct cw_memory *)store);
}

static uint64_t newest(const struct cw_store *store)
{
    return ((const struct cw_memory *)store)->newest;
}

static bool renew_identity(struct cw_store *store)
{
    struct cw_memory *m = (struct cw_memory *)store;
    if (m->full)
        return false;
    m->newest += CW_ID_LEAP;
    identify(m);
    return true;
}

static void set_options(struct cw_store *store, const struct cw_store_options *options)
{
    struct cw_memory *m = (struct cw_memory *)store;
    struct cw_store_options before = m->options;
    m->options = *options;
    m->options.first_is_admin = before.first_is_admin;
    m->options.log = before.log;
    m->forgets |= options->retain.days != 0 || options->retain.count != 0;
}

static const struct cw_store_backend backend = {
    .execute = execute,
    .idle = idle,
    .close = close_store,
    .set_options = set_options,
    .newest = newest,
    .renew_identity = renew_identity,
    .facts = {.user_exists = cw_memory_user_exists,
              .is_bot = cw_memory_is_bot,
              .user_known = cw_memory_user_known,
              .is_deleted = cw_memory_is_deleted,
              .group_exists = cw_memory_group_exists,
              .session_exists = cw_memory_session_exists,
              .role_of = cw_memory_role_of,
              .standing = cw_memory_standing,
              .written_ms = cw_memory_written_ms,
              .muted_until = cw_memory_muted_until,
              .first_member = cw_memory_first_member,
              .is_banned = cw_memory_is_banned,
              .group_count = cw_memory_group_count,
              .has_contact = cw_memory_has_contact,
              .has_blocked = cw_memory_has_blocked,
              .is_discreet = cw_memory_is_discreet,
              .user_by_key = cw_memory_user_by_key,
              .is_admin = cw_memory_is_admin,
              .admin_count = cw_memory_admin_count,
              .setup_good = cw_memory_setup_good,
              .invitation_good = cw_memory_invitation_good,
              .entry_at = cw_memory_entry_at,
              .stored_of = cw_memory_stored_of,
              .file_at = cw_memory_file_at,
              .message_at = cw_memory_message_at,
              .right = cw_store_judge}};

struct cw_store *cw_store_open_memory(const struct cw_store_options *options)
{
    /* Fixed, since only tests choose names here. */
    static const uint64_t seed[2] = {1, 2};
    struct cw_memory *m = cw_alloc_zero(sizeof *m);
    m->store.backend = &backend;
    m->options = *options;
    m->forgets = options->retain.days != 0 || options->retain.count != 0;
    cw_map_init(&m->user_keys, seed);
    cw_map_init(&m->group_keys, seed);
    cw_map_init(&m->tokens, seed);
    cw_map_init(&m->conversation_ids, seed);
    cw_map_init(&m->marks, seed);
    identify(m);
    return &m->store;
}

void cw_store_memory_set_full(struct cw_store *store, bool full)
{
    ((struct cw_memory *)store)->full = full;
}

void cw_store_memory_set_unreadable(struct cw_store *store, bool unreadable)
{
    ((struct cw_memory *)store)->unreadable = unreadable;
}

void cw_store_memory_damage(struct cw_store *store, uint64_t message_id)
{
    static const uint8_t empty_array[] = {0x90};
    static struct cw_memory_recording lost;
    struct cw_memory *m = (struct cw_memory *)store;
    struct cw_memory_entry *entry = cw_memory_at(&m->messages, message_id);
    if (entry == NULL)
        return;
    entry->message.damaged = true;
    entry->message.body = entry->message.voice ? cw_slice_of(empty_array, sizeof empty_array)
                                               : cw_slice_str(CW_DAMAGED_TEXT);
    if (entry->message.voice)
        entry->recording = &lost;
}
