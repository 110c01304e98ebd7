/* test_work_queue.c - work for libuv's workers: the order of turns. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "server/work_queue.h"

#define RUNNING 1 /* so that the order in which they are done is the order of the turns */
#define JOBS    512

struct job {
    struct cw_work work; /* first */
    uint64_t owner;
    unsigned done; /* 1: it was the first that was done */
};

static uv_loop_t loop;
static struct cw_work_queue queue;
static struct cw_ledger ledger; /* of the server: only sums */
static struct job jobs[JOBS];
static unsigned count, done;
static uv_sem_t gate; /* work goes on one piece at a time when it is raised */

static void run(struct cw_work *work)
{
    (void)work;
    uv_sem_wait(&gate);
}

/* The next piece is let through only now, so the order is that of the turns. */
static void on_done(struct cw_work *work)
{
    ((struct job *)work)->done = ++done;
    uv_sem_post(&gate);
}

static size_t scratch;

static void submit(uint64_t owner, unsigned n)
{
    for (unsigned i = 0; i < n; i++) {
        struct job *job = &jobs[count++];
        *job =
            (struct job){.work = {.run = run, .done = on_done, .scratch = scratch}, .owner = owner};
        cw_work_queue_submit(&queue, &job->work, owner);
    }
}

static void finish(void)
{
    uv_sem_post(&gate);
    assert_int_equal(uv_run(&loop, UV_RUN_DEFAULT), 0);
    assert_int_equal(done, count);
    assert_int_equal(queue.waiting.count, 0);
    assert_int_equal(ledger.held, 0);
}

static int begin(void **state)
{
    (void)state;
    count = done = 0;
    scratch = 0;
    ledger = (struct cw_ledger){0};
    assert_int_equal(uv_loop_init(&loop), 0);
    assert_int_equal(uv_sem_init(&gate, 0), 0);
    cw_work_queue_init(&queue, &loop, RUNNING, &ledger);
    return 0;
}

static int end(void **state)
{
    (void)state;
    uv_sem_destroy(&gate);
    return uv_loop_close(&loop);
}

/* How many were done before it: those that were running may be among them. */
static void done_soon(const struct job *job, unsigned most)
{
    assert_in_range(job->done, 1, most);
}

static void a_hundred_of_one_owner_hold_up_nobody(void **state)
{
    (void)state;
    queue.running_max = 1; /* of two that wait at the gate either may be let in */
    submit(2, 100);
    submit(4, 1);
    finish();
    done_soon(&jobs[100], RUNNING + 2 + RUNNING);
}

static void many_owners_take_turns(void **state)
{
    (void)state;
    queue.running_max = 1; /* of two that wait at the gate either may be let in */
    submit(2, 100);
    for (uint64_t owner = 3; owner < 13; owner++)
        submit(owner, 2);
    finish();
    /* One of each of the others in the first round, the second ones in the next. */
    for (unsigned i = 100; i < 120; i += 2) {
        done_soon(&jobs[i], 2 * RUNNING + 11);
        done_soon(&jobs[i + 1], 2 * RUNNING + 22);
    }
}

static void of_one_owner_the_first_is_first(void **state)
{
    (void)state;
    queue.running_max = 1;
    submit(2, 10);
    finish();
    for (unsigned i = 0; i < 10; i++)
        assert_int_equal(jobs[i].done, i + 1);
}

/* What waits needs nothing yet. */
static void what_runs_is_charged(void **state)
{
    (void)state;
    scratch = 1000;
    submit(2, 1);
    assert_int_equal(ledger.held, 1000);
    submit(2, 20);
    assert_int_equal(ledger.held, RUNNING * 1000);
    finish();
    assert_int_equal(ledger.peak, RUNNING * 1000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_hundred_of_one_owner_hold_up_nobody, begin, end),
        cmocka_unit_test_setup_teardown(many_owners_take_turns, begin, end),
        cmocka_unit_test_setup_teardown(of_one_owner_the_first_is_first, begin, end),
        cmocka_unit_test_setup_teardown(what_runs_is_charged, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
