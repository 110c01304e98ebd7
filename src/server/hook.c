/* hook.c - see hook.h. */
#include "server/hook.h"

#include <jansson.h>

#include "base/codes.h"
#include "frame/http_words.h"

#define JSON_TYPE "application/json"
/* Seconds: the guesses of an address come back slowly, the rates of messages at once. */
#define RETRY_GUESS 60
#define RETRY_RATE  1

/* --- a POST -------------------------------------------------------------------------------- */

static struct cw_slice secret_of(const struct cw_http_post *post)
{
    static const char bearer[] = "Bearer ";
    size_t path = strlen(CW_HOOK_PATH), n = strlen(bearer);
    struct cw_slice value = post->authorization;
    if (post->path.n > path + 1)
        return cw_slice_of(post->path.p + path + 1, post->path.n - path - 1);
    if (value.n <= n || !cw_http_same_word(cw_slice_of(value.p, n), bearer))
        return (struct cw_slice){0};
    return cw_slice_of(value.p + n, value.n - n);
}

static bool refuse_post(struct cw_http_answer *answer, unsigned status, const char *body)
{
    answer->status = status;
    answer->type = JSON_TYPE;
    answer->body = cw_slice_str(body);
    return false;
}

static void put_request(struct cw_slice secret, const json_t *text, struct cw_buf *frame)
{
    struct cw_msg msg = {.kind = CW_REQUEST, .action = CW_POST_HOOK, .secret = secret};
    msg.content = cw_slice_of(json_string_value(text), json_string_length(text));
    msg.extras.map_present = true; /* it reads the response's map */
    cw_msg_encode(&msg, true, frame);
}

bool cw_hook_request(const struct cw_http_post *post, struct cw_buf *frame,
                     struct cw_http_answer *answer)
{
    struct cw_slice secret = secret_of(post);
    json_error_t error;
    if (secret.n == 0)
        return refuse_post(answer, 404, "{\"reason\":\"there is no such hook\"}\n");
    json_t *body =
        json_loadb((const char *)post->body.p, post->body.n, JSON_REJECT_DUPLICATES, &error);
    const json_t *text = json_object_get(body, "content");
    if (text == NULL)
        text = json_object_get(body, "text");
    bool good = json_is_string(text);
    if (good)
        put_request(secret, text, frame);
    json_decref(body);
    return good ||
           refuse_post(answer, 400,
                       "{\"reason\":\"the body is a JSON object with a text as `content` or "
                       "`text`\"}\n");
}

/* --- its answer ------------------------------------------------------------------------------ */

static bool is_rule(const struct cw_msg *response, enum cw_rule rule)
{
    return cw_slice_eq(response->extras.rule, cw_slice_str(cw_rule_identifier(rule)));
}

static unsigned status_of(const struct cw_msg *response)
{
    switch (response->code) {
    case CW_SUCCESS:
        return 200;
    case CW_RATE_LIMITED:
        return 429;
    case CW_TOO_LARGE:
        return is_rule(response, CW_RULE_QUOTA) ? 507 : 413;
    case CW_UNAVAILABLE:
        return is_rule(response, CW_RULE_DISK_FULL) ? 507 : 503;
    case CW_FORBIDDEN:
    case CW_GROUP_MEMBER_DOES_NOT_EXIST:
        return 403;
    default:
        return is_rule(response, CW_RULE_NO_HOOK) ? 404 : 400;
    }
}

static void put_member(json_t *body, const char *key, struct cw_slice text)
{
    if (text.n != 0)
        json_object_set_new(body, key, json_stringn((const char *)text.p, text.n));
}

static int append_json(const char *bytes, size_t n, void *to)
{
    cw_buf_append(to, bytes, n);
    return 0;
}

void cw_hook_answer(const struct cw_msg *response, struct cw_http_answer *answer)
{
    const struct cw_extras *extras = &response->extras;
    json_t *body = json_object();
    answer->status = status_of(response);
    answer->type = JSON_TYPE;
    if (response->code == CW_SUCCESS) {
        json_object_set_new(body, "id", json_integer((json_int_t)extras->id));
        json_object_set_new(body, "seq", json_integer((json_int_t)extras->seq));
        json_object_set_new(body, "time", json_integer((json_int_t)extras->time_ms));
    } else {
        json_object_set_new(body, "code", json_integer(response->code));
        put_member(body, "rule", extras->rule);
        put_member(body, "reason", extras->reason);
    }
    json_dump_callback(body, append_json, &answer->memory, JSON_COMPACT);
    json_decref(body);
    cw_buf_append_byte(&answer->memory, '\n');
    answer->body = cw_buf_slice(&answer->memory);
    if (answer->status == 429) {
        char line[32];
        int n = snprintf(line, sizeof line, "Retry-After: %d\r\n",
                         is_rule(response, CW_RULE_HOOK_GUESSES) ? RETRY_GUESS : RETRY_RATE);
        cw_buf_append(&answer->headers, line, (size_t)n);
    }
}
