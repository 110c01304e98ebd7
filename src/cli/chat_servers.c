/* chat_servers.c - see chat_servers.h. */
#include "chat_servers.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "chat/talk.h"
#include "chat_first.h"
#include "chat_keyboard.h"
#include "chat_link.h"
#include "chat_paint.h"
#include "chat_told.h"
#include "reach.h"
#include "state_path.h"

/* The file that names them, one a line, beside the accounts. */
#define FILE_NAME "chat_servers"
/* Numbers of the terminal's pictures for one server; then they may be another's. */
#define PICTURES_EACH 65536

struct program *chat_servers_front(const struct chat_servers *servers)
{
    return servers->all[servers->front];
}

/* --- which there are ------------------------------------------------------------------------ */

static void remember(const struct chat_servers *servers)
{
    char text[CHAT_SERVERS_MAX * (JOIN_SERVER_MAX + 1)] = "";
    for (size_t i = 0; i < servers->count; i++) {
        size_t n = strlen(text);
        snprintf(text + n, sizeof text - n, "%s\n", servers->all[i]->server);
    }
    chat_keeper_put(servers->names, text); /* else they are opened by hand the next time */
}

static char *write_key(const void *about)
{
    return trust_write(about);
}

/* The disk may stand still. */
static void write_in_thread(void *context, const struct trust_news *news)
{
    chat_keeper_do(context, write_key, news, sizeof *news);
}

void chat_servers_begin(struct chat_servers *servers)
{
    struct state_path path;
    *servers = (struct chat_servers){.keeper = chat_keeper_create()};
    state_path_begin(&path);
    state_path_add(&path, FILE_NAME);
    servers->names = chat_keeper_open(servers->keeper, &path, false);
    chat_choices_open(&servers->choices, servers->keeper);
    trust_write_by(write_in_thread, servers->keeper);
}

static void bring_to_front(struct chat_servers *servers, size_t i)
{
    cw_talk_release(chat_servers_front(servers)->chat); /* its key is not heard there any more */
    chat_servers_front(servers)->chat->focused = false;
    servers->front = i;
    chat_servers_front(servers)->chat->focused = true;
    chat_servers_front(servers)->changed = true;
    keyboard_ask();
}

void chat_servers_add(struct chat_servers *servers, struct program *p)
{
    p->chat->focused = servers->count == 0;
    if (servers->count != 0) /* what was chosen counts here, too */
        cw_screen_look_as(&p->screen, &chat_servers_front(servers)->screen);
    p->chat->images.next_id = servers->opened++ * PICTURES_EACH;
    servers->all[servers->count++] = p;
}

/* An address has more than one spelling; what is kept of a server has one place. */
static bool is_same_server(const char *a, const char *b)
{
    struct state_path one, other;
    state_path_of_server(&one, a);
    state_path_of_server(&other, b);
    return strcmp(one.text, other.text) == 0;
}

static bool is_open(const struct chat_servers *servers, const char *server, size_t *at)
{
    for (*at = 0; *at < servers->count; ++*at)
        if (is_same_server(servers->all[*at]->server, server))
            return true;
    return false;
}

/* Its files are still being written: they cannot be read. */
static bool is_leaving(const struct chat_servers *servers, const char *server)
{
    bool any = false;
    for (size_t i = 0; i < servers->leaving_count; i++)
        any |= is_same_server(servers->leaving[i]->server, server);
    return any;
}

/* This one, or else the first with this text in its address; CHAT_SERVERS_MAX: none. */
static size_t find_server(const struct chat_servers *servers, const char *text)
{
    size_t at;
    if (is_open(servers, text, &at))
        return at;
    for (size_t i = 0; text[0] != 0 && i < servers->count; i++)
        if (strstr(servers->all[i]->server, text) != NULL)
            return i;
    return CHAT_SERVERS_MAX;
}

/* "wss://chat.example.org:443/ws" is chat.example.org:443. */
static const char *short_name(const struct program *p, char name[JOIN_SERVER_MAX])
{
    const char *begin = strstr(p->server, "://");
    snprintf(name, JOIN_SERVER_MAX, "%s", begin == NULL ? p->server : begin + 3);
    name[strcspn(name, "/")] = 0;
    return name;
}

