/* slash.c - see slash.h. */
#include "screen/slash.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "chat/doing.h"
#include "screen/slash_rows.h"
#include "screen/speak.h"
#include "screen/template.h"
#include "screen/view.h"
#include "text/nearest.h"

/* A row of slash.def; `run` NULL: by the command line's `command`. */
struct slash {
    const char *name, *arguments, *help;
    bool (*run)(struct cw_screen *, const char *rest);
    const char *command, *form;
};

static bool say_wrong(struct cw_screen *screen, const char *text)
{
    cw_chat_notice(screen->chat, NULL, text);
    return false;
}

/* --- those that are done here --------------------------------------------------------------- */

/* `mark`: "#" for the name of a group without it. */
static bool say_to(struct cw_screen *screen, const char *rest, const char *mark)
{
    char name[300];
    size_t n = cw_word_length(rest);
    const char *text = cw_skip_blanks(rest + n);
    if (n == 0 || n > 256)
        return say_wrong(screen, "a name goes behind it: /msg NAME TEXT");
    snprintf(name, sizeof name, "%s%.*s", rest[0] == '#' ? "" : mark, (int)n, rest);
    struct cw_place *place = cw_chat_place(screen->chat, name);
    cw_chat_open(screen->chat, place);
    if (*text != 0)
        cw_chat_say(screen->chat, place, text, strlen(text), 0);
    return true;
}

static bool slash_msg(struct cw_screen *screen, const char *rest)
{
    return say_to(screen, rest, "");
}

static bool slash_w(struct cw_screen *screen, const char *rest)
{
    return say_to(screen, rest, "");
}

static bool slash_msg_group(struct cw_screen *screen, const char *rest)
{
    return say_to(screen, rest, "#");
}

static bool needs_place(struct cw_screen *screen)
{
    return cw_chat_current(screen->chat) != NULL;
}

static bool slash_me(struct cw_screen *screen, const char *rest)
{
    char text[4096];
    int n = snprintf(text, sizeof text, "_%.4000s_", rest);
    if (!needs_place(screen) || *rest == 0)
        return say_wrong(screen, "what you do goes behind it: /me TEXT");
    cw_chat_say(screen->chat, cw_chat_current(screen->chat), text, (size_t)n, 0);
    return true;
}

/* A number, or that of the newest message; 0: there is none, and that was said. */
static uint64_t which_message(struct cw_screen *screen, const char **rest, bool own)
{
    uint64_t seq = cw_take_number(rest);
    if (!needs_place(screen)) {
        say_wrong(screen, "go to a conversation first");
        return 0;
    }
    if (seq == 0)
        seq = cw_chat_latest(screen->chat, own);
    if (seq == 0)
        say_wrong(screen, "there is no such message here: a number behind the command takes "
                          "another one (Alt+n shows them)");
    return seq;
}

static bool slash_reply(struct cw_screen *screen, const char *rest)
{
    uint64_t seq = which_message(screen, &rest, false);
    if (seq == 0)
        return false;
    if (*rest == 0)
        return say_wrong(screen, "the answer goes behind it: /reply TEXT");
    cw_chat_say(screen->chat, cw_chat_current(screen->chat), rest, strlen(rest), seq);
    return true;
}

/* Without a text the message comes into the line, to be changed. A text needs the number: a
 * mistaken one must not replace another message. */
static bool slash_edit(struct cw_screen *screen, const char *rest)
{
    const char *text = rest;
    if (*rest != 0 && cw_take_number(&text) == 0)
        return say_wrong(screen, "a number goes before the text: /edit 7 TEXT (Alt+n shows them); "
                                 "/edit alone brings your newest message here");
    uint64_t seq = which_message(screen, &rest, true);
    if (seq == 0)
        return false;
    const struct cw_line *line = cw_place_find(cw_chat_current(screen->chat), seq);
    if (*rest != 0) {
        cw_chat_change(screen->chat, CW_ASK_EDIT, seq, rest);
        return true;
    }
    if (line == NULL || line->kind != CW_LINE_TEXT)
        return say_wrong(screen, "this message is not here: /edit NUMBER TEXT");
    char begin[40];
    snprintf(begin, sizeof begin, "/edit %" PRIu64 " ", seq);
    cw_edit_set(&screen->edit, cw_slice_str(begin));
    cw_edit_insert(&screen->edit, cw_slice_of(line->text, line->length));
    return false;
}

