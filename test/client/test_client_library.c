/* test_client_library.c - what the library does beside requests and events: chinwag_wait,
 * chinwag_wake, sizes of structs, time-outs, the log, and looking up names without waiting.
 *
 * getaddrinfo is the test's, and answers when the test lets it. */
#include <errno.h>
#include <netdb.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/limits.h"
#include "script.h"

/* --- waiting for one response ------------------------------------------------------------- */

static void test_the_response_overtakes_other_events(void **state)
{
    (void)state;
    struct script s;
    struct chinwag_event event;
    script_start(&s, NULL);
    script_logged_in(&s);
    int64_t first = script_add_contact(&s), second = script_add_contact(&s);
    script_pump(&s);
    script_send_whisper(&s, 7, "one");
    script_respond(&s, CW_ADD_CONTACT, CW_SUCCESS);
    script_send_whisper(&s, 8, "two");
    script_respond(&s, CW_ADD_CONTACT, CW_FORBIDDEN);
    assert_true(cw_client_awaits(s.client, second));
    assert_true(cw_client_next_answer(s.client, second, s.now, &event));
    assert_int_equal(event.request, second);
    assert_int_equal(event.code, CHINWAG_FORBIDDEN);
    assert_false(cw_client_awaits(s.client, second));
    assert_true(cw_client_awaits(s.client, first));
    assert_string_equal(script_event(&s, CHINWAG_WHISPER).content, "one");
    script_answer(&s, first, CHINWAG_SUCCESS);
    assert_string_equal(script_event(&s, CHINWAG_WHISPER).content, "two");
    script_no_event(&s);
    script_finish(&s);
}

static void test_not_more_is_kept_than_allowed(void **state)
{
    (void)state;
    struct script s;
    struct chinwag_event event;
    script_start(&s, NULL);
    script_logged_in(&s);
    int64_t request = script_add_contact(&s);
    script_pump(&s);
    for (uint64_t id = 1; id <= CW_CLIENT_KEPT_MAX; id++)
        script_send_whisper(&s, id, "x");
    script_respond(&s, CW_ADD_CONTACT, CW_SUCCESS);
    assert_false(cw_client_next_answer(s.client, request, s.now, &event));
    assert_false(cw_client_awaits(s.client, request));
    script_event(&s, CHINWAG_WHISPER);
    assert_true(cw_client_next_answer(s.client, request, s.now, &event));
    assert_int_equal(event.code, CHINWAG_SUCCESS);
    script_finish(&s);
}

static void test_a_lost_connection_answers(void **state)
{
    (void)state;
    struct script s;
    struct chinwag_event event;
    script_start(&s, NULL);
    script_logged_in(&s);
    int64_t request = script_add_contact(&s);
    script_pump(&s);
    script_close(&s);
    assert_true(cw_client_next_answer(s.client, request, s.now, &event));
    assert_int_equal(event.code, CHINWAG_UNANSWERED);
    script_event(&s, CHINWAG_DISCONNECTED);
    script_finish(&s);
}

static void test_refused_requests_are_answered_at_once(void **state)
{
    (void)state;
    chinwag_client *client = chinwag_create(NULL);
    struct chinwag_event event;
    assert_true(chinwag_wait(client, chinwag_login(client, NULL, "x"), -1, &event));
    assert_int_equal(event.type, CHINWAG_RESPONSE);
    assert_int_equal(event.code, CHINWAG_BAD_ARGUMENT);
    assert_string_equal(event.text, chinwag_code_text(CHINWAG_BAD_ARGUMENT));
    assert_false(chinwag_wait(client, 0, -1, &event));
    assert_false(chinwag_wait(client, 99, -1, &event)); /* nothing awaits it */
    chinwag_destroy(client);
}

/* --- time-outs ----------------------------------------------------------------------------- */

