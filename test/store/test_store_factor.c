/* test_store_factor.c - the rules of ops.def about the second factor and device passwords, over
 * every back end; and the codes of RFC 6238. */
#include "suite.h"

#include <stdio.h>

#include "base/limits.h"
#include "store/one_time.h"

#define NOW    UINT64_C(1700000000000)
#define STEP   UINT64_C(30000)
#define SECRET "12345678901234567890"

/* --- the codes --------------------------------------------------------------------------- */

/* RFC 6238, appendix B, of SHA-1: it has eight digits, of which these are the last six. */
static void codes_are_those_of_the_rfc(void **state)
{
    static const struct {
        uint64_t time_s;
        uint32_t code;
    } vectors[] = {{59, 94287082},         {1111111109, 7081804},  {1111111111, 14050471},
                   {1234567890, 89005924}, {2000000000, 69279037}, {20000000000, 65353130}};
    (void)state;
    for (size_t i = 0; i < sizeof vectors / sizeof vectors[0]; i++) {
        char text[8];
        uint64_t step = vectors[i].time_s / 30;
        assert_int_equal(cw_totp_code(TEXT(SECRET), step), vectors[i].code % 1000000);
        snprintf(text, sizeof text, "%06u", vectors[i].code % 1000000);
        assert_int_equal(cw_totp_step(TEXT(SECRET), TEXT(text), vectors[i].time_s * 1000, 0), step);
    }
}

static const char *code_at(uint64_t time_ms)
{
    static char texts[4][8];
    static unsigned turn;
    char *text = texts[turn++ % 4];
    snprintf(text, 8, "%06u", cw_totp_code(TEXT(SECRET), time_ms / STEP));
    return text;
}

static void a_code_is_good_for_one_step_either_way(void **state)
{
    uint64_t step = NOW / STEP;
    (void)state;
    for (int i = -2; i <= 2; i++) {
        bool good = i >= -1 && i <= 1;
        uint64_t of = (uint64_t)((int64_t)step + i);
        struct cw_slice code = TEXT(code_at(of * STEP));
        assert_int_equal(cw_totp_step(TEXT(SECRET), code, NOW, 0), good ? of : 0);
        assert_int_equal(cw_totp_step(TEXT(SECRET), code, NOW, of), 0); /* it was used */
        assert_int_equal(cw_totp_step(TEXT(SECRET), code, NOW, of - 1), good ? of : 0);
    }
    assert_int_equal(cw_totp_step(TEXT(SECRET), TEXT("00000"), NOW, 0), 0);
    assert_int_equal(cw_totp_step(TEXT(SECRET), TEXT("0000000"), NOW, 0), 0);
    assert_int_equal(cw_totp_step(TEXT(SECRET), TEXT("12345a"), NOW, 0), 0);
    assert_int_equal(cw_totp_step(TEXT(SECRET), TEXT(""), 0, 0), 0);
}

/* --- the second factor --------------------------------------------------------------------- */

#define RECOVERY(letter)                                                                           \
    letter letter letter letter letter letter letter letter letter letter letter letter letter     \
        letter letter letter

static enum cw_store_status begin(struct fixture *f, uint64_t user_id)
{
    static const char codes[] = RECOVERY("a") RECOVERY("b") RECOVERY("c") RECOVERY("d")
        RECOVERY("e") RECOVERY("f") RECOVERY("g") RECOVERY("h") RECOVERY("i") RECOVERY("j");
    struct cw_store_result r = RUN_AT(f, NOW, .op = CW_STORE_FACTOR_BEGIN, .user_id = user_id,
                                      .secret = TEXT(SECRET), .body = TEXT(codes));
    if (r.status != CW_STORE_OK)
        return r.status;
    assert_slice(r.secret, SECRET);
    assert_slice(r.body, codes);
    return r.status;
}

