/* test_client_missed.c - an update for whose event there is no memory comes again.
 *
 * The linker puts the test's realloc in the place of the C library's; the queue of events is all
 * that grows here. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/limits.h"
#include "client/client_state.h"
#include "script.h"

void *__real_realloc(void *p, size_t size);
void *__wrap_realloc(void *p, size_t size);

static bool missing;

void *__wrap_realloc(void *p, size_t size)
{
    return missing ? NULL : __real_realloc(p, size);
}

static void set_up(struct script *s)
{
    script_start(s, &(struct cw_client_config){.client_name = cw_slice_str("test"),
                                               .part = 7,
                                               .seed = 1,
                                               .features = CW_FEATURE_ANNOUNCEMENTS});
    script_logged_in(s);
}

/* No event has room while the next update is read. */
static void lose(struct script *s)
{
    struct chinwag_event event;
    size_t spare = s->client->events.spare;
    s->client->events.spare = s->client->events.capacity;
    missing = true;
    bool there = cw_client_next(s->client, s->now, &event);
    missing = false;
    s->client->events.spare = spare;
    assert_true(there);
    assert_int_equal(event.type, CHINWAG_DISCONNECTED);
    assert_int_equal(event.code, CHINWAG_NO_MEMORY);
}

static void test_a_message(void **state)
{
    (void)state;
    struct script s;
    set_up(&s);
    script_send_whisper(&s, 5, "one");
    script_event(&s, CHINWAG_WHISPER);
    script_send_whisper(&s, 7, "two");
    lose(&s);
    assert_int_equal(s.client->seen, 5);
    script_finish(&s);
}

static void test_an_announcement(void **state)
{
    (void)state;
    struct script s;
    set_up(&s);
    script_send(&s, &(struct cw_msg){.kind = CW_UPDATE,
                                     .action = CW_ANNOUNCE,
                                     .announcement = 3,
                                     .content = cw_slice_str("soup")});
    lose(&s);
    assert_int_equal(s.client->announced, 0);
    script_finish(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_message),
        cmocka_unit_test(test_an_announcement),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
