/* command_listen.c - prints messages as they come, from where it stopped.
 *
 * The position is saved after the output was flushed, so a message may be printed again
 * after a crash, but none is left out. */
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "listening.h"
#include "output.h"
#include "output_json.h"
#include "recording.h"

/* A signal that comes between the check and the wait is noticed after this time. */
#define SIGNAL_CHECK_MS 500
/* Messages printed in a row before the position is saved. */
#define SAVE_EVERY 100

/* '#' and the longest name; the server sends no longer one. */
#define CONVERSATION_SIZE 300

struct listen {
    const struct cli *cli;
    struct listening stream;
    bool on_terminal;
    bool rung; /* for a message since there was nothing to print */
    long printed;
    char unmarked[CONVERSATION_SIZE]; /* with --read: a conversation ... */
    uint64_t unmarked_seq;            /* ... that was printed up to here; 0: none is to be marked */
    int64_t marking;                  /* the mark that is not answered yet; 0: all are */
};

/* --- read marks ----------------------------------------------------------------------- */

/* Marks what was printed: when there is nothing to print, or before another conversation. */
static void mark_printed(struct listen *l)
{
    if (l->unmarked_seq != 0)
        l->marking = chinwag_mark_read(l->stream.session.client, l->unmarked, l->unmarked_seq);
    l->unmarked_seq = 0;
}

/* At the end: they have arrived. */
static int finish_marks(struct listen *l)
{
    mark_printed(l);
    return l->marking == 0 ? CLI_DONE
                           : session_wait(&l->stream.session, "mark_read", l->marking, NULL);
}

static void note_read(struct listen *l, const struct chinwag_event *event)
{
    char name[CONVERSATION_SIZE];
    if (!l->cli->read || event->own || event->seq == 0)
        return;
    snprintf(name, sizeof name, "%s%s", event->group != NULL ? "#" : "",
             event->group != NULL ? event->group : event->sender);
    if (strcmp(name, l->unmarked) != 0)
        mark_printed(l);
    snprintf(l->unmarked, sizeof l->unmarked, "%s", name);
    l->unmarked_seq = event->seq;
}

/* --- messages ------------------------------------------------------------------------- */

/* The file is named by the id, which is the server's and unique; a user's name could contain
 * anything. */
static bool save_voice(const struct listen *l, const struct chinwag_event *event,
                       char path[PATH_MAX])
{
    struct recording recording = {.file = NULL};
    const char *wrong = "the name is too long";
    const char *form = event->file != NULL ? "opus" : "wav";
    int n =
        snprintf(path, PATH_MAX, "%s/voice-%" PRIu64 ".%s", l->cli->save_voice, event->id, form);
    if (n < PATH_MAX)
        wrong = recording_take(&recording, event);
    if (wrong == NULL)
        wrong = recording_write(&recording, path, true);
    if (wrong != NULL)
        fprintf(stderr, "chinwag: cannot write %s: %s\n", path, wrong);
    recording_finish(&recording);
    return wrong == NULL;
}

static bool flush_printed(void)
{
    if (fflush(stdout) == 0)
        return true;
    fprintf(stderr, "chinwag: cannot write: %s\n", strerror(errno));
    return false;
}

/* On a terminal what mentions the user is bold, and what they want to be told of rings its bell:
 * once for all that come together. */
static void print_line(struct listen *l, const struct chinwag_event *event, const char *file)
{
    bool bold = l->on_terminal && event->mentioned;
    fputs(bold ? "\033[1m" : "", stdout);
    output_message(stdout, event, l->stream.session.account.name, file, (int64_t)time(NULL));
    fputs(bold ? "\033[0m" : "", stdout);
    if (!l->on_terminal || !event->notify)
        return;
    fputs(l->rung ? "" : "\a", stdout);
    l->rung = true;
}

static bool print_message(struct listen *l, const struct chinwag_event *event)
{
    char path[PATH_MAX];
    const char *file = NULL;
    if (event->type == CHINWAG_VOICE_MESSAGE && l->cli->save_voice != NULL && !event->damaged) {
        if (!save_voice(l, event, path))
            return false;
        file = path;
    }
    if (l->cli->json)
        output_message_json(stdout, event, l->stream.session.account.name, file);
    else
        print_line(l, event, file);
    if (!flush_printed())
        return false;
    l->printed++;
    note_read(l, event);
    listening_note(&l->stream, event->id);
    return l->stream.unsaved < SAVE_EVERY || listening_save(&l->stream);
}

