/* command_hook.c - posts each message to a URL as it comes, from where it stopped: a hook that goes
 * out.
 *
 * Messages go in their order, one at a time. The position is that of the last one that the receiver
 * has accepted, or that was given up, so a message may be posted again after a crash. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "commands.h"
#include "hook_post.h"
#include "hook_queue.h"
#include "listening.h"
#include "output_json.h"
#include "password.h"

/* A signal that comes between the check and the wait is noticed after this time. */
#define SIGNAL_CHECK_MS 500
/* An HMAC of a secret that can be guessed proves nothing. */
#define SECRET_MIN 16u
/* Messages in a row before the position is saved. */
#define SAVE_EVERY 100

struct hook {
    struct listening stream;
    struct hook_queue queue;
    struct hook_post *post;
    uint64_t dropped; /* since the queue was full */
};

/* --- the queue --------------------------------------------------------------------------- */

/* The position moves when the receiver has one, or does without it. false: it cannot be saved. */
static bool hook_done_with(struct hook *hook, uint64_t id)
{
    listening_note(&hook->stream, id);
    return hook->stream.unsaved < SAVE_EVERY || listening_save(&hook->stream);
}

static bool put_body(struct hook *hook, uint64_t id, char *body, size_t n)
{
    uint64_t last;
    size_t dropped = hook_queue_put(&hook->queue, &(struct hook_item){id, body, n}, &last);
    if (dropped == 0)
        return true;
    if (hook->dropped == 0)
        fprintf(stderr,
                "chinwag: too many messages wait for %s; from now on the oldest are dropped\n",
                hook_post_host(hook->post));
    hook->dropped += dropped;
    return hook_done_with(hook, last);
}

static bool queue_message(struct hook *hook, const struct chinwag_event *event, bool message)
{
    char *body = NULL;
    size_t n = 0;
    FILE *out = open_memstream(&body, &n);
    if (out != NULL && message)
        output_message_json(out, event, hook->stream.session.account.name, NULL);
    else if (out != NULL)
        output_happening_json(out, event);
    if (out != NULL && fclose(out) == 0)
        return put_body(hook, event->id, body, n - 1); /* without the end of the line */
    fprintf(stderr, "chinwag: no memory\n");
    free(body);
    return false;
}

static int on_hook_event(struct hook *hook, const struct chinwag_event *event)
{
    switch (event->type) {
    case CHINWAG_WHISPER:
    case CHINWAG_GROUP_MESSAGE:
    case CHINWAG_VOICE_MESSAGE:
        return queue_message(hook, event, true) ? CLI_DONE : CLI_WRONG_USE;
    case CHINWAG_EDITED:
    case CHINWAG_DELETED:
        return queue_message(hook, event, false) ? CLI_DONE : CLI_WRONG_USE;
    default:
        return listening_take(&hook->stream, event);
    }
}

/* --- posting ----------------------------------------------------------------------------- */

/* Posts the next one when the time of a wait is over. */
static void begin_wait(struct hook *hook, const struct hook_reason *reason)
{
    int64_t wait = hook_queue_failed(&hook->queue, session_now_ms(), reason->wait_ms);
    fprintf(stderr, "chinwag: %s takes no message (%s), trying again in %.1f s\n",
            hook_post_host(hook->post), reason->text, (double)wait / 1000.0);
}

static void say_lost(const struct hook *hook, const char *what, const struct hook_reason *reason)
{
    fprintf(stderr, "chinwag: %s message %" PRIu64 " (%s)\n", what,
            hook_queue_front(&hook->queue)->id, reason->text);
}

static void note_delivered(struct hook *hook)
{
    if (hook->queue.failures > 0)
        fprintf(stderr, "chinwag: %s takes messages again\n", hook_post_host(hook->post));
    if (hook->dropped > 0)
        fprintf(stderr, "chinwag: %" PRIu64 " messages were dropped\n", hook->dropped);
    hook->queue.failures = 0;
    hook->dropped = 0;
}

/* Makes one attempt for the oldest. false: the position cannot be saved. */
static bool post_front(struct hook *hook)
{
    struct hook_reason reason;
    const struct hook_item *front = hook_queue_front(&hook->queue);
    enum hook_result result = hook_post_send(hook->post, front->body, front->n, &reason);
    if (result == HOOK_STOPPED)
        return true;
    if (result == HOOK_FAILED) {
        begin_wait(hook, &reason);
        if (!hook_queue_gives_up(&hook->queue))
            return true;
        say_lost(hook, "after many attempts it gives up", &reason);
    }
    if (result == HOOK_REFUSED)
        say_lost(hook, "the receiver refuses", &reason);
    if (result == HOOK_DELIVERED)
        note_delivered(hook);
    uint64_t id = front->id;
    hook_queue_drop_front(&hook->queue);
    return hook_done_with(hook, id);
}

/* How long nothing has to be done. */
static int quiet_ms(const struct hook *hook)
{
    if (hook_queue_front(&hook->queue) == NULL)
        return SIGNAL_CHECK_MS;
    int64_t left = hook->queue.next_ms - session_now_ms();
    return left <= 0 ? 0 : left < SIGNAL_CHECK_MS ? (int)left : SIGNAL_CHECK_MS;
}

static int hook_run(struct hook *hook)
{
    while (!session_was_signalled()) {
        struct chinwag_event event;
        int code = CLI_DONE;
        int wait = hook->stream.unsaved != 0 ? 0 : quiet_ms(hook);
        bool polled = chinwag_poll(hook->stream.session.client, wait, &event);
        if (polled)
            code = on_hook_event(hook, &event);
        if (code == CLI_DONE && quiet_ms(hook) == 0)
            code = post_front(hook) ? CLI_DONE : CLI_WRONG_USE;
        else if (code == CLI_DONE && !polled)
            code = listening_save(&hook->stream) ? CLI_DONE : CLI_WRONG_USE;
        if (code != CLI_DONE)
            return code;
    }
    return CLI_DONE;
}

/* --- the command -------------------------------------------------------------------------- */

static bool read_secret(const struct cli *cli, char secret[PASSWORD_SIZE])
{
    if (!password_read_secret(cli->secret_file, "CHINWAG_HOOK_SECRET", secret))
        return false;
    if (strlen(secret) >= SECRET_MIN)
        return true;
    fprintf(stderr, "chinwag: the secret has fewer than %u bytes\n", SECRET_MIN);
    return false;
}

static int hook_with(const struct cli *cli, struct hook *hook, const char *secret)
{
    const struct hook_settings settings = {.url = cli->arguments[0],
                                           .secret = secret,
                                           .allow_http = cli->allow_http,
                                           .allow_private = cli->allow_private};
    hook->post = hook_post_create(&settings);
    if (hook->post == NULL)
        return CLI_WRONG_USE;
    int code = listening_open(&hook->stream, cli);
    if (code == CLI_DONE)
        code = hook_run(hook);
    if (!listening_save(&hook->stream) && code == CLI_DONE)
        code = CLI_WRONG_USE;
    listening_close(&hook->stream);
    hook_post_destroy(hook->post);
    hook_queue_finish(&hook->queue);
    return code;
}

int command_hook(const struct cli *cli)
{
    char secret[PASSWORD_SIZE];
    struct hook *hook = calloc(1, sizeof *hook);
    int code = CLI_WRONG_USE;
    if (hook == NULL)
        fprintf(stderr, "chinwag: no memory\n");
    else if (read_secret(cli, secret))
        code = hook_with(cli, hook, secret);
    password_forget(secret);
    free(hook);
    return code;
}
