/* command_chat.c - the terminal client: one loop around the library, the keyboard and the screen.
 *
 * What is known stands in src/chat, what is seen in src/screen, both pure; here is what waits. It
 * waits in one place (pselect), for input alone: there is no timer while nothing is to be done. */
#include <errno.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/select.h>
#include <time.h>
#include <unistd.h>

#include "chat/heard.h"
#include "chat/talk.h"
#include "chat_asks.h"
#include "chat_first.h"
#include "chat_keyboard.h"
#include "chat_paint.h"
#include "chat_plain.h"
#include "chat_run.h"
#include "commands.h"
#include "listening.h"
#include "output.h"
#include "screen/screen.h"
#include "trust.h"

/* After Esc a sequence follows at once, or it was the key. */
#define ESC_WAIT_MS 50
/* Events are taken in turns of so many, so that keys are read between them. */
#define EVENTS_TURN 200

struct program {
    const struct cli *cli;
    struct listening stream;
    struct cw_chat *chat;
    struct cw_screen screen;
    struct cw_screen_command *commands;
    struct cw_grid grid;
    struct cw_keys keys;
    struct chat_plain plain;
    struct chat_run run;
    bool painted; /* with a screen; else by lines */
    bool changed; /* the screen is to be drawn */
    bool pending; /* the library may have more events */
    bool closing; /* nothing more is typed: it ends when all is answered */
    bool over;
    int code;
};

/* --- signals -------------------------------------------------------------------------------- */

static volatile sig_atomic_t ended, resized;

static void on_chat_signal(int number)
{
    if (number == SIGWINCH || number == SIGCONT)
        resized = 1;
    else
        ended = 1;
}

/* They come during pselect only, so none is missed between a look and the wait. */
static void hold_signals(sigset_t *before)
{
    static const int numbers[] = {SIGINT, SIGTERM, SIGHUP, SIGWINCH, SIGCONT};
    struct sigaction action = {.sa_handler = on_chat_signal};
    sigset_t held;
    sigemptyset(&held);
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        sigaction(numbers[i], &action, NULL);
        sigaddset(&held, numbers[i]);
    }
    sigprocmask(SIG_BLOCK, &held, before);
}

/* --- events --------------------------------------------------------------------------------- */

/* "alice joined", out of the line that the command prints: "12:04 #cooks * alice joined". */
static char *sentence_of_event(const struct chinwag_event *event)
{
    char *text = NULL;
    size_t n = 0;
    FILE *out = open_memstream(&text, &n);
    if (out == NULL)
        return NULL;
    output_happening(out, event, (int64_t)time(NULL));
    fclose(out);
    char *sentence = strstr(text, "* ");
    if (sentence == NULL)
        return text;
    n = strcspn(sentence + 2, "\n");
    memmove(text, sentence + 2, n);
    text[n] = 0;
    return text;
}

static void chat_hear(struct program *p, const struct chinwag_event *event)
{
    bool announced = event->type == CHINWAG_ANNOUNCED || event->type == CHINWAG_ANNOUNCEMENT_ENDED;
    bool told = announced || event->type == CHINWAG_GROUP_EVENT || event->type == CHINWAG_RING;
    char *sentence = told ? sentence_of_event(event) : NULL;
    cw_chat_heard(p->chat, event, sentence);
    free(sentence);
    /* The id of an announcement is no message's. */
    if (!announced && event->type != CHINWAG_DELIVERED && event->type != CHINWAG_RESPONSE &&
        event->id != 0)
        listening_note(&p->stream, event->id);
}

/* The screen goes before a message that ends the program is printed. */
static bool is_end(const struct chinwag_event *event)
{
    return event->type == CHINWAG_SESSION_LOST || event->type == CHINWAG_SESSION_MOVED ||
           (event->type == CHINWAG_DISCONNECTED &&
            (event->code == CHINWAG_UNKNOWN_ACTION || event->code == CHINWAG_NOT_VERIFIED));
}

static void take_event(struct program *p, const struct chinwag_event *event)
{
    if (is_end(event))
        paint_end();
    if (event->type == CHINWAG_NEXT_KEY && p->painted)
        paint_forget(); /* it may be told on stderr */
    int code = listening_take(&p->stream, event);
    if (code != CLI_DONE || is_end(event)) {
        p->over = true;
        p->code = code == CLI_DONE ? CLI_UNREACHABLE : code;
    }
    chat_hear(p, event);
    p->changed = true;
}

static void take_events(struct program *p)
{
    struct chinwag_event event;
    int n = 0;
    while (!p->over && n < EVENTS_TURN && chinwag_poll(p->stream.session.client, 0, &event)) {
        take_event(p, &event);
        n++;
    }
    p->pending = n == EVENTS_TURN;
}

static bool carry_out_all(struct program *p);

/* --- asks ----------------------------------------------------------------------------------- */

