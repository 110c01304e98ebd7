/* throttle.c - the limits on guesses of passwords: by one session, for one user from one address,
 * for one user from addresses where the user has not logged in before, and from one address; on
 * those of codes of the second factor, for one user; and the limit on registrations. No address is
 * exempt. */
#include "core/throttle.h"

#include <assert.h>
#include <stdlib.h>

#include "base/codes.h"
#include "base/limits.h"
#include "base/map.h"
#include "core/address.h"
#include "core/bucket.h"
#include "core/conn.h"
#include "core/list.h"
#include "core/request.h"
#include "core/state.h"

/* The bucket gives per_hour an hour, and holds as many. */
static bool take_hourly(struct bucket *bucket, uint64_t now_ms, unsigned per_hour)
{
    return cw_bucket_take(bucket, now_ms, 1, per_hour / 3600.0, per_hour);
}

static void give_hourly(struct bucket *bucket, unsigned per_hour)
{
    cw_bucket_give(bucket, 1, per_hour / 3600.0);
}

/* --- tallies ------------------------------------------------------------------------- */

/* The shares that a request has taken for a guess. */
enum { TAKEN_OF_PAIR = 1, TAKEN_OF_USER = 2, TAKEN_OF_ADDRESS = 4, TAKEN_OF_CODES = 8 };

#define TALLIES_LOOKED_AT 64

#define ID_MAX (1 + CW_NAME_KEY_MAX + 8)

struct tally {
    struct link by_age;    /* by the last use */
    unsigned count;        /* of a user at an address: wrong ones, and those under way */
    uint64_t until_ms;     /* ... no further try before */
    bool known;            /* ... and the user has logged in from there */
    struct bucket guesses; /* of a user from anywhere: of passwords ('u'), of codes ('c') */
    size_t id_n;
    uint8_t id[ID_MAX];
};

/* A user with a session, who is asked for the password again, is not affected by guesses of others
 * from the same address. */
static char pair_kind(const struct request *request)
{
    return request->sender_session != 0 ? 's' : 'p';
}

/* 'p', address and name key; 's', session and name key; or 'u' or 'c' and the name key. */
static struct cw_slice make_id(const struct request *request, char kind, uint8_t id[ID_MAX])
{
    assert(request->key != NULL && (kind != 'p' || request->conn != NULL));
    size_t n = 0;
    id[n++] = (uint8_t)kind;
    if (kind == 'p' || kind == 's') {
        memcpy(id + n, kind == 'p' ? &request->conn->from->id : &request->sender_session, 8);
        n += 8;
    }
    assert(request->key->n <= CW_NAME_KEY_MAX);
    memcpy(id + n, request->key->p, request->key->n);
    return cw_slice_of(id, n + request->key->n);
}

static struct tally *find_tally(struct cw_core *core, const struct request *request, char kind)
{
    uint8_t id[ID_MAX];
    return cw_map_get(&core->tallies, make_id(request, kind, id));
}

static void forget_tally(struct cw_core *core, struct tally *tally)
{
    assert(cw_map_get(&core->tallies, cw_slice_of(tally->id, tally->id_n)) == tally);
    cw_map_remove(&core->tallies, cw_slice_of(tally->id, tally->id_n));
    cw_list_remove(&tally->by_age);
    free(tally);
}

static void tally_used(struct cw_core *core, struct tally *tally)
{
    cw_list_remove(&tally->by_age);
    cw_list_append(&core->tallies_by_age, &tally->by_age);
}

/* Of some tallies, removes the one that was used longest ago and delays no login now: guesses for
 * invented names must not end a delay. */
static void forget_one_tally(struct cw_core *core)
{
    assert(!cw_list_empty(&core->tallies_by_age));
    struct tally *oldest;
    for (int looked = 0;; looked++) {
        oldest = CW_LINK_OWNER(core->tallies_by_age.next, struct tally, by_age);
        if (core->now_ms >= oldest->until_ms || looked == TALLIES_LOOKED_AT)
            break;
        tally_used(core, oldest);
    }
    forget_tally(core, oldest);
}

static struct tally *get_tally(struct cw_core *core, const struct request *request, char kind)
{
    struct tally *tally = find_tally(core, request, kind);
    if (tally != NULL) {
        tally_used(core, tally);
        return tally;
    }
    if (core->tallies.count == CW_LOGIN_FAILURES_TRACKED)
        forget_one_tally(core);
    tally = cw_alloc_zero(sizeof *tally);
    tally->id_n = make_id(request, kind, tally->id).n;
    cw_list_append(&core->tallies_by_age, &tally->by_age);
    cw_map_put(&core->tallies, cw_slice_of(tally->id, tally->id_n), tally);
    return tally;
}

/* --- guesses ------------------------------------------------------------------------- */

static void count_guess(struct cw_core *core, struct tally *pair)
{
    assert(core->now_ms >= pair->until_ms); /* else cw_guess_allowed has refused it */
    pair->count++;
    if (pair->count <= CW_LOGIN_FAILURES_FREE)
        return;
    unsigned doublings = pair->count - CW_LOGIN_FAILURES_FREE - 1;
    uint64_t wait_ms = doublings > 20 ? CW_LOGIN_WAIT_MAX_MS : (uint64_t)1000 << doublings;
    pair->until_ms =
        core->now_ms + (wait_ms > CW_LOGIN_WAIT_MAX_MS ? CW_LOGIN_WAIT_MAX_MS : wait_ms);
}

/* Takes a guess of the address, then one of the user from new addresses. The order matters: an
 * address without guesses must not make tallies that push out those of others. */