static bool slash_delete(struct cw_screen *screen, const char *rest)
{
    const char *behind = rest;
    cw_take_number(&behind);
    if (*behind != 0)
        return say_wrong(screen, "a number goes behind it: /delete 7 (Alt+n shows them)");
    uint64_t seq = which_message(screen, &rest, true);
    if (seq != 0)
        cw_chat_change(screen->chat, CW_ASK_DELETE, seq, NULL);
    return seq != 0;
}

static bool change_reaction(struct cw_screen *screen, enum cw_ask_kind kind, const char *rest)
{
    uint64_t seq = which_message(screen, &rest, false);
    if (seq == 0)
        return false;
    if (*rest == 0 || rest[cw_word_length(rest)] != 0)
        return say_wrong(screen,
                         "an emoji goes behind it: /react \xf0\x9f\x91\x8d (or :+1: and Tab)");
    cw_chat_change(screen->chat, kind, seq, rest);
    return true;
}

static bool slash_react(struct cw_screen *screen, const char *rest)
{
    return change_reaction(screen, CW_ASK_REACT, rest);
}

static bool slash_unreact(struct cw_screen *screen, const char *rest)
{
    return change_reaction(screen, CW_ASK_UNREACT, rest);
}

static bool slash_retry(struct cw_screen *screen, const char *rest)
{
    (void)rest;
    return cw_chat_retry(screen->chat) || say_wrong(screen, "everything here was sent");
}

static bool slash_jump(struct cw_screen *screen, const char *rest)
{
    uint64_t seq = cw_take_number(&rest);
    if (seq == 0)
        return say_wrong(screen, "a number goes behind it: /jump 7 (Alt+n shows them)");
    cw_view_go(screen, seq);
    return true;
}

static bool slash_mute(struct cw_screen *screen, const char *rest);

/* What is under way is kept, and sent by the next run. */
static bool slash_quit(struct cw_screen *screen, const char *rest)
{
    (void)rest;
    cw_chat_ask(screen->chat, &(struct cw_ask){.kind = CW_ASK_QUIT});
    return true;
}

static bool slash_server(struct cw_screen *screen, const char *rest)
{
    cw_chat_ask(
        screen->chat,
        &(struct cw_ask){.kind = CW_ASK_SERVER, .text = (char *)rest, .length = strlen(rest)});
    return true;
}

/* The first client of this protocol began with these; here it was done before there is a screen. */
static bool slash_login(struct cw_screen *screen, const char *rest)
{
    const char *me = screen->chat->me;
    char text[300];
    bool same = strlen(me) == cw_word_length(rest) && memcmp(me, rest, strlen(me)) == 0;
    snprintf(text, sizeof text, "you are logged in as %.80s%s", me,
             same ? ""
                  : "; another account of this server is for another terminal: chinwag login NAME, "
                    "chinwag --as NAME");
    cw_chat_notice(screen->chat, NULL, text);
    return same;
}

static bool slash_register(struct cw_screen *screen, const char *rest)
{
    return slash_login(screen, rest);
}

static bool slash_logout(struct cw_screen *screen, const char *rest)
{
    (void)rest;
    cw_chat_ask(screen->chat, &(struct cw_ask){.kind = CW_ASK_LOGOUT});
    return true;
}

static bool slash_exit(struct cw_screen *screen, const char *rest)
{
    return slash_quit(screen, rest);
}