/* `again`: it was told before, and only rings. */
static void bell(const struct program *p, bool again)
{
    if (p->painted)
        paint_bell(again);
    else
        fputc('\a', stdout);
}

static void suspend(struct program *p)
{
    cw_talk_release(p->chat); /* that it is released nobody would hear */
    carry_out_all(p);
    if (p->painted)
        paint_suspend();
    resized = 1;
}

static void carry_out(struct program *p, struct cw_ask *ask)
{
    if (chat_ask_server(p->chat, p->stream.session.client, ask))
        return;
    if (ask->kind == CW_ASK_KEYS && p->painted)
        keyboard_tell(strcmp(ask->text, "all") == 0);
    else if (ask->kind == CW_ASK_BELL || ask->kind == CW_ASK_RING)
        bell(p, ask->kind == CW_ASK_RING);
    else if (ask->kind == CW_ASK_REDRAW && p->painted)
        paint_forget();
    else if (ask->kind == CW_ASK_SUSPEND)
        suspend(p);
    else if (ask->kind == CW_ASK_QUIT)
        p->over = true;
    else
        chat_run_ask(&p->run, ask);
    cw_ask_finish(ask);
}

/* True: requests were made, so the library has something to do. */
static bool carry_out_all(struct program *p)
{
    struct cw_ask ask;
    bool any = false;
    while (cw_chat_next_ask(p->chat, &ask)) {
        carry_out(p, &ask);
        any = p->changed = true;
    }
    return any;
}

/* --- input ---------------------------------------------------------------------------------- */

static void press_key(struct program *p, const struct cw_key *key)
{
    cw_screen_key(&p->screen, key);
    p->changed = true;
}

static void read_keyboard(struct program *p)
{
    char bytes[4096];
    struct cw_key key;
    ssize_t n = read(STDIN_FILENO, bytes, sizeof bytes);
    if (n == 0 || (n < 0 && errno != EINTR && errno != EAGAIN)) {
        p->closing = !p->painted;
        p->over = p->painted; /* the terminal is gone */
    }
    if (!p->painted && n > 0)
        chat_plain_type(&p->plain, &p->screen, bytes, (size_t)n);
    for (ssize_t i = 0; p->painted && i < n; i++)
        if (cw_keys_take(&p->keys, (uint8_t)bytes[i], &key))
            press_key(p, &key);
    p->changed = true;
}

static void flush_input(struct program *p)
{
    struct cw_key key;
    if (cw_keys_flush(&p->keys, &key))
        press_key(p, &key);
}

/* --- waiting -------------------------------------------------------------------------------- */

struct waiting {
    fd_set in, out;
    int most;
};

static void watch(struct waiting *waiting, int fd, fd_set *set)
{
    if (fd < 0 || fd >= FD_SETSIZE)
        return;
    FD_SET(fd, set);
    waiting->most = fd > waiting->most ? fd : waiting->most;
}

static void watch_all(struct program *p, struct waiting *waiting)
{
    bool writes = false;
    int fd = chinwag_fd(p->stream.session.client, &writes);
    FD_ZERO(&waiting->in);
    FD_ZERO(&waiting->out);
    waiting->most = -1;
    if (!p->closing)
        watch(waiting, STDIN_FILENO, &waiting->in);
    watch(waiting, fd, &waiting->in);
    if (writes)
        watch(waiting, fd, &waiting->out);
    for (int i = 0; i < CHAT_CHILDREN_MAX; i++) {
        int text, lines;
        chat_run_fds(&p->run, i, &text, &lines);
        watch(waiting, text, &waiting->in);
        watch(waiting, lines, &waiting->in);
    }
}

static int64_t earlier(int64_t a, int64_t b)
{
    return a < 0 || (b >= 0 && b < a) ? b : a;
}

/* For how long at most; -1: until something comes. */
static int64_t patience(const struct program *p)
{
    uint64_t deadline = cw_chat_deadline(p->chat);
    int64_t wait_ms = p->pending ? 0 : chinwag_deadline(p->stream.session.client);
    if (deadline != 0)
        wait_ms = earlier(wait_ms,
                          deadline > p->chat->now_ms ? (int64_t)(deadline - p->chat->now_ms) : 0);
    return cw_keys_waits(&p->keys) ? earlier(wait_ms, ESC_WAIT_MS) : wait_ms;
}

static bool is_ready(const struct waiting *waiting, int fd)
{
    return fd >= 0 && fd < FD_SETSIZE && FD_ISSET(fd, &waiting->in);
}

static void read_children(struct program *p, const struct waiting *waiting)
{
    for (int i = 0; i < CHAT_CHILDREN_MAX; i++) {
        int fds[2];
        chat_run_fds(&p->run, i, &fds[0], &fds[1]);
        bool text = is_ready(waiting, fds[0]), lines = is_ready(waiting, fds[1]);
        chat_run_read(&p->run, i, text, lines);
        p->changed |= text || lines;
    }
}

