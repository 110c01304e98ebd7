/* test_foreign.c - what other servers have committed: about users who have no session here, since
 * they are in the cache, or a seat in a call is all that holds them (with the sanitizers, a user or
 * group that is used after its end is found); and what alice, who has one, is told of contacts,
 * profiles and settings without any bus. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "base/limits.h"
#include "wire/msgpack.h"
#include "world_step.h"

#define ALICE   1 /* as the store numbers who registers, and their groups */
#define BOB     2
#define SOUPS   1
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
    world_clear(&world);
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

/* --- what clients are told ------------------------------------------------------------------- */

static void say(const char *name, const char *const *words)
{
    static const char *const features[] = {"groups", "presence", "profiles"};
    struct cw_buf frame = {0};
    for (; *words != NULL; words++)
        cw_pack_string(&frame, cw_slice_str(*words));
    cw_pack_map(&frame, 1);
    cw_pack_string(&frame, cw_slice_str("features"));
    cw_pack_array(&frame, 3);
    for (size_t i = 0; i < 3; i++)
        cw_pack_string(&frame, cw_slice_str(features[i]));
    world_clear(&world);
    world_message(&world, world_find(&world, name), cw_buf_slice(&frame), false);
    cw_buf_finish(&frame);
    cw_core_check(world.core);
}

static void ask(const char *name, const char *action, const char *argument)
{
    say(name,
        (const char *[]){"request", action, name, world_find(&world, name)->token, argument, NULL});
}

static void come(const char *name)
{
    world_connect(&world, name, false, false);
    say(name, (const char *[]){"request", "register", name, "password1", NULL});
    say(name, (const char *[]){"request", "login", name, "password1", NULL});
}

/* What came of the last news, or request. */
static const char *out(void)
{
    cw_buf_append_byte(&world.trace, 0);
    return (const char *)world.trace.p;
}

static int set_up_alice(void **state)
{
    set_up(state);
    come("alice");
    ask("alice", "create_group", "soups");
    return 0;
}

static void hear_contact(enum cw_news_kind kind, uint64_t user_id, uint64_t other_id)
{
    hear((struct cw_store_news){.kind = kind, .user_id = user_id, .other_id = other_id});
    assert_string_equal(out(), "");
}

static void a_contact_is_followed_from_then_on(void **state)
{
    static const char told[] = "send alice: \"update\" \"presence\" \"bob\" ";
    (void)state;
    come("bob");
    ask("bob", "set_presence", "away");
    assert_null(strstr(out(), told));
    hear_contact(CW_NEWS_CONTACT_ADDED, ALICE, BOB);
    hear_contact(CW_NEWS_CONTACT_ADDED, ALICE, BOB);
    ask("bob", "set_presence", "online");
    assert_non_null(strstr(out(), told));
    hear_contact(CW_NEWS_CONTACT_REMOVED, ALICE, BOB);
    ask("bob", "set_presence", "away");
    assert_null(strstr(out(), told));
    hear_contact(CW_NEWS_CONTACT_ADDED, EVE, BOB); /* she is not here */
}

static const char *hear_profile(uint64_t item, struct cw_store_result user)
{
    user.user_id = EVE;
    user.name = cw_slice_str("eve");
    hear((struct cw_store_news){
        .kind = CW_NEWS_PROFILE, .user_id = EVE, .number = item, .user = user});
    return out();
}

#define PROFILE(...)                                                                               \
    (struct cw_store_result)                                                                       \
    {                                                                                              \
        .profile = { __VA_ARGS__ }                                                                 \
    }
#define TOLD(rest) "    send alice: \"update\" " rest "\n"

static void a_profile_is_told_to_who_has_the_user_as_a_contact(void **state)
{
    (void)state;
    struct cw_store_result user =
        PROFILE(.status = cw_slice_str("at lunch"), .status_until_ms = 7, .hidden = true);
    assert_string_equal(hear_profile(CW_PROFILE_STATUS, user), "");
    hear_contact(CW_NEWS_CONTACT_ADDED, ALICE, EVE);
    assert_string_equal(hear_profile(CW_PROFILE_STATUS, user),
                        TOLD("\"profile\" \"eve\" \"status\" \"at lunch\" {\"until\": 7}"));
    assert_string_equal(hear_profile(CW_PROFILE_DISPLAY, user),
                        TOLD("\"profile\" \"eve\" \"display\" \"\""));
    assert_string_equal(hear_profile(CW_PROFILE_AVATAR, PROFILE(.avatar = 12)),
                        TOLD("\"profile\" \"eve\" \"avatar\" \"12\""));
    assert_string_equal(hear_profile(CW_PROFILE_AVATAR, user),
                        TOLD("\"profile\" \"eve\" \"avatar\" \"\""));
    assert_string_equal(hear_profile(CW_PROFILE_ZONE, PROFILE(.zone = cw_slice_str("+02:00"))),
                        TOLD("\"profile\" \"eve\" \"zone\" \"+02:00\""));
    /* What is the user's own, and what a later version may have. */
    assert_string_equal(hear_profile(CW_PROFILE_LAST_SEEN, user), "");
    assert_string_equal(hear_profile(CW_PROFILE_LISTED, user), "");
    assert_string_equal(hear_profile(CW_PROFILE_ITEMS, user), "");
}

