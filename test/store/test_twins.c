/* test_twins.c - both back ends are asked the same at random, and must answer the same.
 *
 * What the suite states rule by rule is met here in combinations that nobody
 * thought of. TWINS_SEED=n plays another game, TWINS_STEPS=n a longer one; a
 * failure prints the seed, the step and the field. Words are ASCII: more the
 * memory back end does not fold. */
#include "support.h"

#include <stdio.h>
#include <stdlib.h>

#include "faulty_vfs.h"
#include "store/memory/open.h"

enum { USERS = 9, GROUPS = 12, KEYS = 6, SESSION_IDS = 60, BATCH_MAX = 6 };

struct twins {
    struct fixture memory, sqlite;
    uint64_t seed, random, step, now_ms;
    uint64_t newest;              /* message id */
    uint64_t secrets;             /* of sessions and invitations, so many */
    uint64_t last_n[SESSION_IDS]; /* what a session has counted to */
    bool retains;                 /* what is no longer kept goes at once, in both */
};

static uint64_t dice(struct twins *t, uint64_t sides)
{
    t->random ^= t->random << 13;
    t->random ^= t->random >> 7;
    t->random ^= t->random << 17;
    return (t->random >> 11) % sides;
}

/* --- what is asked -------------------------------------------------------------------- */

static struct cw_slice numbered(struct twins *t, const char *kind, uint64_t number)
{
    char *text = cw_arena_alloc(&t->memory.arena, 32);
    snprintf(text, 32, "%s %u", kind, (unsigned)number);
    return TEXT(text);
}

static struct cw_slice a_string(struct twins *t, const char *kind, uint64_t sides)
{
    return numbered(t, kind, dice(t, sides));
}

static struct cw_slice recent(struct twins *t)
{
    uint64_t back = 1 + dice(t, 20);
    return numbered(t, "secret", back > t->secrets ? 0 : t->secrets - back);
}

static struct cw_slice some_words(struct twins *t, uint64_t most)
{
    static const char *const words[] = {"apple", "Banana", "cherry",  "date",    "app",
                                        "ban",   "elder",  "Cherry!", "(apple)", "x",
                                        "Grüße", "東京都", "京都",    "한국어",  "\U0001f44d"};
    char *text = cw_arena_alloc(&t->memory.arena, 16 * (size_t)most + 1);
    size_t n = 0;
    text[0] = '\0';
    for (uint64_t i = dice(t, most + 1); i > 0; i--)
        n += (size_t)sprintf(text + n, "%s%s", words[dice(t, 15)], i == 1 ? "" : " ");
    return cw_slice_of(text, n);
}

static uint64_t a_user(struct twins *t)
{
    return dice(t, 40) == 0 ? dice(t, 2) * 99 : 1 + dice(t, USERS);
}

static uint64_t a_group(struct twins *t)
{
    return dice(t, 30) == 0 ? 0 : 1 + dice(t, GROUPS);
}

static uint64_t a_conversation(struct twins *t, uint64_t user_id)
{
    if (dice(t, 2) == 0)
        return cw_mailbox_of_group(a_group(t));
    uint64_t peer_id = dice(t, 40) == 0 ? 99 : 1 + dice(t, USERS);
    return cw_conversation_of_pair(user_id == 0 || dice(t, 20) == 0 ? 5 : user_id, peer_id);
}

static void ask_where(struct twins *t, struct cw_store_request *r)
{
    r->conversation = a_conversation(t, r->user_id);
    r->seq = dice(t, 3) == 0 ? dice(t, 300) : dice(t, 30);
    r->before = dice(t, 2) == 0 ? 0 : dice(t, t->newest + 3);
    r->limit = (uint32_t)(1 + dice(t, dice(t, 4) == 0 ? CW_LIST_MAX : 8));
    r->anchor = (enum cw_store_anchor)dice(t, 4);
    r->after = dice(t, USERS + 2);
}

static void ask_who(struct twins *t, struct cw_store_request *r)
{
    r->other_id = a_user(t);
    r->group_id = a_group(t);
    r->role = (enum cw_store_role)(1 + dice(t, CW_ROLE_OWNER));
    r->by_invitation = dice(t, 4) == 0;
    r->until_ms = dice(t, 2) * (t->now_ms + dice(t, 1000));
    r->expires_ms = t->now_ms + dice(t, 100000);
    r->uses = 1 + dice(t, 3);
    r->notice_id = dice(t, 200);
    r->invitation_id = dice(t, 300);
    /* Clocks that are wrong: a time ahead or behind, a date that is ahead. */
    static const uint64_t day = 24 * 3600 * 1000;
    uint64_t wrong = t->retains ? dice(t, 40) : 9;
    r->date_ms = t->now_ms + (wrong == 2) * dice(t, 3) * day;
    if (wrong == 0)
        r->time_ms += (1 + dice(t, 60)) * day;
    else if (wrong == 1 && r->time_ms > 90 * day)
        r->time_ms -= dice(t, 90) * day;
    if (t->retains)
        r->retain = (struct cw_store_retention){dice(t, 3) * dice(t, 4), dice(t, 3) * dice(t, 6)};
}

