/* test_trust_change.c - the key of a known server is replaced: in the file of known servers, and by
 * what a server tells. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "cli/trust.h"
#include "known_file.h"

#define KEY   "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8"
#define OTHER "__________________________________________8"
#define THIRD "hSDwCYkwp1R0i33ctD73Wg2_Og0mOBr066SpjqqbTmo"
#define PIN   "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
#define HERE  "chat.example:4242"

/* --- the file -------------------------------------------------------------------------- */

static void only_the_old_key_of_the_server_is_replaced(void **state)
{
    (void)state;
    unsigned count;
    write_known("# " HERE " curve " KEY "\n" HERE " tls " PIN "\n" HERE ":1 curve " KEY "\n " HERE
                "\tcurve " KEY "\n" HERE " curve " KEY " damaged\n" HERE " curve " THIRD);
    assert_true(known_servers_replace(HERE, KNOWN_CURVE, KEY, OTHER, &count));
    assert_int_equal(count, 1);
    assert_known("# " HERE " curve " KEY "\n" HERE " tls " PIN "\n" HERE ":1 curve " KEY "\n" HERE
                 " curve " OTHER "\n" HERE " curve " KEY " damaged\n" HERE " curve " THIRD "\n");
}

static void an_old_key_that_is_gone_is_not_replaced(void **state)
{
    (void)state;
    unsigned count;
    write_known(HERE " curve " THIRD "\n");
    assert_true(known_servers_replace(HERE, KNOWN_CURVE, KEY, OTHER, &count));
    assert_int_equal(count, 0);
    assert_known(HERE " curve " THIRD "\n");
}

#define WRITERS 6
#define ADDED   15

static void add_servers(int writer)
{
    char name[40];
    for (int i = 0; i < ADDED; i++) {
        snprintf(name, sizeof name, "server-%d-%d:1", writer, i);
        if (!known_servers_add(name, KNOWN_CURVE, KEY))
            _exit(1);
    }
    _exit(0);
}

/* Each reads the file, changes it and writes all of it. */
static void processes_that_write_at_once_lose_nothing(void **state)
{
    (void)state;
    char name[40];
    struct known_keys keys;
    int status;
    for (int writer = 0; writer < WRITERS; writer++)
        if (fork() == 0)
            add_servers(writer);
    for (int writer = 0; writer < WRITERS; writer++) {
        wait(&status);
        assert_int_equal(status, 0);
    }
    for (int i = 0; i < WRITERS * ADDED; i++) {
        snprintf(name, sizeof name, "server-%d-%d:1", i / ADDED, i % ADDED);
        assert_true(known_servers_find(name, &keys));
        assert_string_equal(keys.key[KNOWN_CURVE], KEY);
    }
}

/* --- what a server tells ------------------------------------------------------------------- */

/* What is said when the server, which is known by KEY, tells this key. */
static const char *say_when_told(const char *server_key)
{
    static char said[1024];
    struct cli cli = {.server = HERE};
    struct chinwag_event event = {
        .type = CHINWAG_NEXT_KEY, .server_key = server_key, .text = "it is no key"};
    assert_int_equal(trust_begin(&cli), CLI_DONE);
    FILE *file = tmpfile();
    int saved = dup(STDERR_FILENO);
    fflush(stderr);
    dup2(fileno(file), STDERR_FILENO);
    bool taken = trust_take(NULL, &event);
    fflush(stderr);
    dup2(saved, STDERR_FILENO);
    close(saved);
    rewind(file);
    said[fread(said, 1, sizeof said - 1, file)] = 0;
    fclose(file);
    assert_true(taken);
    return said;
}

static void a_key_replaces_the_one_that_is_known(void **state)
{
    (void)state;
    write_known(HERE " curve " KEY "\n");
    assert_string_equal(say_when_told(OTHER),
                        "chinwag: the server at " HERE " has a new key, and has proved that it is "
                        "the same server: the key known here was replaced\n");
    assert_known(HERE " curve " OTHER "\n");
    assert_string_equal(trust_curve_key(), OTHER); /* for links */
    assert_string_equal(say_when_told(OTHER), "");
}

static void what_is_no_key_replaces_nothing(void **state)
{
    (void)state;
    write_known(HERE " curve " KEY "\n");
    assert_string_equal(say_when_told(NULL), "chinwag: it is no key\n");
    assert_known(HERE " curve " KEY "\n");
    assert_string_equal(trust_curve_key(), KEY);
}

#define TEST(test) cmocka_unit_test_setup(test, forget_all)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(only_the_old_key_of_the_server_is_replaced),
        TEST(an_old_key_that_is_gone_is_not_replaced),
        TEST(processes_that_write_at_once_lose_nothing),
        TEST(a_key_replaces_the_one_that_is_known),
        TEST(what_is_no_key_replaces_nothing),
    };
    return cmocka_run_group_tests_name("trust_change", tests, make_folder, remove_folder);
}
