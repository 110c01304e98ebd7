/* chat_loop.c - the loop of the terminal client: it waits for the keyboard and for all servers that
 * are open, in one place (pselect), for input alone: there is no timer while nothing is to be done.
 */
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "chat_first.h"
#include "chat_paint.h"
#include "chat_paths.h"
#include "chat_servers.h"
#include "chat_settings.h"
#include "chat_wait.h"

/* After Esc a sequence follows at once, or it was the key. */
#define ESC_WAIT_MS 50

/* --- waiting -------------------------------------------------------------------------------- */

static void watch_children(const struct program *p, struct chat_waiting *waiting)
{
    for (int i = 0; i < CHAT_CHILDREN_MAX; i++) {
        int text, lines;
        chat_run_fds(&p->run, i, &text, &lines);
        chat_watch(waiting, text, &waiting->in);
        chat_watch(waiting, lines, &waiting->in);
    }
}

static void watch_program(const struct program *p, struct chat_waiting *waiting)
{
    bool writes = false;
    int fd = chinwag_fd(p->stream.session.client, &writes);
    chat_watch(waiting, fd, &waiting->in);
    if (writes)
        chat_watch(waiting, fd, &waiting->out);
    watch_children(p, waiting);
}

/* For how long at most; -1: until something comes. */
static int64_t patience(const struct program *p)
{
    int64_t wait_ms = p->pending ? 0 : chinwag_deadline(p->stream.session.client);
    wait_ms = chat_earlier(wait_ms, chat_left_ms(cw_chat_deadline(p->chat), p->chat->now_ms));
    wait_ms = chat_earlier(wait_ms, chat_left_ms(p->kept.due_ms, p->chat->now_ms));
    return cw_keys_waits(&p->keys) ? chat_earlier(wait_ms, ESC_WAIT_MS) : wait_ms;
}

static int wait_for_any(const struct chat_servers *servers, struct chat_waiting *waiting)
{
    int64_t wait_ms = -1;
    waiting->most = -1;
    FD_ZERO(&waiting->in);
    FD_ZERO(&waiting->out);
    if (!chat_servers_front(servers)->closing)
        chat_watch(waiting, STDIN_FILENO, &waiting->in);
    chat_watch(waiting, chat_keeper_fd(servers->keeper), &waiting->in);
    chat_watch(waiting, chat_paths_fd(), &waiting->in);
    for (size_t i = 0; i < servers->count; i++) {
        watch_program(servers->all[i], waiting);
        wait_ms = chat_earlier(wait_ms, patience(servers->all[i]));
    }
    for (size_t i = 0; i < servers->leaving_count; i++) {
        watch_children(servers->leaving[i], waiting);
        wait_ms =
            chat_earlier(wait_ms, program_parting(servers->leaving[i], (uint64_t)session_now_ms()));
    }
    struct timespec time = {.tv_sec = wait_ms / 1000, .tv_nsec = wait_ms % 1000 * 1000000};
    return pselect(waiting->most + 1, &waiting->in, &waiting->out, NULL, wait_ms < 0 ? NULL : &time,
                   servers->signals);
}

static bool is_ready(const struct chat_waiting *waiting, int fd)
{
    return fd >= 0 && fd < FD_SETSIZE && FD_ISSET(fd, &waiting->in);
}

static void read_children(struct program *p, const struct chat_waiting *waiting)
{
    for (int i = 0; i < CHAT_CHILDREN_MAX; i++) {
        int fds[2];
        chat_run_fds(&p->run, i, &fds[0], &fds[1]);
        bool text = is_ready(waiting, fds[0]), lines = is_ready(waiting, fds[1]);
        chat_run_read(&p->run, i, text, lines);
        p->changed |= text || lines;
    }
}

static void wait_for_more(struct chat_servers *servers)
{
    struct program *front = chat_servers_front(servers);
    struct chat_waiting waiting;
    int ready = wait_for_any(servers, &waiting);
    front->chat->now_ms = (uint64_t)session_now_ms();
    if (ready == 0 && cw_keys_waits(&front->keys))
        program_flush_input(front);
    if (ready <= 0)
        return;
    if (is_ready(&waiting, chat_keeper_fd(servers->keeper)))
        chat_keeper_rest(servers->keeper);
    if (is_ready(&waiting, chat_paths_fd()))
        program_take_files(servers->all, servers->count);
    for (size_t i = 0; i < servers->count; i++)
        read_children(servers->all[i], &waiting);
    for (size_t i = 0; i < servers->leaving_count; i++)
        read_children(servers->leaving[i], &waiting);
    if (FD_ISSET(STDIN_FILENO, &waiting.in))
        program_read_keyboard(front);
}

/* --- showing -------------------------------------------------------------------------------- */

static void show_title(const struct chat_servers *servers)
{
    uint64_t unread = 0, mentions = 0;
    for (size_t i = 0; i < servers->count; i++) {
        unread += servers->shown[i].unread;
        mentions += servers->shown[i].mentions;
    }
    paint_title(unread, mentions);
}