static void ask_session(struct twins *t, struct cw_store_request *r)
{
    r->session_id = dice(t, SESSION_IDS);
    r->cursor = dice(t, t->newest + 2);
    r->since = dice(t, t->newest + 3);
    r->has_since = dice(t, 4) == 0;
    r->extended = dice(t, 2) == 0;
    r->features = dice(t, 9);
    r->client = dice(t, 3) == 0 ? (struct cw_slice){0} : a_string(t, "client", 5);
    r->address = dice(t, 3) == 0 ? (struct cw_slice){0} : a_string(t, "192.0.2", 255);
}

/* Lists of what has been, appends and edits come more often than the rest. */
static enum cw_store_op any_op(struct twins *t)
{
    switch (dice(t, 8)) {
    case 0:
    case 1:
    case 2:
        return CW_STORE_MESSAGE_APPEND;
    case 3:
        return (enum cw_store_op)(CW_STORE_MESSAGE_APPEND +
                                  dice(t, CW_STORE_OP_COUNT - CW_STORE_MESSAGE_APPEND));
    default:
        return (enum cw_store_op)dice(t, CW_STORE_OP_COUNT);
    }
}

/* Bytes have no rows. */
static enum cw_store_op an_op(struct twins *t)
{
    enum cw_store_op op;
    do
        op = any_op(t);
    while (cw_store_op_is_of_bytes(op));
    return op;
}

static void ask_message(struct twins *t, struct cw_store_request *r)
{
    r->mailbox = dice(t, 2) == 0 ? cw_mailbox_of_user(1 + dice(t, USERS))
                                 : cw_mailbox_of_group(1 + dice(t, GROUPS));
    r->voice = dice(t, 6) == 0;
    r->channels = r->voice ? 1 + (uint32_t)dice(t, 2) : 0;
    r->sample_rate = r->voice ? 8000 : 0;
    r->duration_ms = r->voice ? (uint32_t)dice(t, 1000) : 0;
    r->waveform = r->voice && dice(t, 3) != 0 ? a_string(t, "waveform", 5) : (struct cw_slice){0};
    r->reply_to = dice(t, 4) == 0 ? dice(t, 20) : 0;
    r->part = dice(t, 3);
    r->no_stranger = dice(t, 3) == 0;
    r->refusal = dice(t, 20) == 0 ? CW_STORE_FORBIDDEN : CW_STORE_OK;
    if (dice(t, 2) == 0)
        r->n = dice(t, 3) == 0 ? 1 + dice(t, t->last_n[r->session_id] + 1)
                               : t->last_n[r->session_id] + 1 + dice(t, 3) / 2 * dice(t, 70);
}

/* To a group that all have left nobody writes, and what was in it is removed sooner
 * or later: the core does not ask for it. */
static bool is_asked_of_nobody(struct twins *t, const struct cw_store_request *r)
{
    uint64_t conversation = r->op == CW_STORE_MESSAGE_APPEND ? r->mailbox : r->conversation;
    if ((r->op != CW_STORE_MESSAGE_APPEND && r->op != CW_STORE_VOICE_READ) ||
        !cw_mailbox_is_group(conversation))
        return false;
    return RUN(&t->memory, .op = CW_STORE_HISTORY_READ, .conversation = conversation, .limit = 1)
               .status == CW_STORE_NOT_FOUND;
}

/* Hashes that nobody has computed: the rows alone. */
static void ask_file(struct twins *t, struct cw_store_request *r)
{
    bool files = r->op >= CW_STORE_FILE_BEGIN;
    r->file_id = files || (r->op == CW_STORE_MESSAGE_APPEND && dice(t, 5) == 0) ? 1 + dice(t, 9) : 0;
    r->size = 1 + dice(t, 3);
    r->generation = 1 + dice(t, 3);
    r->type = TEXT("image/png");
    if (files)
        r->user_id = 1 + dice(t, 3);
}

