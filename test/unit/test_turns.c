/* test_turns.c - the order of waiting entries and of turns. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/turns.h"

#define MAX 64

struct thing {
    struct cw_turn turn;
    char name[8];
};

static struct cw_turns turns;
static struct thing things[MAX];
static size_t count;
static char order[8 * MAX];

static int begin(void **state)
{
    (void)state;
    turns = (struct cw_turns){0};
    count = 0;
    order[0] = 0;
    return 0;
}

static void add(uint64_t owner, uint64_t part, uint64_t now_ms)
{
    struct thing *thing = &things[count++];
    snprintf(thing->name, sizeof thing->name, "%u%c%u ", (unsigned)owner, 'a' + (int)part,
             (unsigned)now_ms);
    cw_turns_add(&turns, &thing->turn, owner, part, now_ms);
}

static void note(const struct cw_turn *turn)
{
    assert_non_null(turn);
    strcat(order, ((const struct thing *)turn)->name);
}

static void take_all(void)
{
    for (struct cw_turn *turn; (turn = cw_turns_take(&turns)) != NULL;)
        note(turn);
    assert_int_equal(turns.count, 0);
}

static void owners_take_turns_and_so_do_their_parts(void **state)
{
    (void)state;
    for (uint64_t i = 1; i <= 3; i++)
        add(1, 0, i);
    add(1, 1, 4);
    add(2, 0, 5);
    add(2, 0, 6);
    add(3, 0, 7);
    take_all();
    assert_string_equal(order, "1a1 2a5 3a7 1b4 2a6 1a2 1a3 ");
}

static void whoever_is_new_waits_for_one_of_each_other(void **state)
{
    (void)state;
    for (uint64_t i = 0; i < 20; i++)
        add(1, i % 10, i);
    note(cw_turns_take(&turns));
    add(2, 0, 30);
    note(cw_turns_take(&turns));
    note(cw_turns_take(&turns));
    add(2, 0, 31);
    note(cw_turns_take(&turns));
    note(cw_turns_take(&turns));
    assert_string_equal(order, "1a0 1b1 2a30 1c2 2a31 ");
    take_all();
}

static void the_old_are_found_wherever_they_wait(void **state)
{
    (void)state;
    add(1, 0, 10);
    add(1, 0, 30);
    add(2, 0, 20);
    add(2, 1, 15);
    assert_null(cw_turns_take_old(&turns, 9));
    for (struct cw_turn *turn; (turn = cw_turns_take_old(&turns, 20)) != NULL;)
        note(turn);
    assert_string_equal(order, "1a10 2a20 2b15 ");
    take_all();
    assert_string_equal(order, "1a10 2a20 2b15 1a30 ");
}

static void the_longest_queue_loses_its_newest(void **state)
{
    (void)state;
    add(1, 0, 1);
    add(2, 0, 2);
    add(2, 1, 4);
    add(2, 0, 3);
    assert_int_equal(cw_turns_of(&turns, 2), 3);
    assert_int_equal(cw_turns_of(&turns, 3), 0);
    note(cw_turns_take_most(&turns));
    note(cw_turns_take_most(&turns));
    assert_string_equal(order, "2b4 2a3 ");
    take_all();
    assert_null(cw_turns_take_most(&turns));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(owners_take_turns_and_so_do_their_parts, begin),
        cmocka_unit_test_setup(whoever_is_new_waits_for_one_of_each_other, begin),
        cmocka_unit_test_setup(the_old_are_found_wherever_they_wait, begin),
        cmocka_unit_test_setup(the_longest_queue_loses_its_newest, begin),
    };
    return cmocka_run_group_tests_name("turns", tests, NULL, NULL);
}