static bool slash_help(struct cw_screen *screen, const char *rest);

/* --- the table ------------------------------------------------------------------------------ */

static const struct slash table[] = {
#define SLASH_DO(name, arguments, help)          {#name, arguments, help, slash_##name, NULL, NULL},
#define SLASH_FAR(name, arguments, help)         {#name, arguments, help, cw_slash_##name, NULL, NULL},
#define SLASH_AS(name, arguments, command, form) {name, arguments, NULL, NULL, command, form},
#include "screen/slash.def"
#undef SLASH_DO
#undef SLASH_FAR
#undef SLASH_AS
};
#define TABLE_COUNT (sizeof table / sizeof table[0])

static const struct cw_screen_command *command_named(const struct cw_screen *screen,
                                                     const char *name, size_t n)
{
    for (size_t i = 0; i < screen->command_count; i++)
        if (strlen(screen->commands[i].name) == n && memcmp(screen->commands[i].name, name, n) == 0)
            return &screen->commands[i];
    return NULL;
}

const char *cw_slash_name(const struct cw_screen *screen, size_t i)
{
    if (i < TABLE_COUNT)
        return table[i].name;
    i -= TABLE_COUNT;
    return i < screen->command_count ? screen->commands[i].name : NULL;
}

static const struct slash *slash_named(const char *name, size_t n)
{
    for (size_t i = 0; i < TABLE_COUNT; i++)
        if (strlen(table[i].name) == n && memcmp(table[i].name, name, n) == 0)
            return &table[i];
    return NULL;
}

const char *cw_slash_arguments(struct cw_slice name)
{
    const struct slash *slash = slash_named((const char *)name.p, name.n);
    return slash == NULL ? NULL : slash->arguments;
}

static const char *help_of(const struct cw_screen *screen, const struct slash *slash)
{
    if (slash->help != NULL)
        return slash->help;
    const struct cw_screen_command *command =
        command_named(screen, slash->command, strlen(slash->command));
    return command == NULL ? "" : command->line;
}

static void append_help(char *text, size_t size, const char *name, const char *arguments,
                        const char *help)
{
    size_t n = strlen(text);
    snprintf(text + n, size - n, "%s/%s%s%s: %s", n == 0 ? "" : "\n", name,
             *arguments == 0 ? "" : " ", arguments, help);
}

/* Of one command, or of all of this table. */
static bool slash_help(struct cw_screen *screen, const char *rest)
{
    char text[8192] = "";
    rest += *rest == '/';
    for (size_t i = 0; i < TABLE_COUNT; i++)
        if (*rest == 0 || strcmp(table[i].name, rest) == 0)
            append_help(text, sizeof text, table[i].name, table[i].arguments,
                        help_of(screen, &table[i]));
    for (size_t i = 0; i < screen->command_count && *rest != 0 && text[0] == 0; i++)
        if (strcmp(screen->commands[i].name, rest) == 0)
            append_help(text, sizeof text, screen->commands[i].name, screen->commands[i].arguments,
                        screen->commands[i].line);
    if (text[0] == 0)
        return say_wrong(screen, "there is no such command: /help shows all of them");
    if (*rest == 0)
        snprintf(text + strlen(text), sizeof text - strlen(text),
                 "\nand all commands of the command line, as /group list; // begins a text with a "
                 "slash");
    cw_chat_notice(screen->chat, NULL, text);
    return true;
}

/* --- the command line's --------------------------------------------------------------------- */

static bool run_as(struct cw_screen *screen, const char *form, const char *rest)
{
    const char *wrong = cw_template_run(screen, form, rest);
    return wrong == NULL || say_wrong(screen, wrong);
}

