/* command_voice.c - sends voice messages from files, saves and plays them: send-voice, fetch, link,
 * play.
 * command_record.c has record. */
#include <stdio.h>
#include <string.h>

#include "fetch_file.h"
#include "known_servers.h"
#include "message_at.h"
#include "recording.h"
#include "session.h"
#include "target.h"
#include "voice.h"
#include "voice_play.h"

/* --- out ------------------------------------------------------------------------------- */

struct voice {
    const char *recipient;
    const struct recording *recording;
    bool plain;
    uint64_t reply_to;
};

static int64_t ask_voice(chinwag_client *client, const void *arguments)
{
    const struct voice *voice = arguments;
    const struct recording *recording = voice->recording;
    if (voice->plain)
        return chinwag_voice_msg(client, voice->recipient, recording->channels,
                                 recording->sample_rate, recording->samples, recording->count);
    return chinwag_voice_reply(client, voice->recipient, voice->reply_to, recording->channels,
                               recording->file, recording->file_n);
}

int voice_send(const struct cli *cli, const char *recipient, struct recording *recording)
{
    const char *wrong = cli->plain && cli->reply_to != 0 ? "--reply-to does not go with --plain"
                        : cli->plain                     ? recording_decode(recording)
                                                         : recording_encode(recording);
    if (wrong != NULL) {
        fprintf(stderr, "chinwag: cannot send it: %s\n", wrong);
        return CLI_WRONG_USE;
    }
    struct voice voice = {recipient, recording, cli->plain, (uint64_t)cli->reply_to};
    return session_ask(cli, "voice_msg", ask_voice, &voice);
}

int voice_send_file(const struct cli *cli, const char *recipient, const char *path)
{
    struct recording recording;
    const char *wrong = recording_read(&recording, path);
    int code = CLI_WRONG_USE;
    if (wrong == NULL)
        code = voice_send(cli, recipient, &recording);
    else
        fprintf(stderr, "chinwag: cannot send %s: %s\n", path, wrong);
    recording_finish(&recording);
    return code;
}

int command_send_voice(const struct cli *cli)
{
    const char *recipient = target_conversation(cli->arguments[0]);
    if (recipient == NULL)
        return CLI_WRONG_USE;
    return voice_send_file(cli, recipient, cli->arguments[1]);
}

/* --- in -------------------------------------------------------------------------------- */

/* The caller must finish the recording in either case. */
static int fetch(const struct cli *cli, struct session *session, struct message_at *message,
                 struct recording *recording)
{
    struct chinwag_event answer;
    *recording = (struct recording){.file = NULL};
    int code = message_at_open(cli, session, message);
    if (code != CLI_DONE)
        return code;
    int64_t request = chinwag_fetch_voice(session->client, message->conversation, message->seq);
    code = session_wait(session, "fetch_voice", request, &answer);
    if (code != CLI_DONE)
        return code;
    const char *wrong = recording_take(recording, &answer);
    if (wrong != NULL)
        fprintf(stderr, "chinwag: %s\n", wrong);
    return wrong == NULL ? CLI_DONE : CLI_WRONG_USE;
}

static int write_file(const struct cli *cli, struct recording *recording, const char *path)
{
    const char *wrong = recording_write(recording, path, cli->yes);
    if (wrong != NULL)
        fprintf(stderr, "chinwag: cannot write %s: %s\n", path, wrong);
    return wrong == NULL ? CLI_DONE : CLI_WRONG_USE;
}

static int fetch_recording(const struct cli *cli)
{
    struct session session = {.client = NULL};
    struct message_at message;
    struct recording recording;
    int code = fetch(cli, &session, &message, &recording);
    if (code == CLI_DONE)
        code = write_file(cli, &recording, cli->arguments[2]);
    recording_finish(&recording);
    session_close(&session);
    return code;
}

int command_fetch(const struct cli *cli)
{
    struct session session = {.client = NULL};
    struct message_at message;
    const struct chinwag_entry *entry;
    int code = message_at_find(cli, &session, &message, &entry);
    if (code == CLI_DONE && entry != NULL && entry->file_id != 0)
        code = fetch_file(cli, entry, cli->arguments[2]);
    else if (code == CLI_DONE)
        code = fetch_recording(cli);
    session_close(&session);
    return code;
}

/* The URL of a path at the server: over TLS, but on this machine. */
static void print_url(const struct session *session, const char *path)
{
    struct chinwag_address address;
    char name[KNOWN_NAME_MAX];
    if (!chinwag_read_address(session->server, &address))
        return; /* the session has read it before */
    known_servers_name(&address, name);
    bool plain =
        address.transport == CHINWAG_WS || (address.transport == CHINWAG_TCP && address.local);
    printf("%s://%s%s\n", plain ? "http" : "https", name, path);
}

int command_file_link(const struct cli *cli)
{
    struct session session = {.client = NULL};
    struct message_at message;
    struct chinwag_event answer;
    const struct chinwag_entry *entry;
    int code = message_at_find(cli, &session, &message, &entry);
    if (code == CLI_DONE && (entry == NULL || entry->file_id == 0)) {
        fprintf(stderr, "chinwag: there is no file with this number: history shows the numbers\n");
        code = CLI_REFUSED;
    } else if (code == CLI_DONE) {
        code = session_wait(&session, "link_file",
                            chinwag_link_file(session.client, entry->file_id, 0, false), &answer);
        if (code == CLI_DONE)
            print_url(&session, answer.link);
    }
    session_close(&session);
    return code;
}

static int play(const struct cli *cli, struct recording *recording)
{
    struct voice_hand hand;
    enum voice_wish_kind ended;
    voice_hand_open(&hand, cli);
    int code = voice_play(cli, recording, &hand, &ended);
    voice_hand_close(&hand);
    return code;
}

/* In a conversation of two the sender is told that the recording was played. */
static int mark_played(struct session *session, const struct message_at *message)
{
    const struct chinwag_entry *entry;
    if (message->conversation[0] == '#')
        return CLI_DONE;
    int code = message_at_ask(session, message, &entry);
    if (code != CLI_DONE || entry == NULL || entry->sender == NULL ||
        strcmp(entry->sender, session->account.name) == 0)
        return code;
    int64_t request = chinwag_mark_played(session->client, message->conversation, message->seq);
    return session_wait(session, "mark_played", request, NULL);
}

int command_play(const struct cli *cli)
{
    struct session session = {.client = NULL};
    struct message_at message;
    struct recording recording;
    if (!voice_play_knows_speed(cli))
        return CLI_WRONG_USE;
    int code = fetch(cli, &session, &message, &recording);
    if (code == CLI_DONE)
        code = cli->wav != NULL ? write_file(cli, &recording, cli->wav) : play(cli, &recording);
    if (code == CLI_DONE)
        code = mark_played(&session, &message);
    recording_finish(&recording);
    session_close(&session);
    return code;
}
