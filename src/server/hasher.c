/* hasher.c - see hasher.h. */
#include "server/hasher.h"

#include "base/turns.h"
#include "server/worker.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>

struct job {
    struct cw_turn turn; /* first: a turn is its job */
    uv_work_t work;
    struct cw_hasher *hasher;
    uint64_t cookie;
    enum cw_hash_op op;
    enum cw_hash_status status;
    enum stage { FIRST, TRY_RAW, RENEW } stage; /* each takes a turn */
    uint64_t address, user;
    bool renew, raw_fits;
    size_t password_n, raw_n;
    char password[CW_PASSWORD_MAX], raw[CW_PASSWORD_MAX];
    char renewed[CW_PASSWORD_HASH_MAX];  /* "": no other hash */
    char expected[CW_PASSWORD_HASH_MAX]; /* "" for a user that does not exist */
    char secret[CW_PASSWORD_HASH_MAX];
    size_t secret_n;
    char token[CW_TOKEN_LEN + 1];
};

struct cw_hasher {
    uv_loop_t *loop;
    unsigned long long operations;
    size_t memory;
    char nobody[CW_PASSWORD_HASH_MAX]; /* no password matches it */
    void (*done)(void *context, struct cw_event *event);
    void *context;
    struct cw_turns waiting;
    unsigned running;
    unsigned per_address; /* of one address may wait; 0: no limit */
};

static void set_cost(struct cw_hasher *hasher, enum cw_password_cost cost)
{
    switch (cost) {
    case CW_COST_MINIMUM:
        hasher->operations = crypto_pwhash_OPSLIMIT_MIN;
        hasher->memory = crypto_pwhash_MEMLIMIT_MIN;
        break;
    case CW_COST_INTERACTIVE:
        hasher->operations = crypto_pwhash_OPSLIMIT_INTERACTIVE;
        hasher->memory = crypto_pwhash_MEMLIMIT_INTERACTIVE;
        break;
    case CW_COST_MODERATE:
        hasher->operations = crypto_pwhash_OPSLIMIT_MODERATE;
        hasher->memory = crypto_pwhash_MEMLIMIT_MODERATE;
        break;
    }
}

struct cw_hasher *cw_hasher_create(uv_loop_t *loop, enum cw_password_cost cost,
                                   void (*done)(void *context, struct cw_event *event),
                                   void *context)
{
    struct cw_hasher *hasher = cw_alloc_zero(sizeof *hasher);
    char password[32];
    _Static_assert(crypto_pwhash_STRBYTES <= CW_PASSWORD_HASH_MAX, "a hash must fit");
    hasher->loop = loop;
    hasher->done = done;
    hasher->context = context;
    set_cost(hasher, cost);
    randombytes_buf(password, sizeof password);
    if (crypto_pwhash_str(hasher->nobody, password, sizeof password, hasher->operations,
                          hasher->memory) != 0) {
        free(hasher);
        return NULL;
    }
    return hasher;
}

void cw_hasher_set_share(struct cw_hasher *hasher, unsigned per_address)
{
    hasher->per_address = per_address;
}

/* RFC 4122, section 4.4: a UUID from random bits, version 4, variant 10. */
static void make_token(char token[CW_TOKEN_LEN + 1])
{
    uint8_t b[16];
    randombytes_buf(b, sizeof b);
    b[6] = (uint8_t)((b[6] & 0x0f) | 0x40);
    b[8] = (uint8_t)((b[8] & 0x3f) | 0x80);
    snprintf(token, CW_TOKEN_LEN + 1,
             "%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x", b[0], b[1],
             b[2], b[3], b[4], b[5], b[6], b[7], b[8], b[9], b[10], b[11], b[12], b[13], b[14],
             b[15]);
    sodium_memzero(b, sizeof b);
}

void cw_hash_token(struct cw_slice token, uint8_t hash[CW_TOKEN_HASH_LEN])
{
    crypto_generichash(hash, CW_TOKEN_HASH_LEN, token.p, token.n, NULL, 0);
}

void cw_hash_invite(char invitation[CW_TOKEN_LEN + 1], uint8_t hash[CW_TOKEN_HASH_LEN])
{
    make_token(invitation);
    cw_hash_token(cw_slice_of(invitation, CW_TOKEN_LEN), hash);
}

