/* request.c - a request from its arrival to its answer.
 *
 * A request that must look something up blocks those behind it on its connection; a text on its way
 * to the disk does not, so that a sender may have many in one commit. Requests live in a table, and
 * a cookie names the place and its use, so that a late result finds no request. inbound.c decides
 * when a request begins, and when its answer is sent. */
#include "core/request.h"

#include <assert.h>
#include <stddef.h>
#include <stdlib.h>

#include "base/account.h"
#include "base/codes.h"
#include "base/map.h"
#include "core/address.h"
#include "core/admission.h"
#include "core/conn.h"
#include "core/effect.h"
#include "core/names.h"
#include "core/state.h"
#include "core/user.h"

static void grow(struct cw_core *core)
{
    size_t old = core->request_capacity;
    core->request_capacity = old == 0 ? 64 : old * 2;
    core->requests = cw_realloc(core->requests, core->request_capacity * sizeof(struct request *));
    for (size_t i = core->request_capacity; i-- > old;) {
        struct request *request = cw_alloc_zero(sizeof *request);
        request->index = (uint32_t)i;
        request->next = core->free_requests;
        core->requests[i] = request;
        core->free_requests = request;
    }
}

static void charge_taken(struct request *request, size_t taken)
{
    assert(request->account != NULL || request->conn == NULL || request->conn->account == NULL);
    cw_account_charge(request->account, taken);
    request->charged += taken;
}

static void charge(struct request *request, size_t n)
{
    charge_taken(request, cw_account_size(n));
}

static void settle_account(struct request *request)
{
    cw_account_give(request->account, request->charged);
    cw_account_release(request->account);
    request->account = NULL;
}

struct request *cw_request_create(struct cw_core *core, struct conn *conn,
                                  const struct cw_event *event)
{
    if (core->free_requests == NULL)
        grow(core);
    struct request *request = core->free_requests;
    core->free_requests = request->next;
    uint32_t index = request->index;
    assert(core->requests[index] == request && !request->in_flight);
    memset(request, 0, offsetof(struct request, name));
    request->index = index;
    request->conn = conn;
    if (conn != NULL) {
        request->account = cw_account_refer(conn->account);
        charge(request, sizeof *request);
    }
    if (event != NULL) {
        request->msg = event->message.msg;
        request->sent_map = request->msg->extras.map_present;
        request->frame.slice = event->message.frame;
        request->lender = event->message.owner;
        request->action = (uint8_t)event->message.msg->action;
        request->envelope = event->message.envelope;
        request->head = event->message.head;
        request->code = event->message.code;
        request->has_n = (event->message.msg->extras.present & CW_BIT(CW_X_N)) != 0;
        request->n = event->message.msg->extras.n;
        request->number = event->message.number;
    }
    return request;
}

static void drop_copy(struct request *request)
{
    cw_owned_free(&request->frame);
    free(request->copy);
}

void cw_request_destroy(struct cw_core *core, struct request *request)
{
    assert(core->requests[request->index] == request && core->free_requests != request);
    drop_copy(request);
    cw_buf_finish(&request->expected);
    settle_account(request);
    if (request->key != &core->folded)
        free(request->key);
    if (request->sender != NULL)
        cw_user_release(core, request->sender);
    if (request->target != NULL)
        cw_user_release(core, request->target);
    request->in_flight = false;
    request->next = core->free_requests;
    core->free_requests = request;
}

/* Moves the slice to the same bytes in the copy. */
static void move_slice(struct cw_slice *s, struct cw_slice from, const uint8_t *to)
{
    if (s->n == 0)
        return;
    assert(s->p >= from.p && s->p + s->n <= from.p + from.n);
    s->p = to + (s->p - from.p);
}

static void move_samples(struct cw_samples *samples, struct cw_slice from, const uint8_t *to)
{
    move_slice(&samples->encoded, from, to);
    move_slice(&samples->payload, from, to);
}

static void move_slices(struct cw_msg *msg, struct cw_slice from, const uint8_t *to)
{
#define MOVE_STRING(member)                         move_slice(&(member), from, to);
#define MOVE_BYTES(member)                          move_slice(&(member), from, to);
#define MOVE_SAMPLES(member)                        move_samples(&(member), from, to);
#define MOVE_UNSIGNED(member)                       (void)(member);
#define MOVE_FEATURES(member)                       (void)(member);
#define MOVE_LIST(member)                           (void)(member); /* comes from servers */
#define CW_FIELD(field, member, type)               MOVE_##type(msg->member)
#define CW_EXTRA(extra, member, type, key, program) MOVE_##type(msg->extras.member)
#include "wire/fields.def"
#undef CW_FIELD
#undef CW_EXTRA
    move_slice(&msg->action_name, from, to);
}

