/* test_hasher.c - passwords and tokens through a real loop, at the lowest cost. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>
#include <sodium.h>

#include "server/hasher.h"

/* What was reported about one cookie. */
struct report {
    unsigned times;
    unsigned order; /* 1: the first that was reported */
    enum cw_hash_status status;
    bool tried;
    size_t secret_n, token_n;
    char renewed[CW_PASSWORD_HASH_MAX + 1];
    char secret[CW_PASSWORD_HASH_MAX];
    char token[CW_TOKEN_LEN + 1];
};

#define COOKIES 2048

static uv_loop_t loop;
static struct cw_hasher *hasher;
static struct report reports[COOKIES];
static unsigned order;
static unsigned again; /* cookies 0 ... follow each other, so many */
static unsigned crowd; /* come when so many are done */

static void submit_from(uint64_t address, uint64_t cookie, uint64_t user);

static void on_hash(void *context, struct cw_event *event)
{
    (void)context;
    assert_int_equal(event->type, CW_EV_HASH);
    assert_true(event->hash.cookie < COOKIES);
    struct report *report = &reports[event->hash.cookie];
    report->times++;
    report->order = ++order;
    for (uint64_t i = 0; order == crowd && i < 2 * crowd; i++)
        submit_from(2, COOKIES - 1 - i, 1);
    report->tried = event->hash.tried;
    if (event->hash.cookie + 1 < again)
        submit_from(2, event->hash.cookie + 1, 1);
    report->status = event->hash.status;
    report->secret_n = event->hash.secret.n;
    report->token_n = event->hash.token.n;
    assert_true(report->secret_n <= sizeof report->secret);
    assert_true(report->token_n <= CW_TOKEN_LEN);
    snprintf(report->renewed, sizeof report->renewed, "%.*s", (int)event->hash.renewed.n,
             event->hash.renewed.n == 0 ? "" : (const char *)event->hash.renewed.p);
    memcpy(report->secret, event->hash.secret.p, report->secret_n);
    memcpy(report->token, event->hash.token.p, report->token_n);
}

static int begin(void **state)
{
    (void)state;
    memset(reports, 0, sizeof reports);
    order = again = crowd = 0;
    assert_true(sodium_init() >= 0);
    assert_int_equal(uv_loop_init(&loop), 0);
    hasher = cw_hasher_create(&loop, CW_COST_MINIMUM, on_hash, NULL);
    assert_non_null(hasher);
    return 0;
}

static int end(void **state)
{
    (void)state;
    cw_hasher_destroy(hasher);
    uv_run(&loop, UV_RUN_DEFAULT);
    return uv_loop_close(&loop);
}

static void submit(uint64_t cookie, enum cw_hash_op op, const char *password, const char *expected)
{
    struct cw_effect effect = {.type = CW_FX_HASH};
    effect.hash.cookie = cookie;
    effect.hash.op = op;
    effect.hash.text = cw_slice_str(password);
    effect.hash.expected = cw_slice_str(expected);
    cw_hasher_submit(hasher, &effect);
}

static void submit_from(uint64_t address, uint64_t cookie, uint64_t user)
{
    struct cw_effect effect = {.type = CW_FX_HASH};
    effect.hash.cookie = cookie;
    effect.hash.op = CW_HASH_PASSWORD;
    effect.hash.address = address;
    effect.hash.user = user;
    effect.hash.text = cw_slice_str("password1");
    cw_hasher_submit(hasher, &effect);
}

static void submit_raw(uint64_t cookie, const char *password, const char *raw, const char *expected,
                       bool renew)
{
    struct cw_effect effect = {.type = CW_FX_HASH};
    effect.hash.cookie = cookie;
    effect.hash.op = CW_HASH_PASSWORD_VERIFY;
    effect.hash.text = cw_slice_str(password);
    effect.hash.raw = cw_slice_str(raw);
    effect.hash.expected = cw_slice_str(expected);
    effect.hash.renew = renew;
    cw_hasher_submit(hasher, &effect);
}

