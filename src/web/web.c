/* web.c - see web.h. */
#include "web/web.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/limits.h"
#include "web/page.h"

/* Pages load nothing from other sites, have no frames and forms, and other sites cannot embed
 * them. Scripts begin only by an address that one of the two named policies has let through
 * (web/src/voice/script_url.ts, web/src/worker/register.ts), never by text. blob: is for pictures
 * and recordings that the page has got by the protocol. */
#define SECURITY_HEADERS                                                                           \
    "Content-Security-Policy: default-src 'none'; script-src 'self'; style-src 'self'; "           \
    "connect-src 'self'; img-src 'self' blob:; media-src 'self' blob:; worker-src 'self'; "        \
    "manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "           \
    "require-trusted-types-for 'script'; trusted-types chinwag-voice chinwag-worker\r\n"           \
    "X-Content-Type-Options: nosniff\r\n"                                                          \
    "Referrer-Policy: no-referrer\r\n"                                                             \
    "Cross-Origin-Opener-Policy: same-origin\r\n"                                                  \
    "Cross-Origin-Embedder-Policy: require-corp\r\n"                                               \
    "Cross-Origin-Resource-Policy: same-origin\r\n"                                                \
    "Permissions-Policy: camera=(), display-capture=(), geolocation=(), microphone=(self)\r\n"
/* What users have sent can do nothing in a browser, and is not kept. The link is a secret. */
#define FILE_HEADERS                                                                               \
    "Content-Security-Policy: default-src 'none'; frame-ancestors 'none'; sandbox\r\n"             \
    "X-Content-Type-Options: nosniff\r\n"                                                          \
    "Referrer-Policy: no-referrer\r\n"                                                             \
    "Cross-Origin-Opener-Policy: same-origin\r\n"                                                  \
    "Cross-Origin-Resource-Policy: same-origin\r\n"                                                \
    "X-Robots-Tag: noindex\r\n"                                                                    \
    "Cache-Control: private, no-store\r\n"
#define HSTS_HEADER "Strict-Transport-Security: max-age=31536000\r\n"

#define CHALLENGES "/.well-known/acme-challenge/"

struct cw_web {
    struct cw_http_site site;
    char **hosts, **origins; /* the site's */
    char *forwarded_header;  /* the site's, or NULL */
    char *moved_to;          /* or NULL */
    bool (*read_challenge)(void *context, struct cw_slice token, struct cw_buf *to);
    void *context; /* of read_challenge */
    struct cw_buf identity;
};

/* --- answers ------------------------------------------------------------------------------- */

static void answer_not_found(struct cw_http_answer *answer)
{
    cw_http_answer_text(answer, 404, "There is no such page here.\n");
}

static bool is_token_char(uint8_t c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_';
}

/* A name of such characters cannot leave its folder, and is no hidden file. */
static bool is_token_good(struct cw_slice token)
{
    for (size_t i = 0; i < token.n; i++)
        if (!is_token_char(token.p[i]))
            return false;
    return token.n > 0 && token.n <= CW_ACME_TOKEN_MAX;
}

static bool read_challenge(const struct cw_web *web, struct cw_slice token, struct cw_buf *to)
{
    return web->read_challenge != NULL && is_token_good(token) &&
           web->read_challenge(web->context, token, to) && to->n <= CW_ACME_ANSWER_MAX;
}

/* RFC 8555, 8.3: proves to a certificate authority that this server has the domain name. */
static void answer_challenge(const struct cw_web *web, struct cw_slice token,
                             struct cw_http_answer *answer)
{
    if (!read_challenge(web, token, &answer->memory)) {
        answer_not_found(answer);
        return;
    }
    answer->status = 200;
    answer->type = "text/plain";
    answer->body = cw_buf_slice(&answer->memory);
}

static void answer_identity(const struct cw_web *web, struct cw_http_answer *answer)
{
    answer->status = 200;
    answer->type = "application/json";
    answer->body = cw_buf_slice(&web->identity);
}

static bool is_path(struct cw_slice path, const char *wanted)
{
    return cw_slice_eq(path, cw_slice_str(wanted));
}

/* Answers the paths that both kinds of site have. false: it is another path. */
static bool answer_well_known(const struct cw_web *web, struct cw_slice path,
                              struct cw_http_answer *answer)
{
    size_t n = strlen(CHALLENGES);
    if (is_path(path, "/.well-known/chinwag"))
        answer_identity(web, answer);
    else if (path.n >= n && memcmp(path.p, CHALLENGES, n) == 0)
        answer_challenge(web, cw_slice_of(path.p + n, path.n - n), answer);
    else
        return false;
    return true;
}

