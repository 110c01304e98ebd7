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

#include "output.h"
#include "output_json.h"
#include "recording.h"
#include "refused.h"
#include "session.h"
#include "trust.h"

/* A signal that comes between the check and the wait is noticed after this time. */
#define SIGNAL_CHECK_MS 500
/* Messages printed in a row before the position is saved. */
#define SAVE_EVERY 100

/* '#' and the longest name; the server sends no longer one. */
#define CONVERSATION_SIZE 300

struct listen {
    const struct cli *cli;
    struct session session;
    bool attached; /* once */
    bool on_terminal;
    bool rung; /* for a message since there was nothing to print */
    long printed;
    unsigned unsaved;
    char unmarked[CONVERSATION_SIZE]; /* with --read: a conversation ... */
    uint64_t unmarked_seq;            /* ... that was printed up to here; 0: none is to be marked */
    int64_t marking;                  /* the mark that is not answered yet; 0: all are */
};

/* --- the position --------------------------------------------------------------------- */

static bool save_position(struct listen *l)
{
    if (l->unsaved == 0)
        return true;
    l->unsaved = 0;
    if (state_save_position(l->cli->server, l->session.account.name, &l->session.position))
        return true;
    fprintf(stderr, "chinwag: cannot save the position: %s\n", strerror(errno));
    return false;
}

static void note_printed(struct listen *l, uint64_t id)
{
    if (id <= l->session.position.id)
        return;
    l->session.position.id = id;
    l->session.positioned = true;
}

/* The answer to attach names the database of the ids from here on. Without a position there is
 * nothing to save: 0 would request all messages again. */
static bool note_identity(struct listen *l, const struct chinwag_event *event)
{
    struct state_position *position = &l->session.position, before = *position;
    if (event->db == NULL)
        return true;
    snprintf(position->db, sizeof position->db, "%s", event->db);
    snprintf(position->era, sizeof position->era, "%s", event->era == NULL ? "" : event->era);
    bool same = strcmp(position->db, before.db) == 0 && strcmp(position->era, before.era) == 0;
    l->unsaved += l->session.positioned && !same;
    return save_position(l);
}

/* Saves at once: with the old position the next start would request the wrong messages. */
static bool take_new_position(struct listen *l, const struct chinwag_event *event)
{
    fprintf(stderr, "chinwag: %s\n  listen shows what the server has stored since then.\n",
            event->text);
    l->session.position.id = event->id;
    l->session.positioned = true;
    l->unsaved++;
    return note_identity(l, event) && save_position(l);
}

/* --- read marks ----------------------------------------------------------------------- */

/* Marks what was printed: when there is nothing to print, or before another conversation. */
static void mark_printed(struct listen *l)
{
    if (l->unmarked_seq != 0)
        l->marking = chinwag_mark_read(l->session.client, l->unmarked, l->unmarked_seq);
    l->unmarked_seq = 0;
}

/* At the end: they have arrived. */
static int finish_marks(struct listen *l)
{
    mark_printed(l);
    return l->marking == 0 ? CLI_DONE : session_wait(&l->session, "mark_read", l->marking, NULL);
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
        wrong = recording_write(&recording, path);
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
    output_message(stdout, event, l->session.account.name, file, (int64_t)time(NULL));
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
        output_message_json(stdout, event, l->session.account.name, file);
    else
        print_line(l, event, file);
    if (!flush_printed())
        return false;
    l->printed++;
    note_read(l, event);
    note_printed(l, event->id);
    return ++l->unsaved < SAVE_EVERY || save_position(l);
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
    if (!placed || event->id <= l->session.position.id)
        return true;
    note_printed(l, event->id);
    return ++l->unsaved < SAVE_EVERY || save_position(l);
}

/* --- events --------------------------------------------------------------------------- */

static int on_disconnected(const struct listen *l, const struct chinwag_event *event)
{
    if (event->code == CHINWAG_UNKNOWN_ACTION) {
        refused_say("attach", event, l->session.account.name);
        return CLI_REFUSED;
    }
    bool busy = event->code == CHINWAG_RATE_LIMITED || event->code == CHINWAG_UNAVAILABLE;
    if (!l->attached && !busy) {
        if (!trust_explain(event))
            output_unreachable(l->cli->server, event->text);
        return CLI_UNREACHABLE;
    }
    fprintf(stderr, "chinwag: %s (%s), trying again in %.1f s\n",
            l->attached ? "lost the connection to the server" : "the server accepts no login now",
            event->text, event->delay_ms / 1000.0);
    return CLI_DONE;
}

