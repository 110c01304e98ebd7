/* chat_server.c - the terminal client at one server: begin and end. See chat_program.h. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "chat_paint.h"
#include "chat_paths.h"
#include "chat_program.h"
#include "chat_wait.h"
#include "commands.h"
#include "screen/welcome.h"

/* The screen waits so long for the first connection; then it shows that there is none yet. */
#define FIRST_WAIT_MS 1500

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
    p->run =
        (struct chat_run){.cli = p->cli, .as = p->stream.session.account.name, .chat = p->chat};
    fill_commands(p);
    p->screen.local = paint_local_time;
    p->screen.paths = chat_paths_list;
    p->painted = !p->cli->plain_screen;
    p->chat->by_lines = !p->painted;
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

static void say_unsent(const struct program *p)
{
    size_t unsent = cw_chat_count_unsent(p->chat);
    if (unsent != 0)
        fprintf(stderr, "chinwag: %zu not sent to %s yet: %s\n", unsent, p->server,
                p->kept.failed ? "lost, since it could not be kept" : "kept for the next time");
}

static void end_login(const struct program *p)
{
    struct cli cli = p->own;
    cli.as = p->stream.session.account.name;
    trust_use(p->trust);
    command_logout(&cli);
}

void program_close(struct program *p)
{
    program_want_keys(p, false);
    chat_position_put(&p->position, &p->stream);
    program_keep(p);
    chat_kept_close(&p->kept);
    chat_position_close(&p->position);
    chat_held_finish(&p->held);
    say_unsent(p);
    chat_children_end(p->run.children);
    if (p->logout)
        end_login(p);
    cw_ask_finish(&p->wish);
    cw_screen_finish(&p->screen);
    cw_chat_destroy(p->chat);
    cw_grid_finish(&p->grid);
    free(p->commands);
    listening_close(&p->stream);
    trust_forget(p->trust);
    free(p);
}
