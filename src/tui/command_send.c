/* command_send.c - send and send-voice. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "output.h"
#include "session.h"
#include "wav.h"

/* More than a message can hold, so that what is too long is refused, not cut. */
#define TEXT_SIZE (64 * 1024)

struct text {
    const char *target; /* '@' or '#', and a name */
    const char *content;
    size_t length;
};

struct voice {
    const char *recipient; /* as the protocol writes it: name or #group */
    struct wav wav;
};

static bool check_target(const char *target)
{
    if ((target[0] == '@' || target[0] == '#') && target[1] != 0)
        return true;
    fprintf(stderr,
            "chinwag: '%s' is neither @NAME nor #GROUP\n"
            "  to a person: @%s, to a group: '#%s' (with the quotes)\n",
            target, target, target);
    return false;
}

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
    if (!check_target(text.target))
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

static int64_t send_voice(chinwag_client *client, const void *arguments)
{
    const struct voice *voice = arguments;
    return chinwag_voice_msg(client, voice->recipient, voice->wav.channels, voice->wav.sample_rate,
                             voice->wav.samples, voice->wav.count);
}

int command_send_voice(const struct cli *cli)
{
    const char *target = cli->arguments[0];
    if (!check_target(target))
        return CLI_WRONG_USE;
    struct voice voice = {.recipient = target[0] == '@' ? target + 1 : target};
    const char *wrong = wav_read(cli->arguments[1], &voice.wav);
    if (wrong != NULL) {
        fprintf(stderr, "chinwag: cannot send %s: %s\n", cli->arguments[1], wrong);
        return CLI_WRONG_USE;
    }
    int code = session_ask(cli, "voice_msg", send_voice, &voice);
    free(voice.wav.samples);
    return code;
}
