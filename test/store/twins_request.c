/* twins_request.c - requests at random: see twins.h. */
#include "twins.h"

#include <stdio.h>

#include "store/one_time.h"

uint64_t twins_dice(struct twins *t, uint64_t sides)
{
    t->random ^= t->random << 13;
    t->random ^= t->random >> 7;
    t->random ^= t->random << 17;
    return (t->random >> 11) % sides;
}

static struct cw_slice numbered(struct twins *t, const char *kind, uint64_t number)
{
    char *text = cw_arena_alloc(&t->memory.arena, 32);
    snprintf(text, 32, "%s %u", kind, (unsigned)number);
    return TEXT(text);
}

static struct cw_slice a_string(struct twins *t, const char *kind, uint64_t sides)
{
    return numbered(t, kind, twins_dice(t, sides));
}

static struct cw_slice recent(struct twins *t)
{
    uint64_t back = 1 + twins_dice(t, 20);
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
    for (uint64_t i = twins_dice(t, most + 1); i > 0; i--)
        n += (size_t)sprintf(text + n, "%s%s", words[twins_dice(t, 15)], i == 1 ? "" : " ");
    return cw_slice_of(text, n);
}

static uint64_t a_user(struct twins *t)
{
    return twins_dice(t, 40) == 0 ? twins_dice(t, 2) * 99 : 1 + twins_dice(t, USERS);
}

static uint64_t a_group(struct twins *t)
{
    return twins_dice(t, 30) == 0 ? 0 : 1 + twins_dice(t, GROUPS);
}

static uint64_t a_conversation(struct twins *t, uint64_t user_id)
{
    if (twins_dice(t, 2) == 0)
        return cw_mailbox_of_group(a_group(t));
    uint64_t peer_id = twins_dice(t, 40) == 0 ? 99 : 1 + twins_dice(t, USERS);
    return cw_conversation_of_pair(user_id == 0 || twins_dice(t, 20) == 0 ? 5 : user_id, peer_id);
}

static void ask_where(struct twins *t, struct cw_store_request *r)
{
    r->conversation = a_conversation(t, r->user_id);
    r->seq = twins_dice(t, 3) == 0 ? twins_dice(t, 300) : twins_dice(t, 30);
    r->before = twins_dice(t, 2) == 0 ? 0 : twins_dice(t, t->newest + 3);
    r->limit = (uint32_t)(1 + twins_dice(t, twins_dice(t, 4) == 0 ? CW_LIST_MAX : 8));
    r->anchor = (enum cw_store_anchor)twins_dice(t, 4);
    r->after = twins_dice(t, USERS + 2);
}

static void ask_who(struct twins *t, struct cw_store_request *r)
{
    r->other_id = a_user(t);
    r->group_id = a_group(t);
    r->role = (enum cw_store_role)(1 + twins_dice(t, CW_ROLE_OWNER));
    r->by_invitation = twins_dice(t, 4) == 0;
    r->until_ms = twins_dice(t, 2) * (t->now_ms + twins_dice(t, 1000));
    r->expires_ms = t->now_ms + twins_dice(t, 100000);
    r->uses = 1 + twins_dice(t, 3);
    r->notice_id = twins_dice(t, 200);
    r->invitation_id = twins_dice(t, 300);
    r->hook_id = twins_dice(t, 30);
    /* Clocks that are wrong: a time ahead or behind, a date that is ahead. */
    static const uint64_t day = 24 * 3600 * 1000;
    uint64_t wrong = t->retains ? twins_dice(t, 40) : 9;
    r->date_ms = t->now_ms + (wrong == 2) * twins_dice(t, 3) * day;
    if (wrong == 0)
        r->time_ms += (1 + twins_dice(t, 60)) * day;
    else if (wrong == 1 && r->time_ms > 90 * day)
        r->time_ms -= twins_dice(t, 90) * day;
    if (t->retains)
        r->retain = (struct cw_store_retention){twins_dice(t, 3) * twins_dice(t, 4),
                                                twins_dice(t, 3) * twins_dice(t, 6)};
}

static void ask_session(struct twins *t, struct cw_store_request *r)
{
    r->session_id = twins_dice(t, SESSION_IDS);
    r->cursor = twins_dice(t, t->newest + 2);
    r->since = twins_dice(t, t->newest + 3);
    r->has_since = twins_dice(t, 4) == 0;
    r->extended = twins_dice(t, 2) == 0;
    r->features = twins_dice(t, 9);
    r->client = twins_dice(t, 3) == 0 ? (struct cw_slice){0} : a_string(t, "client", 5);
    r->address = twins_dice(t, 3) == 0 ? (struct cw_slice){0} : a_string(t, "192.0.2", 255);
}

/* Lists of what has been, appends and edits come more often than the rest. */
static enum cw_store_op any_op(struct twins *t)
{
    switch (twins_dice(t, 8)) {
    case 0:
    case 1:
    case 2:
        return CW_STORE_MESSAGE_APPEND;
    case 3:
        return (enum cw_store_op)(CW_STORE_MESSAGE_APPEND +
                                  twins_dice(t, CW_STORE_OP_COUNT - CW_STORE_MESSAGE_APPEND));
    default:
        return (enum cw_store_op)twins_dice(t, CW_STORE_OP_COUNT);
    }
}

