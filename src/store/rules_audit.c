/* rules_audit.c - see rules_audit.h. */
#include "store/rules_audit.h"

#include <openssl/evp.h>

static const struct {
    const char *name;
    enum cw_audit_target target;
} acts[] = {
#define CW_AUDIT(NAME, name, target) [CW_AUDIT_##NAME] = {name, CW_AUDIT_OF_##target},
#include "store/audit.def"
#undef CW_AUDIT
};
enum { ACT_COUNT = sizeof acts / sizeof acts[0] };

const char *cw_store_audit_name(uint8_t act)
{
    return act < ACT_COUNT && acts[act].name != NULL ? acts[act].name : "unknown";
}

enum cw_audit_target cw_store_audit_target(uint8_t act)
{
    return act < ACT_COUNT ? acts[act].target : CW_AUDIT_OF_NUMBER;
}

static size_t put_number(uint8_t *to, uint64_t number)
{
    for (size_t i = 0; i < 8; i++)
        to[i] = (uint8_t)(number >> (56 - 8 * i));
    return 8;
}

/* The hash before, four numbers of 8 bytes, the act, the detail. */
void cw_store_audit_hash(const struct cw_store_audit *row, const uint8_t before[CW_AUDIT_HASH_N],
                         uint8_t hash[CW_AUDIT_HASH_N])
{
    uint8_t bytes[CW_AUDIT_HASH_N + 4 * 8 + 1 + CW_AUDIT_DETAIL_MAX];
    size_t n = CW_AUDIT_HASH_N;
    size_t detail_n = row->detail.n < CW_AUDIT_DETAIL_MAX ? row->detail.n : CW_AUDIT_DETAIL_MAX;
    memcpy(bytes, before, n);
    n += put_number(bytes + n, row->number);
    n += put_number(bytes + n, row->time_ms);
    n += put_number(bytes + n, row->actor_id);
    n += put_number(bytes + n, row->target);
    bytes[n++] = row->act;
    if (detail_n != 0)
        memcpy(bytes + n, row->detail.p, detail_n);
    if (EVP_Digest(bytes, n + detail_n, hash, NULL, EVP_sha256(), NULL) != 1)
        memset(hash, 0, CW_AUDIT_HASH_N);
}

bool cw_store_audit_step(struct cw_store_audit_walk *walk, const struct cw_store_request *request,
                         const struct cw_store_audit *row)
{
    uint8_t hash[CW_AUDIT_HASH_N];
    cw_store_audit_hash(row, walk->hash, hash);
    if (row->number != walk->at + 1 || row->detail.n > CW_AUDIT_DETAIL_MAX ||
        !cw_slice_eq(row->hash, cw_slice_of(hash, sizeof hash))) {
        walk->bad = walk->at + 1;
        return false;
    }
    walk->at = row->number;
    memcpy(walk->hash, hash, sizeof hash);
    if (walk->at != request->number)
        return true;
    walk->found = cw_slice_eq(request->body, cw_slice_of(hash, sizeof hash));
    walk->bad = walk->found ? 0 : walk->at;
    return walk->found;
}

void cw_store_audit_end(const struct cw_store_audit_walk *walk,
                        const struct cw_store_request *request, struct cw_store_result *result,
                        struct cw_arena *arena)
{
    bool missing = request->number != 0 && !walk->found && walk->bad == 0;
    uint64_t bad = missing ? walk->at + 1 : walk->bad;
    result->number = bad != 0 ? bad : walk->at;
    result->secret = cw_arena_copy(arena, cw_slice_of(walk->hash, CW_AUDIT_HASH_N));
    if (bad != 0)
        result->status = CW_STORE_MISMATCH;
}