/* Oneself, or a member. */
static bool slash_mute(struct cw_screen *screen, const char *rest)
{
    const char *behind = cw_skip_blanks(rest + cw_word_length(rest));
    if (*rest != 0 && *behind == 0)
        return say_wrong(screen, "for how long goes behind it: /mute NAME MINUTES; alone it mutes "
                                 "you in the call");
    if (*rest != 0)
        return run_as(screen, "group mute -- %g %w", rest);
    cw_speak_call(screen, "mute");
    return true;
}

/* Those that take the stream of events from this program. */
static bool is_for_outside(const char *line, size_t n)
{
    static const char *const names[] = {"listen", "chat"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (strlen(names[i]) == n && memcmp(names[i], line, n) == 0)
            return true;
    return false;
}

/* As the row of the table for the same command says. */
static const char *opened_by_command(const char *line, char *name, size_t size)
{
    for (size_t i = 0; i < TABLE_COUNT; i++) {
        size_t n = table[i].command == NULL ? 0 : strlen(table[i].command);
        if (n == 0 || strlen(line) <= n || memcmp(line, table[i].command, n) != 0 || line[n] != ' ')
            continue;
        const char *rest = cw_skip_blanks(line + n);
        if (rest[cw_word_length(rest)] == 0 &&
            cw_template_opens(table[i].form, rest, name, size) != NULL)
            return name;
    }
    return NULL;
}

/* A command of the command line as it stands: its name is one word or two. */
static bool run_command(struct cw_screen *screen, const char *line)
{
    size_t first = cw_word_length(line);
    size_t both = first + strspn(line + first, " ");
    both += cw_word_length(line + both);
    if (command_named(screen, line, first) == NULL && command_named(screen, line, both) == NULL)
        return false;
    char open[300];
    cw_template_run_words(screen, line, opened_by_command(line, open, sizeof open));
    return true;
}

static bool say_unknown(struct cw_screen *screen, const char *line)
{
    char word[64], text[300];
    snprintf(word, sizeof word, "%.*s",
             (int)(cw_word_length(line) < 60 ? cw_word_length(line) : 60), line);
    struct cw_nearest nearest = cw_nearest_to(word);
    const char *name;
    for (size_t i = 0; (name = cw_slash_name(screen, i)) != NULL; i++)
        cw_nearest_try(&nearest, name, strlen(name));
    int n = snprintf(text, sizeof text, "there is no command /%s", word);
    if (nearest.found != NULL)
        n += snprintf(text + n, sizeof text - (size_t)n, "; did you mean /%.*s?",
                      (int)nearest.found_length, nearest.found);
    snprintf(text + n, sizeof text - (size_t)n,
             " (/help shows all; // begins a text with a slash)");
    return say_wrong(screen, text);
}

/* In words of this place: what the command line says of it is for a shell. */
static bool say_missing(struct cw_screen *screen, const struct slash *slash)
{
    char text[300];
    snprintf(text, sizeof text, "it is written as /%s %s: %s", slash->name, slash->arguments,
             help_of(screen, slash));
    return say_wrong(screen, text);
}

bool cw_slash_run(struct cw_screen *screen, char *line)
{
    char text[80];
    size_t n = strlen(line);
    while (n > 0 && (line[n - 1] == ' ' || line[n - 1] == '\n'))
        line[--n] = 0;
    n = cw_word_length(line);
    const struct slash *slash = slash_named(line, n);
    const char *rest = cw_skip_blanks(line + n);
    if (slash != NULL && slash->arguments[0] == 0 && *rest != 0) {
        snprintf(text, sizeof text, "/%s takes nothing behind it", slash->name);
        return say_wrong(screen, text);
    }
    if (slash != NULL && slash->run != NULL)
        return slash->run(screen, rest);
    if (slash != NULL && *rest == 0 && slash->arguments[0] != 0 && slash->arguments[0] != '[')
        return say_missing(screen, slash);
    if (slash != NULL)
        return run_as(screen, slash->form, rest);
    if (is_for_outside(line, n))
        return say_wrong(screen, "do that outside: /quit");
    return run_command(screen, line) || say_unknown(screen, line);
}
