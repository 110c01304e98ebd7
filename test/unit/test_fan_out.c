/* test_fan_out.c - a long body that several effects of a step send is taken once, shared, and
 * there until the step is over, whoever has gone meanwhile. */
#include "server/fan_out.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
/* after those */
#include <cmocka.h>

#define LONG_N (CW_BODY_INLINE_MAX + 1)

static uv_loop_t loop;
static struct cw_ledger ledger;
static const struct cw_net_handlers no_handlers;
static const cw_conn_id gone = (cw_conn_id)1 << 32;

static struct cw_net *create_net(void)
{
    static const uint64_t seed[2];
    struct cw_net_options options = {.connections_max = 10, .ledger = &ledger};
    uv_loop_init(&loop);
    cw_ledger_init(&ledger, SIZE_MAX, SIZE_MAX, SIZE_MAX, seed);
    return cw_net_create(&loop, &options, &no_handlers, NULL);
}

static void destroy_net(struct cw_net *net)
{
    cw_net_destroy(net);
    uv_run(&loop, UV_RUN_DEFAULT);
    assert_int_equal(uv_loop_close(&loop), 0);
    assert_int_equal(ledger.held, 0);
    cw_ledger_finish(&ledger);
}

static struct cw_owned recording(size_t n)
{
    uint8_t *memory = cw_alloc(n + 10);
    memset(memory, 'x', n + 10);
    return (struct cw_owned){cw_slice_of(memory, n + 10), memory};
}

static struct cw_effect to_somebody_gone(struct cw_owned *owner, size_t n)
{
    struct cw_effect effect = {.type = CW_FX_SEND};
    effect.send.msg = (struct cw_msg){.kind = CW_UPDATE, .action = CW_VOICE_MSG};
    effect.send.msg.samples.encoded = cw_slice_of(owner->slice.p + 5, n);
    effect.send.msg.samples.owner = owner;
    effect.send.plain = effect.send.extended = &gone;
    effect.send.plain_count = effect.send.extended_count = 1;
    return effect;
}

static void a_long_body_is_there_until_the_step_is_over(void **state)
{
    (void)state;
    struct cw_fan_out out = {.net = create_net()};
    struct cw_owned owner = recording(LONG_N);
    const void *memory = owner.memory;
    struct cw_effect effect = to_somebody_gone(&owner, LONG_N);
    cw_fan_out(&out, &effect);
    assert_null(owner.memory);
    const struct cw_body *body = out.shared;
    assert_ptr_equal(body->held.memory, memory);
    assert_int_equal(body->references, 1);
    assert_true(ledger.held >= LONG_N + 10);
    cw_fan_out(&out, &effect);
    assert_ptr_equal(out.shared, body);
    assert_int_equal(body->lent[LONG_N - 1], 'x');
    cw_fan_out_end(&out);
    assert_int_equal(ledger.held, 0);
    cw_fan_out_end(&out);
    cw_buf_finish(&out.scratch);
    destroy_net(out.net);
}

static void each_of_several_is_taken(void **state)
{
    (void)state;
    struct cw_fan_out out = {.net = create_net()};
    struct cw_owned owners[2] = {recording(LONG_N), recording(LONG_N)};
    for (int i = 0; i < 2; i++) {
        struct cw_effect effect = to_somebody_gone(&owners[i], LONG_N);
        cw_fan_out(&out, &effect);
        assert_null(owners[i].memory);
        assert_ptr_equal(out.shared->lent, owners[i].slice.p + 5);
        assert_true(ledger.held < 2 * LONG_N); /* the one before is not held any more */
    }
    cw_fan_out_end(&out);
    cw_buf_finish(&out.scratch);
    destroy_net(out.net);
}

static void a_short_body_stays_with_its_owner(void **state)
{
    (void)state;
    struct cw_fan_out out = {.net = create_net()};
    struct cw_owned owner = recording(CW_BODY_INLINE_MAX);
    struct cw_effect effect = to_somebody_gone(&owner, CW_BODY_INLINE_MAX);
    cw_fan_out(&out, &effect);
    assert_null(out.shared);
    assert_non_null(owner.memory);
    cw_fan_out_end(&out);
    cw_owned_free(&owner);
    cw_buf_finish(&out.scratch);
    destroy_net(out.net);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_long_body_is_there_until_the_step_is_over),
        cmocka_unit_test(each_of_several_is_taken),
        cmocka_unit_test(a_short_body_stays_with_its_owner),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