static void keep_key(struct cw_core *core, struct request *request)
{
    if (request->key != &core->folded)
        return;
    charge(request, sizeof *request->key);
    request->key = cw_alloc(sizeof *request->key);
    request->key->n = core->folded.n;
    memcpy(request->key->p, core->folded.p, core->folded.n);
}

/* The bytes of the frame, copied. */
static void keep_frame(struct request *request)
{
    struct cw_slice frame = request->frame.slice;
    uint8_t *bytes = cw_alloc(frame.n + 1);
    if (frame.n != 0)
        memcpy(bytes, frame.p, frame.n);
    move_slices(request->copy, frame, bytes);
    request->frame = (struct cw_owned){cw_slice_of(bytes, frame.n), bytes};
}

void cw_request_keep(struct cw_core *core, struct request *request)
{
    keep_key(core, request);
    if (request->copy != NULL || request->msg == NULL)
        return;
    assert(!request->done); /* otherwise it does not need its message any more */
    charge(request, request->frame.slice.n + 1);
    charge(request, sizeof *request->copy);
    request->copy = cw_alloc(sizeof *request->copy);
    *request->copy = *request->msg;
    request->msg = request->copy;
    if (request->lender != NULL)
        request->frame = cw_owned_take(request->lender);
    else
        keep_frame(request);
    request->lender = NULL;
}

struct cw_slice cw_request_bytes(struct cw_core *core, const struct request *request,
                                 struct cw_slice bytes)
{
    return request->copy == NULL || bytes.n == 0 ? bytes : cw_effect_copy(core, bytes);
}

struct cw_owned *cw_request_give_frame(struct cw_core *core, struct request *request)
{
    if (request->copy == NULL)
        return request->lender;
    assert(request->frame.memory != NULL);
    size_t n = cw_account_size(request->frame.slice.n + 1);
    cw_account_give(request->account, n);
    request->charged -= n;
    return cw_effect_adopt(core, cw_owned_take(&request->frame));
}

void cw_request_unblock(struct request *request)
{
    assert(request->conn == NULL || request->conn->request_count > 0);
    if (request->conn != NULL && request->conn->blocker == request)
        request->conn->blocker = NULL;
}

/* Logs the outcome, for operators and for programs that ban addresses. */
static void note_outcome(struct cw_core *core, const struct request *request, int code)
{
    bool by_link = request->action == CW_LOGIN_BY_LINK;
    bool noted = request->action == CW_LOGIN || by_link || request->action == CW_REGISTER ||
                 request->action == CW_CHANGE_PASSWORD || request->action == CW_DELETE_ACCOUNT ||
                 request->action == CW_EXPORT;
    if (!noted || request->conn == NULL || code == CW_BAD_REQUEST || code == CW_TOO_LARGE)
        return;
    struct cw_effect *effect = cw_effect_add(core, CW_FX_NOTE);
    effect->note.conn = request->conn->id;
    effect->note.action = request->action;
    effect->note.code = code;
    effect->note.request = request->number;
    struct cw_slice name = request->msg->username;
    if (by_link && request->target != NULL)
        name = cw_user_name(request->target);
    effect->note.name = cw_effect_copy(core, name);
}

void cw_request_answer(struct cw_core *core, struct request *request, int code)
{
    assert(!request->done);
    note_outcome(core, request, code);
    request->code = code;
    request->done = true;
    if (request->proves && request->conn != NULL)
        cw_conn_proved(core, request->conn, request->hashed);
    cw_request_unblock(request);
}

uint64_t cw_request_asker(const struct request *request)
{
    assert((request->sender == NULL) == (request->control != 0));
    return request->sender == NULL ? 0 : request->sender->id;
}

void cw_request_prove(struct cw_core *core, struct request *request)
{
    assert(request->conn != NULL && !request->proves);
    if (request->conn->session != NULL)
        return;
    request->proves = true;
    cw_conn_prove(core, request->conn);
}

struct cw_msg *cw_request_make_answer(struct cw_core *core)
{
    struct cw_msg *answer = cw_arena_alloc(&core->effects->arena, sizeof *answer);
    *answer = (struct cw_msg){.kind = CW_RESPONSE};
    return answer;
}

void cw_request_refuse_fault(struct cw_core *core, struct request *request, struct cw_fault fault)
{
    assert(fault.rule != CW_RULE_NONE && fault.rule < CW_RULE_COUNT);
    request->fault = fault;
    request->had_map = request->sent_map; /* its message may be gone by now */
    cw_request_answer(core, request, cw_rule_code(fault.rule));
}