static void test_a_silent_server_is_left(void **state)
{
    (void)state;
    struct script s;
    script_start(&s, &(struct cw_client_config){.silence_ms = 1000, .seed = 1});
    script_logged_in(&s);
    assert_int_equal(cw_client_deadline(s.client), s.now + 400);
    s.now += 400;
    script_pump(&s);
    assert_int_equal(s.pings, 1);
    script_finish(&s);
}

static void test_an_attempt_ends(void **state)
{
    (void)state;
    struct script s;
    script_start(&s, &(struct cw_client_config){.connect_ms = 300, .retry_max_ms = 7, .seed = 1});
    script_login(&s, "alice");
    script_pump(&s);
    assert_int_equal(cw_client_state(s.client), CW_CLIENT_CONNECTING);
    assert_int_equal(cw_client_deadline(s.client), s.now + 300);
    s.now += 300;
    script_pump(&s);
    struct chinwag_event event = script_event(&s, CHINWAG_DISCONNECTED);
    assert_in_range(event.delay_ms, 3, 7);
    script_finish(&s);
}

static void test_time_outs_have_limits(void **state)
{
    (void)state;
    assert_null(chinwag_create(&(struct chinwag_options){.connect_timeout_ms = 3600001}));
    assert_null(chinwag_create(&(struct chinwag_options){.silence_timeout_ms = UINT32_MAX}));
    assert_null(chinwag_create(&(struct chinwag_options){.retry_max_ms = UINT32_MAX}));
}

/* --- structs of other versions --------------------------------------------------------------- */

static void test_sizes(void **state)
{
    (void)state;
    struct {
        struct chinwag_options known;
        uint64_t later;
    } longer = {.known = {.size = sizeof longer, .server = "no address:"}};
    assert_null(chinwag_create(&longer.known)); /* it is read */
    longer.known.server = NULL;
    chinwag_client *client = chinwag_create(&longer.known);
    assert_non_null(client);
    chinwag_destroy(client);
    longer.later = 1; /* asks for something that is not there */
    assert_null(chinwag_create(&longer.known));
    struct chinwag_options shorter = {.size = offsetof(struct chinwag_options, server_key),
                                      .server_key = "no key: not a member of that version"};
    client = chinwag_create(&shorter);
    assert_non_null(client);
    chinwag_destroy(client);
}

/* --- looking up, waking, the log ---------------------------------------------------------------
 */

static struct {
    pthread_mutex_t mutex;
    pthread_cond_t changed;
    bool asked, may_answer;
    unsigned times;
} names = {.mutex = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER};

int getaddrinfo(const char *host, const char *port, const struct addrinfo *hints,
                struct addrinfo **found)
{
    (void)host, (void)port, (void)hints, (void)found;
    pthread_mutex_lock(&names.mutex);
    names.asked = true;
    names.times++;
    pthread_cond_broadcast(&names.changed);
    while (!names.may_answer)
        pthread_cond_wait(&names.changed, &names.mutex);
    pthread_mutex_unlock(&names.mutex);
    return EAI_NONAME;
}

static void *wake_when_asked(void *client)
{
    pthread_mutex_lock(&names.mutex);
    while (!names.asked)
        pthread_cond_wait(&names.changed, &names.mutex);
    pthread_mutex_unlock(&names.mutex);
    chinwag_wake(client);
    return NULL;
}

static void note_line(void *context, enum chinwag_log_level level, const char *line)
{
    char *lines = context;
    size_t n = strlen(lines);
    snprintf(lines + n, 1000 - n, "%d %s\n", (int)level, line);
}

static void let_answer(bool may)
{
    pthread_mutex_lock(&names.mutex);
    names.may_answer = may;
    names.asked = false;
    names.times = 0;
    pthread_cond_broadcast(&names.changed);
    pthread_mutex_unlock(&names.mutex);
}