static void a_profile_is_told_in_groups_and_not_to_who_is_blocked(void **state)
{
    (void)state;
    struct cw_store_group groups[] = {{.group_id = SOUPS + 1}, {.group_id = SOUPS}};
    uint64_t blocked[] = {ALICE, BOB};
    struct cw_store_result user = PROFILE(.display = cw_slice_str("Eve E."));
    user.groups = groups;
    user.group_count = 1;
    assert_string_equal(hear_profile(CW_PROFILE_DISPLAY, user), "");
    user.group_count = 2;
    assert_string_equal(hear_profile(CW_PROFILE_DISPLAY, user),
                        TOLD("\"profile\" \"eve\" \"display\" \"Eve E.\""));
    user.blocked = blocked;
    user.blocked_count = 2;
    assert_string_equal(hear_profile(CW_PROFILE_DISPLAY, user), "");
}

static void the_own_profile_is_told_whole(void **state)
{
    (void)state;
    struct cw_store_news news = {.kind = CW_NEWS_PROFILE,
                                 .user_id = ALICE,
                                 .number = CW_PROFILE_LAST_SEEN,
                                 .user = PROFILE(.hidden = true, .listed = true)};
    news.user.user_id = ALICE;
    news.user.name = cw_slice_str("alice");
    hear(news);
    assert_string_equal(out(), TOLD("\"profile\" \"alice\" \"last_seen\" \"off\""));
    news.number = CW_PROFILE_LISTED;
    hear(news);
    assert_string_equal(out(), TOLD("\"profile\" \"alice\" \"listed\" \"on\""));
}

static void expect_setting(enum cw_news_kind kind, uint64_t number, const char *expected)
{
    hear((struct cw_store_news){.kind = kind,
                                .user_id = EVE,
                                .user_name = cw_slice_str("eve"),
                                .group_id = SOUPS,
                                .number = number});
    assert_string_equal(out(), expected);
}

static void a_setting_of_a_group_is_told(void **state)
{
    (void)state;
#define SET(rest) TOLD("\"group_event\" \"soups\" \"eve\" " rest)
    expect_setting(CW_NEWS_ACCESS, 0, SET("\"access\" {\"access\": \"open\"}"));
    expect_setting(CW_NEWS_ACCESS, 1, SET("\"access\" {\"access\": \"invited\"}"));
    expect_setting(CW_NEWS_ACCESS, 2, SET("\"access\" {\"access\": \"unlisted\"}"));
    expect_setting(CW_NEWS_ACCESS, 3, "");
    expect_setting(CW_NEWS_WRITERS, 0, SET("\"writers\" {\"role\": \"member\"}"));
    expect_setting(CW_NEWS_WRITERS, 1, SET("\"writers\" {\"role\": \"moderator\"}"));
    expect_setting(CW_NEWS_HERE, CW_HERE_NOBODY, SET("\"here\" {\"access\": \"nobody\"}"));
    expect_setting(CW_NEWS_HERE, CW_HERE_COUNT, "");
    expect_setting(CW_NEWS_SLOW_MODE, 30, SET("\"slow_mode\" {\"limit\": 30}"));
    expect_setting(CW_NEWS_VERSIONS, 0, SET("\"versions\" {\"limit\": 0}"));
    expect_setting(CW_NEWS_RETENTION, 0, SET("\"retention\" {}"));
#undef SET
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(one_who_is_only_cached_is_deleted, set_up, tear_down),
        cmocka_unit_test_setup_teardown(one_with_a_seat_alone_leaves, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_session_of_a_seat_ends, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_group_with_a_seat_alone_is_closed, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_contact_is_followed_from_then_on, set_up_alice,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_profile_is_told_to_who_has_the_user_as_a_contact,
                                        set_up_alice, tear_down),
        cmocka_unit_test_setup_teardown(a_profile_is_told_in_groups_and_not_to_who_is_blocked,
                                        set_up_alice, tear_down),
        cmocka_unit_test_setup_teardown(the_own_profile_is_told_whole, set_up_alice, tear_down),
        cmocka_unit_test_setup_teardown(a_setting_of_a_group_is_told, set_up_alice, tear_down),
    };
    return cmocka_run_group_tests_name("foreign", tests, NULL, NULL);
}