void cw_request_note_mentions(struct request *request, const struct cw_store_result *result)
{
    if (result->not_all)
        request->fault = (struct cw_fault){.rule = CW_RULE_HERE};
    else if (request->cut && !result->repeated)
        request->fault = (struct cw_fault){.rule = CW_RULE_MENTIONS_MAX, .limit = CW_MENTIONS_MAX};
}

void cw_request_refuse(struct cw_core *core, struct request *request, enum cw_rule rule)
{
    cw_request_refuse_fault(core, request, (struct cw_fault){.rule = (uint8_t)rule});
}

void cw_request_refuse_above(struct cw_core *core, struct request *request, enum cw_rule rule,
                             uint64_t limit)
{
    cw_request_refuse_fault(core, request,
                            (struct cw_fault){.rule = (uint8_t)rule, .limit = limit});
}

void cw_request_refuse_field(struct cw_core *core, struct request *request, enum cw_rule rule,
                             const char *field, uint64_t limit)
{
    cw_request_refuse_fault(
        core, request,
        (struct cw_fault){
            .rule = (uint8_t)rule, .place = CW_RULE_IN_MESSAGE, .field = field, .limit = limit});
}

void cw_request_refuse_key(struct cw_core *core, struct request *request, enum cw_rule rule,
                           const char *key, uint64_t limit)
{
    cw_request_refuse_fault(
        core, request,
        (struct cw_fault){
            .rule = (uint8_t)rule, .place = CW_RULE_IN_MAP, .field = key, .limit = limit});
}

void cw_request_refuse_until(struct cw_core *core, struct request *request, enum cw_rule rule,
                             uint64_t until_ms)
{
    request->fault_until_ms = until_ms;
    cw_request_refuse(core, request, rule);
}

void cw_request_refuse_name(struct cw_core *core, struct request *request, enum cw_rule rule,
                            struct cw_slice name)
{
    cw_request_set_name(request, name);
    cw_request_refuse(core, request, rule);
}

void cw_request_answer_with(struct cw_core *core, struct request *request,
                            const struct cw_msg *answer)
{
    assert(request->conn == NULL || request->conn->first == request);
    request->answer = answer;
    cw_request_answer(core, request, CW_SUCCESS);
}

void cw_request_answer_list(struct cw_core *core, struct request *request,
                            const struct cw_entry *entries, size_t count, uint64_t next)
{
    assert(count == 0 || entries != NULL);
    struct cw_msg *answer = cw_arena_alloc(&core->effects->arena, sizeof *answer);
    *answer = (struct cw_msg){.extras = {.map_present = true,
                                         .present = CW_BIT(CW_X_LIST),
                                         .list = {.items = entries, .count = (uint32_t)count},
                                         .next = next}};
    if (next != 0)
        answer->extras.present |= CW_BIT(CW_X_NEXT);
    cw_request_answer_with(core, request, answer);
}

void cw_request_set_name(struct request *request, struct cw_slice name)
{
    assert(name.n <= sizeof request->name);
    request->name_n = (uint8_t)name.n;
    if (name.n != 0)
        memcpy(request->name, name.p, name.n);
}

struct cw_entry *cw_request_make_entries(struct cw_core *core, size_t count)
{
    size_t size = count * sizeof(struct cw_entry);
    struct cw_entry *entries = cw_arena_alloc(&core->effects->arena, size);
    if (size != 0)
        memset(entries, 0, size);
    return entries;
}

/* --- what it waits for --------------------------------------------------------------- */

static uint64_t await(struct cw_core *core, struct request *request, step_fn *resume)
{
    assert(!request->in_flight && !request->done);
    request->cookie = (uint64_t)++core->last_cookie << 32 | request->index;
    request->in_flight = true;
    request->resume = resume;
    return request->cookie;
}

uint64_t cw_request_hold(struct cw_core *core, struct request *request, step_fn *resume)
{
    cw_request_keep(core, request);
    return await(core, request, resume);
}

struct request *cw_request_held(const struct cw_core *core, uint64_t cookie)
{
    uint32_t index = (uint32_t)cookie;
    struct request *request = index < core->request_capacity ? core->requests[index] : NULL;
    bool held = request != NULL && request->in_flight && request->cookie == cookie &&
                request->conn != NULL && !request->conn->closing;
    return held ? request : NULL;
}

