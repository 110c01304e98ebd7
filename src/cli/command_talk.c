/* command_talk.c - commands about conversations: chats, history, reply, edit, delete, read. */
#include <string.h>

#include "output_list.h"
#include "session.h"
#include "target.h"

static struct chinwag_page page_of(const struct cli *cli)
{
    return (struct chinwag_page){.before = (uint64_t)cli->before,
                                 .after = (uint64_t)cli->after,
                                 .around = (uint64_t)cli->around,
                                 .limit = (unsigned)cli->limit};
}

/* --- lists ---------------------------------------------------------------------------- */

static int64_t ask_chats(chinwag_client *client, const void *arguments)
{
    const struct chinwag_page page = page_of(arguments);
    return chinwag_conversations(client, &page);
}

int command_chats(const struct cli *cli)
{
    return session_list(cli, "conversations", ask_chats, cli, output_conversation_entry);
}

static int64_t ask_history(chinwag_client *client, const void *arguments)
{
    const struct cli *cli = arguments;
    const struct chinwag_page page = page_of(cli);
    return chinwag_history(client, target_conversation(cli->arguments[0]), &page);
}

/* Up to the last entry: what comes meanwhile was not shown. */
static int mark_shown(struct session *session, const struct cli *cli,
                      const struct chinwag_event *answer)
{
    if (answer->entry_count == 0)
        return CLI_DONE;
    uint64_t last = answer->entries[answer->entry_count - 1].seq;
    int64_t request =
        chinwag_mark_read(session->client, target_conversation(cli->arguments[0]), last);
    return session_wait(session, "mark_read", request, NULL);
}

int command_history(const struct cli *cli)
{
    if (target_conversation(cli->arguments[0]) == NULL)
        return CLI_WRONG_USE;
    bool group = cli->arguments[0][0] == '#';
    return session_list_then(cli, "history", ask_history, cli,
                             group ? output_message_entry : output_pair_entry,
                             cli->read ? mark_shown : NULL);
}

/* --- one message ------------------------------------------------------------------------ */

struct one {
    const char *conversation;
    uint64_t seq;
    const char *text;
};

static bool read_one(const struct cli *cli, struct one *one)
{
    one->conversation = target_conversation(cli->arguments[0]);
    one->text = cli->argument_count > 2 ? cli->arguments[2] : NULL;
    if (one->text != NULL && one->text[0] == '\0') {
        fprintf(stderr, "chinwag: the text is empty; to remove a message: chinwag delete\n");
        return false;
    }
    return one->conversation != NULL && target_seq(cli->arguments[1], &one->seq);
}

static int ask_one(const struct cli *cli, const char *action, session_request *make)
{
    struct one one;
    return read_one(cli, &one) ? session_ask(cli, action, make, &one) : CLI_WRONG_USE;
}

static int64_t ask_reply(chinwag_client *client, const void *arguments)
{
    const struct one *one = arguments;
    return chinwag_reply(client, one->conversation, one->seq, one->text, strlen(one->text));
}

int command_reply(const struct cli *cli)
{
    return ask_one(cli, "whisper", ask_reply);
}

static int64_t ask_edit(chinwag_client *client, const void *arguments)
{
    const struct one *one = arguments;
    return chinwag_edit(client, one->conversation, one->seq, one->text, strlen(one->text));
}

int command_edit(const struct cli *cli)
{
    return ask_one(cli, "edit", ask_edit);
}

static int64_t ask_delete(chinwag_client *client, const void *arguments)
{
    const struct one *one = arguments;
    return chinwag_delete(client, one->conversation, one->seq);
}

int command_delete(const struct cli *cli)
{
    return ask_one(cli, "delete", ask_delete);
}

static int64_t ask_read(chinwag_client *client, const void *arguments)
{
    const struct one *one = arguments;
    return chinwag_mark_read(client, one->conversation, one->seq);
}

int command_read(const struct cli *cli)
{
    return ask_one(cli, "mark_read", ask_read);
}