static enum cw_store_status confirm(struct fixture *f, uint64_t user_id, uint64_t now_ms,
                                    const char *code)
{
    return RUN_AT(f, now_ms, .op = CW_STORE_FACTOR_CONFIRM, .user_id = user_id, .code = TEXT(code))
        .status;
}

static enum cw_store_status use(struct fixture *f, uint64_t user_id, uint64_t now_ms,
                                const char *code)
{
    return RUN_AT(f, now_ms, .op = CW_STORE_FACTOR_USE, .user_id = user_id, .code = TEXT(code))
        .status;
}

static void expect_state(struct fixture *f, uint64_t user_id, bool on, unsigned codes_left)
{
    struct cw_store_result r = RUN(f, .op = CW_STORE_FACTOR_FIND, .user_id = user_id);
    assert_int_equal(r.second_factor, on);
    assert_int_equal(r.codes_left, codes_left);
    assert_int_equal(RUN(f, .op = CW_STORE_PASSWORD_FIND, .user_id = user_id).second_factor, on);
    assert_int_equal(RUN(f, .op = CW_STORE_USER_FIND, .key = TEXT("alice")).second_factor, on);
}

/* With the second factor on; the code of NOW is used. */
static uint64_t add_alice(struct fixture *f)
{
    uint64_t alice = add_user(f, "alice");
    assert_int_equal(begin(f, alice), CW_STORE_OK);
    assert_int_equal(confirm(f, alice, NOW, code_at(NOW)), CW_STORE_OK);
    return alice;
}

static void it_is_on_when_a_code_has_confirmed_it(void **state)
{
    struct fixture *f = *state;
    uint64_t alice = add_user(f, "alice");
    assert_int_equal(confirm(f, alice, NOW, code_at(NOW)), CW_STORE_NOT_FOUND);
    assert_int_equal(begin(f, alice), CW_STORE_OK);
    expect_state(f, alice, false, 0);
    assert_int_equal(use(f, alice, NOW, ""), CW_STORE_OK); /* nobody is asked for a code yet */
    EXPECT(f, CW_STORE_NOT_FOUND, .op = CW_STORE_FACTOR_END, .user_id = alice);
    assert_int_equal(confirm(f, alice, NOW, "000000"), CW_STORE_WRONG_CODE);
    assert_int_equal(confirm(f, alice, NOW, ""), CW_STORE_NO_CODE);
    assert_int_equal(confirm(f, alice, NOW, RECOVERY("a")), CW_STORE_WRONG_CODE);
    uint64_t late = NOW + CW_TOTP_BEGUN_MS;
    assert_int_equal(confirm(f, alice, late, code_at(late)), CW_STORE_NOT_FOUND);
    suite_reopen(f);
    assert_int_equal(confirm(f, alice, late - 1, code_at(late - 1)), CW_STORE_OK);
    suite_reopen(f);
    expect_state(f, alice, true, CW_RECOVERY_CODES);
    assert_int_equal(confirm(f, alice, late - 1, code_at(late - 1)), CW_STORE_EXISTS);
    assert_int_equal(begin(f, alice), CW_STORE_EXISTS);
    assert_int_equal(use(f, alice, late - 1, code_at(late - 1)), CW_STORE_WRONG_CODE); /* used */
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_FACTOR_END, .user_id = alice);
    suite_reopen(f);
    expect_state(f, alice, false, 0);
    assert_int_equal(begin(f, alice), CW_STORE_OK);
}

