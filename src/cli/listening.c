/* listening.c - see listening.h. */
#include "listening.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "output.h"
#include "refused.h"
#include "trust.h"

/* --- the position --------------------------------------------------------------------- */

bool listening_save(struct listening *l)
{
    if (l->unsaved == 0 || l->quiet)
        return true;
    l->unsaved = 0;
    if (state_save_position(l->cli->server, l->session.account.name, &l->session.position))
        return true;
    fprintf(output_errors(), "chinwag: cannot save the position: %s\n", strerror(errno));
    return false;
}

void listening_note(struct listening *l, uint64_t id)
{
    if (id <= l->session.position.id)
        return;
    l->session.position.id = id;
    l->session.positioned = true;
    l->unsaved++;
}

/* The answer to attach names the database of the ids from here on. Without a position there is
 * nothing to save: 0 would request all messages again. */
static bool note_identity(struct listening *l, const struct chinwag_event *event)
{
    struct state_position *position = &l->session.position, before = *position;
    if (event->db == NULL)
        return true;
    snprintf(position->db, sizeof position->db, "%s", event->db);
    snprintf(position->era, sizeof position->era, "%s", event->era == NULL ? "" : event->era);
    bool same = strcmp(position->db, before.db) == 0 && strcmp(position->era, before.era) == 0;
    l->unsaved += l->session.positioned && !same;
    return listening_save(l);
}

/* Saves at once: with the old position the next start would request the wrong messages. */
static bool take_new_position(struct listening *l, const struct chinwag_event *event)
{
    if (!l->quiet)
        fprintf(output_errors(),
                "chinwag: %s\n  %s goes on with what the server has stored since then.\n",
                event->text, l->cli->name);
    l->session.position.id = event->id;
    l->session.positioned = true;
    l->unsaved++;
    return note_identity(l, event) && listening_save(l);
}

/* --- events --------------------------------------------------------------------------- */

static int on_disconnected(const struct listening *l, const struct chinwag_event *event)
{
    if (event->code == CHINWAG_UNKNOWN_ACTION) {
        refused_say("attach", event, l->session.account.name);
        return CLI_REFUSED;
    }
    bool busy = event->code == CHINWAG_RATE_LIMITED || event->code == CHINWAG_UNAVAILABLE;
    bool new = !l->attached && !busy;
    if ((new || l->quiet) && trust_explain(event))
        return CLI_UNREACHABLE;
    if (new && !l->waits) {
        output_unreachable(l->cli->server, event->text);
        return CLI_UNREACHABLE;
    }
    if (!l->quiet)
        fprintf(output_errors(), "chinwag: %s (%s), trying again in %.1f s\n",
                l->attached ? "lost the connection to the server"
                            : "the server accepts no login now",
                event->text, event->delay_ms / 1000.0);
    return CLI_DONE;
}

static int on_attach_answer(struct listening *l, const struct chinwag_event *event)
{
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
    if (!l->quiet)
        fprintf(output_errors(), "chinwag: listening as %s at %s\n", l->session.account.name,
                l->cli->server);
    return CLI_DONE;
}

int listening_take(struct listening *l, const struct chinwag_event *event)
{
    switch (event->type) {
    case CHINWAG_RESPONSE:
        return on_attach_answer(l, event);
    case CHINWAG_DISCONNECTED:
        return on_disconnected(l, event);
    case CHINWAG_ATTACHED:
        if (!l->quiet)
            fprintf(output_errors(), "chinwag: connected again\n");
        if (l->cli->away)
            chinwag_set_presence(l->session.client, true); /* a new connection is not away */
        return note_identity(l, event) ? CLI_DONE : CLI_WRONG_USE;
    case CHINWAG_RESTARTED:
        return take_new_position(l, event) ? CLI_DONE : CLI_WRONG_USE;
    case CHINWAG_CONNECTED:
    case CHINWAG_NEXT_KEY:
        trust_take(l->session.client, event);
        return CLI_DONE;
    case CHINWAG_SESSION_MOVED:
        fprintf(output_errors(), "chinwag: another listen of %s has taken over; this one ends\n",
                l->session.account.name);
        return CLI_REFUSED;
    case CHINWAG_SESSION_LOST:
        fprintf(output_errors(),
                "chinwag: %s was logged out here: %s\n  log in again: chinwag login %s\n",
                l->session.account.name,
                event->state != NULL ? event->text : "by logout, device remove or a new password",
                l->session.account.name);
        return CLI_REFUSED;
    default:
        return CLI_DONE;
    }
}

/* --- opening -------------------------------------------------------------------------- */

/* Two processes would take the session from each other. */
static bool listening_lock(struct listening *l)
{
    const char *name = l->session.account.name;
    l->lock = state_lock(l->cli->server, name);
    if (l->lock >= 0)
        return true;
    if (errno == EAGAIN || errno == EACCES)
        fprintf(output_errors(), "chinwag: another listen of %s is running here: end it first\n",
                name);
    else
        fprintf(output_errors(), "chinwag: cannot lock the file with the position: %s\n",
                strerror(errno));
    return false;
}

static int open_stream(struct listening *l, const struct cli *cli, enum session_use use)
{
    *l = (struct listening){.cli = cli, .quiet = use == SESSION_CHAT, .lock = -1};
    int code = session_open(&l->session, cli, use);
    return code == CLI_DONE && !listening_lock(l) ? CLI_WRONG_USE : code;
}

int listening_open(struct listening *l, const struct cli *cli)
{
    int code = open_stream(l, cli, SESSION_LISTEN);
    if (code == CLI_DONE)
        session_note_signals();
    return code;
}

int listening_open_chat(struct listening *l, const struct cli *cli)
{
    return open_stream(l, cli, SESSION_CHAT);
}

void listening_close(struct listening *l)
{
    session_close(&l->session);
    if (l->lock >= 0)
        close(l->lock);
    l->lock = -1;
}
