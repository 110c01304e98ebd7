/* command_talk.c - what was said: chats, history, search, reply, edit, delete,
 * read, fetch. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "output_list.h"
#include "session.h"
#include "wav.h"

/* "@bob" as the protocol writes it, "bob"; a group keeps its '#'. NULL: neither,
 * and it has been said. */
static const char *conversation_of(const char *target)
{
    if (target[0] == '@' && target[1] != 0)
        return target + 1;
    if (target[0] == '#' && target[1] != 0)
        return target;
    fprintf(stderr, "chinwag: '%s' is neither @NAME nor '#GROUP'\n", target);
    return NULL;
}

static bool read_seq(const char *text, uint64_t *seq)
{
    char *end;
    errno = 0;
    *seq = strtoull(text, &end, 10);
    if (errno == 0 && end != text && *end == 0 && text[0] != '-' && *seq > 0)
        return true;
    fprintf(stderr, "chinwag: '%s' is no number of a message; chinwag history shows them\n", text);
    return false;
}

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
    return chinwag_history(client, conversation_of(cli->arguments[0]), &page);
}

int command_history(const struct cli *cli)
{
    if (conversation_of(cli->arguments[0]) == NULL)
        return CLI_WRONG_USE;
    return session_list(cli, "history", ask_history, cli, output_message_entry);
}

static int64_t ask_search(chinwag_client *client, const void *arguments)
{
    const struct cli *cli = arguments;
    const struct chinwag_page page = page_of(cli);
    const char *place = cli->in == NULL ? NULL : conversation_of(cli->in);
    return chinwag_search(client, cli->arguments[0], place, &page);
}

int command_search(const struct cli *cli)
{
    if (cli->in != NULL && conversation_of(cli->in) == NULL)
        return CLI_WRONG_USE;
    return session_list(cli, "search", ask_search, cli, output_message_entry);
}

/* --- one message ------------------------------------------------------------------------ */

struct one {
    const char *conversation;
    uint64_t seq;
    const char *text;
};

static bool read_one(const struct cli *cli, struct one *one)
{
    one->conversation = conversation_of(cli->arguments[0]);
    one->text = cli->argument_count > 2 ? cli->arguments[2] : NULL;
    return one->conversation != NULL && read_seq(cli->arguments[1], &one->seq);
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

/* --- a recording -------------------------------------------------------------------------- */

static int write_wav(const char *path, const struct chinwag_event *voice)
{
    struct wav_writer writer;
    if (wav_writer_open(&writer, path, voice->channels, voice->sample_rate)) {
        wav_writer_append(&writer, voice->samples, voice->sample_count);
        if (wav_writer_close(&writer))
            return CLI_DONE;
    }
    fprintf(stderr, "chinwag: cannot write %s: %s\n", path, strerror(errno));
    return CLI_WRONG_USE;
}

int command_fetch(const struct cli *cli)
{
    struct session session;
    struct chinwag_event voice;
    struct one one;
    if (!read_one(cli, &one))
        return CLI_WRONG_USE;
    int code = session_open(&session, cli, STATE_COMMANDS);
    if (code == CLI_DONE) {
        int64_t request = chinwag_fetch_voice(session.client, one.conversation, one.seq);
        code = session_wait(&session, "fetch_voice", request, &voice);
    }
    if (code == CLI_DONE)
        code = write_wav(one.text, &voice);
    session_close(&session);
    return code;
}
