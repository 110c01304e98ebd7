/* message_at.c - see message_at.h. */
#include "message_at.h"

#include "target.h"

int message_at_open(const struct cli *cli, struct session *session, struct message_at *message)
{
    message->conversation = target_conversation(cli->arguments[0]);
    if (message->conversation == NULL || !target_seq(cli->arguments[1], &message->seq))
        return CLI_WRONG_USE;
    return session_open(session, cli, SESSION_COMMAND);
}

int message_at_ask(struct session *session, const struct message_at *message,
                   const struct chinwag_entry **entry)
{
    struct chinwag_page one = {.before = message->seq + 1, .limit = 1};
    struct chinwag_event answer;
    int64_t request = chinwag_history(session->client, message->conversation, &one);
    int code = session_wait(session, "history", request, &answer);
    bool found = code == CLI_DONE && answer.entry_count != 0 &&
                 answer.entries[answer.entry_count - 1].seq == message->seq;
    *entry = found ? &answer.entries[answer.entry_count - 1] : NULL;
    return code;
}

int message_at_find(const struct cli *cli, struct session *session, struct message_at *message,
                    const struct chinwag_entry **entry)
{
    int code = message_at_open(cli, session, message);
    *entry = NULL;
    return code == CLI_DONE ? message_at_ask(session, message, entry) : code;
}