struct cw_store_request *cw_request_submit(struct cw_core *core, struct request *request,
                                           enum cw_store_op op, step_fn *resume)
{
    assert(op < CW_STORE_OP_COUNT);
    struct cw_store_request *store = &cw_effect_add(core, CW_FX_STORE)->store;
    store->op = op;
    store->cookie = await(core, request, resume);
    store->time_ms = core->time_ms;
    store->conn = request->conn == NULL ? 0 : request->conn->id;
    store->asker = request->sender_session;
    store->heard = core->heard;
    return store;
}

struct cw_store_request *cw_request_ask_store(struct cw_core *core, struct request *request,
                                              enum cw_store_op op, step_fn *resume)
{
    cw_request_keep(core, request);
    struct cw_store_request *store = cw_request_submit(core, request, op, resume);
    if (request->key != NULL)
        store->key = cw_effect_copy(core, cw_name_key_slice(request->key));
    return store;
}

bool cw_request_page_good(struct cw_core *core, struct request *request)
{
    const struct cw_extras *extras = &request->msg->extras;
    bool limited = (extras->present & CW_BIT(CW_X_LIMIT)) != 0;
    bool good = !limited || (extras->limit >= 1 && extras->limit <= CW_LIST_MAX);
    if (!good)
        cw_request_refuse_key(core, request, CW_RULE_ONE_TO_MAX, "limit", CW_LIST_MAX);
    return good;
}

struct cw_store_request *cw_request_ask_page(struct cw_core *core, struct request *request,
                                             enum cw_store_op op, step_fn *resume)
{
    const struct cw_extras *extras = &request->msg->extras;
    struct cw_store_request *store = cw_request_submit(core, request, op, resume);
    assert(extras->limit <= CW_LIST_MAX);
    store->user_id = cw_request_asker(request);
    store->after = extras->after;
    store->limit = extras->limit != 0 ? (uint32_t)extras->limit : CW_HISTORY_DEFAULT;
    return store;
}

/* It is compared again where a result depends on it. */
static void keep_expected(struct request *request, struct cw_slice expected)
{
    assert(expected.n != 0);
    struct cw_buf *kept = &request->expected;
    size_t before = cw_account_size(kept->capacity);
    kept->n = 0;
    cw_buf_append(kept, expected.p, expected.n);
    charge_taken(request, cw_account_size(kept->capacity) - before);
}

struct cw_effect *cw_request_ask_hash(struct cw_core *core, struct request *request,
                                      enum cw_hash_op op, struct cw_slice text,
                                      struct cw_slice expected, step_fn *resume)
{
    cw_request_keep(core, request);
    struct cw_effect *effect = cw_effect_add(core, CW_FX_HASH);
    effect->hash.cookie = await(core, request, resume);
    effect->hash.op = op;
    if (request->conn != NULL)
        effect->hash.address = request->conn->from->id;
    if (request->key != NULL)
        effect->hash.user = cw_hash_keyed(core->config.hash_seed, cw_name_key_slice(request->key));
    effect->hash.text = cw_effect_copy(core, text);
    effect->hash.expected = cw_effect_copy(core, expected);
    if (expected.n != 0)
        keep_expected(request, expected);
    return effect;
}

/* A connection that the session has left may still wait for a look-up or a hash; it is not closed
 * when the session ends on another connection. */
void cw_requests_orphan(struct cw_core *core, uint64_t session_id)
{
    assert(session_id != 0); /* as requests without a session have it */
    for (size_t i = 0; i < core->request_capacity; i++)
        if (core->requests[i]->in_flight && core->requests[i]->sender_session == session_id)
            core->requests[i]->orphan = true;
}

void cw_requests_orphan_others(struct cw_core *core, const struct user *user, uint64_t kept)
{
    for (size_t i = 0; i < core->request_capacity; i++) {
        struct request *request = core->requests[i];
        if (request->in_flight && request->sender == user && request->sender_session != kept)
            request->orphan = true;
    }
}

static bool fold(struct cw_core *core, struct request *request, enum cw_name_of of,
                 struct cw_slice name)
{
    assert(!request->done);
    if (request->key == NULL)
        request->key = &core->folded;
    if (cw_names_fold(core, of, name, request->key))
        return true;
    cw_request_refuse(core, request, cw_name_fault(name));
    return false;
}

bool cw_request_fold(struct cw_core *core, struct request *request, struct cw_slice name)
{
    return fold(core, request, CW_NAME_OF_USER, name);
}

bool cw_request_fold_group(struct cw_core *core, struct request *request, struct cw_slice name)
{
    return fold(core, request, CW_NAME_OF_GROUP, name);
}