static int on_attach_answer(struct listen *l, const struct chinwag_event *event)
{
    if (event->request == l->marking)
        l->marking = 0;
    if (l->attached)
        return CLI_DONE; /* the answer to set_presence or mark_read */
    if (event->code != CHINWAG_SUCCESS) {
        refused_say("attach", event, l->session.account.name);
        return CLI_REFUSED;
    }
    l->attached = true;
    if (!note_identity(l, event))
        return CLI_WRONG_USE;
    if (l->cli->away)
        chinwag_set_presence(l->session.client, true);
    fprintf(stderr, "chinwag: listening as %s at %s\n", l->session.account.name, l->cli->server);
    return CLI_DONE;
}

/* CLI_DONE: go on. */
static int on_listen_event(struct listen *l, const struct chinwag_event *event)
{
    switch (event->type) {
    case CHINWAG_RESPONSE:
        return on_attach_answer(l, event);
    case CHINWAG_WHISPER:
    case CHINWAG_GROUP_MESSAGE:
    case CHINWAG_VOICE_MESSAGE:
        return print_message(l, event) ? CLI_DONE : CLI_WRONG_USE;
    case CHINWAG_DISCONNECTED:
        return on_disconnected(l, event);
    case CHINWAG_ATTACHED:
        fprintf(stderr, "chinwag: connected again\n");
        if (l->cli->away)
            chinwag_set_presence(l->session.client, true); /* a new connection is not away */
        return note_identity(l, event) ? CLI_DONE : CLI_WRONG_USE;
    case CHINWAG_RESTARTED:
        return take_new_position(l, event) ? CLI_DONE : CLI_WRONG_USE;
    case CHINWAG_CONNECTED:
    case CHINWAG_NEXT_KEY:
        trust_take(l->session.client, event);
        break;
    case CHINWAG_SESSION_MOVED:
        fprintf(stderr, "chinwag: another listen of %s has taken over; this one ends\n",
                l->session.account.name);
        return CLI_REFUSED;
    case CHINWAG_SESSION_LOST:
        fprintf(stderr, "chinwag: %s was logged out here: %s\n  log in again: chinwag login %s\n",
                l->session.account.name,
                event->state != NULL ? event->text : "by logout, device remove or a new password",
                l->session.account.name);
        return CLI_REFUSED;
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
        return print_happening(l, event) ? CLI_DONE : CLI_WRONG_USE;
    case CHINWAG_CALL_DATA:
    case CHINWAG_CALL_LEFT:
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
        int wait = l->unsaved != 0 || l->unmarked_seq != 0 ? 0
                   : left < SIGNAL_CHECK_MS                ? (int)left
                                                           : SIGNAL_CHECK_MS;
        struct chinwag_event event;
        int code = CLI_DONE;
        if (chinwag_poll(l->session.client, wait, &event))
            code = on_listen_event(l, &event);
        else { /* nothing to print: do the rest meanwhile */
            l->rung = false;
            mark_printed(l);
            code = save_position(l) ? CLI_DONE : CLI_WRONG_USE;
        }
        if (code != CLI_DONE)
            return code;
    }
    return CLI_DONE;
}

/* Two processes of `listen` would take the session from each other. */
static bool listen_lock(const struct listen *l)
{
    const char *name = l->session.account.name;
    if (state_lock(l->cli->server, name))
        return true;
    if (errno == EAGAIN || errno == EACCES)
        fprintf(stderr, "chinwag: another listen of %s is running here: end it first\n", name);
    else
        fprintf(stderr, "chinwag: cannot lock the file with the position: %s\n", strerror(errno));
    return false;
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
    int code = session_open(&l.session, cli, SESSION_LISTEN);
    if (code == CLI_DONE && (!make_voice_folder(cli) || !listen_lock(&l)))
        code = CLI_WRONG_USE;
    if (code == CLI_DONE) {
        session_note_signals();
        code = listen_run(&l);
        if (!save_position(&l) && code == CLI_DONE)
            code = CLI_WRONG_USE;
        if (code == CLI_DONE || code == CLI_TIMEOUT) {
            int marked = finish_marks(&l);
            code = marked == CLI_DONE ? code : marked;
        }
    }
    session_close(&l.session);
    return code;
}