/* Bytes have no rows. */
static enum cw_store_op an_op(struct twins *t)
{
    enum cw_store_op op;
    do
        op = any_op(t);
    while (cw_store_op_is_of_bytes(op) ||
           (op == CW_STORE_ACCOUNT_DELETE && twins_dice(t, 4) != 0)); /* users do not come back */
    return op;
}

static void ask_message(struct twins *t, struct cw_store_request *r)
{
    r->mailbox = twins_dice(t, 2) == 0 ? cw_mailbox_of_user(1 + twins_dice(t, USERS))
                                       : cw_mailbox_of_group(1 + twins_dice(t, GROUPS));
    r->voice = twins_dice(t, 6) == 0;
    r->call = !r->voice && twins_dice(t, 8) == 0;
    r->channels = r->voice ? 1 + (uint32_t)twins_dice(t, 2) : 0;
    r->sample_rate = r->voice ? 8000 : 0;
    r->duration_ms = r->voice ? (uint32_t)twins_dice(t, 1000) : 0;
    r->waveform =
        r->voice && twins_dice(t, 3) != 0 ? a_string(t, "waveform", 5) : (struct cw_slice){0};
    r->reply_to = twins_dice(t, 4) == 0 ? twins_dice(t, 20) : 0;
    r->part = twins_dice(t, 3);
    r->no_stranger = twins_dice(t, 3) == 0;
    r->refusal = twins_dice(t, 20) == 0 ? CW_STORE_FORBIDDEN : CW_STORE_OK;
    if (twins_dice(t, 2) == 0)
        r->n = twins_dice(t, 3) == 0
                   ? 1 + twins_dice(t, t->last_n[r->session_id] + 1)
                   : t->last_n[r->session_id] + 1 + twins_dice(t, 3) / 2 * twins_dice(t, 70);
}

bool twins_asks_nobody(struct twins *t, const struct cw_store_request *r)
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
    bool sends = r->op == CW_STORE_MESSAGE_APPEND && !r->voice && !r->call && twins_dice(t, 5) == 0;
    r->file_id = files || sends ? 1 + twins_dice(t, 9) : 0;
    r->size = 1 + twins_dice(t, 3);
    r->generation = 1 + twins_dice(t, 3);
    r->type = TEXT("image/png");
    if (files)
        r->user_id = 1 + twins_dice(t, 3);
    if (r->op == CW_STORE_FILE_BEGIN) {
        r->part = twins_dice(t, 2);
        r->n = twins_dice(t, 3);
    }
}

/* Few secrets, of which one's codes are typed; few names and hashes of device passwords. */
static void ask_factor(struct twins *t, struct cw_store_request *r)
{
    static const char codes[] = "aaaaaaaaaaaaaaaabbbbbbbbbbbbbbbbcccccccccccccccc";
    bool factor = r->op >= CW_STORE_FACTOR_FIND && r->op <= CW_STORE_FACTOR_RENEW;
    bool device = r->op >= CW_STORE_DEVICE_ADD && r->op <= CW_STORE_DEVICE_REMOVE;
    char *code = cw_arena_alloc(&t->memory.arena, 24);
    uint64_t step = r->time_ms / 30000 + twins_dice(t, 4) - 1;
    snprintf(code, 24, "%06u", cw_totp_code(TEXT("12345678901234567890"), step));
    if (twins_dice(t, 3) == 0)
        snprintf(code, 24, "%.16s", codes + 16 * twins_dice(t, 3));
    if (twins_dice(t, 3) != 0)
        r->code = TEXT(code);
    if (r->op == CW_STORE_FACTOR_BEGIN) {
        r->secret = TEXT("12345678901234567890");
        r->body = TEXT(codes);
    }
    if (r->op == CW_STORE_FACTOR_RENEW)
        r->body = cw_slice_of(codes + 16, sizeof codes - 17);
    if (r->op == CW_STORE_SESSION_NAME)
        r->name = a_string(t, "device", 20);
    if (device) {
        r->name = a_string(t, "device", 20);
        r->secret = a_string(t, "hash", 20);
    }
    if (r->op == CW_STORE_SESSION_CREATE && twins_dice(t, 3) == 0)
        r->device_id = twins_dice(t, 30);
    if (factor || device) /* the core knows who */
        r->user_id = 1 + twins_dice(t, USERS);
}