static void new_codes_take_the_place_of_all_earlier_ones(void **state)
{
    struct fixture *f = *state;
    uint64_t alice = add_user(f, "alice");
    assert_int_equal(begin(f, alice), CW_STORE_OK);
    EXPECT(f, CW_STORE_NOT_FOUND, .op = CW_STORE_FACTOR_RENEW, .user_id = alice,
           .body = TEXT(RECOVERY("k"))); /* not confirmed */
    assert_int_equal(confirm(f, alice, NOW, code_at(NOW)), CW_STORE_OK);
    assert_int_equal(use(f, alice, NOW, RECOVERY("a")), CW_STORE_OK);
    struct cw_store_result r = RUN(f, .op = CW_STORE_FACTOR_RENEW, .user_id = alice,
                                   .body = TEXT(RECOVERY("k") RECOVERY("l")));
    assert_int_equal(r.status, CW_STORE_OK);
    assert_slice(r.body, RECOVERY("k") RECOVERY("l"));
    suite_reopen(f);
    expect_state(f, alice, true, 2);
    assert_int_equal(use(f, alice, NOW, RECOVERY("b")), CW_STORE_WRONG_CODE);
    assert_int_equal(use(f, alice, NOW, RECOVERY("l")), CW_STORE_OK);
    assert_int_equal(use(f, alice, NOW, code_at(NOW)), CW_STORE_WRONG_CODE); /* still used */
    uint64_t later = NOW + STEP;
    assert_int_equal(use(f, alice, later, code_at(later)), CW_STORE_OK); /* the secret stays */
    expect_state(f, alice, true, 1);
}

static struct cw_store_request login(uint64_t user_id, const char *token, const char *code)
{
    return (struct cw_store_request){.op = CW_STORE_SESSION_CREATE,
                                     .time_ms = NOW + STEP,
                                     .user_id = user_id,
                                     .secret = TEXT(token),
                                     .code = TEXT(code)};
}

/* The use of a code is in the transaction that makes the session, and each request of a batch sees
 * those before it. */
static void of_two_logins_with_one_code_one_succeeds(void **state)
{
    struct fixture *f = *state;
    uint64_t alice = add_alice(f);
    const char *code = code_at(NOW + STEP);
    struct cw_store_request logins[] = {login(alice, "a", code), login(alice, "b", code),
                                        login(alice, "c", ""), login(alice, "d", "000000")};
    struct cw_store_result r[4];
    run_many(f, logins, 4, r);
    assert_int_equal(r[0].status, CW_STORE_OK);
    assert_int_not_equal(r[0].session_id, 0);
    assert_int_equal(r[1].status, CW_STORE_WRONG_CODE);
    assert_int_equal(r[1].session_id, 0);
    assert_int_equal(r[2].status, CW_STORE_NO_CODE);
    assert_int_equal(r[3].status, CW_STORE_WRONG_CODE);
    assert_int_equal(RUN_AT(f, NOW, .op = CW_STORE_SESSION_LIST, .user_id = alice).session_count,
                     1);
    suite_reopen(f);
    assert_int_equal(run_one(f, &logins[1]).status, CW_STORE_WRONG_CODE);
    assert_int_equal(use(f, alice, NOW + STEP, code), CW_STORE_WRONG_CODE);
}

/* A wrong password uses no code. */
static void the_password_comes_first(void **state)
{
    struct fixture *f = *state;
    uint64_t alice = add_alice(f);
    const char *code = code_at(NOW + STEP);
    struct cw_store_request wrong = login(alice, "a", code);
    wrong.expected = TEXT("another hash");
    assert_int_equal(run_one(f, &wrong).status, CW_STORE_MISMATCH);
    struct cw_store_request right = login(alice, "a", code);
    assert_int_equal(run_one(f, &right).status, CW_STORE_OK);
}

static void a_recovery_code_is_good_once(void **state)
{
    struct fixture *f = *state;
    uint64_t alice = add_alice(f), bob = add_user(f, "bob");
    assert_int_equal(use(f, alice, NOW, "aaaa-aaaa-AAAA-aaaa"), CW_STORE_OK);
    suite_reopen(f);
    assert_int_equal(use(f, alice, NOW, RECOVERY("a")), CW_STORE_WRONG_CODE);
    assert_int_equal(use(f, alice, NOW, RECOVERY("k")), CW_STORE_WRONG_CODE);
    expect_state(f, alice, true, CW_RECOVERY_CODES - 1);
    struct cw_store_request by_code = login(alice, "a", RECOVERY("j"));
    assert_int_equal(run_one(f, &by_code).status, CW_STORE_OK);
    expect_state(f, alice, true, CW_RECOVERY_CODES - 2);
    assert_int_equal(use(f, bob, NOW, ""), CW_STORE_OK); /* alice's is no business of bob's */
    /* It does not make an earlier code of TOTP good again. */
    assert_int_equal(use(f, alice, NOW, code_at(NOW)), CW_STORE_WRONG_CODE);
}