/* It is being closed, and such a program still ends there. */
static bool is_talking(const struct program *p, enum cw_talk_kind kind)
{
    return chat_run_any(&p->run) && !p->logging_out && cw_talk_refuses(p->chat, kind) != NULL;
}

/* The other one where such a program runs. */
static const char *busy_elsewhere(const struct chat_servers *servers, size_t here,
                                  enum cw_talk_kind kind)
{
    for (size_t i = 0; i < servers->count; i++)
        if (i != here && cw_talk_refuses(servers->all[i]->chat, kind) != NULL)
            return servers->all[i]->server;
    for (size_t i = 0; i < servers->leaving_count; i++)
        if (is_talking(servers->leaving[i], kind))
            return servers->leaving[i]->server;
    return NULL;
}

void chat_servers_tell(struct chat_servers *servers)
{
    static char names[CHAT_SERVERS_MAX][JOIN_SERVER_MAX];
    for (size_t i = 0; i < servers->count; i++) {
        struct program *p = servers->all[i];
        servers->shown[i] = (struct cw_screen_server){.name = short_name(p, names[i]),
                                                      .away = p->chat->link != CW_CHAT_READY};
        for (size_t k = 0; k < p->chat->place_count; k++) {
            servers->shown[i].unread += p->chat->places[k]->unread;
            servers->shown[i].mentions += p->chat->places[k]->mentions;
        }
        p->screen.servers = servers->shown;
        p->screen.server_count = servers->count;
        p->screen.server = i;
        p->run.call_at = busy_elsewhere(servers, i, CW_TALK_CALL);
        p->run.voice_at = busy_elsewhere(servers, i, CW_TALK_PLAY);
        if (i != servers->front)
            cw_screen_look_as(&p->screen, &chat_servers_front(servers)->screen);
    }
}

/* --- opening another ------------------------------------------------------------------------ */

/* The same options, but those about the server and the account. */
static struct cli cli_for(const struct program *p, const char *text)
{
    struct cli cli = p->own;
    cli.server = cli.invitation = cli.server_key = cli.accept_key = cli.as = NULL;
    cli.setup = NULL;
    cli.invitation = join_link_is(text) && strpbrk(text, "#@") != NULL ? text : NULL;
    cli.server = cli.invitation == NULL ? text : NULL;
    chat_link_take(&cli); /* what is wrong with it reach.c says */
    return cli;
}

/* Its accounts may be asked for, and its key, unless it is to be `quiet`: then only one that is
 * logged in is opened. NULL: *code says why; CLI_DONE: it is open, *at. */
static struct program *open_server(struct chat_servers *servers, struct cli *cli, bool quiet,
                                   int *code, size_t *at)
{
    struct trust *trust = trust_another();
    struct state_account account;
    struct program *p = NULL;
    bool asked = false;
    *code = reach_server(cli);
    if (*code == CLI_DONE && is_leaving(servers, cli->server)) {
        fprintf(stderr, "chinwag: %s is still being closed; try it again in a moment\n",
                cli->server);
        *code = CLI_WRONG_USE;
    }
    bool open = *code == CLI_DONE && is_open(servers, cli->server, at);
    if (*code == CLI_DONE && !open && quiet &&
        state_load_account(cli->server, NULL, &account) != STATE_GOOD)
        *code = CLI_WRONG_USE;
    if (*code == CLI_DONE && !open && !quiet)
        *code = chat_first_account(cli, &asked);
    if (*code == CLI_DONE && open && !quiet)
        chat_link_met(cli);
    if (*code == CLI_DONE && !open)
        p = program_open(cli, trust, servers->keeper, code);
    if (p == NULL)
        trust_forget(trust);
    else if (asked)
        program_welcome(p);
    return p;
}