/* The string that is kept of a password. */
static const char *kept(const char *password)
{
    static char string[CW_PASSWORD_HASH_MAX];
    submit(0, CW_HASH_PASSWORD, password, "");
    uv_run(&loop, UV_RUN_DEFAULT);
    assert_int_equal(reports[0].times, 1);
    assert_int_equal(reports[0].status, CW_HASH_OK);
    assert_int_equal(reports[0].token_n, 0);
    memcpy(string, reports[0].secret, reports[0].secret_n);
    string[reports[0].secret_n] = 0;
    return string;
}

/* --- passwords ----------------------------------------------------------------------------- */

static void a_password_becomes_an_argon2id_string(void **state)
{
    (void)state;
    const char *string = kept("password1");
    assert_memory_equal(string, "$argon2id$", 10);
    assert_null(strstr(string, "password1"));
    assert_int_equal(crypto_pwhash_str_verify(string, "password1", 9), 0);
    assert_int_not_equal(crypto_pwhash_str_verify(string, "password2", 9), 0);
}

static void the_same_password_twice_gives_two_strings(void **state)
{
    (void)state;
    submit(1, CW_HASH_PASSWORD, "password1", "");
    submit(2, CW_HASH_PASSWORD, "password1", "");
    uv_run(&loop, UV_RUN_DEFAULT);
    assert_int_equal(reports[1].secret_n, reports[2].secret_n);
    assert_memory_not_equal(reports[1].secret, reports[2].secret, reports[1].secret_n);
}

/* A hash of what was typed, as version 0.1.0 made it, is good, and replaced by one of what
 * is prepared now. */
static void a_hash_of_what_was_typed_is_renewed(void **state)
{
    (void)state;
    const char *string = kept("typed");
    submit_raw(1, "prepared", "typed", string, true);
    submit_raw(2, "prepared", "typed", string, false);
    submit_raw(3, "prepared", "wrong", string, true);
    submit_raw(4, "typed", "", string, true);
    submit_raw(5, "prepared", "typed", "", true); /* a user who does not exist */
    uv_run(&loop, UV_RUN_DEFAULT);
    assert_int_equal(reports[1].status, CW_HASH_OK);
    assert_int_equal(crypto_pwhash_str_verify(reports[1].renewed, "prepared", 8), 0);
    assert_int_equal(reports[1].token_n, CW_TOKEN_LEN);
    assert_int_equal(reports[2].status, CW_HASH_OK);
    assert_string_equal(reports[2].renewed, "");
    assert_int_equal(reports[3].status, CW_HASH_WRONG);
    assert_string_equal(reports[3].renewed, "");
    assert_int_equal(reports[4].status, CW_HASH_OK);
    assert_string_equal(reports[4].renewed, ""); /* neither cheaper nor of what was typed */
    assert_int_equal(reports[5].status, CW_HASH_WRONG);
    for (int i = 1; i <= 5; i++)
        assert_int_equal(reports[i].times, 1);
}

/* password_cost was raised; lowering it makes no hash cheaper. */
static void a_cheaper_hash_is_renewed(void **state)
{
    (void)state;
    const char *string = kept("password1");
    char dear[CW_PASSWORD_HASH_MAX];
    cw_hasher_destroy(hasher);
    hasher = cw_hasher_create(&loop, CW_COST_INTERACTIVE, on_hash, NULL);
    submit_raw(1, "password1", "", string, true);
    submit_raw(2, "password2", "", string, true);
    uv_run(&loop, UV_RUN_DEFAULT);
    assert_int_equal(reports[1].status, CW_HASH_OK);
    assert_non_null(strstr(reports[1].renewed, "$m=65536,t=2,"));
    assert_int_equal(reports[2].status, CW_HASH_WRONG);
    assert_string_equal(reports[2].renewed, "");
    memcpy(dear, reports[1].renewed, sizeof dear);
    cw_hasher_destroy(hasher);
    hasher = cw_hasher_create(&loop, CW_COST_MINIMUM, on_hash, NULL);
    submit_raw(3, "password1", "", dear, true);
    uv_run(&loop, UV_RUN_DEFAULT);
    assert_int_equal(reports[3].status, CW_HASH_OK);
    assert_string_equal(reports[3].renewed, "");
}