static void test_a_slow_name_is_not_waited_for(void **state)
{
    (void)state;
    char lines[1000] = "";
    pthread_t thread;
    struct chinwag_event event;
    let_answer(false);
    chinwag_client *client = chinwag_create(&(struct chinwag_options){
        .server = "wss://chat.example.org/ws", .log = note_line, .log_context = lines});
    assert_true(chinwag_login(client, "alice", "password") > 0);
    assert_int_equal(pthread_create(&thread, NULL, wake_when_asked, client), 0);
    assert_false(chinwag_poll(client, -1, &event)); /* woken, while the name is not known */
    pthread_join(thread, NULL);
    assert_string_equal(lines, "0 looking up chat.example.org\n");
    bool wants_write;
    assert_true(chinwag_fd(client, &wants_write) >= 0);
    let_answer(true);
    assert_true(chinwag_poll(client, -1, &event));
    assert_int_equal(event.type, CHINWAG_DISCONNECTED);
    assert_non_null(strstr(event.text, "cannot find the host: "));
    assert_non_null(strstr(lines, "\n2 disconnected: cannot find the host: "));
    chinwag_destroy(client);
}

static void test_a_look_up_may_be_given_up(void **state)
{
    (void)state;
    pthread_t thread;
    struct chinwag_event event;
    let_answer(false);
    chinwag_client *client =
        chinwag_create(&(struct chinwag_options){.server = "wss://chat.example.org/ws"});
    chinwag_login(client, "alice", "password");
    assert_int_equal(pthread_create(&thread, NULL, wake_when_asked, client), 0);
    assert_false(chinwag_poll(client, -1, &event));
    pthread_join(thread, NULL);
    chinwag_destroy(client);
    let_answer(true); /* the thread frees what it has */
}

/* A resolver that does not answer costs one thread, however many attempts fail. */
static void test_a_look_up_goes_on_in_the_next_attempt(void **state)
{
    (void)state;
    struct chinwag_event event;
    let_answer(false);
    chinwag_client *client = chinwag_create(&(struct chinwag_options){
        .server = "wss://chat.example.org/ws", .connect_timeout_ms = 20, .retry_max_ms = 1});
    chinwag_login(client, "alice", "password");
    for (int attempts = 0; attempts < 4;) {
        assert_true(chinwag_poll(client, -1, &event));
        attempts += event.type == CHINWAG_DISCONNECTED;
    }
    pthread_mutex_lock(&names.mutex);
    assert_in_range(names.times, 0, 1); /* its thread may not have begun */
    pthread_mutex_unlock(&names.mutex);
    let_answer(true);
    do
        assert_true(chinwag_poll(client, -1, &event));
    while (event.type != CHINWAG_DISCONNECTED ||
           strstr(event.text, "cannot find the host: ") == NULL);
    chinwag_destroy(client);
}

static void test_a_wake_up_is_kept_for_the_next_wait(void **state)
{
    (void)state;
    struct chinwag_event event;
    chinwag_client *client = chinwag_create(NULL);
    chinwag_wake(client);
    chinwag_wake(client);
    assert_false(chinwag_poll(client, -1, &event)); /* else it would wait for ever */
    assert_false(chinwag_poll(client, 0, &event));
    chinwag_destroy(client);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_response_overtakes_other_events),
        cmocka_unit_test(test_not_more_is_kept_than_allowed),
        cmocka_unit_test(test_a_lost_connection_answers),
        cmocka_unit_test(test_refused_requests_are_answered_at_once),
        cmocka_unit_test(test_a_silent_server_is_left),
        cmocka_unit_test(test_an_attempt_ends),
        cmocka_unit_test(test_time_outs_have_limits),
        cmocka_unit_test(test_sizes),
        cmocka_unit_test(test_a_slow_name_is_not_waited_for),
        cmocka_unit_test(test_a_look_up_may_be_given_up),
        cmocka_unit_test(test_a_look_up_goes_on_in_the_next_attempt),
        cmocka_unit_test(test_a_wake_up_is_kept_for_the_next_wait),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