void chat_servers_reopen(struct chat_servers *servers)
{
    char path[PATH_MAX], line[JOIN_SERVER_MAX + 1];
    FILE *file = state_path(FILE_NAME, path) ? fopen(path, "re") : NULL;
    while (file != NULL && servers->count < CHAT_SERVERS_MAX &&
           fgets(line, sizeof line, file) != NULL) {
        size_t at;
        int code;
        line[strcspn(line, "\n")] = 0;
        if (line[0] == 0 || is_open(servers, line, &at))
            continue;
        struct cli cli = cli_for(chat_servers_front(servers), line);
        struct program *p = open_server(servers, &cli, true, &code, &at);
        if (p != NULL)
            chat_servers_add(servers, p);
    }
    if (file != NULL)
        fclose(file);
}

static void open_another(struct chat_servers *servers, const char *text)
{
    struct program *before = chat_servers_front(servers);
    struct cli cli = cli_for(before, text);
    size_t at = servers->count;
    sigset_t held;
    int code;
    cw_talk_release(before->chat);
    program_carry_out_all(before);
    if (before->painted)
        paint_leave();
    sigprocmask(SIG_SETMASK, servers->signals, &held);
    struct program *p = open_server(servers, &cli, false, &code, &at);
    if (p != NULL)
        code = program_attach(p, servers->signals);
    if (p != NULL && code != CLI_DONE)
        program_close(p);
    if (code != CLI_DONE && isatty(STDIN_FILENO))
        chat_wait_for_enter("Enter goes back. ");
    sigprocmask(SIG_SETMASK, &held, NULL);
    if (before->painted)
        paint_return();
    before->changed = true;
    if (p != NULL && code == CLI_DONE)
        chat_servers_add(servers, p);
    if (code == CLI_DONE)
        bring_to_front(servers, at);
    if (code == CLI_DONE && p == NULL) /* it was open: nothing has begun with the link */
        chat_link_lead(&cli, servers->all[at]->chat);
    remember(servers);
}

/* --- what the user wants -------------------------------------------------------------------- */

static void list_servers(const struct chat_servers *servers)
{
    char text[CHAT_SERVERS_MAX * (JOIN_SERVER_MAX + 100) + 100] = "";
    for (size_t i = 0; i < servers->count; i++) {
        const struct program *p = servers->all[i];
        size_t n = strlen(text);
        snprintf(text + n, sizeof text - n, "%s%s: %.80s%s\n", i == servers->front ? "* " : "  ",
                 p->server, p->chat->me, p->chat->link == CW_CHAT_READY ? "" : ", not connected");
    }
    size_t n = strlen(text);
    snprintf(text + n, sizeof text - n,
             "/server ADDRESS or LINK opens another one, Alt+s goes to the next");
    cw_chat_notice(chat_servers_front(servers)->chat, NULL, text);
}

static void wish_server(struct chat_servers *servers, const char *text)
{
    struct program *p = chat_servers_front(servers);
    size_t at = find_server(servers, text + (text[0] == '-'));
    if (text[0] == 0) {
        list_servers(servers);
    } else if (text[0] == '-' && (at == CHAT_SERVERS_MAX || servers->count == 1)) {
        cw_chat_notice(p->chat, NULL,
                       at == CHAT_SERVERS_MAX ? "no such server is open"
                                              : "this is the only one: /quit leaves");
    } else if (text[0] == '-') {
        servers->all[at]->over = true;
    } else if (at != CHAT_SERVERS_MAX) {
        bring_to_front(servers, at);
    } else if (servers->count == CHAT_SERVERS_MAX) {
        cw_chat_notice(p->chat, NULL,
                       "more servers cannot be open at once: /server -NAME closes one");
    } else {
        open_another(servers, text);
    }
}

void chat_servers_wish(struct chat_servers *servers)
{
    struct program *p = chat_servers_front(servers);
    if (!p->wishes)
        return;
    struct cw_ask wish = p->wish;
    p->wish = (struct cw_ask){.kind = CW_ASK_SERVER};
    p->wishes = false;
    p->changed = true;
    if (wish.kind == CW_ASK_SERVER)
        wish_server(servers, wish.text == NULL ? "" : wish.text);
    else if (servers->count == 1)
        list_servers(servers);
    else
        bring_to_front(servers, (servers->front + 1) % servers->count);
    cw_ask_finish(&wish);
}

