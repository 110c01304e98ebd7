/* test_far_body.c - messages about calls between nodes: what one packs the other reads, and what is
 * cut short, or longer, is none. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/far_body.h"
#include "core/state.h"
#include "server/bus_voices.h"

static struct cw_core core; /* far_body alone is used of it */

static int tear_down(void **state)
{
    (void)state;
    cw_buf_finish(&core.far_body);
    return 0;
}

static struct far_here some_seats(void)
{
    struct far_here here = {.call = 7, .version = 3, .epoch = 5, .count = 2};
    here.seats[0] = (struct far_seat){
        .user_id = 1, .rank = 9, .flags = CW_FAR_SPEAKS, .name_n = 5, .name = "alice"};
    here.seats[1] = (struct far_seat){
        .user_id = 2, .rank = UINT64_MAX, .flags = CW_FAR_HELD, .name_n = 3, .name = "bob"};
    return here;
}

static void sets_are_read_whole_or_not_at_all(void **state)
{
    (void)state;
    struct far_here here = some_seats(), read;
    cw_far_pack_here(&core, &here);
    assert_true(cw_far_read_here(cw_buf_slice(&core.far_body), &read));
    assert_int_equal(read.count, 2);
    assert_true(read.call == 7 && read.version == 3 && read.epoch == 5);
    assert_true(read.seats[0].rank == 9 && read.seats[0].flags == CW_FAR_SPEAKS);
    assert_true(read.seats[1].user_id == 2 && read.seats[1].rank == UINT64_MAX);
    assert_memory_equal(read.seats[1].name, "bob", read.seats[1].name_n);
    for (size_t n = 0; n < core.far_body.n; n++)
        assert_false(cw_far_read_here(cw_slice_of(core.far_body.p, n), &read));
    cw_buf_append_byte(&core.far_body, 0);
    assert_false(cw_far_read_here(cw_buf_slice(&core.far_body), &read));
}

static void no_more_seats_than_a_call_has(void **state)
{
    (void)state;
    struct far_here here = some_seats(), read;
    for (size_t i = 2; i < CW_CALL_MEMBERS_LIMIT; i++)
        here.seats[i] = here.seats[1];
    here.count = CW_CALL_MEMBERS_LIMIT;
    cw_far_pack_here(&core, &here);
    assert_true(cw_far_read_here(cw_buf_slice(&core.far_body), &read));
    core.far_body.p[5 * 8 + 1 + 3]++; /* one more is announced ... */
    size_t seat = 8 + 8 + 1 + 4 + 3;  /* ... and there */
    cw_buf_append(&core.far_body, core.far_body.p + core.far_body.n - seat, seat);
    assert_false(cw_far_read_here(cw_buf_slice(&core.far_body), &read));
}

static void asks_verdicts_and_reports(void **state)
{
    (void)state;
    const struct far_ask ask = {1, 2, 3, CW_ASK_ECHO};
    struct far_ask ask_read;
    cw_far_pack_ask(&core, &ask);
    assert_true(cw_far_read_ask(cw_buf_slice(&core.far_body), &ask_read));
    assert_true(ask_read.call == 1 && ask_read.n == 2 && ask_read.user_id == 3 &&
                ask_read.flags == CW_ASK_ECHO);
    const struct far_verdict verdict = {1, 2, 3, 4, CALL_IS_FULL};
    struct far_verdict verdict_read;
    cw_far_pack_verdict(&core, &verdict);
    assert_true(cw_far_read_verdict(cw_buf_slice(&core.far_body), &verdict_read));
    assert_true(verdict_read.epoch == 3 && verdict_read.rank == 4 &&
                verdict_read.verdict == CALL_IS_FULL);
    core.far_body.p[24] = 3; /* a verdict that there is not */
    assert_false(cw_far_read_verdict(cw_buf_slice(&core.far_body), &verdict_read));
    const struct far_report report = {1, 2, 100, cw_slice_str("bob")};
    struct far_report report_read;
    cw_far_pack_report(&core, &report);
    assert_true(cw_far_read_report(cw_buf_slice(&core.far_body), &report_read));
    assert_true(report_read.rank == 2 && report_read.lost == 100);
    core.far_body.p[16] = 101;
    assert_false(cw_far_read_report(cw_buf_slice(&core.far_body), &report_read));
}