void cw_hash_secret(char secret[CW_SECRET_LEN + 1], uint8_t hash[CW_TOKEN_HASH_LEN])
{
    uint8_t b[CW_SECRET_BYTES];
    do { /* at the beginning of a word - would make an option of it */
        randombytes_buf(b, sizeof b);
        sodium_bin2base64(secret, CW_SECRET_LEN + 1, b, sizeof b,
                          sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    } while (secret[0] == '-');
    sodium_memzero(b, sizeof b);
    cw_hash_token(cw_slice_of(secret, CW_SECRET_LEN), hash);
}

void cw_hash_random(uint8_t *bytes, size_t n)
{
    randombytes_buf(bytes, n);
}

void cw_hash_setup(char code[CW_SETUP_LEN + 1], uint8_t hash[CW_TOKEN_HASH_LEN])
{
    uint8_t secret[CW_SETUP_LEN / 2];
    randombytes_buf(secret, sizeof secret);
    sodium_bin2hex(code, CW_SETUP_LEN + 1, secret, sizeof secret);
    sodium_memzero(secret, sizeof secret);
    cw_hash_token(cw_slice_of(code, CW_SETUP_LEN), hash);
}

static void verify(struct job *job)
{
    bool known = job->expected[0] != 0;
    const char *expected = known ? job->expected : job->hasher->nobody;
    bool raw = job->stage == TRY_RAW;
    bool good = crypto_pwhash_str_verify(expected, raw ? job->raw : job->password,
                                         raw ? job->raw_n : job->password_n) == 0;
    job->raw_fits = raw && good;
    job->status = good && known ? CW_HASH_OK : CW_HASH_WRONG;
    if (job->status != CW_HASH_OK)
        return;
    make_token(job->token);
    cw_hash_token(cw_slice_of(job->token, CW_TOKEN_LEN), (uint8_t *)job->secret);
    job->secret_n = CW_TOKEN_HASH_LEN;
}

/* Without memory for it the old hash stays. */
static void renew(struct job *job)
{
    if (crypto_pwhash_str(job->renewed, job->password, job->password_n, job->hasher->operations,
                          job->hasher->memory) != 0)
        job->renewed[0] = 0;
}

static void hash_on_worker(uv_work_t *work)
{
    struct job *job = work->data;
    cw_worker_begin();
    if (job->stage == RENEW) {
        renew(job);
    } else if (job->op == CW_HASH_PASSWORD_VERIFY) {
        verify(job);
    } else if (crypto_pwhash_str(job->secret, job->password, job->password_n,
                                 job->hasher->operations, job->hasher->memory) == 0) {
        job->status = CW_HASH_OK;
        job->secret_n = strlen(job->secret);
    } else {
        job->status = CW_HASH_BUSY; /* no memory for it now */
    }
}

static void start_waiting(struct cw_hasher *hasher);

static void report(struct job *job)
{
    struct cw_event event = {.type = CW_EV_HASH};
    event.hash.cookie = job->cookie;
    event.hash.status = job->status;
    event.hash.tried = job->stage == TRY_RAW;
    event.hash.secret = cw_slice_of(job->secret, job->secret_n);
    event.hash.renewed = cw_slice_str(job->renewed);
    event.hash.token = cw_slice_of(job->token, job->token[0] != 0 ? CW_TOKEN_LEN : 0);
    job->hasher->done(job->hasher->context, &event);
    sodium_memzero(job, sizeof *job);
    free(job);
}

/* Is the hash cheaper than what is made now? Its numbers: "$argon2id$v=19$m=65536,t=2,p=1$". */
static bool is_cheap(const struct job *job)
{
    const char *numbers = strstr(job->expected, "$m=");
    unsigned long long memory_kib, operations;
    return numbers != NULL && sscanf(numbers, "$m=%llu,t=%llu,", &memory_kib, &operations) == 2 &&
           (memory_kib < job->hasher->memory / 1024 || operations < job->hasher->operations);
}

/* Does the job need another turn? Sets its next stage. */
static bool next_stage(struct job *job)
{
    if (job->op != CW_HASH_PASSWORD_VERIFY || job->stage == RENEW)
        return false;
    if (job->status == CW_HASH_WRONG && job->stage == FIRST && job->raw_n != 0)
        job->stage = TRY_RAW;
    else if (job->status == CW_HASH_OK && job->renew && (job->raw_fits || is_cheap(job)))
        job->stage = RENEW;
    else
        return false;
    return true;
}

static void on_hash_done(uv_work_t *work, int status)
{
    struct job *job = work->data;
    struct cw_hasher *hasher = job->hasher;
    if (status != 0 && job->stage != RENEW)
        job->status = CW_HASH_BUSY;
    hasher->running--;
    bool more = status == 0 && next_stage(job);
    if (more)
        cw_turns_add(&hasher->waiting, &job->turn, job->address, job->user, uv_now(hasher->loop));
    start_waiting(hasher);
    if (!more)
        report(job);
}

static void no_work(uv_work_t *work)
{
    (void)work;
}

static void on_hash_refused(uv_work_t *work, int status)
{
    (void)status;
    report(work->data);
}

/* Reported like a result, never from inside submit. */
static void refuse_hash(struct job *job, enum cw_hash_status status)
{
    if (job->stage != RENEW) /* else the old hash stays valid */
        job->status = status;
    uv_queue_work(job->hasher->loop, &job->work, no_work, on_hash_refused);
}

/* A client that has waited so long has given up. */
static void refuse_old(struct cw_hasher *hasher)
{
    struct cw_turn *turn;
    uint64_t now_ms = uv_now(hasher->loop);
    while (now_ms >= CW_HASH_WAIT_MS &&
           (turn = cw_turns_take_old(&hasher->waiting, now_ms - CW_HASH_WAIT_MS)) != NULL)
        refuse_hash((struct job *)turn, CW_HASH_BUSY);
}

static void start_waiting(struct cw_hasher *hasher)
{
    refuse_old(hasher);
    while (hasher->running < CW_HASHES_RUNNING_MAX) {
        struct job *job = (struct job *)cw_turns_take(&hasher->waiting);
        if (job == NULL)
            return;
        hasher->running++;
        uv_queue_work(hasher->loop, &job->work, hash_on_worker, on_hash_done);
    }
}

static struct job *make_job(struct cw_hasher *hasher, const struct cw_effect *effect)
{
    struct job *job = cw_alloc_zero(sizeof *job);
    job->work.data = job;
    job->hasher = hasher;
    job->cookie = effect->hash.cookie;
    job->op = effect->hash.op;
    job->password_n = effect->hash.text.n;
    memcpy(job->password, effect->hash.text.p, effect->hash.text.n);
    job->raw_n = effect->hash.raw.n;
    if (job->raw_n != 0)
        memcpy(job->raw, effect->hash.raw.p, job->raw_n);
    job->renew = effect->hash.renew;
    job->address = effect->hash.address;
    job->user = effect->hash.user;
    if (effect->hash.expected.n != 0)
        memcpy(job->expected, effect->hash.expected.p, effect->hash.expected.n);
    return job;
}

void cw_hasher_submit(struct cw_hasher *hasher, const struct cw_effect *effect)
{
    struct job *job = make_job(hasher, effect);
    uint64_t address = effect->hash.address;
    if (hasher->per_address != 0 && cw_turns_of(&hasher->waiting, address) >= hasher->per_address) {
        refuse_hash(job, CW_HASH_LIMITED);
        return;
    }
    cw_turns_add(&hasher->waiting, &job->turn, address, effect->hash.user, uv_now(hasher->loop));
    start_waiting(hasher);
    if (hasher->waiting.count > CW_HASHES_QUEUED_MAX) /* the owner with most waiting loses one */
        refuse_hash((struct job *)cw_turns_take_most(&hasher->waiting), CW_HASH_BUSY);
}

void cw_hasher_destroy(struct cw_hasher *hasher)
{
    if (hasher == NULL)
        return;
    for (struct job *job; (job = (struct job *)cw_turns_take(&hasher->waiting)) != NULL;) {
        sodium_memzero(job, sizeof *job);
        free(job);
    }
    free(hasher);
}