/* --- those that are over -------------------------------------------------------------------- */

static void take_out(struct chat_servers *servers, size_t i)
{
    servers->count--;
    memmove(servers->all + i, servers->all + i + 1,
            (servers->count - i) * sizeof(struct program *));
    if (servers->front > i || servers->front == servers->count)
        servers->front -= servers->front != 0;
}

void chat_servers_say(struct chat_servers *servers, char *text)
{
    if (text == NULL)
        return;
    char *words = chat_told(text);
    cw_chat_notice(chat_servers_front(servers)->chat, NULL, words);
    chat_servers_front(servers)->changed = true;
    free(words);
    free(text);
}

/* NULL: the user wanted it. */
static char *why_closed(const struct program *p)
{
    struct cw_buf text = {.n = 0};
    if (p->last_words == NULL)
        return NULL;
    cw_buf_append_str(&text, p->server);
    cw_buf_append_str(&text, " is closed here: ");
    cw_buf_append_str(&text, p->last_words);
    cw_buf_append_byte(&text, 0);
    return (char *)text.p; /* the caller frees what the buffer has */
}

/* So many are being closed already that all wait for this one. */
static void close_at_once(struct program *p)
{
    bool painted = p->painted;
    if (painted)
        paint_leave();
    program_close(p);
    if (painted)
        paint_return();
}

/* The others go on. */
static void drop_one(struct chat_servers *servers, size_t i)
{
    struct program *p = servers->all[i];
    take_out(servers, i);
    servers->code = p->code;
    char *why = why_closed(p);
    if (servers->leaving_count == CHAT_SERVERS_MAX) {
        close_at_once(p);
    } else {
        program_part(p);
        servers->leaving[servers->leaving_count++] = p;
    }
    bring_to_front(servers, servers->front);
    chat_servers_say(servers, why);
    remember(servers);
}

void chat_servers_reap(struct chat_servers *servers)
{
    for (size_t i = servers->leaving_count; servers->count != 0 && i > 0; i--) {
        struct program *p = servers->leaving[i - 1], *front = chat_servers_front(servers);
        if (!program_is_parted(p, front->chat))
            continue;
        servers->leaving[i - 1] = servers->leaving[--servers->leaving_count];
        front->changed = true; /* what was said of it */
        program_forget(p);
    }
}

static void close_leaving(struct chat_servers *servers)
{
    for (; servers->leaving_count != 0; servers->leaving_count--)
        program_close(servers->leaving[servers->leaving_count - 1]);
}

/* Before one waits for the first of them. */
static void part_all(struct chat_servers *servers)
{
    for (size_t i = 0; i < servers->count; i++)
        program_part(servers->all[i]);
}

static void close_all(struct chat_servers *servers)
{
    for (; servers->count != 0; servers->count--) {
        servers->code = servers->all[servers->count - 1]->code;
        program_close(servers->all[servers->count - 1]);
    }
}

void chat_servers_close(struct chat_servers *servers)
{
    part_all(servers);
    close_leaving(servers);
    close_all(servers);
    chat_choices_close(&servers->choices);
    chat_keeper_close(servers->names);
    trust_write_by(NULL, NULL);
    chat_keeper_destroy(servers->keeper);
}

/* There is nobody left to say it. */
static void end_all(struct chat_servers *servers)
{
    paint_end();
    for (size_t i = 0; i < servers->count; i++) {
        char *why = why_closed(servers->all[i]);
        if (why != NULL)
            fprintf(stderr, "chinwag: %s\n", why);
        free(why);
    }
    part_all(servers);
    close_all(servers);
}

void chat_servers_drop(struct chat_servers *servers)
{
    size_t over = 0;
    for (size_t i = 0; i < servers->count; i++)
        over += servers->all[i]->over;
    if (over == servers->count) {
        end_all(servers);
        return;
    }
    for (size_t i = servers->count; i > 0; i--)
        if (servers->all[i - 1]->over)
            drop_one(servers, i - 1);
}