static struct cw_samples packet_of(uint8_t bytes[16], uint8_t last)
{
    bytes[0] = 0xc7; /* ext 8, 13 bytes, type 2 */
    bytes[1] = 13;
    bytes[2] = 2;
    memset(bytes + 3, last, 13);
    return (struct cw_samples){.encoded = cw_slice_of(bytes, 16),
                               .payload = cw_slice_of(bytes + 3, 13),
                               .form = CW_SAMPLES_PACKET,
                               .again = true};
}

/* What left with the last flush. */
struct left {
    unsigned count, to;
    struct cw_buf body;
};

static void on_sent(void *context, unsigned to, struct cw_slice body)
{
    struct left *left = context;
    left->count++;
    left->to = to;
    left->body.n = 0;
    cw_buf_append(&left->body, body.p, body.n);
}

static void voice(struct cw_bus_voices *voices, unsigned to, uint64_t call, uint64_t rank)
{
    uint8_t bytes[16];
    struct cw_samples samples = packet_of(bytes, (uint8_t)rank);
    cw_far_pack_voice(&core, call, rank, &samples);
    cw_bus_voices_add(voices, to, cw_buf_slice(&core.far_body));
}

/* One message a call, node and tick, with all voices for it. */
static void voices_of_a_tick_leave_together(void **state)
{
    (void)state;
    struct left left = {0};
    struct cw_bus_voices *voices = cw_alloc_zero(sizeof *voices);
    voices->send = on_sent;
    voices->context = &left;
    voice(voices, 2, 7, 1);
    voice(voices, 3, 7, 1);
    voice(voices, 2, 9, 1);
    voice(voices, 2, 7, 2);
    assert_int_equal(left.count, 0);
    cw_bus_voices_flush(voices);
    assert_int_equal(left.count, 3);
    cw_bus_voices_flush(voices);
    assert_int_equal(left.count, 3);
    voice(voices, 4, 7, 1);
    voice(voices, 4, 7, 2);
    cw_bus_voices_flush(voices);
    assert_int_equal(left.to, 4);
    struct cw_packed from = cw_packed_begin(cw_buf_slice(&left.body));
    assert_int_equal(cw_packed_take_u64(&from), 7);
    struct cw_samples samples;
    uint64_t rank;
    for (uint64_t i = 1; i <= 2; i++) {
        assert_true(cw_far_read_voice(&from, &rank, &samples));
        assert_int_equal(rank, i);
        assert_true(samples.form == CW_SAMPLES_PACKET && samples.again && !samples.loud);
        assert_int_equal(samples.payload.n, 13);
        assert_int_equal(samples.payload.p[12], i);
    }
    assert_false(cw_far_read_voice(&from, &rank, &samples));
    cw_bus_voices_finish(voices);
    free(voices);
    cw_buf_finish(&left.body);
}

/* A tick with more than one message may have leaves early, and in order. */
static void a_message_has_an_end(void **state)
{
    (void)state;
    struct left left = {0};
    struct cw_bus_voices *voices = cw_alloc_zero(sizeof *voices);
    voices->send = on_sent;
    voices->context = &left;
    for (uint64_t i = 0; i < CW_FAR_VOICES_BYTES / 33 + 100; i++)
        voice(voices, 2, 7, i);
    assert_int_equal(left.count, 1);
    assert_true(left.body.n <= CW_FAR_VOICES_BYTES);
    for (unsigned to = 1; to <= CW_BUS_VOICES_MAX; to++)
        voice(voices, 100 + to, 7, 1);
    assert_true(left.count > 2);
    cw_bus_voices_finish(voices);
    free(voices);
    cw_buf_finish(&left.body);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sets_are_read_whole_or_not_at_all),
        cmocka_unit_test(no_more_seats_than_a_call_has),
        cmocka_unit_test(asks_verdicts_and_reports),
        cmocka_unit_test(voices_of_a_tick_leave_together),
        cmocka_unit_test(a_message_has_an_end),
    };
    return cmocka_run_group_tests_name("far_body", tests, NULL, tear_down);
}