static void a_password_may_have_256_bytes(void **state)
{
    (void)state;
    char password[CW_PASSWORD_MAX + 1];
    memset(password, 'p', CW_PASSWORD_MAX);
    password[CW_PASSWORD_MAX] = 0;
    const char *string = kept(password);
    submit(1, CW_HASH_PASSWORD_VERIFY, password, string);
    password[CW_PASSWORD_MAX - 1] = 'q';
    submit(2, CW_HASH_PASSWORD_VERIFY, password, string);
    uv_run(&loop, UV_RUN_DEFAULT);
    assert_int_equal(reports[1].status, CW_HASH_OK);
    assert_int_equal(reports[2].status, CW_HASH_WRONG);
}

static void assert_wrong(const struct report *report)
{
    assert_int_equal(report->times, 1);
    assert_int_equal(report->status, CW_HASH_WRONG);
    assert_int_equal(report->token_n, 0);
    assert_int_equal(report->secret_n, 0);
}

static void only_the_right_password_gets_a_token(void **state)
{
    (void)state;
    const char *string = kept("password1");
    submit(1, CW_HASH_PASSWORD_VERIFY, "password1", string);
    submit(2, CW_HASH_PASSWORD_VERIFY, "password2", string);
    submit(3, CW_HASH_PASSWORD_VERIFY, "password", string);
    submit(4, CW_HASH_PASSWORD_VERIFY, "", string);
    submit(5, CW_HASH_PASSWORD_VERIFY, "password1", "not a hash at all");
    uv_run(&loop, UV_RUN_DEFAULT);
    assert_int_equal(reports[1].times, 1);
    assert_int_equal(reports[1].status, CW_HASH_OK);
    assert_int_equal(reports[1].token_n, CW_TOKEN_LEN);
    for (int i = 2; i <= 5; i++)
        assert_wrong(&reports[i]);
}

/* Its other spelling has no turn any more; but nobody guesses for nothing that way. */
static void a_password_that_was_looked_at_is_known_to_be(void **state)
{
    (void)state;
    const char *string = kept("password1");
    order = 0;
    crowd = 40;
    submit_raw(1, "prepared", "typed", string, false);
    for (uint64_t i = 0; i < CW_HASHES_QUEUED_MAX; i++)
        submit_from(0, 2 + i, 0); /* in a row with it */
    uv_run(&loop, UV_RUN_DEFAULT);
    assert_int_equal(reports[1].status, CW_HASH_BUSY);
    assert_true(reports[1].tried);
    unsigned busy = 0;
    for (uint64_t i = 0; i < CW_HASHES_QUEUED_MAX; i++) {
        busy += reports[2 + i].status == CW_HASH_BUSY;
        assert_false(reports[2 + i].tried);
    }
    assert_true(busy > 0);
}

static void nobody_has_no_password(void **state)
{
    (void)state;
    submit(1, CW_HASH_PASSWORD_VERIFY, "password1", "");
    submit(2, CW_HASH_PASSWORD_VERIFY, "", "");
    uv_run(&loop, UV_RUN_DEFAULT);
    assert_wrong(&reports[1]);
    assert_wrong(&reports[2]);
}

/* --- tokens ----------------------------------------------------------------------------------- */

/* RFC 4122, section 3: "the hexadecimal values 'a' through 'f' are output as
 * lower case characters"; section 4.1: the version is 4, the variant 10. */
