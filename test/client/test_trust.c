/* test_trust.c - the file of known servers, and links. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "cli/place_link.h"
#include "known_file.h"

#define KEY   "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8"
#define OTHER "__________________________________________8"
#define PIN   "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
#define HERE  "chat.example:4242"

/* --- the file -------------------------------------------------------------------------- */

static void assert_keys(const char *name, const char *curve, const char *tls)
{
    struct known_keys keys;
    assert_true(known_servers_find(name, &keys));
    assert_string_equal(keys.key[KNOWN_CURVE], curve);
    assert_string_equal(keys.key[KNOWN_TLS], tls);
}

static void keys_are_kept(void **state)
{
    (void)state;
    struct stat about;
    assert_keys(HERE, "", ""); /* there is no file yet */
    assert_true(known_servers_add(HERE, KNOWN_CURVE, KEY));
    assert_true(known_servers_add(HERE, KNOWN_TLS, PIN));
    assert_true(known_servers_add("[::2]:1", KNOWN_CURVE, OTHER));
    assert_keys(HERE, KEY, PIN);
    assert_keys("[::2]:1", OTHER, "");
    assert_keys("chat.example:424", "", "");
    assert_known(HERE " curve " KEY "\n" HERE " tls " PIN "\n[::2]:1 curve " OTHER "\n");
    assert_int_equal(stat(known_servers_path(), &about), 0);
    assert_int_equal(about.st_mode & 0777, 0600);
}

static void what_people_write_stays(void **state)
{
    (void)state;
    write_known("# mine\n\n  " HERE "\tcurve  " KEY " \nnonsense\nother:1 curve " OTHER);
    assert_keys(HERE, KEY, "");
    assert_keys("other:1", OTHER, "");
    assert_true(known_servers_add("new:1", KNOWN_TLS, PIN));
    assert_known("# mine\n\n  " HERE "\tcurve  " KEY " \nnonsense\nother:1 curve " OTHER
                 "\nnew:1 tls " PIN "\n");
}

/* Such a line must not look as if the server were not known. */
static void a_damaged_line_of_the_server_is_no_empty_entry(void **state)
{
    (void)state;
    static const char *const damaged[] = {
        HERE "\n",
        HERE " curve\n",
        HERE " curve AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh\n",
        HERE " curve " KEY " more\n",
        HERE " ssh " KEY "\n",
        HERE " tls " KEY "\n",
        HERE " curve " KEY "\n" HERE " curve " OTHER "\n",
    };
    struct known_keys keys;
    for (size_t i = 0; i < sizeof damaged / sizeof damaged[0]; i++) {
        write_known(damaged[i]);
        assert_false(known_servers_find(HERE, &keys));
        assert_keys("other:1", "", "");
    }
}

static void a_server_is_forgotten(void **state)
{
    (void)state;
    unsigned count;
    write_known("# mine\n" HERE " curve " KEY "\nother:1 curve " OTHER "\n" HERE " damaged\n");
    assert_true(known_servers_forget(HERE, &count));
    assert_int_equal(count, 2);
    assert_known("# mine\nother:1 curve " OTHER "\n");
    assert_true(known_servers_forget(HERE, &count));
    assert_int_equal(count, 0);
}

static void keys_have_one_text(void **state)
{
    (void)state;
    assert_true(known_servers_is_key(KNOWN_CURVE, KEY));
    assert_false(known_servers_is_key(KNOWN_CURVE, KEY "A"));
    assert_false(known_servers_is_key(KNOWN_CURVE, "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh9"));
    assert_false(known_servers_is_key(KNOWN_CURVE, "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdH+8"));
    assert_true(known_servers_is_key(KNOWN_TLS, PIN));
    assert_false(known_servers_is_key(KNOWN_TLS, PIN "0"));
    assert_false(known_servers_is_key(
        KNOWN_TLS, "00112233445566778899AABBCCDDEEFF00112233445566778899aabbccddeeff"));
}

static void without_a_home_nothing_is_kept(void **state)
{
    (void)state;
    unsetenv("XDG_STATE_HOME");
    unsetenv("HOME");
    assert_string_equal(known_servers_path(), "");
    assert_keys(HERE, "", "");
    assert_false(known_servers_add(HERE, KNOWN_CURVE, KEY));
    setenv("XDG_STATE_HOME", folder, 1);
}

/* --- links ----------------------------------------------------------------------------------- */

