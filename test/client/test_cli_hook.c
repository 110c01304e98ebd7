/* test_cli_hook.c - hooks that go out: the signature, and what waits. To which addresses they go is
 * in test/outgoing, the rest in test_command_json.py. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "cli/hook_queue.h"
#include "cli/hook_sign.h"

/* By: printf '1700000000.{"content":"hi"}' | openssl dgst -sha256 -hmac SECRET */
static void test_signature(void **state)
{
    (void)state;
    static const char body[] = "{\"content\":\"hi\"}";
    char header[HOOK_SIGNATURE_MAX];
    hook_sign(header, "a secret of 16 bytes or more", 1700000000, body, sizeof body - 1);
    assert_string_equal(
        header, "Chinwag-Signature: "
                "t=1700000000,v1=b1755ab10190f83019d7eeaf88b8f28aaa3e9667dde0a6feda4c7a5843d3e217");
}

static size_t put(struct hook_queue *queue, uint64_t id, size_t n, uint64_t *dropped)
{
    const struct hook_item item = {.id = id, .body = calloc(1, 1), .n = n};
    assert_non_null(item.body);
    return hook_queue_put(queue, &item, dropped);
}

static void test_the_oldest_is_dropped(void **state)
{
    (void)state;
    static struct hook_queue queue;
    uint64_t dropped = 0;
    for (uint64_t id = 1; id <= HOOK_QUEUE_COUNT; id++)
        assert_int_equal(put(&queue, id, 10, &dropped), 0);
    assert_int_equal(put(&queue, 2000, 10, &dropped), 1);
    assert_int_equal(dropped, 1);
    assert_int_equal(hook_queue_front(&queue)->id, 2);
    /* One as large as all may be: the others go. */
    assert_int_equal(put(&queue, 2001, HOOK_QUEUE_BYTES, &dropped), HOOK_QUEUE_COUNT);
    assert_int_equal(dropped, 2000);
    assert_int_equal(hook_queue_front(&queue)->id, 2001);
    hook_queue_drop_front(&queue);
    assert_null(hook_queue_front(&queue));
    assert_int_equal(queue.bytes, 0);
    put(&queue, 2002, 10, &dropped);
    hook_queue_finish(&queue);
    assert_int_equal(queue.count, 0);
}

/* 20 attempts, whose waits are 0.25 s, twice as long each time, and a minute at most. */
static void test_it_gives_up(void **state)
{
    (void)state;
    static struct hook_queue queue;
    uint64_t dropped;
    int64_t now_ms = 1000, wait_ms = 0, sum_ms = 0;
    put(&queue, 1, 10, &dropped);
    put(&queue, 2, 10, &dropped);
    for (unsigned i = 0; i < 20; i++) {
        assert_false(hook_queue_gives_up(&queue));
        wait_ms = hook_queue_failed(&queue, now_ms, 0);
        assert_int_equal(wait_ms, i < 8 ? 250 << i : 60000);
        assert_int_equal(queue.next_ms, now_ms + wait_ms);
        now_ms += wait_ms;
        sum_ms += wait_ms;
    }
    assert_true(hook_queue_gives_up(&queue));
    assert_int_equal(sum_ms, 783750);
    hook_queue_drop_front(&queue);
    /* The next one has its own attempts, and the receiver is left alone as long as it asks. */
    assert_false(hook_queue_gives_up(&queue));
    assert_int_equal(hook_queue_failed(&queue, now_ms, 3600000), 3600000);
    assert_int_equal(queue.next_ms, now_ms + 3600000);
    queue.failures = 0;
    assert_int_equal(hook_queue_failed(&queue, now_ms, 0), 250);
    hook_queue_finish(&queue);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_signature),
        cmocka_unit_test(test_the_oldest_is_dropped),
        cmocka_unit_test(test_it_gives_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
