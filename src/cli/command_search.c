/* command_search.c - finds messages: search. For people each one is printed with the message before
 * and the one behind it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "next_page.h"
#include "output_list.h"
#include "session.h"
#include "target.h"

/* What surrounds more of them would be too many requests at once. */
#define WITH_CONTEXT 50

struct hit {
    char *conversation;
    uint64_t seq;
};

static int64_t ask_search(chinwag_client *client, const void *arguments)
{
    const struct cli *cli = arguments;
    const struct chinwag_page page = {.before = (uint64_t)cli->before,
                                      .limit = (unsigned)cli->limit};
    const char *place = cli->in == NULL ? NULL : target_conversation(cli->in);
    return chinwag_search(client, cli->arguments[0], place, &page);
}

/* The answer is good until the next request alone. */
static struct hit *copy_hits(const struct chinwag_event *answer)
{
    struct hit *hits = calloc(answer->entry_count + 1, sizeof *hits);
    for (size_t i = 0; hits != NULL && i < answer->entry_count; i++) {
        const char *conversation = answer->entries[i].conversation;
        hits[i] =
            (struct hit){strdup(conversation == NULL ? "" : conversation), answer->entries[i].seq};
    }
    return hits;
}

static void print_around(const struct session *session, const struct hit *hit,
                         const struct chinwag_event *answer)
{
    int64_t now_s = (int64_t)time(NULL);
    for (size_t i = 0; i < answer->entry_count; i++) {
        struct chinwag_entry entry = answer->entries[i];
        if (entry.of != 0) /* of a change: the message shows it */
            continue;
        entry.conversation = hit->conversation;
        fputs(entry.seq == hit->seq ? "" : "  ", stdout);
        output_message_entry(stdout, &entry, session->account.name, now_s);
    }
}

static int print_hit(struct session *session, const struct hit *hit)
{
    struct chinwag_event answer;
    const struct chinwag_page page = {.around = hit->seq, .limit = 3};
    int code = session_wait(session, "history",
                            chinwag_history(session->client, hit->conversation, &page), &answer);
    if (code == CLI_DONE)
        print_around(session, hit, &answer);
    return code;
}

static int print_with_context(struct session *session, const struct chinwag_event *found)
{
    int code = CLI_DONE;
    size_t count = found->entry_count;
    struct hit *hits = copy_hits(found);
    for (size_t i = 0; hits != NULL && i < count && code == CLI_DONE; i++) {
        if (i != 0)
            putchar('\n');
        code = print_hit(session, &hits[i]);
    }
    for (size_t i = 0; hits != NULL && i < count; i++)
        free(hits[i].conversation);
    free(hits);
    return code;
}

static int print_found(struct session *session, const struct cli *cli,
                       const struct chinwag_event *found)
{
    int code = CLI_DONE;
    int64_t now_s = (int64_t)time(NULL);
    struct chinwag_event answer = {.next = found->next, .entry_count = found->entry_count};
    if (found->entry_count <= WITH_CONTEXT)
        code = print_with_context(session, found);
    else
        for (size_t i = 0; i < found->entry_count; i++)
            output_message_entry(stdout, &found->entries[i], session->account.name, now_s);
    if (code == CLI_DONE)
        next_page_say(cli, "search", &answer);
    return code;
}

int command_search(const struct cli *cli)
{
    struct session session;
    struct chinwag_event found;
    if (cli->in != NULL && target_conversation(cli->in) == NULL)
        return CLI_WRONG_USE;
    if (cli->json)
        return session_list(cli, "search", ask_search, cli, output_message_entry);
    int code = session_open(&session, cli, SESSION_COMMAND);
    if (code == CLI_DONE)
        code = session_wait(&session, "search", ask_search(session.client, cli), &found);
    if (code == CLI_DONE)
        code = print_found(&session, cli, &found);
    session_close(&session);
    return code;
}
