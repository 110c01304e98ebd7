/* claim.c - compares the last message that a client has (`since`) with the database. A client may
 * be ahead of its server, when an older backup was restored or a new data folder was created. Its
 * ids then belong to other messages. If delivery began after them, the client would get no
 * messages, or miss those that have got the same ids since. store/identity.h says how that is
 * noticed.
 *
 * To the client an era is a text without a meaning. The text names the present era and some of
 * those before. So when a client's era is not known here (it began after the backup was made), the
 * earlier ones show up to which id its messages and these are the same. */
#include "core/claim.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/limits.h"
#include "core/request.h"
#include "core/state.h"

/* The bits of an era's random number that are sent. */
#define ERA_BITS   UINT64_C(0xffffffffffff)
#define ERA_TOLD   (12 + 1 + 16 + 1) /* "RANDOM-FIRST," in hexadecimal digits */
#define ERAS_NAMED 12                /* 0, 1, 2, 4, 8, ... 512 before the present one */
#define ERA_MAX    (ERAS_NAMED * ERA_TOLD)
_Static_assert(CW_ERAS_MAX <= 1 << (ERAS_NAMED - 2), "the oldest era is within reach");

void cw_claims_init(struct cw_core *core, const struct cw_core_config *config)
{
    core->newest = config->newest;
    if (config->identity == NULL)
        return;
    core->identity = cw_alloc(sizeof *core->identity);
    *core->identity = *config->identity;
}

void cw_claims_finish(struct cw_core *core)
{
    free(core->identity);
}

/* --- eras as text ----------------------------------------------------------------------- */

static size_t write_eras(const struct cw_store_identity *identity, char text[ERA_MAX])
{
    size_t n = 0;
    for (size_t back = 0; back < identity->era_count; back = back == 0 ? 1 : 2 * back) {
        const struct cw_store_era *era = &identity->eras[identity->era_count - 1 - back];
        n += (size_t)snprintf(text + n, ERA_MAX - n, "%s%012llx-%llx", n == 0 ? "" : ",",
                              (unsigned long long)(era->era & ERA_BITS),
                              (unsigned long long)era->first_id);
        assert(n < ERA_MAX);
    }
    return n;
}

/* Takes hexadecimal digits from the text, up to `end`, or to the end of the text for 0. */
static bool take_number(struct cw_slice *text, char end, uint64_t *value)
{
    size_t i = 0;
    for (*value = 0; i < text->n && text->p[i] != (uint8_t)end; i++) {
        uint8_t c = text->p[i];
        bool digit = c >= '0' && c <= '9';
        if ((!digit && (c < 'a' || c > 'f')) || *value >> 60 != 0)
            return false;
        *value = *value << 4 | (uint64_t)(digit ? c - '0' : c - 'a' + 10);
    }
    bool good = i != 0 && (i < text->n || end == ',');
    i += i < text->n;
    *text = cw_slice_of(text->p + i, text->n - i);
    return good;
}

/* The next of the named eras, newest first; false: no more, or an invalid text. */
static bool take_era(struct cw_slice *text, struct cw_store_era *era)
{
    return text->n != 0 && take_number(text, '-', &era->era) &&
           take_number(text, ',', &era->first_id);
}

/* --- judging ------------------------------------------------------------------------- */

/* The last id that was given in this era, if it is remembered. */
static bool find_end(const struct cw_core *core, const struct cw_store_era *era, uint64_t *end)
{
    const struct cw_store_identity *identity = core->identity;
    assert(identity != NULL && identity->era_count <= CW_ERAS_MAX);
    for (size_t i = identity->era_count; i-- > 0;) {
        if ((identity->eras[i].era & ERA_BITS) != era->era ||
            identity->eras[i].first_id != era->first_id)
            continue;
        *end = i + 1 == identity->era_count ? core->newest : identity->eras[i + 1].first_id - 1;
        return true;
    }
    return false;
}

/* Each era that it names ends, for the client, where the next one begins. */
static enum claim judge_eras(const struct cw_core *core, struct request *request)
{
    struct cw_slice text = request->msg->extras.era;
    uint64_t has = request->msg->extras.since, end;
    struct cw_store_era era;
    while (take_era(&text, &era)) {
        if (find_end(core, &era, &end)) {
            assert(has <= request->msg->extras.since);
            request->common = has < end ? has : end;
            return request->common == request->msg->extras.since ? CLAIM_GOOD : CLAIM_FORKED;
        }
        if (era.first_id <= has)
            has = era.first_id == 0 ? 0 : era.first_id - 1;
    }
    return CLAIM_LOST;
}

static enum claim judge(const struct cw_core *core, struct request *request)
{
    const struct cw_extras *extras = &request->msg->extras;
    if ((extras->present & CW_BIT(CW_X_SINCE)) == 0)
        return CLAIM_NONE;
    if (extras->db.n == 0)
        return extras->since <= core->newest ? CLAIM_GOOD : CLAIM_FOREIGN;
    if (core->identity == NULL || !cw_slice_eq(extras->db, cw_slice_str(core->identity->db)))
        return CLAIM_FOREIGN;
    if (extras->era.n != 0 && extras->since != 0) /* 0 is before all eras */
        return judge_eras(core, request);
    return extras->since <= core->newest ? CLAIM_GOOD : CLAIM_LOST;
}

enum claim cw_claim_judge(const struct cw_core *core, struct request *request)
{
    if (request->claim == CLAIM_UNJUDGED)
        request->claim = (uint8_t)judge(core, request);
    return (enum claim)request->claim;
}

uint64_t cw_claim_begin(const struct request *request, uint64_t received)
{
    uint64_t since = request->msg->extras.since;
    switch ((enum claim)request->claim) {
    case CLAIM_GOOD:
        return since;
    case CLAIM_FORKED:
        return request->common;
    case CLAIM_LOST: /* it may not even have the messages that were sent to it */
        return since < received ? since : received;
    case CLAIM_UNJUDGED:
    case CLAIM_NONE:
    case CLAIM_FOREIGN:
        break;
    }
    return received;
}

/* --- telling ------------------------------------------------------------------------- */

static void tell_identity(const struct cw_core *core, struct cw_extras *extras)
{
    const struct cw_store_identity *identity = core->identity;
    char *eras = cw_arena_alloc(&core->effects->arena, ERA_MAX);
    extras->present |= CW_BIT(CW_X_DB) | CW_BIT(CW_X_NEWEST);
    extras->db = cw_slice_str(identity->db);
    extras->newest = core->newest;
    extras->era = cw_slice_of(eras, write_eras(identity, eras));
    if (extras->era.n != 0) /* else the disk was full at every start so far */
        extras->present |= CW_BIT(CW_X_ERA);
}

void cw_claim_tell(const struct cw_core *core, const struct request *request,
                   struct cw_extras *extras)
{
    if (core->identity != NULL)
        tell_identity(core, extras);
    assert(request->claim <= CLAIM_FOREIGN);
    if (request->claim <= CLAIM_GOOD)
        return;
    extras->present |= CW_BIT(CW_X_RESTARTED) | CW_BIT(CW_X_SINCE);
    extras->restarted = 1;
    extras->since = request->begins;
}