/* What happens at the others is counted on the screen of the one that is shown. */
static bool has_changed(struct chat_servers *servers)
{
    bool changed = chat_resized != 0;
    for (size_t i = 0; i < servers->count; i++) {
        changed |= servers->all[i]->changed;
        servers->all[i]->changed = false;
    }
    return changed;
}

static void show(struct chat_servers *servers)
{
    struct program *p = chat_servers_front(servers);
    bool again = chat_resized != 0;
    chat_servers_tell(servers);
    if (p->painted) {
        paint_measure(&p->grid);
        paint_images(&p->chat->images);
        cw_screen_draw(&p->screen, &p->grid);
        paint_mouse(p->screen.mouse);
        paint_grid(&p->grid, p->screen.theme);
        chat_servers_tell(servers); /* what is on the screen is read */
        show_title(servers);
    } else {
        chat_plain_print(&p->plain, p->chat);
    }
    chat_choices_put(&servers->choices, &p->screen);
    p->changed = again;
    chat_resized = 0;
}

/* --- the loop ------------------------------------------------------------------------------- */

static bool is_done(const struct chat_servers *servers)
{
    bool done = chat_servers_front(servers)->closing;
    for (size_t i = 0; i < servers->count; i++) {
        const struct program *p = servers->all[i];
        done &= !chat_run_any(&p->run) && p->chat->waiting_count == 0 && p->chat->ask_count == 0 &&
                p->held.count == 0;
    }
    return done;
}

static void take_turn(struct program *p)
{
    trust_use(p->trust);
    p->chat->now_ms = (uint64_t)session_now_ms();
    p->changed |= cw_chat_tick(p->chat);
    if (chat_left_ms(p->kept.due_ms, p->chat->now_ms) == 0)
        program_keep(p);
    do
        program_take_events(p);
    while (!p->over && program_carry_out_all(p));
    if (p->changed)
        chat_kept_note(&p->kept, p->chat);
}

/* False: the user leaves. */
static bool take_turns(struct chat_servers *servers)
{
    bool quits = false;
    char *said;
    for (size_t i = 0; i < servers->count; i++) {
        take_turn(servers->all[i]);
        quits |= servers->all[i]->quits;
    }
    if (quits)
        return false;
    chat_servers_drop(servers);
    chat_servers_reap(servers);
    while (servers->count != 0 && (said = chat_keeper_said(servers->keeper)) != NULL)
        chat_servers_say(servers, said);
    if (servers->count != 0)
        chat_servers_wish(servers);
    return servers->count != 0;
}

static void run_loop(struct chat_servers *servers)
{
    while (servers->count != 0 && chat_ended == 0 && !is_done(servers)) {
        if (!take_turns(servers))
            break;
        if (has_changed(servers))
            show(servers);
        struct program *front = chat_servers_front(servers);
        if (front->chat->ask_count != 0 ||
            is_done(servers)) /* drawing has marked something as read */
            continue;
        for (size_t i = 0; i < servers->count; i++)
            if (!servers->all[i]->pending)
                chat_position_put(&servers->all[i]->position, &servers->all[i]->stream);
        if (!front->changed)
            wait_for_more(servers);
    }
    if (servers->count != 0) /* what was chosen since it was drawn last */
        chat_choices_put(&servers->choices, &chat_servers_front(servers)->screen);
}

/* --- beginning ------------------------------------------------------------------------------ */

static int open_screen(struct chat_servers *servers)
{
    struct program *p = chat_servers_front(servers);
    int code = program_attach(p, servers->signals);
    if (code != CLI_DONE || !p->painted)
        return code;
    chat_servers_reopen(servers);
    chat_servers_tell(servers);
    return paint_begin() ? CLI_DONE : CLI_WRONG_USE;
}

/* Opens cli->server, and those that were open beside it the last time; returns when the user
 * leaves, or when the last of them is over. `welcome`: the user is here for the first time. */
static int run_chat(const struct cli *cli, bool welcome)
{
    sigset_t signals;
    struct chat_servers servers;
    chat_servers_begin(&servers);
    servers.signals = &signals;
    struct program *p = program_open(cli, trust_in_use(), servers.keeper, &servers.code);
    if (p == NULL) {
        chat_servers_close(&servers);
        return servers.code;
    }
    if (welcome)
        program_welcome(p);
    chat_hold_signals(&signals);
    chat_servers_add(&servers, p);
    bool good = chat_settings_load(&p->screen);
    chat_choices_load(&servers.choices, &p->screen);
    p->code = good ? open_screen(&servers) : CLI_WRONG_USE;
    if (p->code == CLI_DONE)
        run_loop(&servers);
    paint_end();
    chat_servers_close(&servers);
    return servers.code;
}

int command_chat(const struct cli *cli)
{
    bool asked;
    setlocale(LC_ALL, "");
    int code = chat_first_account(cli, &asked);
    return code == CLI_DONE ? run_chat(cli, asked) : code;
}
