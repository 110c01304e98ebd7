/* command_react.c - reactions to messages, and the pinned messages of groups: react, unreact, pin,
 * unpin, pins. */
#include "output_list.h"
#include "session.h"
#include "target.h"

struct reacted {
    const char *conversation; /* of pin: the group */
    uint64_t seq;
    const char *emoji;
};

/* --- reactions ------------------------------------------------------------------------- */

static int ask_reaction(const struct cli *cli, const char *action, session_request *make)
{
    struct reacted reacted = {.conversation = target_conversation(cli->arguments[0]),
                              .emoji = cli->arguments[2]};
    if (reacted.conversation == NULL || !target_seq(cli->arguments[1], &reacted.seq))
        return CLI_WRONG_USE;
    return session_ask(cli, action, make, &reacted);
}

static int64_t react(chinwag_client *client, const void *arguments)
{
    const struct reacted *to = arguments;
    return chinwag_react(client, to->conversation, to->seq, to->emoji);
}

int command_react(const struct cli *cli)
{
    return ask_reaction(cli, "react", react);
}

static int64_t unreact(chinwag_client *client, const void *arguments)
{
    const struct reacted *to = arguments;
    return chinwag_unreact(client, to->conversation, to->seq, to->emoji);
}

int command_unreact(const struct cli *cli)
{
    return ask_reaction(cli, "unreact", unreact);
}

/* --- pins ------------------------------------------------------------------------------- */

static int ask_pin(const struct cli *cli, const char *action, session_request *make)
{
    struct reacted pinned = {.conversation = target_group(cli->arguments[0])};
    if (pinned.conversation == NULL || !target_seq(cli->arguments[1], &pinned.seq))
        return CLI_WRONG_USE;
    return session_ask(cli, action, make, &pinned);
}

static int64_t pin(chinwag_client *client, const void *arguments)
{
    const struct reacted *pinned = arguments;
    return chinwag_pin_message(client, pinned->conversation, pinned->seq);
}

int command_pin(const struct cli *cli)
{
    return ask_pin(cli, "pin", pin);
}

static int64_t unpin(chinwag_client *client, const void *arguments)
{
    const struct reacted *pinned = arguments;
    return chinwag_unpin_message(client, pinned->conversation, pinned->seq);
}

int command_unpin(const struct cli *cli)
{
    return ask_pin(cli, "unpin", unpin);
}

static int64_t ask_pins(chinwag_client *client, const void *arguments)
{
    const struct cli *cli = arguments;
    const struct chinwag_page page = {.after = (uint64_t)cli->after};
    return chinwag_pins(client, target_group(cli->arguments[0]), &page);
}

int command_pins(const struct cli *cli)
{
    if (target_group(cli->arguments[0]) == NULL)
        return CLI_WRONG_USE;
    return session_list(cli, "pins", ask_pins, cli, output_message_entry);
}
