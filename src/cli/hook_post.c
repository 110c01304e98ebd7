/* hook_post.c - see hook_post.h. The name is looked up here, and libcurl connects to what was
 * judged: it follows no redirect and knows no proxy, so that nothing leads it elsewhere. */
#include "hook_post.h"

#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "chinwag/chinwag.h"
#include "hook_address.h"
#include "hook_sign.h"
#include "session.h"

#define POST_MS    5000L
#define ANSWER_MAX 4096u
/* What Retry-After may ask for. */
#define WAIT_MAX_S 3600

struct hook_post {
    const struct hook_settings *settings;
    CURL *curl;
    char *host; /* IPv6 in brackets */
    char *port;
    size_t answered; /* bytes */
};

/* --- what libcurl asks ------------------------------------------------------------------ */

/* The second look at an address: whatever libcurl connects to was judged. */
static curl_socket_t open_judged(void *post, curlsocktype purpose, struct curl_sockaddr *address)
{
    (void)purpose;
    const struct hook_post *p = post;
    if (hook_address_refused(&address->addr, p->settings->allow_private) != NULL)
        return CURL_SOCKET_BAD;
    return socket(address->family, address->socktype, address->protocol);
}

/* What the receiver says is nobody's; a long answer is cut off. */
static size_t drop_answer(char *bytes, size_t size, size_t count, void *post)
{
    (void)bytes;
    struct hook_post *p = post;
    p->answered += size * count;
    return p->answered > ANSWER_MAX ? 0 : size * count;
}

static int stop_on_signal(void *post, curl_off_t a, curl_off_t b, curl_off_t c, curl_off_t d)
{
    (void)post, (void)a, (void)b, (void)c, (void)d;
    return session_was_signalled();
}

static void prepare_curl(struct hook_post *p)
{
    CURL *curl = p->curl;
    curl_easy_setopt(curl, CURLOPT_URL, p->settings->url);
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, p->settings->allow_http ? "http,https" : "https");
    curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(curl, CURLOPT_PROXY, "");
    curl_easy_setopt(curl, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_USERAGENT, "chinwag/" CW_VERSION);
    curl_easy_setopt(curl, CURLOPT_OPENSOCKETFUNCTION, open_judged);
    curl_easy_setopt(curl, CURLOPT_OPENSOCKETDATA, p);
    curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, drop_answer);
    curl_easy_setopt(curl, CURLOPT_HEADERDATA, p);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, drop_answer);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, p);
    curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, stop_on_signal);
}

/* --- the URL ----------------------------------------------------------------------------- */

/* NULL: it is good. Else why not. */
static const char *read_url(struct hook_post *p)
{
    char *scheme = NULL;
    CURLU *url = curl_url();
    if (url == NULL || curl_url_set(url, CURLUPART_URL, p->settings->url, 0) != CURLUE_OK ||
        curl_url_get(url, CURLUPART_SCHEME, &scheme, 0) != CURLUE_OK ||
        curl_url_get(url, CURLUPART_HOST, &p->host, 0) != CURLUE_OK ||
        curl_url_get(url, CURLUPART_PORT, &p->port, CURLU_DEFAULT_PORT) != CURLUE_OK) {
        curl_free(scheme);
        curl_url_cleanup(url);
        return "write it as https://HOST/PATH";
    }
    bool https = strcmp(scheme, "https") == 0, http = strcmp(scheme, "http") == 0;
    curl_free(scheme);
    curl_url_cleanup(url);
    if (http && !p->settings->allow_http)
        return "it is not encrypted; --allow-http allows that";
    return https || http ? NULL : "only https:// is allowed";
}

/* Looks up the host: a literal of IPv6 without its brackets. */
static enum hook_found look_up(const struct hook_post *p, char found[HOOK_ADDRESSES_MAX], char *why,
                               size_t size)
{
    char host[300];
    size_t n = strlen(p->host), bracket = p->host[0] == '[';
    snprintf(host, sizeof host, "%.*s", (int)(n - 2 * bracket), p->host + bracket);
    return hook_address_find(host, p->settings->allow_private, POST_MS, found, why, size);
}

static bool url_is_good(struct hook_post *p)
{
    char found[HOOK_ADDRESSES_MAX], why[400];
    const char *wrong = read_url(p);
    if (wrong != NULL) {
        fprintf(stderr, "chinwag: the URL cannot be used: %s\n", wrong);
        return false;
    }
    if (look_up(p, found, why, sizeof why) != HOOK_FORBIDDEN)
        return true; /* a name may get an address later */
    fprintf(stderr,
            "chinwag: the URL cannot be used: %s\n"
            "  --allow-private allows this machine and private networks, and nothing else of "
            "this kind\n",
            why);
    return false;
}