/* The date is behind for as long as the server was off: the time judges. A clock that goes back
 * accepts no code that was used. */
static void the_time_judges_a_code_not_the_date(void **state)
{
    struct fixture *f = *state;
    uint64_t alice = add_alice(f), later = NOW + 100 * STEP;
    EXPECT_AT(f, CW_STORE_OK, later, .op = CW_STORE_FACTOR_USE, .user_id = alice, .date_ms = NOW,
              .code = TEXT(code_at(later)));
    assert_int_equal(use(f, alice, NOW + 50 * STEP, code_at(NOW + 50 * STEP)), CW_STORE_WRONG_CODE);
}

/* --- device passwords --------------------------------------------------------------------- */

static uint64_t add_device(struct fixture *f, uint64_t user_id, const char *name, const char *hash)
{
    struct cw_store_result r = RUN_AT(f, 5, .op = CW_STORE_DEVICE_ADD, .user_id = user_id,
                                      .name = TEXT(name), .secret = TEXT(hash));
    assert_int_equal(r.status, CW_STORE_OK);
    return r.device_id;
}

static enum cw_store_status find_device(struct fixture *f, uint64_t user_id, const char *hash,
                                        uint64_t *id)
{
    struct cw_store_result r =
        RUN(f, .op = CW_STORE_DEVICE_FIND, .user_id = user_id, .secret = TEXT(hash));
    *id = r.device_id;
    return r.status;
}

static struct cw_store_result login_by(struct fixture *f, uint64_t user_id, uint64_t device_id,
                                       const char *token)
{
    return RUN_AT(f, 9, .op = CW_STORE_SESSION_CREATE, .user_id = user_id, .device_id = device_id,
                  .secret = TEXT(token));
}

static void a_device_password_makes_sessions_without_a_code(void **state)
{
    struct fixture *f = *state;
    uint64_t alice = add_alice(f), bob = add_user(f, "bob"), id;
    uint64_t bot = add_device(f, alice, "bot", "hash 1");
    EXPECT(f, CW_STORE_EXISTS, .op = CW_STORE_DEVICE_ADD, .user_id = alice, .name = TEXT("bot"),
           .secret = TEXT("hash 2"));
    assert_int_not_equal(add_device(f, bob, "bot", "hash 3"), bot);
    assert_int_equal(find_device(f, alice, "hash 1", &id), CW_STORE_OK);
    assert_int_equal(id, bot);
    assert_int_equal(find_device(f, bob, "hash 1", &id), CW_STORE_NOT_FOUND);
    assert_int_equal(login_by(f, bob, bot, "x").status, CW_STORE_MISMATCH);
    assert_int_equal(RUN(f, .op = CW_STORE_DEVICE_LIST, .user_id = alice).devices[0].used_ms, 0);
    struct cw_store_result made = login_by(f, alice, bot, "a");
    assert_int_equal(made.status, CW_STORE_OK);
    assert_int_equal(made.device_id, bot);
    suite_reopen(f);
    struct cw_store_result r =
        RUN_AT(f, 9, .op = CW_STORE_SESSION_FIND, .key = TEXT("alice"), .secret = TEXT("a"));
    assert_int_equal(r.device_id, bot);
    EXPECT_AT(f, CW_STORE_OK, 20, .op = CW_STORE_SESSION_SAVE, .session_id = made.session_id);
    r = RUN_AT(f, 20, .op = CW_STORE_DEVICE_LIST, .user_id = alice);
    assert_int_equal(r.device_count, 1);
    assert_slice(r.devices[0].name, "bot");
    assert_int_equal(r.devices[0].created_ms, 5);
    assert_int_equal(r.devices[0].used_ms, 20);
}

