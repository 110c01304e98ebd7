/* test_leases.c - leases of calls between two stores on one PostgreSQL: who has one, how it ends,
 * and that another one takes it only then. Run by tools/with_postgres. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "databases.h"
#include "store/store_lease.h"

/* Many times what it takes. */
#define PATIENCE_MS 60000

/* A store, and what it was told last of a call. */
struct holder {
    struct fixture f;
    pthread_mutex_t mutex;
    pthread_cond_t changed;
    struct cw_store_lease last; /* of a call; call 0: nothing yet */
    unsigned count, renewals;
    uint64_t renewed_until_ms;
};

struct nodes {
    struct holder a, b;
};

static void told(void *context, const struct cw_store_lease *lease)
{
    struct holder *h = context;
    pthread_mutex_lock(&h->mutex);
    if (lease->call == 0) {
        h->renewals++;
        h->renewed_until_ms = lease->until_ms;
    } else {
        h->last = *lease;
        h->count++;
    }
    pthread_cond_broadcast(&h->changed);
    pthread_mutex_unlock(&h->mutex);
}

static void rung(void *context)
{
    (void)context;
}

static void open_holder(struct holder *h)
{
    pthread_mutex_init(&h->mutex, NULL);
    pthread_cond_init(&h->changed, NULL);
    database_open(&h->f);
    cw_store_set_leases(h->f.store, told, h);
    cw_store_set_bell(h->f.store, rung, h);
}

static int set_up(void **state)
{
    struct nodes *n = cw_alloc_zero(sizeof *n);
    fixture_init(&n->a.f);
    open_holder(&n->a);
    n->b.f.options = n->a.f.options;
    n->b.f.options.node = 2;
    snprintf(n->b.f.folder, sizeof n->b.f.folder, "%s", n->a.f.folder);
    open_holder(&n->b);
    *state = n;
    return 0;
}

static int tear_down(void **state)
{
    struct nodes *n = *state;
    fixture_close(&n->b.f);
    cw_arena_finish(&n->b.f.arena);
    fixture_close(&n->a.f);
    database_drop(&n->a.f);
    fixture_finish(&n->a.f);
    free(n);
    return 0;
}

/* What is told next of a call. */
static struct cw_store_lease next_of(struct holder *h, unsigned before)
{
    pthread_mutex_lock(&h->mutex);
    while (h->count == before)
        pthread_cond_wait(&h->changed, &h->mutex);
    struct cw_store_lease lease = h->last;
    pthread_mutex_unlock(&h->mutex);
    return lease;
}

/* How often it was told of a call. */
static unsigned count_of(struct holder *h)
{
    pthread_mutex_lock(&h->mutex);
    unsigned count = h->count;
    pthread_mutex_unlock(&h->mutex);
    return count;
}

static uint64_t renewed_until(struct holder *h)
{
    pthread_mutex_lock(&h->mutex);
    uint64_t until_ms = h->renewed_until_ms;
    pthread_mutex_unlock(&h->mutex);
    return until_ms;
}

static struct cw_store_lease take(struct holder *h, uint64_t call)
{
    unsigned before = count_of(h);
    cw_store_lease(h->f.store, call, true);
    return next_of(h, before);
}

/* Until it has it. */
static struct cw_store_lease take_until_held(struct holder *h, unsigned node, uint64_t call)
{
    uint64_t begun_ms = cw_store_lease_clock_ms();
    struct cw_store_lease lease;
    while ((lease = take(h, call)).node != node)
        assert_true(cw_store_lease_clock_ms() - begun_ms < PATIENCE_MS);
    return lease;
}

static void await_renewals(struct holder *h, unsigned more)
{
    pthread_mutex_lock(&h->mutex);
    for (unsigned wanted = h->renewals + more; h->renewals < wanted;)
        pthread_cond_wait(&h->changed, &h->mutex);
    pthread_mutex_unlock(&h->mutex);
}

static void one_has_it_and_the_other_learns_who(void **state)
{
    struct nodes *n = *state;
    uint64_t before_ms = cw_store_lease_clock_ms();
    struct cw_store_lease first = take(&n->a, 3), other = take(&n->b, 3), second = take(&n->b, 5);
    assert_int_equal(first.node, 1);
    assert_true(first.until_ms >= before_ms + CW_CALL_LEASE_MS * 2 / 3);
    assert_true(first.until_ms <= cw_store_lease_clock_ms() + CW_CALL_LEASE_MS * 2 / 3);
    assert_int_equal(other.node, 1);
    assert_int_equal(other.epoch, first.epoch);
    assert_int_equal(other.until_ms, 0);
    assert_int_equal(second.node, 2);
    assert_true(second.epoch > first.epoch);
}