static void web_answer(void *context, const struct cw_http_request *request,
                       struct cw_http_answer *answer)
{
    const struct cw_web *web = context;
    if (answer_well_known(web, request->path, answer) || cw_web_answer_page(request->path, answer))
        return;
    if (is_path(request->path, "/healthz"))
        cw_http_answer_text(answer, 200, "ok\n");
    else
        answer_not_found(answer);
}

static void moved_answer(void *context, const struct cw_http_request *request,
                         struct cw_http_answer *answer)
{
    const struct cw_web *web = context;
    if (answer_well_known(web, request->path, answer))
        return;
    cw_http_answer_text(answer, 308, "This server is reached by HTTPS.\n");
    cw_buf_append_str(&answer->headers, "Location: ");
    cw_buf_append_str(&answer->headers, web->moved_to);
    cw_buf_append(&answer->headers, request->target.p, request->target.n);
    cw_buf_append_str(&answer->headers, "\r\n");
}

/* --- creation and destruction ----------------------------------------------------------- */

/* NULL for NULL. */
static char *copy_string(const char *s)
{
    return s == NULL ? NULL : memcpy(cw_alloc(strlen(s) + 1), s, strlen(s) + 1);
}

static char **copy_strings(const char *const *strings, size_t count)
{
    char **copies = cw_alloc(count * sizeof *copies + 1); /* an allocation is never empty */
    for (size_t i = 0; i < count; i++)
        copies[i] = copy_string(strings[i]);
    return copies;
}

static void free_strings(char **strings, size_t count)
{
    for (size_t i = 0; i < count; i++)
        free(strings[i]);
    free(strings);
}

struct cw_web *cw_web_create(const struct cw_web_options *options)
{
    struct cw_web *web = cw_alloc_zero(sizeof *web);
    web->hosts = copy_strings(options->hosts, options->host_count);
    web->origins = copy_strings(options->origins, options->origin_count);
    web->forwarded_header = copy_string(options->forwarded_header);
    web->moved_to = copy_string(options->moved_to);
    web->read_challenge = options->read_challenge;
    web->context = options->context;
    web->site = (struct cw_http_site){
        .context = web,
        .answer = options->moved_to == NULL ? web_answer : moved_answer,
        .hosts = (const char *const *)web->hosts,
        .host_count = options->host_count,
        .origins = (const char *const *)web->origins,
        .origin_count = options->origin_count,
        .upgrades = options->moved_to == NULL,
        .post_path = options->moved_to == NULL ? CW_HOOK_PATH : NULL,
        .post_max = CW_HOOK_BODY_MAX,
        .forwarded_header = web->forwarded_header,
        .file_headers = options->moved_to != NULL ? NULL
                        : options->hsts           ? FILE_HEADERS HSTS_HEADER
                                                  : FILE_HEADERS,
        .headers = options->hsts ? SECURITY_HEADERS HSTS_HEADER : SECURITY_HEADERS};
    cw_web_tell_identity(web, NULL, NULL);
    return web;
}

static void append_member(struct cw_buf *json, const char *name, const char *value)
{
    if (value == NULL)
        return;
    cw_buf_append_str(json, json->n == 0 ? "{\"" : ",\"");
    cw_buf_append_str(json, name);
    cw_buf_append_str(json, "\":\"");
    cw_buf_append_str(json, value);
    cw_buf_append_str(json, "\"");
}

void cw_web_tell_identity(struct cw_web *web, const char *curve_key, const char *tls_fingerprint)
{
    web->identity.n = 0;
    append_member(&web->identity, "version", CW_VERSION);
    append_member(&web->identity, "curve_key", curve_key);
    append_member(&web->identity, "tls_fingerprint", tls_fingerprint);
    cw_buf_append_str(&web->identity, "}\n");
}

const struct cw_http_site *cw_web_site(const struct cw_web *web)
{
    return &web->site;
}

void cw_web_destroy(struct cw_web *web)
{
    if (web == NULL)
        return;
    free_strings(web->hosts, web->site.host_count);
    free_strings(web->origins, web->site.origin_count);
    free(web->forwarded_header);
    free(web->moved_to);
    cw_buf_finish(&web->identity);
    free(web);
}