static void links_are_read(void **state)
{
    (void)state;
    static const struct {
        const char *text, *server, *code, *key;
    } good[] = {
        {"chinwag://chat.example:4243/#co-de_1," KEY, "chat.example:4243", "co-de_1", KEY},
        {"chinwag://Chat.Example/#code," KEY, "chat.example:4242", "code", KEY},
        {"chinwag://chat.example#code", "chat.example:4242", "code", ""},
        {"chinwag://[::2]:9/#code," KEY, "[::2]:9", "code", KEY},
        {"https://chat.example/join#code," KEY, "chat.example:443", "code", KEY},
        {"https://chat.example:8443/join#code," KEY, "chat.example:8443", "code", KEY},
        {"https://chat.example/join#code", "wss://chat.example:443/ws", "code", ""},
        {"https://chat.example/#/reset/c-_de", "wss://chat.example:443/ws", "c-_de", ""},
        /* as people copy them */
        {"<chinwag://chat.example/#code," KEY ">", "chat.example:4242", "code", KEY},
        {" 'chinwag://chat.example/#code," KEY ".'\n", "chat.example:4242", "code", KEY},
        {"chinwag://chat.example/#code).", "chat.example:4242", "code", ""},
    };
    struct join_link link;
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        assert_true(join_link_is(good[i].text));
        assert_null(join_link_read(good[i].text, &link));
        assert_string_equal(link.server, good[i].server);
        assert_string_equal(link.code, good[i].code);
        assert_string_equal(link.key, good[i].key);
    }
    assert_false(join_link_is("a-bare_invitation"));
}

#define UUID "0b9f1c2a-0000-4000-8000-0123456789ab"
#define LONG "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static void links_say_what_they_are_for(void **state)
{
    (void)state;
    static const struct {
        const char *text, *server, *code, *group;
        enum join_link_kind kind;
    } good[] = {
        {"chinwag://h/#" UUID "," KEY, "h:4242", UUID, "", JOIN_LINK_INVITES},
        {"https://h/#" UUID, "wss://h:443/ws", UUID, "", JOIN_LINK_INVITES},
        {"chinwag://h/#" LONG "," KEY, "h:4242", LONG, "", JOIN_LINK_SETS_UP},
        {"http://127.0.0.1:4242/join#" LONG, "127.0.0.1:4242", LONG, "", JOIN_LINK_SETS_UP},
        {"chinwag://h/#" KEY, "h:4242", KEY, "", JOIN_LINK_RESETS},
        {"https://h/#/reset/" KEY, "wss://h:443/ws", KEY, "", JOIN_LINK_RESETS},
        {"https://h/#/login/" UUID, "wss://h:443/ws", UUID, "", JOIN_LINK_LOGS_IN},
        {"https://h/#/join/c%C3%A4fe/" UUID, "wss://h:443/ws", UUID, "c\u00e4fe", JOIN_LINK_JOINS},
    };
    struct join_link link;
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        assert_null(join_link_read(good[i].text, &link));
        assert_int_equal(link.kind, good[i].kind);
        assert_string_equal(link.server, good[i].server);
        assert_string_equal(link.code, good[i].code);
        assert_string_equal(link.group, good[i].group);
        assert_false(place_link_is(good[i].text));
    }
}

static void other_text_is_no_link(void **state)
{
    (void)state;
    static const char cut[] = "its end is missing: the key behind the comma has 43 characters";
    static const char place[] =
        "the part before # is not chinwag://HOST:PORT/ or https://HOST:PORT/join";
    static const char missing[] = "the invitation behind # is missing: copy all of it";
    static const char changed[] = "the invitation behind # was changed: copy the link again";
    static const char scheme[] = "it begins with neither chinwag:// nor https://";
    static const char bare[] =
        "it begins with neither chinwag:// nor https://; http:// is for the server's own "
        "machine only";
    static const char group[] = "the name of the group in it was changed: copy the link again";
    static const struct {
        const char *text, *wrong;
    } bad[] = {
        {"chinwag://chat.example/", "the part from # on is missing: copy all of it"},
        {"chinwag://chat.example/#", missing},
        {"chinwag://chat.example/#," KEY, missing},
        {"chinwag://chat.example/#code,", cut},
        {"chinwag://chat.example/#code,short", cut},
        {"chinwag://chat.example/#code,AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh", cut},
        {"chinwag://chat.example/#code," KEY ",more",
         "there is more behind the 43 characters of its key"},
        {"chinwag://chat.example/#code,AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh9",
         "the key behind the comma was changed: copy the link again"},
        {"chinwag://chat.example/#co de", changed},
        {"chinwag://chat.example/#co%20de", changed},
        {"chinwag://chat.example/other#code", place},
        {"chinwag:///#code", place},
        {"chinwag://chat.example:0/#code", place},
        {"chinwag://me@chat.example/#code", place},
        {"https://chat.example/other#code", place},
        {"http://chat.example/join#code," KEY, bare},
        {"https://chat.example/#/join/cooks", group},
        {"https://chat.example/#/join//code", group},
        {"https://chat.example/#/join/co%2/code", group},
        {"https://chat.example/#/join/co%1B%5B2J/code", group},
        {"wss://chat.example/join#code", scheme},
    };
    struct join_link link;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_string_equal(join_link_read(bad[i].text, &link), bad[i].wrong);
    static char text[JOIN_LINK_MAX + 300] = "chinwag://chat.example/#";
    memset(text + strlen(text), 'c', JOIN_CODE_MAX);
    assert_string_equal(join_link_read(text, &link), changed);
    memset(text + sizeof "chinwag://" - 1, 'h', sizeof text - 20);
    strcpy(text + sizeof text - 8, "/#code");
    assert_string_equal(join_link_read(text, &link), "it is too long");
}