static void assert_uuid_4(const char *token)
{
    static const char pattern[] = "xxxxxxxx-xxxx-4xxx-vxxx-xxxxxxxxxxxx";
    assert_int_equal(strlen(token), CW_TOKEN_LEN);
    for (size_t i = 0; i < CW_TOKEN_LEN; i++) {
        const char *allowed = pattern[i] == 'x'   ? "0123456789abcdef"
                              : pattern[i] == 'v' ? "89ab"
                              : pattern[i] == '4' ? "4"
                                                  : "-";
        if (strchr(allowed, token[i]) == NULL)
            fail_msg("%s", token);
    }
}

static void a_token_is_a_random_uuid_and_comes_with_its_hash(void **state)
{
    (void)state;
    enum { TOKENS = 40 };
    const char *string = kept("password1");
    for (uint64_t i = 1; i <= TOKENS; i++)
        submit(i, CW_HASH_PASSWORD_VERIFY, "password1", string);
    uv_run(&loop, UV_RUN_DEFAULT);
    for (int i = 1; i <= TOKENS; i++) {
        uint8_t hash[CW_TOKEN_HASH_LEN];
        assert_int_equal(reports[i].status, CW_HASH_OK);
        assert_uuid_4(reports[i].token);
        cw_hash_token(cw_slice_str(reports[i].token), hash);
        assert_int_equal(reports[i].secret_n, CW_TOKEN_HASH_LEN);
        assert_memory_equal(reports[i].secret, hash, CW_TOKEN_HASH_LEN);
        for (int k = 1; k < i; k++)
            assert_string_not_equal(reports[i].token, reports[k].token);
    }
}

static void an_invitation_is_a_random_uuid_and_comes_with_its_hash(void **state)
{
    (void)state;
    char first[CW_TOKEN_LEN + 1], second[CW_TOKEN_LEN + 1];
    uint8_t hash[CW_TOKEN_HASH_LEN], wanted[CW_TOKEN_HASH_LEN];
    cw_hash_invite(first, hash);
    cw_hash_token(cw_slice_str(first), wanted);
    assert_uuid_4(first);
    assert_memory_equal(hash, wanted, sizeof hash);
    cw_hash_invite(second, hash);
    assert_uuid_4(second);
    assert_string_not_equal(first, second);
}

static void a_token_is_kept_as_blake2b_256(void **state)
{
    (void)state;
    /* echo -n abc | b2sum -l 256 */
    static const uint8_t wanted[CW_TOKEN_HASH_LEN] = {
        0xbd, 0xdd, 0x81, 0x3c, 0x63, 0x42, 0x39, 0x72, 0x31, 0x71, 0xef,
        0x3f, 0xee, 0x98, 0x57, 0x9b, 0x94, 0x96, 0x4e, 0x3b, 0xb1, 0xcb,
        0x3e, 0x42, 0x72, 0x62, 0xc8, 0xc0, 0x68, 0xd5, 0x23, 0x19};
    uint8_t hash[CW_TOKEN_HASH_LEN];
    cw_hash_token(cw_slice_str("abc"), hash);
    assert_memory_equal(hash, wanted, sizeof wanted);
}

/* --- too many --------------------------------------------------------------------------------- */

static void the_longest_queue_gives_way_when_all_are_too_long(void **state)
{
    (void)state;
    enum { ACCEPTED = CW_HASHES_RUNNING_MAX + CW_HASHES_QUEUED_MAX };
    submit_from(2, ACCEPTED + 9, 7);
    for (uint64_t i = 0; i < ACCEPTED; i++)
        submit_from(1, i, i % 3);
    submit_from(2, ACCEPTED + 8, 7);
    for (uint64_t i = 0; i < COOKIES; i++)
        assert_int_equal(reports[i].times, 0); /* never from inside submit */
    uv_run(&loop, UV_RUN_DEFAULT);
    unsigned busy = 0;
    for (uint64_t i = 0; i < ACCEPTED; i++) {
        assert_int_equal(reports[i].times, 1);
        assert_true(reports[i].status == CW_HASH_OK || reports[i].secret_n == 0);
        busy += reports[i].status == CW_HASH_BUSY;
    }
    assert_int_equal(busy, 2);
    assert_int_equal(reports[ACCEPTED + 8].status, CW_HASH_OK);
    assert_int_equal(reports[ACCEPTED + 9].status, CW_HASH_OK);
    memset(reports, 0, sizeof reports);
    kept("password1"); /* and there is room again */
}

