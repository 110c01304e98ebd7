/* command_send.c - sends a text. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "output.h"
#include "session.h"
#include "target.h"

/* More than a message can hold, so that a longer text is refused, not cut. */
#define TEXT_SIZE (64 * 1024)

struct text {
    const char *target; /* '@' or '#', and a name */
    const char *content;
    size_t length;
};

/* Standard input as one message, without the line end of its last line. */
static bool read_input(char content[TEXT_SIZE], size_t *length)
{
    *length = fread(content, 1, TEXT_SIZE, stdin);
    if (ferror(stdin)) {
        fprintf(stderr, "chinwag: cannot read the standard input: %s\n", strerror(errno));
        return false;
    }
    if (*length > 0 && content[*length - 1] == '\n')
        --*length;
    return true;
}

static int64_t send_text(chinwag_client *client, const void *arguments)
{
    const struct text *text = arguments;
    if (text->target[0] == '@')
        return chinwag_whisper(client, text->target + 1, text->content, text->length);
    return chinwag_msg_group(client, text->target + 1, text->content, text->length);
}

int command_send(const struct cli *cli)
{
    static char input[TEXT_SIZE];
    struct text text = {.target = cli->arguments[0], .content = cli->arguments[1]};
    if (target_conversation(text.target) == NULL)
        return CLI_WRONG_USE;
    if (strcmp(text.content, "-") == 0) {
        text.content = input;
        if (!read_input(input, &text.length))
            return CLI_WRONG_USE;
    } else {
        text.length = strlen(text.content);
    }
    if (text.length == 0) {
        fprintf(stderr, "chinwag: there is nothing to send\n");
        return CLI_WRONG_USE;
    }
    const char *action = text.target[0] == '@' ? "whisper" : "msg_group";
    return session_ask(cli, action, send_text, &text);
}