static void it_is_renewed_and_stays(void **state)
{
    struct nodes *n = *state;
    struct cw_store_lease first = take(&n->a, 3);
    await_renewals(&n->a, 2 * CW_CALL_LEASE_MS / CW_CALL_RENEW_MS);
    assert_true(renewed_until(&n->a) > first.until_ms);
    struct cw_store_lease other = take(&n->b, 3);
    if (other.node != 1) /* only after a renewal that came too late */
        assert_true(cw_store_lease_clock_ms() >= renewed_until(&n->a));
}

static void who_gives_it_up_leaves_it_to_others(void **state)
{
    struct nodes *n = *state;
    struct cw_store_lease first = take(&n->a, 3);
    cw_store_lease(n->a.f.store, 3, false);
    struct cw_store_lease then = take_until_held(&n->b, 2, 3);
    assert_true(then.epoch > first.epoch);
    assert_int_equal(take(&n->a, 3).node, 2);
}

/* A server that has gone without a word: its lease is over by the database's clock alone. */
static void the_lease_of_a_dead_one_ends(void **state)
{
    struct nodes *n = *state;
    struct cw_store_lease first = take(&n->a, 3);
    cw_store_close(n->a.f.store); /* gives nothing up */
    n->a.f.store = NULL;
    struct cw_store_lease then = take_until_held(&n->b, 2, 3);
    uint64_t now_ms = cw_store_lease_clock_ms();
    assert_true(now_ms >= first.until_ms); /* it acts on it no more */
    assert_true(now_ms >= renewed_until(&n->a));
    assert_true(then.epoch > first.epoch);
}

/* Somebody has taken it: the next renewal says so. */
static void a_lost_one_is_told(void **state)
{
    struct nodes *n = *state;
    take(&n->a, 3);
    unsigned before = count_of(&n->a);
    database_ask("UPDATE chinwag.call_leases SET node = 2, epoch = epoch + 100 WHERE id = 3");
    struct cw_store_lease lost = next_of(&n->a, before);
    assert_int_equal(lost.call, 3);
    assert_int_equal(lost.node, 0);
}

/* A row of its own that it does not hold keeps nobody waiting. */
static void a_lost_one_is_not_renewed(void **state)
{
    struct nodes *n = *state;
    take(&n->a, 3);
    take(&n->a, 5);
    unsigned before = count_of(&n->a);
    database_ask("UPDATE chinwag.call_leases SET epoch = epoch + 100 WHERE id = 3");
    assert_int_equal(next_of(&n->a, before).node, 0);
    uint64_t begun_ms = cw_store_lease_clock_ms();
    while (strcmp(database_ask("SELECT count(*) FROM chinwag.call_leases WHERE id = 3"), "0") != 0)
        assert_true(cw_store_lease_clock_ms() - begun_ms < PATIENCE_MS);
    assert_string_equal(database_ask("SELECT count(*) FROM chinwag.call_leases"), "1");
}

/* It stood still, and another process has its number since. */
static void who_has_lost_its_number_leaves_its_successors_rows(void **state)
{
    struct nodes *n = *state;
    take(&n->a, 3);
    database_ask("UPDATE chinwag.nodes SET process = 0 WHERE id = 1");
    cw_store_lease(n->a.f.store, 3, false);
    while (take(&n->a, 5).call != 5)
        continue; /* or it is told that 3 is lost */
    assert_string_equal(database_ask("SELECT min(id) FROM chinwag.call_leases"), "3");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(one_has_it_and_the_other_learns_who, set_up, tear_down),
        cmocka_unit_test_setup_teardown(it_is_renewed_and_stays, set_up, tear_down),
        cmocka_unit_test_setup_teardown(who_gives_it_up_leaves_it_to_others, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_lease_of_a_dead_one_ends, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_lost_one_is_told, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_lost_one_is_not_renewed, set_up, tear_down),
        cmocka_unit_test_setup_teardown(who_has_lost_its_number_leaves_its_successors_rows, set_up,
                                        tear_down),
    };
    return cmocka_run_group_tests_name("leases", tests, NULL, NULL);
}