static void an_address_has_its_share_of_what_waits(void **state)
{
    (void)state;
    enum { SHARE = 4, ACCEPTED = CW_HASHES_RUNNING_MAX + SHARE };
    cw_hasher_set_share(hasher, SHARE);
    for (uint64_t i = 0; i < ACCEPTED + 3; i++)
        submit_from(1, i, i);
    submit_from(2, 100, 1);
    uv_run(&loop, UV_RUN_DEFAULT);
    for (uint64_t i = 0; i < ACCEPTED + 3; i++)
        assert_int_equal(reports[i].status, i < ACCEPTED ? CW_HASH_OK : CW_HASH_LIMITED);
    assert_int_equal(reports[100].status, CW_HASH_OK);
}

/* --- turns ------------------------------------------------------------------------------------ */

static void assert_few_between(unsigned honest)
{
    unsigned before = 0;
    for (uint64_t i = 0; i < honest; i++) {
        unsigned at = reports[i].order;
        assert_int_equal(reports[i].status, CW_HASH_OK);
        assert_true(at - before <= 5); /* 4 of the flood's, and itself */
        before = at;
    }
}

static void a_flood_of_one_address_lets_others_pass(void **state)
{
    (void)state;
    for (uint64_t i = 100; i < 200; i++)
        submit_from(1, i, i); /* each in another name */
    again = 20;
    submit_from(2, 0, 1);
    uv_run(&loop, UV_RUN_DEFAULT);
    assert_few_between(20);
    assert_true(order == 120);
}

static void a_flood_on_one_user_lets_others_of_its_address_pass(void **state)
{
    (void)state;
    for (uint64_t i = 100; i < 200; i++)
        submit_from(2, i, 9);
    again = 20;
    submit_from(2, 0, 1);
    uv_run(&loop, UV_RUN_DEFAULT);
    assert_few_between(20);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_password_becomes_an_argon2id_string, begin, end),
        cmocka_unit_test_setup_teardown(the_same_password_twice_gives_two_strings, begin, end),
        cmocka_unit_test_setup_teardown(a_hash_of_what_was_typed_is_renewed, begin, end),
        cmocka_unit_test_setup_teardown(a_cheaper_hash_is_renewed, begin, end),
        cmocka_unit_test_setup_teardown(a_password_may_have_256_bytes, begin, end),
        cmocka_unit_test_setup_teardown(only_the_right_password_gets_a_token, begin, end),
        cmocka_unit_test_setup_teardown(a_password_that_was_looked_at_is_known_to_be, begin, end),
        cmocka_unit_test_setup_teardown(nobody_has_no_password, begin, end),
        cmocka_unit_test_setup_teardown(a_token_is_a_random_uuid_and_comes_with_its_hash, begin,
                                        end),
        cmocka_unit_test_setup_teardown(an_invitation_is_a_random_uuid_and_comes_with_its_hash,
                                        begin, end),
        cmocka_unit_test_setup_teardown(a_token_is_kept_as_blake2b_256, begin, end),
        cmocka_unit_test_setup_teardown(the_longest_queue_gives_way_when_all_are_too_long, begin,
                                        end),
        cmocka_unit_test_setup_teardown(an_address_has_its_share_of_what_waits, begin, end),
        cmocka_unit_test_setup_teardown(a_flood_of_one_address_lets_others_pass, begin, end),
        cmocka_unit_test_setup_teardown(a_flood_on_one_user_lets_others_of_its_address_pass, begin,
                                        end),
    };
    setenv("UV_THREADPOOL_SIZE", "1", 1); /* what begins first ends first */
    return cmocka_run_group_tests_name("hasher", tests, NULL, NULL);
}