static void wait_for_more(struct program *p, const sigset_t *signals)
{
    struct waiting waiting;
    watch_all(p, &waiting);
    int64_t wait_ms = patience(p);
    struct timespec time = {.tv_sec = wait_ms / 1000, .tv_nsec = wait_ms % 1000 * 1000000};
    int ready = pselect(waiting.most + 1, &waiting.in, &waiting.out, NULL,
                        wait_ms < 0 ? NULL : &time, signals);
    p->chat->now_ms = (uint64_t)session_now_ms();
    if (ready == 0 && cw_keys_waits(&p->keys))
        flush_input(p);
    if (ready <= 0)
        return;
    read_children(p, &waiting);
    if (FD_ISSET(STDIN_FILENO, &waiting.in))
        read_keyboard(p);
}

/* --- the loop ------------------------------------------------------------------------------- */

static void show_title(const struct program *p)
{
    uint64_t unread = 0, mentions = 0;
    for (size_t i = 0; i < p->chat->place_count; i++) {
        unread += p->chat->places[i]->unread;
        mentions += p->chat->places[i]->mentions;
    }
    paint_title(unread, mentions);
}

static void show(struct program *p)
{
    if (!p->painted)
        chat_plain_print(&p->plain, p->chat);
    else if (paint_measure(&p->grid) || p->changed) {
        cw_screen_draw(&p->screen, &p->grid);
        paint_grid(&p->grid);
        show_title(p);
    }
    p->changed = resized != 0;
    resized = 0;
}

static bool is_done(const struct program *p)
{
    return p->closing && !chat_run_any(&p->run) && p->chat->waiting_count == 0 &&
           p->chat->ask_count == 0;
}

static void run_loop(struct program *p, const sigset_t *signals)
{
    while (!p->over && ended == 0 && !is_done(p)) {
        p->chat->now_ms = (uint64_t)session_now_ms();
        cw_chat_tick(p->chat);
        do
            take_events(p);
        while (!p->over && carry_out_all(p));
        if (p->over)
            break;
        if (p->changed || resized != 0)
            show(p);
        if (p->chat->ask_count != 0 || is_done(p)) /* drawing has marked something as read */
            continue;
        if (!p->pending && !listening_save(&p->stream)) {
            p->code = CLI_WRONG_USE; /* said once more where it can be read */
            paint_end();
            fprintf(stderr, "chinwag: cannot save the position: %s\n", strerror(errno));
            break;
        }
        wait_for_more(p, signals);
    }
}

/* --- beginning ------------------------------------------------------------------------------ */

/* The first connection is made without the screen: what is wrong with it is said as by every
 * command, and a key that is not known is asked about. */
static int attach_first(struct program *p, const sigset_t *signals)
{
    struct chinwag_event event;
    int code = CLI_DONE;
    sigset_t now;
    while (code == CLI_DONE && !p->stream.attached) {
        sigprocmask(SIG_SETMASK, signals, &now); /* Ctrl-C ends it */
        bool any = chinwag_poll(p->stream.session.client, -1, &event);
        sigprocmask(SIG_SETMASK, &now, NULL);
        if (ended != 0)
            return CLI_REFUSED;
        if (!any)
            continue;
        if (event.type == CHINWAG_DISCONNECTED && trust_take(p->stream.session.client, &event))
            continue;
        code = listening_take(&p->stream, &event);
        if (code == CLI_DONE)
            chat_hear(p, &event);
    }
    return code;
}

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

static int run_program(struct program *p, const sigset_t *signals)
{
    int code = attach_first(p, signals);
    if (code != CLI_DONE)
        return code;
    p->screen.local = paint_local_time;
    p->painted = !p->cli->plain_screen;
    if (p->painted && !paint_begin())
        return CLI_WRONG_USE;
    cw_chat_ask(p->chat, &(struct cw_ask){.kind = CW_ASK_CONVERSATIONS});
    p->changed = true;
    run_loop(p, signals);
    paint_end();
    listening_save(&p->stream);
    return p->code;
}

int command_chat(const struct cli *cli)
{
    static struct program p;
    sigset_t signals;
    setlocale(LC_ALL, "");
    p = (struct program){.cli = cli};
    struct cli with_events = *cli;
    with_events.events = with_events.own = true;
    int code = chat_first_start(cli);
    if (code != CLI_DONE)
        return code;
    code = listening_open_chat(&p.stream, &with_events);
    if (code == CLI_DONE) {
        hold_signals(&signals);
        p.stream.cli = cli;
        p.chat = cw_chat_create(p.stream.session.account.name, cli->server);
        p.run = (struct chat_run){.cli = cli, .as = p.stream.session.account.name, .chat = p.chat};
        fill_commands(&p);
        code = run_program(&p, &signals);
        chat_children_end(p.run.children);
        cw_screen_finish(&p.screen);
        cw_chat_destroy(p.chat);
        cw_grid_finish(&p.grid);
        free(p.commands);
    }
    listening_close(&p.stream);
    return code;
}