/* Edits and deletions have ids, like messages; other events have none. */
static bool print_happening(struct listen *l, const struct chinwag_event *event)
{
    if (l->cli->json)
        output_happening_json(stdout, event);
    else
        output_happening(stdout, event, (int64_t)time(NULL));
    if (!flush_printed())
        return false;
    bool placed = event->type == CHINWAG_EDITED || event->type == CHINWAG_DELETED;
    if (!placed)
        return true;
    listening_note(&l->stream, event->id);
    return l->stream.unsaved < SAVE_EVERY || listening_save(&l->stream);
}

/* --- events --------------------------------------------------------------------------- */

/* CLI_DONE: go on. */
static int on_listen_event(struct listen *l, const struct chinwag_event *event)
{
    switch (event->type) {
    case CHINWAG_RESPONSE:
        if (event->request == l->marking)
            l->marking = 0;
        return listening_take(&l->stream, event);
    case CHINWAG_WHISPER:
    case CHINWAG_GROUP_MESSAGE:
    case CHINWAG_VOICE_MESSAGE:
        return print_message(l, event) ? CLI_DONE : CLI_WRONG_USE;
    case CHINWAG_DISCONNECTED:
    case CHINWAG_ATTACHED:
    case CHINWAG_RESTARTED:
    case CHINWAG_CONNECTED:
    case CHINWAG_NEXT_KEY:
    case CHINWAG_SESSION_MOVED:
    case CHINWAG_SESSION_LOST:
        return listening_take(&l->stream, event);
    case CHINWAG_EDITED:
    case CHINWAG_DELETED:
    case CHINWAG_READ:
    case CHINWAG_PLAYED:
    case CHINWAG_DELIVERED:
    case CHINWAG_PRESENCE:
    case CHINWAG_TYPING:
    case CHINWAG_GROUP_EVENT:
    case CHINWAG_REACTED:
    case CHINWAG_UNREACTED:
    case CHINWAG_RING:
    case CHINWAG_SETTINGS:
    case CHINWAG_NOTIFY_SET:
    case CHINWAG_QUIET_HOURS:
    case CHINWAG_PROFILE:
    case CHINWAG_ANNOUNCED:
    case CHINWAG_ANNOUNCEMENT_ENDED:
        return print_happening(l, event) ? CLI_DONE : CLI_WRONG_USE;
    case CHINWAG_CALL_DATA:
    case CHINWAG_CALL_LEFT:
    case CHINWAG_CALL_REPORT:
        break;
    }
    return CLI_DONE;
}

static bool has_enough(const struct listen *l)
{
    return l->cli->count != 0 && l->printed == l->cli->count;
}

static int listen_run(struct listen *l)
{
    int64_t end = l->cli->timeout_s < 0 ? INT64_MAX : session_now_ms() + 1000 * l->cli->timeout_s;
    while (!session_was_signalled() && !has_enough(l)) {
        int64_t left = end - session_now_ms();
        if (left <= 0)
            return l->cli->count != 0 ? CLI_TIMEOUT : CLI_DONE;
        int wait = l->stream.unsaved != 0 || l->unmarked_seq != 0 ? 0
                   : left < SIGNAL_CHECK_MS                       ? (int)left
                                                                  : SIGNAL_CHECK_MS;
        struct chinwag_event event;
        int code = CLI_DONE;
        if (chinwag_poll(l->stream.session.client, wait, &event))
            code = on_listen_event(l, &event);
        else { /* nothing to print: do the rest meanwhile */
            l->rung = false;
            mark_printed(l);
            code = listening_save(&l->stream) ? CLI_DONE : CLI_WRONG_USE;
        }
        if (code != CLI_DONE)
            return code;
    }
    return CLI_DONE;
}

static bool make_voice_folder(const struct cli *cli)
{
    if (cli->save_voice == NULL || mkdir(cli->save_voice, 0777) == 0 || errno == EEXIST)
        return true;
    fprintf(stderr, "chinwag: cannot make %s: %s\n", cli->save_voice, strerror(errno));
    return false;
}

int command_listen(const struct cli *cli)
{
    struct listen l = {.cli = cli, .on_terminal = isatty(STDOUT_FILENO) != 0};
    int code = listening_open(&l.stream, cli);
    if (code == CLI_DONE && !make_voice_folder(cli))
        code = CLI_WRONG_USE;
    if (code == CLI_DONE) {
        code = listen_run(&l);
        if (!listening_save(&l.stream) && code == CLI_DONE)
            code = CLI_WRONG_USE;
        if (code == CLI_DONE || code == CLI_TIMEOUT) {
            int marked = finish_marks(&l);
            code = marked == CLI_DONE ? code : marked;
        }
    }
    listening_close(&l.stream);
    return code;
}
