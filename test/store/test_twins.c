/* test_twins.c - two back ends are asked the same at random, and must answer the same: memory, and
 * SQLite or (with the argument "PostgreSQL") that one, with the further argument "nodes" by two
 * servers on it, which take turns.
 *
 * What the suite states rule by rule is met here in combinations that nobody
 * thought of. TWINS_SEED=n plays another game, TWINS_STEPS=n a longer one; a
 * failure prints the seed, the step and the field. Words are ASCII: more the
 * memory back end does not fold. */
#include <stdio.h>
#include <stdlib.h>

#include "databases.h"
#include "faulty_vfs.h"
#include "store/memory/open.h"
#include "twins.h"

static void (*open_other)(struct fixture *f) = fixture_open_sqlite;
static void (*drop_other)(struct fixture *f); /* or NULL */

/* --- two servers ------------------------------------------------------------------------- */

static struct cw_store *second; /* the one that is not asked now, or NULL */

static void open_nodes(struct fixture *f)
{
    f->options.node = 2;
    database_open(f);
    second = f->store;
    f->options.node = 1;
    database_open(f);
}

static void close_other(struct fixture *f)
{
    fixture_close(f);
    if (second != NULL)
        cw_store_close(second);
    second = NULL;
}

static void take_turns(struct twins *t)
{
    struct cw_store *now = t->other.store;
    if (second == NULL || t->step * 7 % 5 > 1)
        return;
    t->other.store = second;
    second = now;
}

/* --- the game ----------------------------------------------------------------------------- */

static void ask_both(struct twins *t, const struct cw_store_request *requests, size_t n)
{
    struct cw_store_result a[BATCH_MAX], b[BATCH_MAX];
    take_turns(t);
    run_many(&t->memory, requests, n, a);
    run_many(&t->other, requests, n, b);
    for (size_t i = 0; i < n; i++) {
        const struct cw_store_request *r = &requests[i];
        twins_same_result(t, r, &a[i], &b[i]);
        if (a[i].message_id > t->newest)
            t->newest = a[i].message_id;
        if (r->op == CW_STORE_MESSAGE_APPEND && a[i].status == CW_STORE_OK &&
            r->n > t->last_n[r->session_id])
            t->last_n[r->session_id] = r->n;
    }
}

static void step(struct twins *t)
{
    struct cw_store_request requests[BATCH_MAX];
    size_t n = t->retains ? 1 : 1 + twins_dice(t, BATCH_MAX);
    static const uint64_t day = 24 * 3600 * 1000;
    t->now_ms += twins_dice(t, 60) == 0 ? IDLE_MS / 3 : twins_dice(t, 2000);
    if (t->retains && twins_dice(t, 50) == 0)
        t->now_ms += day;
    for (size_t i = 0; i < n; i++) {
        requests[i] = twins_request(t);
        if (twins_asks_nobody(t, &requests[i]))
            requests[i].op = CW_STORE_GROUP_LIST;
        if (requests[i].op == CW_STORE_SEARCH) { /* finds what was committed */
            requests[0] = requests[i];
            i = 0;
        }
        if (requests[i].op == CW_STORE_GROUP_LEAVE || requests[i].op == CW_STORE_SEARCH)
            n = i + 1;
    }
    ask_both(t, requests, n);
    if (t->retains || twins_dice(t, 20) == 0) {
        run_idle(&t->memory);
        run_idle(&t->other);
    }
    if (twins_dice(t, 100) == 0) {
        close_other(&t->other);
        open_other(&t->other);
    }
    cw_arena_reset(&t->memory.arena);
    cw_arena_reset(&t->other.arena);
}

static uint64_t setting(const char *name, uint64_t otherwise)
{
    const char *text = getenv(name);
    return text == NULL ? otherwise : strtoull(text, NULL, 10);
}

static void play(uint64_t seed, struct cw_store_retention retain, uint64_t quota)
{
    struct twins t = {.seed = seed,
                      .random = seed * 0x9e3779b97f4a7c15,
                      .now_ms = 1000,
                      .retains = retain.count != 0};
    fixture_init(&t.memory);
    fixture_init(&t.other);
    t.memory.options.retain = t.other.options.retain = retain;
    t.memory.options.quota = t.other.options.quota = quota;
    t.memory.store = cw_store_open_memory(&t.memory.options);
    open_other(&t.other);
    for (unsigned i = 0; i < USERS; i++) {
        char key[16];
        snprintf(key, sizeof key, "user %u", i);
        add_user(&t.memory, key);
        add_user(&t.other, key);
    }
    uint64_t steps = setting("TWINS_STEPS", 1000);
    while (t.step++ < steps)
        step(&t);
    fixture_finish(&t.memory);
    close_other(&t.other);
    if (drop_other != NULL)
        drop_other(&t.other);
    fixture_finish(&t.other);
}

static void both_answer_the_same(void **state)
{
    (void)state;
    uint64_t seed = setting("TWINS_SEED", 1);
    for (uint64_t i = 0; i < 3; i++)
        play(seed + i, (struct cw_store_retention){0}, 0);
}

static void both_forget_the_same(void **state)
{
    (void)state;
    play(setting("TWINS_SEED", 1), (struct cw_store_retention){.days = 20, .count = 12}, 0);
}

static void both_count_the_same(void **state)
{
    (void)state;
    uint64_t seed = setting("TWINS_SEED", 1);
    for (uint64_t i = 0; i < 2; i++) {
        play(seed + i, (struct cw_store_retention){0}, 4000);
        play(seed + i, (struct cw_store_retention){.days = 20, .count = 12}, 2000);
    }
}

int main(int argc, char **argv)
{
    if (argc > 1 && strcmp(argv[1], "PostgreSQL") == 0) {
        open_other = argc > 2 && strcmp(argv[2], "nodes") == 0 ? open_nodes : database_open;
        drop_other = database_drop;
    }
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_answer_the_same),
        cmocka_unit_test(both_forget_the_same),
        cmocka_unit_test(both_count_the_same),
    };
    faulty_vfs_install();
    return cmocka_run_group_tests_name("twins", tests, NULL, NULL);
}