/* Whom a text may mention: keys of users, of whom not all may be there. */
static void ask_mentions(struct twins *t, struct cw_store_request *r)
{
    bool text = (r->op == CW_STORE_MESSAGE_APPEND && !r->voice) || r->op == CW_STORE_MESSAGE_EDIT;
    if (!text || twins_dice(t, 3) != 0)
        return;
    uint8_t *keys = cw_arena_alloc(&t->memory.arena, 96);
    size_t n = 0;
    for (uint64_t words = twins_dice(t, 3); words > 0; words--) {
        for (uint64_t spellings = 1 + twins_dice(t, 2); spellings > 0; spellings--)
            n += (size_t)sprintf((char *)keys + n, "user %u", (unsigned)twins_dice(t, USERS + 2)) +
                 1;
        keys[n++] = 0;
    }
    r->mentions = cw_slice_of(keys, n);
    r->calls_all = twins_dice(t, 4) == 0;
    r->body = TEXT("@all @of @you");
}

/* The core knows who; avatars are pictures that ask_file has uploaded. */
static void ask_profile(struct twins *t, struct cw_store_request *r)
{
    bool sets = r->op == CW_STORE_PROFILE_SET;
    r->unlisted = r->op == CW_STORE_GROUP_ACCESS && twins_dice(t, 4) == 0;
    if (sets || r->op == CW_STORE_PROFILE_READ) {
        r->user_id = 1 + twins_dice(t, USERS);
        r->other_id = 1 + twins_dice(t, USERS);
    }
    if (sets) {
        r->item = (enum cw_profile_item)twins_dice(t, CW_PROFILE_ITEMS);
        r->on = twins_dice(t, 2) == 0;
        r->file_id = twins_dice(t, 3) == 0 ? 0 : 1 + twins_dice(t, 9);
    }
    if (r->op == CW_STORE_SEARCH) {
        r->other_id = twins_dice(t, 2) == 0 ? 0 : 1 + twins_dice(t, USERS);
        r->has = twins_dice(t, 2) == 0 ? 0 : (unsigned)twins_dice(t, 8);
        r->from_ms =
            !t->retains && twins_dice(t, 4) == 0 ? t->now_ms - twins_dice(t, t->now_ms) : 0;
        r->until_ms =
            !t->retains && twins_dice(t, 4) == 0 ? t->now_ms - twins_dice(t, t->now_ms) : 0;
    }
}

struct cw_store_request twins_request(struct twins *t)
{
    struct cw_store_request r = {
        .op = an_op(t), .cookie = twins_dice(t, 1000), .time_ms = t->now_ms, .user_id = a_user(t)};
    ask_where(t, &r);
    ask_who(t, &r);
    ask_session(t, &r);
    ask_message(t, &r);
    r.body = some_words(t, twins_dice(t, 10) == 0 ? 60 : 4);
    r.invitation = twins_dice(t, 2) == 0 ? (struct cw_slice){0} : recent(t);
    bool group = r.op == CW_STORE_TALK_CREATE || r.op == CW_STORE_GROUP_PLACE ||
                 r.op == CW_STORE_GROUP_NEWCOMERS || r.op == CW_STORE_GROUP_CREATE ||
                 r.op == CW_STORE_GROUP_JOIN || r.op == CW_STORE_GROUP_FIND;
    r.key = r.name = a_string(t, group ? "group" : "user", group ? KEYS : USERS + 2);
    /* When these meet themselves again, one back end may still know what has expired. */
    r.secret = r.op == CW_STORE_INVITE_CREATE || r.op == CW_STORE_SESSION_CREATE
                   ? numbered(t, "secret", t->secrets++)
                   : recent(t);
    r.own = r.op == CW_STORE_INBOX_READ && twins_dice(t, 2) == 0;
    r.with_messages = r.op == CW_STORE_ACCOUNT_DELETE && twins_dice(t, 2) == 0;
    r.discreet = r.op == CW_STORE_SETTINGS_SET && twins_dice(t, 2) == 0;
    r.sets_level = twins_dice(t, 2) == 0;
    r.sets_until = !r.sets_level || twins_dice(t, 2) == 0;
    r.level = (enum cw_notify_level)twins_dice(t, CW_NOTIFY_LEVELS);
    r.here = (enum cw_store_here)twins_dice(t, CW_HERE_COUNT);
    r.announcements = r.newcomers = twins_dice(t, 3) == 0;
    r.slow_s = r.op == CW_STORE_GROUP_SLOW && twins_dice(t, 3) == 0 ? 1 : 0;
    r.version_days = twins_dice(t, 3);
    r.place = twins_dice(t, 4);
    r.admin = r.op == CW_STORE_ADMIN_SET && twins_dice(t, 3) != 0;
    if (r.op == CW_STORE_MESSAGE_APPEND || r.op == CW_STORE_SETTINGS_SET ||
        r.op == CW_STORE_NOTIFY_SET || r.op == CW_STORE_QUIET_SET) /* the core knows who */
        r.user_id = 1 + twins_dice(t, USERS);
    ask_mentions(t, &r);
    ask_file(t, &r);
    ask_factor(t, &r);
    ask_profile(t, &r);
    if (r.n != 0 && twins_dice(t, 2) == 0) { /* the same text, so that retries are good ones */
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
    if (invites && twins_dice(t, 3) == 0)
        r.mailbox = 0;
    else if (invites)
        r.mailbox = cw_mailbox_of_group(a_group(t));
    return r;
}