static void links_are_written(void **state)
{
    (void)state;
    static const struct {
        const char *server, *key, *link;
    } cases[] = {
        {"chat.example", KEY, "chinwag://chat.example:4242/#code," KEY},
        {"[::2]:9", KEY, "chinwag://[::2]:9/#code," KEY},
        {"wss://chat.example/ws", "", "https://chat.example:443/join#code"},
    };
    char link[JOIN_LINK_MAX];
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct chinwag_address address;
        assert_true(chinwag_read_address(cases[i].server, &address));
        join_link_write(&address, "code", cases[i].key, link);
        assert_string_equal(link, cases[i].link);
    }
}

#define LETTERS_42 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

static void links_to_places_are_read_and_written(void **state)
{
    (void)state;
    static const struct {
        const char *text, *server, *place, *key;
    } good[] = {
        {"chinwag://chat.example:4242/#cooks", "chat.example:4242", "#cooks", ""},
        {"chinwag://chat.example:4242/@bob," KEY, "chat.example:4242", "@bob", KEY},
        {"wss://chat.example:443/#c%C3%A4fe%2C", "wss://chat.example:443/ws", "#c\u00e4fe,", ""},
        {"chinwag://[::2]:9/#a%20%25b", "[::2]:9", "#a %b", ""},
        {"chinwag://h:1/#%30b9f1c2a-0000-4000-8000-0123456789ab", "h:1",
         "#0b9f1c2a-0000-4000-8000-0123456789ab", ""},
        {"chinwag://h:1/#%61" LETTERS_42, "h:1", "#a" LETTERS_42, ""},
        {"chinwag://h:1/#%61" LETTERS_42 "aaaaaaaaaaaaaaaaaaaaa", "h:1",
         "#a" LETTERS_42 "aaaaaaaaaaaaaaaaaaaaa", ""},
        {"chinwag://h:1/@a" LETTERS_42, "h:1", "@a" LETTERS_42, ""},
    };
    static const char *const bad[] = {
        "chinwag://chat.example/#",
        "chinwag://chat.example/@,",
        "chinwag:///#cooks",
        "chinwag://chat.example/#a%2",
        "chinwag://chat.example/#a%zz",
        "chinwag://chat.example/#%00",
        "chinwag://chat.example/#a%1B%5D0;x%07",
        "chinwag://chat.example/#a\x1b[2J",
        "chinwag://chat.example/@a%C2%9Bb",
        "chinwag://chat.example/@a%0Ab",
        "chinwag://chat.example/@a%E2%80%AEb",
        "chinwag://chat.example/@a%FF",
        "chinwag://chat.example/#a,key",
        "chinwag://chat.example:0/#cooks",
        "chinwag://chat.example/#a,",
    };
    struct place_link link;
    struct chinwag_address address;
    char text[PLACE_LINK_MAX];
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        assert_true(place_link_is(good[i].text));
        assert_null(place_link_read(good[i].text, &link));
        assert_string_equal(link.server, good[i].server);
        assert_string_equal(link.place, good[i].place);
        assert_string_equal(link.key, good[i].key);
        assert_true(chinwag_read_address(link.server, &address));
        place_link_write(&address, link.place, link.key, text);
        assert_string_equal(text, good[i].text);
    }
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_non_null(place_link_read(bad[i], &link));
    memset(text, 'a', sizeof text);
    memcpy(text, "chinwag://h/#", 13);
    text[13 + 65] = 0;
    assert_non_null(place_link_read(text, &link)); /* a name has 64 bytes */
    text[13 + 64] = 0;
    assert_null(place_link_read(text, &link));
    assert_false(place_link_is("chinwag://h/#0b9f1c2a-0000-4000-8000-0123456789ab," KEY));
    assert_true(place_link_is("chinwag://h/@0b9f1c2a-0000-4000-8000-0123456789ab"));
    assert_false(place_link_is("https://h/join#code"));
    assert_false(place_link_is("#cooks"));
}

#define TEST(test) cmocka_unit_test_setup(test, forget_all)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(keys_are_kept),
        TEST(what_people_write_stays),
        TEST(a_damaged_line_of_the_server_is_no_empty_entry),
        TEST(a_server_is_forgotten),
        TEST(keys_have_one_text),
        TEST(without_a_home_nothing_is_kept),
        TEST(links_are_read),
        TEST(links_say_what_they_are_for),
        TEST(other_text_is_no_link),
        TEST(links_are_written),
        TEST(links_to_places_are_read_and_written),
    };
    return cmocka_run_group_tests_name("trust", tests, make_folder, remove_folder);
}