static enum cw_rule take_shares(struct cw_core *core, struct request *request)
{
    assert((request->guess & (TAKEN_OF_USER | TAKEN_OF_ADDRESS)) == 0);
    const struct cw_core_config *config = &core->config;
    struct bucket *of_address = &request->conn->from->guesses;
    if (!take_hourly(of_address, core->now_ms, config->guesses_per_address))
        return CW_RULE_GUESSES_OF_ADDRESS;
    if (!take_hourly(&get_tally(core, request, 'u')->guesses, core->now_ms,
                     config->guesses_per_user)) {
        give_hourly(of_address, config->guesses_per_address);
        return CW_RULE_GUESSES_OF_USER;
    }
    request->guess |= TAKEN_OF_USER | TAKEN_OF_ADDRESS;
    return CW_RULE_NONE;
}

bool cw_guess_allowed(struct cw_core *core, struct request *request)
{
    const struct tally *pair = find_tally(core, request, pair_kind(request));
    if (pair == NULL || core->now_ms >= pair->until_ms)
        return true;
    cw_request_refuse_until(core, request, CW_RULE_GUESS_PAUSE,
                            core->time_ms + (pair->until_ms - core->now_ms));
    return false;
}

bool cw_guess_begin(struct cw_core *core, struct request *request, bool known)
{
    assert(request->guess == 0 && !request->done);
    const struct tally *pair = find_tally(core, request, pair_kind(request));
    if (!cw_guess_allowed(core, request))
        return false;
    enum cw_rule rule =
        known || (pair != NULL && pair->known) ? CW_RULE_NONE : take_shares(core, request);
    if (rule != CW_RULE_NONE) {
        cw_request_refuse_above(core, request, rule,
                                rule == CW_RULE_GUESSES_OF_USER ? core->config.guesses_per_user
                                                                : core->config.guesses_per_address);
        return false;
    }
    count_guess(core, get_tally(core, request, pair_kind(request)));
    request->guess |= TAKEN_OF_PAIR;
    return true;
}

/* From all addresses, also known ones: who guesses a code knows the password. The tally is kept
 * while it counts something. */
bool cw_code_begin(struct cw_core *core, struct request *request)
{
    assert(request->guess == 0 && !request->done);
    struct tally *codes = get_tally(core, request, 'c');
    if (!take_hourly(&codes->guesses, core->now_ms, CW_CODE_GUESSES_PER_USER)) {
        cw_request_refuse_above(core, request, CW_RULE_CODES_OF_USER, CW_CODE_GUESSES_PER_USER);
        return false;
    }
    codes->until_ms = core->now_ms + 3600 * 1000;
    request->guess |= TAKEN_OF_CODES;
    return true;
}

static void give_back_guess(struct cw_core *core, struct request *request)
{
    assert((request->guess & TAKEN_OF_ADDRESS) == 0 || request->conn != NULL);
    const struct cw_core_config *config = &core->config;
    struct tally *user =
        (request->guess & TAKEN_OF_USER) != 0 ? find_tally(core, request, 'u') : NULL;
    struct tally *codes =
        (request->guess & TAKEN_OF_CODES) != 0 ? find_tally(core, request, 'c') : NULL;
    if (user != NULL)
        give_hourly(&user->guesses, config->guesses_per_user);
    if (codes != NULL)
        give_hourly(&codes->guesses, CW_CODE_GUESSES_PER_USER);
    if ((request->guess & TAKEN_OF_ADDRESS) != 0)
        give_hourly(&request->conn->from->guesses, config->guesses_per_address);
}

void cw_guess_end(struct cw_core *core, struct request *request, enum guess guess)
{
    assert(request->guess != 0);
    bool of_code = (request->guess & TAKEN_OF_CODES) != 0;
    struct tally *pair = of_code || (request->guess & TAKEN_OF_PAIR) != 0
                             ? find_tally(core, request, pair_kind(request))
                             : NULL;
    if (guess != GUESS_WRONG)
        give_back_guess(core, request);
    request->guess = 0;
    if (pair == NULL || guess == GUESS_WRONG)
        return;
    /* A password without its code is no login. */
    pair->known |= guess == GUESS_RIGHT && (of_code || !request->factor);
    if (of_code)
        return;
    pair->until_ms = 0;
    if (guess == GUESS_RIGHT)
        pair->count = 0;
    else if (pair->count != 0)
        pair->count--;
}

bool cw_secret_guess_begin(struct cw_core *core, struct request *request)
{
    assert(request->guess == 0 && !request->done && request->conn != NULL);
    if (!take_hourly(&request->conn->from->guesses, core->now_ms,
                     core->config.guesses_per_address)) {
        cw_request_refuse_above(core, request, CW_RULE_HOOK_GUESSES,
                                core->config.guesses_per_address);
        return false;
    }
    request->guess |= TAKEN_OF_ADDRESS;
    return true;
}

/* --- registrations ------------------------------------------------------------------- */

bool cw_registration_begin(struct cw_core *core, struct request *request)
{
    assert(request->conn != NULL && !request->done);
    if (take_hourly(&request->conn->from->registrations, core->now_ms,
                    core->config.registrations_per_hour))
        return true;
    cw_request_refuse_above(core, request, CW_RULE_REGISTRATIONS,
                            core->config.registrations_per_hour);
    return false;
}

void cw_registration_undo(struct cw_core *core, const struct request *request)
{
    if (request->conn != NULL)
        give_hourly(&request->conn->from->registrations, core->config.registrations_per_hour);
}

void cw_throttle_finish(struct cw_core *core)
{
    while (!cw_list_empty(&core->tallies_by_age))
        forget_tally(core, CW_LINK_OWNER(core->tallies_by_age.next, struct tally, by_age));
    cw_map_finish(&core->tallies);
}
