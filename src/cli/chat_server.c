/* chat_server.c - the terminal client at one server: begin and end. See chat_program.h. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "chat_link.h"
#include "chat_paint.h"
#include "chat_program.h"
#include "chat_wait.h"
#include "commands.h"
#include "screen/welcome.h"

/* The screen waits so long for the first connection; then it shows that there is none yet. */
#define FIRST_WAIT_MS 1500
#define UNSENT_TEXT   (JOIN_SERVER_MAX + 100)
/* A logout beside others ends by itself before (command_account.c), unless the disk holds it. */
#define LOGOUT_MS 35000
/* So often one looks for programs that end without a word, and for those that do not end. */
#define REAP_MS 20
#define HELD_MS 500

/* --- beginning ------------------------------------------------------------------------------ */

static void fill_commands(struct program *p)
{
    size_t count = 0;
    p->commands = calloc(command_row_count, sizeof *p->commands);
    if (p->commands == NULL)
        abort();
    for (size_t i = 0; i < command_row_count; i++)
        if (command_rows[i].name != NULL)
            p->commands[count++] = (struct cw_screen_command){
                command_rows[i].name, command_rows[i].arguments, command_rows[i].line};
    cw_screen_init(&p->screen, p->chat, p->commands, count, NULL);
}

static void begin_chat(struct program *p, struct chat_keeper *keeper)
{
    p->stream.cli = p->cli;
    p->stream.waits = isatty(STDIN_FILENO);
    p->chat = cw_chat_create(p->stream.session.account.name, p->server);
    p->chat->link = CW_CHAT_AWAY;
    p->chat->now_ms = (uint64_t)session_now_ms();
    chat_kept_load(&p->kept, keeper, &p->stream.session, p->chat);
    chat_position_open(&p->position, keeper, &p->stream.session);
    p->run = (struct chat_run){.cli = p->cli,
                               .as = p->stream.session.account.name,
                               .chat = p->chat,
                               .trust = p->trust,
                               .keeper = keeper};
    fill_commands(p);
    p->screen.local = paint_local_time;
    p->painted = !p->cli->plain_screen;
    p->chat->by_lines = !p->painted;
    chat_link_lead(p->cli, p->chat);
    p->changed = true;
}

struct program *program_open(const struct cli *cli, struct trust *trust, struct chat_keeper *keeper,
                             int *code)
{
    struct program *p = calloc(1, sizeof *p);
    if (p == NULL)
        abort();
    p->own = *cli;
    snprintf(p->server, sizeof p->server, "%s", cli->server);
    p->own.server = p->server;
    p->cli = &p->own;
    p->trust = trust;
    struct cli with_events = p->own;
    with_events.events = with_events.own = true;
    *code = listening_open_chat(&p->stream, &with_events);
    if (*code == CLI_DONE) {
        begin_chat(p, keeper);
        return p;
    }
    listening_close(&p->stream);
    free(p);
    return NULL;
}

void program_welcome(struct program *p)
{
    if (p->painted)
        cw_place_set(&p->chat->greeting, cw_welcome);
}

/* The key that it has shown is the one, or another attempt goes on: more time. */
static bool takes_key(struct program *p, struct chinwag_event *event)
{
    if (event->type != CHINWAG_DISCONNECTED || !trust_take(p->stream.session.client, event))
        return false;
    event->type = CHINWAG_CONNECTED;
    return true;
}

int program_attach(struct program *p, const sigset_t *signals)
{
    struct chinwag_event event = {.type = CHINWAG_CONNECTED};
    int64_t until_ms = session_now_ms() + FIRST_WAIT_MS;
    int code = CLI_DONE;
    sigset_t now;
    while (code == CLI_DONE && !p->stream.attached) {
        int64_t left_ms = until_ms - session_now_ms();
        if (p->stream.waits && (left_ms <= 0 || event.type == CHINWAG_DISCONNECTED))
            return CLI_DONE;
        sigprocmask(SIG_SETMASK, signals, &now); /* Ctrl-C ends it */
        bool any =
            chinwag_poll(p->stream.session.client, p->stream.waits ? (int)left_ms : -1, &event);
        sigprocmask(SIG_SETMASK, &now, NULL);
        if (chat_ended != 0)
            return CLI_REFUSED;
        p->chat->now_ms = (uint64_t)session_now_ms();
        if (!any)
            continue;
        if (takes_key(p, &event)) {
            until_ms = session_now_ms() + FIRST_WAIT_MS;
            continue;
        }
        code = listening_take(&p->stream, &event);
        if (code == CLI_DONE)
            program_hear(p, &event);
    }
    return code;
}

