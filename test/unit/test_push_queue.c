/* test_push_queue.c - what waits for push services: bounded, in order, each service by itself. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/limits.h"
#include "server/push_queue.h"

static const uint64_t seed[2] = {1, 2};

static struct cw_push_item *item(uint64_t session, uint64_t conversation, const char *endpoint)
{
    static const uint8_t keys[CW_PUSH_KEYS_N] = {4};
    struct cw_effect effect = {.type = CW_FX_PUSH};
    effect.push.session_id = session;
    effect.push.conversation = conversation;
    effect.push.endpoint = cw_slice_str(endpoint);
    effect.push.keys = cw_slice_of(keys, sizeof keys);
    effect.push.sender = cw_slice_str("alice");
    effect.push.text = cw_slice_str("hello");
    return cw_push_item_make(&effect, 1000);
}

static void put(struct cw_push_queue *queue, uint64_t session, const char *endpoint)
{
    assert_null(cw_push_queue_put(queue, item(session, 1, endpoint)));
}

/* The session of the next one; 0: none. */
static struct cw_push_item *take(struct cw_push_queue *queue, uint64_t now_ms)
{
    uint64_t wait_ms;
    struct cw_push_item *expired = NULL,
                        *taken = cw_push_queue_take(queue, now_ms, &wait_ms, &expired);
    assert_null(expired);
    return taken;
}

static void assert_session(const struct cw_push_item *taken, uint64_t session)
{
    assert_non_null(taken);
    assert_int_equal(taken->about[0], session);
}

static void end(struct cw_push_queue *queue, struct cw_push_item *taken)
{
    cw_push_queue_done(queue, taken);
    free(taken);
}

static void services_take_turns(void **state)
{
    (void)state;
    struct cw_push_queue queue;
    cw_push_queue_init(&queue, seed);
    put(&queue, 1, "https://a.example/1");
    put(&queue, 2, "https://a.example/2");
    put(&queue, 3, "https://b.example/3");
    put(&queue, 4, "https://a.example:444/4");
    struct cw_push_item *one = take(&queue, 2000), *two = take(&queue, 2000);
    struct cw_push_item *three = take(&queue, 2000);
    assert_session(one, 1);
    assert_session(two, 3);
    assert_session(three, 4); /* another port is another service */
    assert_true(cw_slice_eq(one->text, cw_slice_str("hello")));
    assert_true(cw_slice_eq(one->sender, cw_slice_str("alice")));
    assert_true(cw_slice_eq(one->endpoint, cw_slice_str("https://a.example/1")));
    assert_true(one->with_text);
    assert_null(take(&queue, 2000)); /* a.example is busy */
    end(&queue, one);
    one = take(&queue, 2000);
    assert_session(one, 2);
    end(&queue, one);
    end(&queue, two);
    end(&queue, three);
    assert_int_equal(queue.count, 0);
    assert_int_equal(queue.bytes, 0);
    assert_null(queue.first);
    cw_push_queue_finish(&queue);
}

static void who_has_failed_is_left_alone(void **state)
{
    (void)state;
    struct cw_push_queue queue;
    struct cw_push_item *expired = NULL, *replaced;
    uint64_t now_ms = 2000, wait_ms, waits = CW_PUSH_WAIT_MIN_MS;
    cw_push_queue_init(&queue, seed);
    put(&queue, 1, "https://a.example/1");
    put(&queue, 2, "https://a.example/2");
    for (unsigned i = 1; i <= 9; i++) {
        struct cw_push_item *taken = take(&queue, now_ms);
        assert_session(taken, 1); /* it stays the first */
        assert_int_equal(cw_push_queue_failed(&queue, taken, now_ms, 0, &replaced), i);
        assert_null(replaced);
        assert_null(cw_push_queue_take(&queue, now_ms, &wait_ms, &expired));
        assert_int_equal(wait_ms, waits);
        assert_null(take(&queue, now_ms + waits - 1));
        now_ms += waits;
        waits = 2 * waits < CW_PUSH_WAIT_MAX_MS ? 2 * waits : CW_PUSH_WAIT_MAX_MS;
    }
    /* As long as it asks; and from the beginning once it has answered. */
    struct cw_push_item *taken = take(&queue, now_ms);
    cw_push_queue_failed(&queue, taken, now_ms, 3600000, &replaced);
    assert_null(cw_push_queue_take(&queue, now_ms, &wait_ms, &expired));
    assert_int_equal(wait_ms, 3600000);
    /* Meanwhile all of it has expired. */
    assert_null(cw_push_queue_take(&queue, now_ms + 3600000, &wait_ms, &expired));
    assert_int_equal(wait_ms, UINT64_MAX);
    for (int i = 0; i < 2; i++) {
        struct cw_push_item *next = expired->next;
        free(expired);
        expired = next;
    }
    assert_null(expired);
    assert_null(queue.first);
    cw_push_queue_finish(&queue);
}

static void only_the_newest_of_a_conversation(void **state)
{
    (void)state;
    struct cw_push_queue queue;
    struct cw_push_item *replaced;
    cw_push_queue_init(&queue, seed);
    struct cw_push_item *first = item(1, 1, "https://a.example/1"), *newer;
    assert_null(cw_push_queue_put(&queue, first));
    put(&queue, 2, "https://a.example/2");
    assert_null(cw_push_queue_put(&queue, item(1, 9, "https://a.example/1"))); /* another one */
    newer = item(1, 1, "https://b.example/1"); /* of another service by now */
    assert_ptr_equal(cw_push_queue_put(&queue, newer), first);
    free(first);
    assert_int_equal(queue.count, 3);
    struct cw_push_item *taken = take(&queue, 2000);
    assert_session(taken, 2);
    struct cw_push_item *other = take(&queue, 2000);
    assert_ptr_equal(other, newer);
    /* What comes while it is under way takes its place if it has to wait again. */
    assert_null(cw_push_queue_put(&queue, item(1, 1, "https://b.example/1")));
    cw_push_queue_failed(&queue, other, 2000, 0, &replaced);
    assert_ptr_equal(replaced, other);
    free(other);
    end(&queue, taken);
    assert_int_equal(queue.count, 2);
    cw_push_queue_finish(&queue);
}

static void it_is_bounded(void **state)
{
    (void)state;
    struct cw_push_queue queue;
    cw_push_queue_init(&queue, seed);
    size_t count = 0;
    struct cw_push_item *left = NULL;
    for (; left == NULL; count++)
        left = cw_push_queue_put(&queue, item(count + 1, 1, "https://a.example/1"));
    assert_int_equal(left->about[0], count); /* the last one itself */
    free(left);
    assert_int_equal(queue.count, count - 1);
    assert_true(queue.count <= CW_PUSH_QUEUE_MAX && queue.bytes <= CW_PUSH_QUEUE_BYTES_MAX);
    assert_true(queue.count > 10000);
    /* One that is there is still replaced. */
    struct cw_push_item *newer = item(1, 1, "https://a.example/1");
    struct cw_push_item *older = cw_push_queue_put(&queue, newer);
    assert_non_null(older);
    assert_ptr_not_equal(older, newer);
    free(older);
    cw_push_queue_finish(&queue);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(services_take_turns), cmocka_unit_test(who_has_failed_is_left_alone),
        cmocka_unit_test(only_the_newest_of_a_conversation), cmocka_unit_test(it_is_bounded)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
