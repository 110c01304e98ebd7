/* on_audit.c - the audit log, for administrators: audit, verify_audit. */
#include <stdio.h>

#include "base/codes.h"
#include "base/hex.h"
#include "base/limits.h"
#include "base/subnet.h"
#include "core/effect.h"
#include "core/handlers.h"
#include "core/message_entry.h"
#include "core/refusal.h"
#include "core/request.h"
#include "core/state.h"

static struct cw_slice as_digits(struct cw_core *core, struct cw_slice bytes)
{
    char *text = cw_arena_alloc(&core->effects->arena, 2 * bytes.n + 1);
    cw_hex_write(bytes, text);
    return cw_slice_of(text, 2 * bytes.n);
}

/* --- audit ----------------------------------------------------------------------------------- */

/* Of a network its text; else what the server itself has put there. */
static struct cw_slice detail_of(struct cw_core *core, const struct cw_store_audit *row)
{
    bool network = row->act == CW_AUDIT_BAN_NETWORK || row->act == CW_AUDIT_UNBAN_NETWORK;
    if (!network || row->detail.n > CW_NETWORK_N || row->detail.n < 5)
        return row->detail;
    char *text = cw_arena_alloc(&core->effects->arena, CW_SUBNET_TEXT_MAX);
    return cw_slice_of(text, cw_subnet_write(row->detail, text));
}

static void describe_act(struct cw_core *core, const struct cw_store_audit *row,
                         struct cw_entry *entry)
{
    cw_entry_put_number(entry, CW_E_ID, &entry->id, row->number);
    cw_entry_put_number(entry, CW_E_TIME, &entry->time_ms, row->time_ms);
    cw_entry_put_string(entry, CW_E_KIND, &entry->kind, row->act_name);
    if (row->actor.n != 0)
        cw_entry_put_string(entry, CW_E_BY, &entry->by, row->actor);
    if (row->target_name.n != 0)
        cw_entry_put_string(entry, CW_E_NAME, &entry->name, row->target_name);
    if (row->target != 0)
        cw_entry_put_number(entry, CW_E_OF, &entry->of, row->target);
    if (row->detail.n != 0)
        cw_entry_put_string(entry, CW_E_DETAIL, &entry->detail, detail_of(core, row));
    cw_entry_put_string(entry, CW_E_HASH, &entry->hash, as_digits(core, row->hash));
}

static void audit_listed(struct cw_core *core, struct request *request,
                         const struct cw_event *event)
{
    const struct cw_store_result *result = event->store;
    if (cw_request_refused(core, request, result, NULL))
        return;
    size_t count = result->audit_count;
    struct cw_entry *entries = cw_request_make_entries(core, count);
    for (size_t i = 0; i < count; i++)
        describe_act(core, &result->audit[i], &entries[i]);
    cw_request_answer_list(core, request, entries, count,
                           result->more ? result->audit[count - 1].number : 0);
}

void cw_on_audit(struct cw_core *core, struct request *request)
{
    if (cw_request_page_good(core, request))
        cw_request_ask_page(core, request, CW_STORE_AUDIT_LIST, audit_listed);
}

/* --- verify_audit ---------------------------------------------------------------------------- */

/* "NUMBER:HASH". */
static bool read_head(struct cw_slice head, uint64_t *number, uint8_t hash[CW_AUDIT_HASH_N])
{
    size_t n = 0;
    for (*number = 0; n < head.n && n < 18 && head.p[n] >= '0' && head.p[n] <= '9'; n++)
        *number = *number * 10 + (uint64_t)(head.p[n] - '0');
    return n < head.n && head.p[n] == ':' && *number != 0 &&
           cw_hex_read(cw_slice_of(head.p + n + 1, head.n - n - 1), hash, CW_AUDIT_HASH_N);
}

static struct cw_slice write_head(struct cw_core *core, uint64_t number, struct cw_slice hash)
{
    struct cw_slice digits = as_digits(core, hash);
    char *text = cw_arena_alloc(&core->effects->arena, 24 + digits.n);
    int n = snprintf(text, 24 + digits.n, "%llu:%.*s", (unsigned long long)number, (int)digits.n,
                     (const char *)digits.p);
    return cw_slice_of(text, (size_t)n);
}

static void audit_verified(struct cw_core *core, struct request *request,
                           const struct cw_event *event)
{
    const struct cw_store_result *result = event->store;
    if (result->status == CW_STORE_MISMATCH) {
        cw_request_refuse_above(core, request, CW_RULE_AUDIT_BROKEN, result->number);
        return;
    }
    if (cw_request_refused(core, request, result, NULL))
        return;
    struct cw_msg *answer = cw_request_make_answer(core);
    answer->head = write_head(core, result->number, result->secret);
    cw_request_answer_with(core, request, answer);
}

void cw_on_verify_audit(struct cw_core *core, struct request *request)
{
    uint8_t hash[CW_AUDIT_HASH_N];
    uint64_t number = 0;
    if (request->msg->head.n != 0 && !read_head(request->msg->head, &number, hash)) {
        cw_request_refuse_field(core, request, CW_RULE_AUDIT_HEAD, "head", 0);
        return;
    }
    struct cw_store_request *store =
        cw_request_submit(core, request, CW_STORE_AUDIT_VERIFY, audit_verified);
    store->user_id = cw_request_asker(request);
    store->number = number;
    if (number != 0)
        store->body = cw_effect_copy(core, cw_slice_of(hash, sizeof hash));
}
