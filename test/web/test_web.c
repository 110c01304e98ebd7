/* test_web.c - the answers of the site, without a connection. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/limits.h"
#include "web/web.h"

static const char *const hosts[] = {"chat.example.org", "chat.example.org:8443"};
static const char *const origins[] = {"https://chat.example.org"};

/* A folder with one file. */
static unsigned challenges_read;

static bool read_one(void *context, struct cw_slice token, struct cw_buf *to)
{
    assert_ptr_equal(context, &challenges_read);
    challenges_read++;
    if (token.n == 5 && memcmp(token.p, "Large", 5) == 0) {
        memset(cw_buf_reserve(to, CW_ACME_ANSWER_MAX + 1), 'x', CW_ACME_ANSWER_MAX + 1);
        to->n += CW_ACME_ANSWER_MAX + 1;
        return true;
    }
    if (token.n != 3 || memcmp(token.p, "a-_", 3) != 0)
        return false;
    cw_buf_append(to, "a-_.thumb", 9);
    return true;
}

static struct cw_web_options options_of(const char *moved_to)
{
    return (struct cw_web_options){.hosts = hosts,
                                   .host_count = 2,
                                   .origins = origins,
                                   .origin_count = 1,
                                   .moved_to = moved_to,
                                   .read_challenge = read_one,
                                   .context = &challenges_read};
}

/* Asserts an answer as "STATUS TYPE HEADERS BODY"; a long body is left out. */
static void expect(const struct cw_web *web, const char *target, const char *wanted)
{
    const struct cw_http_site *site = cw_web_site(web);
    struct cw_http_answer answer = {0};
    char is[2048];
    struct cw_http_request request = {.path = cw_slice_of(target, strcspn(target, "?")),
                                      .target = cw_slice_str(target)};
    site->answer(site->context, &request, &answer);
    snprintf(is, sizeof is, "%u %s %.*s%.*s", answer.status, answer.type, (int)answer.headers.n,
             (const char *)answer.headers.p, answer.body.n > 1024 ? 0 : (int)answer.body.n,
             (const char *)answer.body.p);
    assert_string_equal(is, wanted);
    cw_buf_finish(&answer.headers);
    cw_buf_finish(&answer.memory);
}

#define NOT_FOUND "404 text/plain; charset=utf-8 There is no such page here.\n"

static void the_site_has_its_pages_and_no_others(void **state)
{
    (void)state;
    struct cw_web_options options = options_of(NULL);
    struct cw_web *web = cw_web_create(&options);
    expect(web, "/", "200 text/html; charset=utf-8 ");
    expect(web, "/?x", "200 text/html; charset=utf-8 ");
    expect(web, "/join", "200 text/html; charset=utf-8 ");
    expect(web, "/share?text=x", "200 text/html; charset=utf-8 ");
    expect(web, "/sw.js", "200 text/javascript; charset=utf-8 ");
    assert_int_equal(strlen(cw_web_build()), 16);
    expect(web, "/healthz", "200 text/plain; charset=utf-8 ok\n");
    static const char *const others[] = {
        "",        "/ws",       "/join/",       "/JOIN",         "/index.html",  "/../",
        "/%6aoin", "/healthz/", "/.well-known", "/.well-known/", "/favicon.ico", "//"};
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        expect(web, others[i], NOT_FOUND);
    assert_true(cw_web_site(web)->upgrades);
    assert_string_equal(cw_web_site(web)->hosts[1], hosts[1]);
    assert_string_equal(cw_web_site(web)->origins[0], origins[0]);
    assert_null(cw_web_site(web)->forwarded_header);
    cw_web_destroy(web);
    options.forwarded_header = "X-Forwarded-For";
    web = cw_web_create(&options);
    assert_string_equal(cw_web_site(web)->forwarded_header, "X-Forwarded-For");
    cw_web_destroy(web);
}

