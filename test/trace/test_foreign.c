/* test_foreign.c - what other servers have committed about users who have no session here: they are
 * in the cache, or a seat in a call is all that holds them. With the sanitizers, a user or group
 * that is used after its end is found. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "base/limits.h"
#include "world_step.h"

#define EVE     20
#define COOKS   10
#define SESSION 30
#define BLOCKED (CW_BLOCKED_CACHED_MAX + 1) /* who has blocked so many is not cached */

static struct world world;

static int set_up(void **state)
{
    struct cw_core_config config = world_config();
    (void)state;
    config.node = 1;
    world_init(&world, &config);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    world_finish(&world);
    return 0;
}

/* Eve's seat in the group's call, handed over by the process before. */
static void hold_seat(uint64_t group_id, size_t blocked_count)
{
    uint32_t blocked[BLOCKED];
    for (uint32_t i = 0; i < BLOCKED; i++)
        blocked[i] = 100 + i;
    const struct cw_core_seat seat = {.user_id = EVE,
                                      .name = cw_slice_str("eve"),
                                      .blocked = blocked,
                                      .blocked_count = blocked_count,
                                      .session_id = SESSION};
    const struct cw_core_call call = {
        .group_id = group_id, .group_name = cw_slice_str("cooks"), .seats = &seat, .seat_count = 1};
    world_step(&world, &(struct cw_event){.type = CW_EV_CALL, .call = &call});
}

static void hear(struct cw_store_news news)
{
    world_step(&world, &(struct cw_event){.type = CW_EV_NEWS, .news = &news});
    cw_core_check(world.core);
}

static void expect(size_t users, size_t groups)
{
    assert_int_equal(cw_core_stats(world.core).users, users);
    assert_int_equal(cw_core_stats(world.core).groups, groups);
}

static void one_who_is_only_cached_is_deleted(void **state)
{
    (void)state;
    hold_seat(COOKS, 0);
    world_advance(&world, world.now_ms + CW_CALL_SEAT_MS);
    expect(1, 0);
    hear((struct cw_store_news){.kind = CW_NEWS_DELETED, .user_id = EVE});
    expect(0, 0);
}

static void one_with_a_seat_alone_leaves(void **state)
{
    static const enum cw_news_kind kinds[] = {CW_NEWS_LEFT, CW_NEWS_KICKED, CW_NEWS_BANNED};
    (void)state;
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        hold_seat(COOKS, BLOCKED);
        expect(1, 1);
        hear((struct cw_store_news){.kind = kinds[i],
                                    .user_id = kinds[i] == CW_NEWS_LEFT ? EVE : 1,
                                    .other_id = EVE,
                                    .group_id = COOKS,
                                    .user_name = cw_slice_str("alice"),
                                    .other_name = cw_slice_str("eve")});
        expect(0, 0);
    }
}

/* It was here when its connection was lost, and not since. */
static void the_session_of_a_seat_ends(void **state)
{
    (void)state;
    hold_seat(COOKS, BLOCKED);
    hear((struct cw_store_news){.kind = CW_NEWS_ENDED, .user_id = EVE, .session_id = SESSION + 1});
    expect(1, 1);
    hear((struct cw_store_news){.kind = CW_NEWS_ENDED, .user_id = EVE, .session_id = SESSION});
    expect(0, 0);
}

/* Its name is free at once. */
static void a_group_with_a_seat_alone_is_closed(void **state)
{
    (void)state;
    hold_seat(COOKS, BLOCKED);
    hear((struct cw_store_news){
        .kind = CW_NEWS_CLOSED, .group_id = COOKS, .user_name = cw_slice_str("alice")});
    expect(0, 0);
    hold_seat(COOKS + 1, BLOCKED);
    expect(1, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(one_who_is_only_cached_is_deleted, set_up, tear_down),
        cmocka_unit_test_setup_teardown(one_with_a_seat_alone_leaves, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_session_of_a_seat_ends, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_group_with_a_seat_alone_is_closed, set_up, tear_down),
    };
    return cmocka_run_group_tests_name("foreign", tests, NULL, NULL);
}