static struct cw_store_request a_request(struct twins *t)
{
    struct cw_store_request r = {
        .op = an_op(t), .cookie = dice(t, 1000), .time_ms = t->now_ms, .user_id = a_user(t)};
    ask_where(t, &r);
    ask_who(t, &r);
    ask_session(t, &r);
    ask_message(t, &r);
    r.body = some_words(t, dice(t, 10) == 0 ? 60 : 4);
    r.invitation = dice(t, 2) == 0 ? (struct cw_slice){0} : recent(t);
    bool group =
        r.op == CW_STORE_GROUP_CREATE || r.op == CW_STORE_GROUP_JOIN || r.op == CW_STORE_GROUP_FIND;
    r.key = r.name = a_string(t, group ? "group" : "user", group ? KEYS : USERS + 2);
    /* When these meet themselves again, one back end may still know what has expired. */
    r.secret = r.op == CW_STORE_INVITE_CREATE || r.op == CW_STORE_SESSION_CREATE
                   ? numbered(t, "secret", t->secrets++)
                   : recent(t);
    r.own = r.op == CW_STORE_INBOX_READ && dice(t, 2) == 0;
    if (r.op == CW_STORE_MESSAGE_APPEND) /* the core knows who sends */
        r.user_id = 1 + dice(t, USERS);
    ask_file(t, &r);
    if (r.voice && r.op == CW_STORE_MESSAGE_APPEND)
        r.file_id = 0;
    if (r.n != 0 && dice(t, 2) == 0) { /* the same text, so that retries are good ones */
        r.mailbox = cw_mailbox_of_user(1);
        r.voice = false;
        r.channels = r.sample_rate = r.duration_ms = 0;
        r.waveform = (struct cw_slice){0};
        r.reply_to = 0;
        r.file_id = r.op == CW_STORE_MESSAGE_APPEND ? 0 : r.file_id;
        r.body = TEXT("again");
    }
    if (r.op == CW_STORE_USER_CREATE) /* no more than the ten that these names allow */
        r.invitation = (struct cw_slice){0};
    bool invites = r.op == CW_STORE_INVITE_CREATE || r.op == CW_STORE_INVITE_LIST;
    if (invites && dice(t, 3) == 0)
        r.mailbox = 0;
    else if (invites)
        r.mailbox = cw_mailbox_of_group(a_group(t));
    return r;
}

/* --- are they the same? ---------------------------------------------------------------- */

static void differ(const struct twins *t, const struct cw_store_request *r, const char *field,
                   uint64_t a, uint64_t b)
{
    print_error("TWINS_SEED=%llu: step %llu, op %d (user %llu, group %llu, conversation %llx, "
                "seq %llu, before %llu, limit %u): %s is %llu in memory, %llu in SQLite\n",
                (unsigned long long)t->seed, (unsigned long long)t->step, r->op,
                (unsigned long long)r->user_id, (unsigned long long)r->group_id,
                (unsigned long long)r->conversation, (unsigned long long)r->seq,
                (unsigned long long)r->before, r->limit, field, (unsigned long long)a,
                (unsigned long long)b);
    fail_msg("the twins differ");
}

