/* test_store_news.c - news on their way from a store to the loop: what an idle moment hears does
 * not wait for the next request. The back end is none but that. */
#include <errno.h>
#include <semaphore.h>
#include <stdlib.h>
#include <time.h>

#include "store/store_backend.h"
#include "store/store_thread.h"
#include "support.h"

static bool hear(struct cw_store *store, bool *again)
{
    *again = false;
    store->news = cw_alloc_zero(sizeof *store->news);
    cw_store_news_add(store->news, CW_NEWS_CHANGED);
    return true;
}

static void close_store(struct cw_store *store)
{
    cw_store_news_destroy(store->news);
}

static void notify(void *context)
{
    sem_post(context);
}

static void what_an_idle_moment_hears_is_delivered(void **state)
{
    (void)state;
    static const struct cw_store_backend backend = {.idle = hear, .close = close_store};
    const struct timespec end = {.tv_sec = time(NULL) + 120};
    struct cw_store store = {.backend = &backend};
    sem_t ready;
    sem_init(&ready, 0, 0);
    struct cw_store_thread *thread = cw_store_thread_start(&store, NULL, notify, &ready);
    while (sem_timedwait(&ready, &end) != 0)
        assert_int_equal(errno, EINTR);
    struct cw_store_batch *batch = cw_store_thread_take(thread);
    assert_non_null(batch);
    assert_int_equal(batch->n, 0);
    assert_non_null(batch->news);
    assert_int_equal(batch->news->count, 1);
    cw_store_batch_destroy(NULL, batch);
    cw_store_thread_stop(thread);
    sem_destroy(&ready);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(what_an_idle_moment_hears_is_delivered)};
    return cmocka_run_group_tests_name("store news", tests, NULL, NULL);
}