struct hook_post *hook_post_create(const struct hook_settings *settings)
{
    struct hook_post *p = calloc(1, sizeof *p);
    if (p == NULL || curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK ||
        (p->curl = curl_easy_init()) == NULL) {
        fprintf(stderr, "chinwag: no memory\n");
        free(p);
        return NULL;
    }
    p->settings = settings;
    if (url_is_good(p)) {
        prepare_curl(p);
        return p;
    }
    hook_post_destroy(p);
    return NULL;
}

void hook_post_destroy(struct hook_post *p)
{
    if (p == NULL)
        return;
    curl_easy_cleanup(p->curl);
    curl_free(p->host);
    curl_free(p->port);
    free(p);
    curl_global_cleanup();
}

const char *hook_post_host(const struct hook_post *p)
{
    return p->host;
}

/* --- an attempt -------------------------------------------------------------------------- */

static enum hook_result judge_status(const struct hook_post *p, long status,
                                     struct hook_reason *reason)
{
    curl_off_t wait_s = 0;
    bool again = status == 429 || status >= 500;
    curl_easy_getinfo(p->curl, CURLINFO_RETRY_AFTER, &wait_s);
    if (again)
        reason->wait_ms = 1000 * (wait_s < WAIT_MAX_S ? wait_s : WAIT_MAX_S);
    snprintf(reason->text, sizeof reason->text, "it answered %ld%s", status,
             status >= 300 && status < 400 ? ", and redirects are not followed" : "");
    if (status >= 200 && status < 300)
        return HOOK_DELIVERED;
    return again ? HOOK_FAILED : HOOK_REFUSED;
}

static enum hook_result perform(struct hook_post *p, struct hook_reason *reason)
{
    long status = 0;
    p->answered = 0;
    CURLcode code = curl_easy_perform(p->curl);
    if (code == CURLE_ABORTED_BY_CALLBACK)
        return HOOK_STOPPED;
    curl_easy_getinfo(p->curl, CURLINFO_RESPONSE_CODE, &status);
    bool cut = code == CURLE_WRITE_ERROR && p->answered > ANSWER_MAX;
    if (status >= 200 && (code == CURLE_OK || cut))
        return judge_status(p, status, reason);
    snprintf(reason->text, sizeof reason->text, "%s", curl_easy_strerror(code));
    return HOOK_FAILED;
}

/* A list of libcurl has one more, or is gone; NULL: no memory. */
static struct curl_slist *add_line(struct curl_slist *list, const char *line)
{
    struct curl_slist *longer = list == NULL ? NULL : curl_slist_append(list, line);
    if (longer == NULL)
        curl_slist_free_all(list);
    return longer;
}

/* For what comes after the look-up; 0 would be no limit. */
static long time_left(int64_t begun_ms)
{
    int64_t passed = session_now_ms() - begun_ms;
    return passed < POST_MS ? POST_MS - (long)passed : 1;
}

enum hook_result hook_post_send(struct hook_post *p, const char *body, size_t n,
                                struct hook_reason *reason)
{
    char found[HOOK_ADDRESSES_MAX], judged[HOOK_ADDRESSES_MAX + 400], signature[HOOK_SIGNATURE_MAX];
    int64_t begun_ms = session_now_ms();
    *reason = (struct hook_reason){.wait_ms = 0};
    if (look_up(p, found, reason->text, sizeof reason->text) != HOOK_FOUND)
        return HOOK_FAILED;
    hook_sign(signature, p->settings->secret, (int64_t)time(NULL), body, n);
    snprintf(judged, sizeof judged, "%s:%s:%s", p->host, p->port, found);
    /* A literal is its own address, and open_judged sees it. */
    struct curl_slist *resolve = p->host[0] == '[' ? NULL : curl_slist_append(NULL, judged);
    struct curl_slist *headers = curl_slist_append(NULL, "Content-Type: application/json");
    headers = add_line(add_line(headers, "Expect:"), signature);
    curl_easy_setopt(p->curl, CURLOPT_TIMEOUT_MS, time_left(begun_ms));
    curl_easy_setopt(p->curl, CURLOPT_RESOLVE, resolve);
    curl_easy_setopt(p->curl, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(p->curl, CURLOPT_POSTFIELDS, body);
    curl_easy_setopt(p->curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)n);
    bool ready = headers != NULL && (resolve != NULL || p->host[0] == '[');
    snprintf(reason->text, sizeof reason->text, "no memory");
    enum hook_result result = ready ? perform(p, reason) : HOOK_FAILED;
    curl_easy_setopt(p->curl, CURLOPT_RESOLVE, NULL);
    curl_easy_setopt(p->curl, CURLOPT_HTTPHEADER, NULL);
    curl_slist_free_all(resolve);
    curl_slist_free_all(headers);
    return result;
}