/* --- ending --------------------------------------------------------------------------------- */

/* False: all is sent. */
static bool tell_unsent(const struct program *p, char text[UNSENT_TEXT])
{
    size_t unsent = cw_chat_count_unsent(p->chat);
    snprintf(text, UNSENT_TEXT, "%zu not sent to %s yet: %s", unsent, p->server,
             p->kept.failed ? "lost, since it could not be kept" : "kept for the next time");
    return unsent != 0;
}

static void end_login(const struct program *p)
{
    struct cli cli = p->own;
    cli.as = p->stream.session.account.name;
    trust_use(p->trust);
    command_logout(&cli);
}

static void put_all(struct program *p)
{
    program_want_keys(p, false);
    chat_position_put(&p->position, &p->stream);
    program_keep(p);
}

void program_forget(struct program *p)
{
    chat_kept_close(&p->kept);
    chat_position_close(&p->position);
    chat_held_finish(&p->held);
    cw_ask_finish(&p->wish);
    cw_screen_finish(&p->screen);
    cw_chat_destroy(p->chat);
    cw_grid_finish(&p->grid);
    free(p->commands);
    free(p->last_words);
    listening_close(&p->stream);
    trust_forget(p->trust);
    free(p);
}

/* A logout that was under way may not have come there. */
static bool is_logged_in(const struct program *p)
{
    struct state_account account;
    return !p->logging_out ||
           state_load_account(p->server, p->stream.session.account.name, &account) == STATE_GOOD;
}

void program_close(struct program *p)
{
    char text[UNSENT_TEXT];
    if (p->until_ms == 0)
        put_all(p);
    chat_kept_wait(&p->kept);
    if (tell_unsent(p, text))
        fprintf(stderr, "chinwag: %s\n", text);
    int64_t left_ms = chat_left_ms(p->until_ms, (uint64_t)session_now_ms());
    chat_children_end(p->run.children, (int)chat_earlier(left_ms, CHAT_CHILDREN_END_MS));
    if (p->logout && is_logged_in(p))
        end_login(p);
    program_forget(p);
}

/* --- ending beside others ------------------------------------------------------------------- */

void program_part(struct program *p)
{
    p->until_ms = (uint64_t)session_now_ms() + CHAT_CHILDREN_END_MS;
    put_all(p);
    session_close(&p->stream.session);
    chat_children_stop(p->run.children);
}

int64_t program_parting(const struct program *p, uint64_t now_ms)
{
    int64_t left_ms = chat_left_ms(p->until_ms, now_ms);
    if (!chat_run_any(&p->run))
        return -1;
    return left_ms == 0 ? HELD_MS : p->reaping ? REAP_MS : left_ms;
}

static void begin_logout(struct program *p, struct cw_chat *there)
{
    static const char words[] = "logout";
    const struct chat_child_use use = chat_run_use(&p->run);
    const char *wrong;
    p->run.chat = there;
    p->logging_out = true;
    p->until_ms = (uint64_t)session_now_ms() + LOGOUT_MS;
    if (chat_child_run(p->run.children, &use, words, sizeof words, &wrong) == NULL)
        cw_chat_notice(there, NULL, wrong);
}

static bool is_late(const struct program *p)
{
    return chat_left_ms(p->until_ms, (uint64_t)session_now_ms()) == 0;
}

static void tell_logout_held(const struct program *p, struct cw_chat *there)
{
    char text[JOIN_SERVER_MAX + 100];
    snprintf(text, sizeof text,
             "the logout at %s did not end: the session there may go on, and be open the next time",
             p->server);
    cw_chat_notice(there, NULL, text);
}

bool program_is_parted(struct program *p, struct cw_chat *there)
{
    char text[UNSENT_TEXT];
    /* Before one looks what came of it. */
    bool kept = chat_kept_is_done(&p->kept) && chat_keeper_is_done(p->position.file);
    chat_kept_look(&p->kept, there, p->server);
    chat_position_look(&p->position, there, p->server);
    if (p->logging_out)
        p->run.chat = there; /* the one before may have been closed, too */
    if (is_late(p) && chat_children_kill(p->run.children) && p->logging_out)
        tell_logout_held(p, there);
    p->reaping = chat_children_reap(p->run.children);
    if (chat_run_any(&p->run) || !kept)
        return false;
    if (p->logout && !p->logging_out) {
        begin_logout(p, there);
        return !chat_run_any(&p->run);
    }
    if (tell_unsent(p, text))
        cw_chat_notice(there, NULL, text);
    return true;
}
