/* hook_post.h - posts one body to the URL of a hook, over HTTP: one attempt, of 5 seconds at most
 * with the look-up of the name.
 * For command_hook.c. */
#ifndef CHINWAG_CLI_HOOK_POST_H
#define CHINWAG_CLI_HOOK_POST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct hook_post;

struct hook_settings {
    const char *url, *secret; /* outlive the hook_post */
    bool allow_http, allow_private;
};

enum hook_result {
    HOOK_DELIVERED,
    HOOK_REFUSED, /* the same body would be refused again */
    HOOK_FAILED,  /* another attempt may succeed */
    HOOK_STOPPED  /* a signal came */
};

/* Why an attempt did not succeed, and how long the receiver asks to be left alone (0: not). */
struct hook_reason {
    char text[400];
    int64_t wait_ms;
};

/* NULL: the URL cannot be used, and a message was printed. */
struct hook_post *hook_post_create(const struct hook_settings *settings);
void hook_post_destroy(struct hook_post *post);

/* The host of the URL: its path may be a secret. */
const char *hook_post_host(const struct hook_post *post);

enum hook_result hook_post_send(struct hook_post *post, const char *body, size_t n,
                                struct hook_reason *reason);

#endif
