/* test_handover.c - calls that the process before has handed over, as no process of this version
 * would: each is taken or left out, and the core stays sound. What a good one leads to:
 * upgrade.trace. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "world_step.h"

#define NAME(text) cw_slice_of(text, sizeof(text) - 1)

static const uint32_t ascending[] = {7, 9}, twice[] = {7, 7};

static struct cw_core_seat seat(uint64_t user_id, const char *name, uint64_t session_id)
{
    return (struct cw_core_seat){
        .user_id = user_id, .name = cw_slice_str(name), .session_id = session_id};
}

static void give(struct world *world, const struct cw_core_call *call)
{
    world_step(world, &(struct cw_event){.type = CW_EV_CALL, .call = call});
    cw_core_check(world->core);
}

static size_t groups(const struct world *world)
{
    return cw_core_stats(world->core).groups;
}

static void calls_of_groups(struct world *world)
{
    struct cw_core_seat seats[] = {seat(1, "alice", 3), seat(1, "alice", 4), seat(0, "bob", 5),
                                   seat(2, "", 6),      seat(3, "c\nd", 7),  seat(4, "dave", 0),
                                   seat(5, "ALICE", 8)};
    struct cw_core_call call = {
        .group_id = 7, .group_name = NAME("cooks"), .seats = seats, .seat_count = 7};
    give(world, &call); /* one seat of alice is good; the others are nobody's, or hers */
    assert_int_equal(groups(world), 1);
    give(world, &call); /* it is there */
    call.group_id = 8;
    give(world, &call); /* another one of its name */
    assert_int_equal(groups(world), 1);
    call = (struct cw_core_call){
        .group_id = 9, .group_name = NAME("\xff"), .seats = seats, .seat_count = 1};
    give(world, &call); /* no name */
    call.group_name = NAME("bakers");
    call.seats = seats + 2;
    give(world, &call); /* nobody is in it */
    call.seat_count = 0;
    give(world, &call);
    assert_int_equal(groups(world), 1);
}

static void blocked_users(struct world *world)
{
    struct cw_core_seat seats[] = {seat(20, "erin", 30)};
    struct cw_core_call call = {
        .group_id = 10, .group_name = NAME("millers"), .seats = seats, .seat_count = 1};
    seats[0].blocked = twice;
    seats[0].blocked_count = 2;
    give(world, &call);
    assert_int_equal(groups(world), 1);
    seats[0].blocked = ascending;
    give(world, &call);
    assert_int_equal(groups(world), 2);
}

static void calls_of_two(struct world *world)
{
    struct cw_core_seat same[] = {seat(40, "gus", 1), seat(40, "gus", 2)};
    struct cw_core_seat two[] = {seat(41, "hal", 1), seat(42, "ida", 2)};
    struct cw_core_seat ringing[] = {seat(43, "jo", 3), seat(44, "kim", 0)};
    struct cw_core_seat late[] = {seat(45, "lee", 3), seat(46, "mo", 0)};
    give(world, &(struct cw_core_call){.seats = same, .seat_count = 2});
    give(world, &(struct cw_core_call){.seats = two, .seat_count = 1});
    give(world, &(struct cw_core_call){.seats = two, .seat_count = 2, .rings_ms = 5});
    give(world, &(struct cw_core_call){.seats = ringing, .seat_count = 2}); /* nobody answered */
    give(world, &(struct cw_core_call){.seats = ringing, .seat_count = 2, .rings_ms = UINT64_MAX});
    give(world, &(struct cw_core_call){.seats = late, .seat_count = 2, .rings_ms = 1});
    give(world, &(struct cw_core_call){.seats = two, .seat_count = 2}); /* a talk behind rings */
    give(world, &(struct cw_core_call){.seats = two, .seat_count = 2}); /* again */
}

static void what_makes_no_sense_is_left_out(void **state)
{
    struct cw_core_config config = world_config();
    struct world world = {0};
    struct cw_store_options options = world_store_options();
    (void)state;
    world_set_store(&options);
    world_init(&world, &config);
    calls_of_groups(&world);
    blocked_users(&world);
    calls_of_two(&world);
    world_advance(&world, 1000000); /* all seats and rings end */
    cw_core_check(world.core);
    assert_int_equal(groups(&world), 0);
    world_finish(&world);
}

/* With seats that nobody has come back to. */
static void a_core_ends_with_seats(void **state)
{
    struct cw_core_config config = world_config();
    struct world world = {0};
    struct cw_store_options options = world_store_options();
    (void)state;
    world_set_store(&options);
    world_init(&world, &config);
    calls_of_groups(&world);
    calls_of_two(&world);
    world_finish(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_makes_no_sense_is_left_out),
        cmocka_unit_test(a_core_ends_with_seats),
    };
    return cmocka_run_group_tests_name("handover", tests, NULL, NULL);
}