#define SAME(field)                                                                                \
    do {                                                                                           \
        if (a->field != b->field)                                                                  \
            differ(t, r, #field, (uint64_t)a->field, (uint64_t)b->field);                          \
    } while (0)
#define SAME_TEXT(field)                                                                           \
    do {                                                                                           \
        if (!cw_slice_eq(a->field, b->field))                                                      \
            differ(t, r, #field, a->field.n, b->field.n);                                          \
    } while (0)
#define SAME_ALL(same, items, count)                                                               \
    do {                                                                                           \
        SAME(count);                                                                               \
        for (size_t i = 0; i < a->count; i++)                                                      \
            same(t, r, &a->items[i], &b->items[i]);                                                \
    } while (0)

static void same_id(const struct twins *t, const struct cw_store_request *r, const uint64_t *a,
                    const uint64_t *b)
{
    if (*a != *b)
        differ(t, r, "an id", *a, *b);
}

static void same_group(const struct twins *t, const struct cw_store_request *r,
                       const struct cw_store_group *a, const struct cw_store_group *b)
{
    SAME(group_id);
    SAME_TEXT(name);
    SAME(role);
    SAME(muted_until_ms);
    SAME(by_invitation);
    if (r->op != CW_STORE_GROUP_LIST && r->op != CW_STORE_CONVERSATIONS)
        return;
    SAME_TEXT(topic);
    SAME(member_count);
    SAME(retain.days);
    SAME(retain.count);
}

static void same_person(const struct twins *t, const struct cw_store_request *r,
                        const struct cw_store_person *a, const struct cw_store_person *b)
{
    SAME(user_id);
    SAME_TEXT(name);
    SAME(seen_ms);
    SAME(contact);
    SAME(blocked);
    SAME(role);
    SAME(muted_until_ms);
}

static void same_invitation(const struct twins *t, const struct cw_store_request *r,
                            const struct cw_store_invitation *a,
                            const struct cw_store_invitation *b)
{
    SAME(id);
    SAME_TEXT(by);
    SAME(created_ms);
    SAME(expires_ms);
    SAME(uses);
}

static void same_notice(const struct twins *t, const struct cw_store_request *r,
                        const struct cw_store_notice *a, const struct cw_store_notice *b)
{
    SAME(id);
    SAME_TEXT(group);
    SAME_TEXT(by);
    SAME(kind);
    SAME(time_ms);
    SAME(until_ms);
}

static void same_session(const struct twins *t, const struct cw_store_request *r,
                         const struct cw_store_session *a, const struct cw_store_session *b)
{
    SAME(session_id);
    SAME_TEXT(client);
    SAME_TEXT(address);
    SAME(created_ms);
    SAME(seen_ms);
}

static void same_message(const struct twins *t, const struct cw_store_request *r,
                         const struct cw_store_message *a, const struct cw_store_message *b)
{
    SAME(message_id);
    SAME(time_ms);
    SAME(mailbox);
    SAME(sender_id);
    SAME_TEXT(sender);
    SAME_TEXT(mailbox_name);
    SAME_TEXT(body);
    SAME(file_id);
    SAME(file_size);
    SAME_TEXT(file_name);
    SAME_TEXT(file_type);
    SAME(voice);
    SAME(channels);
    SAME(sample_rate);
    SAME(kind);
    SAME(seq);
    SAME(reply_to);
    SAME(of);
    SAME(edited_ms);
    SAME(deleted_ms);
    SAME(duration_ms);
    SAME_TEXT(waveform);
    SAME(played_ms);
    SAME(size);
}

static void same_conversation(const struct twins *t, const struct cw_store_request *r,
                              const struct cw_store_conversation *a,
                              const struct cw_store_conversation *b)
{
    SAME(conversation);
    SAME(peer_id);
    SAME_TEXT(peer);
    SAME(peer_seen_ms);
    SAME(peer_read_seq);
    SAME(peer_cursor);
    same_group(t, r, &a->group, &b->group);
    SAME(read_seq);
    SAME(unread);
    SAME(empty);
    same_message(t, r, &a->last, &b->last);
}

static void same_file(const struct twins *t, const struct cw_store_request *r,
                      const struct cw_store_file *a, const struct cw_store_file *b)
{
    SAME(id);
    SAME(user_id);
    SAME(content);
    SAME(size);
    SAME(generation);
    SAME(begun_ms);
    SAME(message_id);
    SAME_TEXT(name);
}

static void same_result(const struct twins *t, const struct cw_store_request *r,
                        const struct cw_store_result *a, const struct cw_store_result *b)
{
    SAME(op);
    SAME(status);
    SAME(cookie);
    SAME(user_id);
    SAME(group_id);
    SAME(session_id);
    SAME(dropped_session_id);
    SAME(message_id);
    SAME(cursor);
    SAME_TEXT(name);
    SAME_TEXT(secret);
    SAME(extended);
    SAME(features);
    SAME(seq);
    SAME(time_ms);
    SAME(repeated);
    SAME(gone);
    SAME(stranger);
    SAME(last_seq);
    SAME(read_seq);
    SAME(peer_read_seq);
    SAME(peer_cursor);
    SAME(other_id);
    SAME_TEXT(other_name);
    SAME(was_member);
    SAME(muted_until_ms);
    SAME(notice_id);
    SAME(invitation_id);
    SAME(more);
    SAME(scanned_to);
    SAME_ALL(same_group, groups, group_count);
    SAME_ALL(same_message, messages, message_count);
    SAME_ALL(same_id, blocked, blocked_count);
    SAME_ALL(same_id, contacts, contact_count);
    SAME_ALL(same_person, people, person_count);
    SAME_ALL(same_session, sessions, session_count);
    SAME_ALL(same_notice, notices, notice_count);
    SAME_ALL(same_invitation, invitations, invitation_count);
    SAME_ALL(same_conversation, conversations, conversation_count);
    if (r->op >= CW_STORE_FILE_BEGIN && r->op != CW_STORE_FILE_DROP && a->status == CW_STORE_OK)
        same_file(t, r, &a->file, &b->file);
    if (a->request != b->request)
        differ(t, r, "request", a->request == r, b->request == r);
}

/* --- the game --------------------------------------------------------------------------- */

static void ask_both(struct twins *t, const struct cw_store_request *requests, size_t n)
{
    struct cw_store_result a[BATCH_MAX], b[BATCH_MAX];
    run_many(&t->memory, requests, n, a);
    run_many(&t->sqlite, requests, n, b);
    for (size_t i = 0; i < n; i++) {
        const struct cw_store_request *r = &requests[i];
        same_result(t, r, &a[i], &b[i]);
        if (a[i].message_id > t->newest)
            t->newest = a[i].message_id;
        if (r->op == CW_STORE_MESSAGE_APPEND && a[i].status == CW_STORE_OK &&
            r->n > t->last_n[r->session_id])
            t->last_n[r->session_id] = r->n;
    }
}

static void step(struct twins *t)
{
    struct cw_store_request requests[BATCH_MAX];
    size_t n = t->retains ? 1 : 1 + dice(t, BATCH_MAX);
    static const uint64_t day = 24 * 3600 * 1000;
    t->now_ms += dice(t, 60) == 0 ? IDLE_MS / 3 : dice(t, 2000);
    if (t->retains && dice(t, 50) == 0)
        t->now_ms += day;
    for (size_t i = 0; i < n; i++) {
        requests[i] = a_request(t);
        if (is_asked_of_nobody(t, &requests[i]))
            requests[i].op = CW_STORE_GROUP_LIST;
        if (requests[i].op == CW_STORE_SEARCH) { /* finds what was committed */
            requests[0] = requests[i];
            i = 0;
        }
        if (requests[i].op == CW_STORE_GROUP_LEAVE || requests[i].op == CW_STORE_SEARCH)
            n = i + 1;
    }
    ask_both(t, requests, n);
    if (t->retains || dice(t, 20) == 0) {
        run_idle(&t->memory);
        run_idle(&t->sqlite);
    }
    if (dice(t, 100) == 0) {
        fixture_close(&t->sqlite);
        fixture_open_sqlite(&t->sqlite);
    }
    cw_arena_reset(&t->memory.arena);
    cw_arena_reset(&t->sqlite.arena);
}

static uint64_t setting(const char *name, uint64_t otherwise)
{
    const char *text = getenv(name);
    return text == NULL ? otherwise : strtoull(text, NULL, 10);
}

static void play(uint64_t seed, struct cw_store_retention retain, uint64_t quota)
{
    struct twins t = {.seed = seed,
                      .random = seed * 0x9e3779b97f4a7c15,
                      .now_ms = 1000,
                      .retains = retain.count != 0};
    fixture_init(&t.memory);
    fixture_init(&t.sqlite);
    t.memory.options.retain = t.sqlite.options.retain = retain;
    t.memory.options.quota = t.sqlite.options.quota = quota;
    t.memory.store = cw_store_open_memory(&t.memory.options);
    fixture_open_sqlite(&t.sqlite);
    for (unsigned i = 0; i < USERS; i++) {
        char key[16];
        snprintf(key, sizeof key, "user %u", i);
        add_user(&t.memory, key);
        add_user(&t.sqlite, key);
    }
    uint64_t steps = setting("TWINS_STEPS", 1000);
    while (t.step++ < steps)
        step(&t);
    fixture_finish(&t.memory);
    fixture_finish(&t.sqlite);
}

static void both_answer_the_same(void **state)
{
    (void)state;
    uint64_t seed = setting("TWINS_SEED", 1);
    for (uint64_t i = 0; i < 3; i++)
        play(seed + i, (struct cw_store_retention){0}, 0);
}

static void both_forget_the_same(void **state)
{
    (void)state;
    play(setting("TWINS_SEED", 1), (struct cw_store_retention){.days = 20, .count = 12}, 0);
}

static void both_count_the_same(void **state)
{
    (void)state;
    uint64_t seed = setting("TWINS_SEED", 1);
    for (uint64_t i = 0; i < 2; i++) {
        play(seed + i, (struct cw_store_retention){0}, 4000);
        play(seed + i, (struct cw_store_retention){.days = 20, .count = 12}, 2000);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_answer_the_same),
        cmocka_unit_test(both_forget_the_same),
        cmocka_unit_test(both_count_the_same),
    };
    faulty_vfs_install();
    return cmocka_run_group_tests_name("twins", tests, NULL, NULL);
}