static void its_sessions_end_with_it(void **state)
{
    struct fixture *f = *state;
    uint64_t alice = add_user(f, "alice"), id;
    uint64_t own = add_session(f, alice, "own", 9);
    uint64_t bot = add_device(f, alice, "bot", "hash 1");
    uint64_t other = add_device(f, alice, "other", "hash 2");
    uint64_t a = login_by(f, alice, bot, "a").session_id;
    uint64_t b = login_by(f, alice, other, "b").session_id;
    uint64_t c = login_by(f, alice, bot, "c").session_id;
    EXPECT(f, CW_STORE_NOT_FOUND, .op = CW_STORE_DEVICE_REMOVE, .user_id = alice,
           .name = TEXT("nothing"));
    struct cw_store_result r =
        RUN_AT(f, 9, .op = CW_STORE_DEVICE_REMOVE, .user_id = alice, .name = TEXT("bot"));
    assert_int_equal(r.status, CW_STORE_OK);
    assert_int_equal(r.session_count, 2);
    assert_int_equal(r.sessions[0].session_id, a);
    assert_int_equal(r.sessions[1].session_id, c);
    suite_reopen(f);
    assert_int_equal(login_by(f, alice, bot, "d").status, CW_STORE_MISMATCH);
    assert_int_equal(find_device(f, alice, "hash 1", &id), CW_STORE_NOT_FOUND);
    EXPECT_AT(f, CW_STORE_OK, 9, .op = CW_STORE_SESSION_FIND, .key = TEXT("alice"),
              .secret = TEXT("b"));
    /* A change of the password ends all of them: who had it may have made some. */
    EXPECT_AT(f, CW_STORE_OK, 9, .op = CW_STORE_PASSWORD_SET, .user_id = alice, .session_id = own,
              .secret = TEXT("new"));
    r = RUN_AT(f, 9, .op = CW_STORE_DEVICE_LIST, .user_id = alice);
    assert_int_equal(r.device_count, 0);
    assert_int_not_equal(b, 0);
    assert_int_equal(find_device(f, alice, "hash 2", &id), CW_STORE_NOT_FOUND);
}

static void so_many_device_passwords_there_may_be(void **state)
{
    struct fixture *f = *state;
    uint64_t alice = add_user(f, "alice");
    for (unsigned i = 0; i < CW_DEVICE_PASSWORDS_MAX; i++) {
        char text[16];
        snprintf(text, sizeof text, "%u", i);
        add_device(f, alice, text, text);
    }
    EXPECT(f, CW_STORE_FULL, .op = CW_STORE_DEVICE_ADD, .user_id = alice, .name = TEXT("more"),
           .secret = TEXT("more"));
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_DEVICE_REMOVE, .user_id = alice, .name = TEXT("3"));
    assert_int_equal(add_device(f, alice, "more", "more"), CW_DEVICE_PASSWORDS_MAX + 1);
}

int suite_factor(const char *back_end_name)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(codes_are_those_of_the_rfc),
        cmocka_unit_test(a_code_is_good_for_one_step_either_way),
        T(it_is_on_when_a_code_has_confirmed_it),
        T(new_codes_take_the_place_of_all_earlier_ones),
        T(of_two_logins_with_one_code_one_succeeds),
        T(the_password_comes_first),
        T(a_recovery_code_is_good_once),
        T(the_time_judges_a_code_not_the_date),
        T(a_device_password_makes_sessions_without_a_code),
        T(its_sessions_end_with_it),
        T(so_many_device_passwords_there_may_be),
    };
    return cmocka_run_group_tests_name(back_end_name, tests, NULL, NULL);
}