static void a_challenge_is_read_by_its_owner(void **state)
{
    (void)state;
    static const char *const moved_to[] = {NULL, "https://chat.example.org"};
    char longest[256] = "/.well-known/acme-challenge/";
    size_t n = strlen(longest);
    memset(longest + n, 'x', CW_ACME_TOKEN_MAX);
    for (size_t i = 0; i < 2; i++) {
        struct cw_web_options options = options_of(moved_to[i]);
        struct cw_web *web = cw_web_create(&options);
        challenges_read = 0;
        expect(web, "/.well-known/acme-challenge/a-_", "200 text/plain a-_.thumb");
        expect(web, "/.well-known/acme-challenge/b", NOT_FOUND);
        expect(web, "/.well-known/acme-challenge/Large", NOT_FOUND);
        longest[n + CW_ACME_TOKEN_MAX] = '\0';
        expect(web, longest, NOT_FOUND);
        assert_int_equal(challenges_read, 4);
        expect(web, "/.well-known/acme-challenge/", NOT_FOUND);
        expect(web, "/.well-known/acme-challenge/.", NOT_FOUND);
        expect(web, "/.well-known/acme-challenge/..", NOT_FOUND);
        expect(web, "/.well-known/acme-challenge/a-_/", NOT_FOUND);
        expect(web, "/.well-known/acme-challenge/a%2d_", NOT_FOUND);
        longest[n + CW_ACME_TOKEN_MAX] = 'x';
        expect(web, longest, NOT_FOUND);
        assert_int_equal(challenges_read, 4);
        cw_web_destroy(web);
    }
}

static void without_a_folder_there_are_no_challenges(void **state)
{
    (void)state;
    struct cw_web_options options = options_of(NULL);
    options.read_challenge = NULL;
    struct cw_web *web = cw_web_create(&options);
    expect(web, "/.well-known/acme-challenge/a-_", NOT_FOUND);
    cw_web_destroy(web);
}

static void the_site_tells_the_keys(void **state)
{
    (void)state;
    static const char *const moved_to[] = {NULL, "https://chat.example.org"};
    for (size_t i = 0; i < 2; i++) {
        struct cw_web_options options = options_of(moved_to[i]);
        struct cw_web *web = cw_web_create(&options);
        expect(web, "/.well-known/chinwag",
               "200 application/json {\"version\":\"" CW_VERSION "\"}\n");
        cw_web_tell_identity(web, "key", "print");
        expect(web, "/.well-known/chinwag?x",
               "200 application/json {\"version\":\"" CW_VERSION
               "\",\"curve_key\":\"key\",\"tls_fingerprint\":\"print\"}\n");
        cw_web_tell_identity(web, "other", NULL);
        expect(web, "/.well-known/chinwag",
               "200 application/json {\"version\":\"" CW_VERSION "\",\"curve_key\":\"other\"}\n");
        cw_web_destroy(web);
    }
}

#define MOVED(target)                                                                              \
    "308 text/plain; charset=utf-8 Location: https://chat.example.org:8443" target                 \
    "\r\nThis server is reached by HTTPS.\n"

static void in_plain_text_the_world_is_sent_to_https(void **state)
{
    (void)state;
    struct cw_web_options options = options_of("https://chat.example.org:8443");
    struct cw_web *web = cw_web_create(&options);
    expect(web, "/", MOVED("/"));
    expect(web, "/join", MOVED("/join"));
    expect(web, "/healthz?a=b", MOVED("/healthz?a=b"));
    expect(web, "/ws", MOVED("/ws"));
    expect(web, "//evil.example", MOVED("//evil.example"));
    expect(web, "/.well-known/", MOVED("/.well-known/"));
    assert_false(cw_web_site(web)->upgrades);
    cw_web_destroy(web);
}

static void hsts_is_told_only_where_it_is_wanted(void **state)
{
    (void)state;
    struct cw_web_options options = options_of(NULL);
    for (int wanted = 0; wanted < 2; wanted++) {
        options.hsts = wanted;
        struct cw_web *web = cw_web_create(&options);
        bool is = strstr(cw_web_site(web)->headers,
                         "\r\nStrict-Transport-Security: max-age=31536000\r\n") != NULL;
        assert_int_equal(is, wanted);
        cw_web_destroy(web);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_site_has_its_pages_and_no_others),
        cmocka_unit_test(a_challenge_is_read_by_its_owner),
        cmocka_unit_test(without_a_folder_there_are_no_challenges),
        cmocka_unit_test(the_site_tells_the_keys),
        cmocka_unit_test(in_plain_text_the_world_is_sent_to_https),
        cmocka_unit_test(hsts_is_told_only_where_it_is_wanted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
