/* hook_post.c - see hook_post.h. */
#include "hook_post.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "hook_sign.h"
#include "outgoing/post.h"
#include "session.h"
#include "text/url.h"

struct hook_post {
    const struct hook_settings *settings;
    struct cw_outgoing *client;
    char host[CW_URL_HOST_MAX + 1];
};

static bool is_signalled(void *context)
{
    (void)context;
    return session_was_signalled();
}

static bool url_is_good(const struct hook_post *p)
{
    char why[400];
    switch (cw_outgoing_judge(p->client, cw_slice_str(p->settings->url), why, sizeof why)) {
    case CW_OUTGOING_GOOD:
        return true;
    case CW_OUTGOING_NO_URL:
        snprintf(why, sizeof why, "write it as https://HOST/PATH");
        break;
    case CW_OUTGOING_NOT_ENCRYPTED:
        snprintf(why, sizeof why, "it is not encrypted; --allow-http allows that");
        break;
    case CW_OUTGOING_NOT_THERE:
        fprintf(stderr,
                "chinwag: the URL cannot be used: %s\n"
                "  --allow-private allows this machine and private networks, and nothing else of "
                "this kind\n",
                why);
        return false;
    }
    fprintf(stderr, "chinwag: the URL cannot be used: %s\n", why);
    return false;
}

struct hook_post *hook_post_create(const struct hook_settings *settings)
{
    const struct cw_outgoing_rules rules = {.allow_http = settings->allow_http,
                                            .allow_private = settings->allow_private,
                                            .stopped = is_signalled};
    struct hook_post *p = calloc(1, sizeof *p);
    struct cw_url url;
    if (p == NULL || (p->client = cw_outgoing_create(&rules)) == NULL) {
        fprintf(stderr, "chinwag: no memory\n");
        free(p);
        return NULL;
    }
    p->settings = settings;
    if (url_is_good(p) && cw_url_read(cw_slice_str(settings->url), &url)) {
        snprintf(p->host, sizeof p->host, "%.*s", (int)url.host.n, (const char *)url.host.p);
        return p;
    }
    hook_post_destroy(p);
    return NULL;
}

void hook_post_destroy(struct hook_post *p)
{
    if (p == NULL)
        return;
    cw_outgoing_destroy(p->client);
    free(p);
}

const char *hook_post_host(const struct hook_post *p)
{
    return p->host;
}

static enum hook_result judge_answer(const struct cw_outgoing_answer *answer,
                                     struct hook_reason *reason)
{
    int status = answer->status;
    bool again = status == 429 || status >= 500;
    if (again)
        reason->wait_ms = answer->wait_ms;
    snprintf(reason->text, sizeof reason->text, "it answered %d%s", status,
             status >= 300 && status < 400 ? ", and redirects are not followed" : "");
    if (status >= 200 && status < 300)
        return HOOK_DELIVERED;
    return again ? HOOK_FAILED : HOOK_REFUSED;
}

enum hook_result hook_post_send(struct hook_post *p, const char *body, size_t n,
                                struct hook_reason *reason)
{
    char headers[HOOK_SIGNATURE_MAX + 64], signature[HOOK_SIGNATURE_MAX];
    struct cw_outgoing_answer answer;
    hook_sign(signature, p->settings->secret, (int64_t)time(NULL), body, n);
    snprintf(headers, sizeof headers, "Content-Type: application/json\r\n%s\r\n", signature);
    *reason = (struct hook_reason){.wait_ms = 0};
    switch (cw_outgoing_post(p->client, cw_slice_str(p->settings->url), headers,
                             cw_slice_of(body, n), &answer)) {
    case CW_OUTGOING_ANSWERED:
        return judge_answer(&answer, reason);
    case CW_OUTGOING_STOPPED:
        return HOOK_STOPPED;
    default:
        snprintf(reason->text, sizeof reason->text, "%s", answer.why);
        return HOOK_FAILED;
    }
}
