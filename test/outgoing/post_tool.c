/* post_tool.c - posts what the lines of its standard input say, by one client, for test_post.py.
 *
 * post_tool [http] [private]: a line is "URL BODY"; for each it prints the result, the status and
 * how long it is asked to wait; or why there is no answer. */
#include <inttypes.h>
#include <stdio.h>

#include "outgoing/post.h"

static const char *const results[] = {[CW_OUTGOING_ANSWERED] = "answered",
                                      [CW_OUTGOING_FAILED] = "failed",
                                      [CW_OUTGOING_REFUSED] = "refused",
                                      [CW_OUTGOING_STOPPED] = "stopped"};

int main(int count, char **words)
{
    struct cw_outgoing_rules rules = {.allow_http = false};
    char line[100000];
    for (int i = 1; i < count; i++) {
        rules.allow_http |= strcmp(words[i], "http") == 0;
        rules.allow_private |= strcmp(words[i], "private") == 0;
    }
    struct cw_outgoing *client = cw_outgoing_create(&rules);
    while (client != NULL && fgets(line, sizeof line, stdin) != NULL) {
        size_t url = strcspn(line, " "), n = strcspn(line, "\n");
        struct cw_outgoing_answer answer;
        enum cw_outgoing_result result =
            cw_outgoing_post(client, cw_slice_of(line, url), "X-Test: 1\r\n",
                             cw_slice_of(line + url + 1, n - url - 1), &answer);
        if (result == CW_OUTGOING_ANSWERED)
            printf("answered %d %" PRId64 "\n", answer.status, answer.wait_ms);
        else
            printf("%s %s\n", results[result], answer.why);
        fflush(stdout);
    }
    cw_outgoing_destroy(client);
    return client == NULL;
}
