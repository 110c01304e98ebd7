/* chat_run.c - see chat_run.h. */
#include "chat_run.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "chat/doing.h"
#include "chat/talk.h"
#include "chat_told.h"

static enum cw_talk_kind talk_of(enum chat_child_kind kind)
{
    return kind == CHAT_CHILD_CALL     ? CW_TALK_CALL
           : kind == CHAT_CHILD_RECORD ? CW_TALK_RECORD
                                       : CW_TALK_PLAY;
}

/* --- beginning ------------------------------------------------------------------------------ */

/* The i-th of the words; "": there are fewer. */
static const char *word_at(const struct cw_ask *ask, size_t i)
{
    size_t at = 0;
    for (; at < ask->length; at += strlen(ask->text + at) + 1)
        if (i-- == 0)
            return ask->text + at;
    return "";
}

/* Whom the command is about stands behind its name: a person, or a group, also without '#'. */
static void begin_talk(struct chat_run *run, enum chat_child_kind kind, const struct cw_ask *ask)
{
    char name[300];
    const char *word = word_at(ask, 1);
    bool bare = word[0] != '#' && word[0] != '@';
    snprintf(name, sizeof name, "%s%.290s", bare ? "#" : "", word);
    cw_talk_begin(run->chat, talk_of(kind), name, strtoull(word_at(ask, 2), NULL, 10));
}

/* NULL: it can be begun. */
static const char *why_not(const struct chat_run *run, enum chat_child_kind kind, char *text,
                           size_t size)
{
    bool call = kind == CHAT_CHILD_CALL;
    const char *at = call ? run->call_at : run->voice_at;
    if (kind == CHAT_CHILD_COMMAND)
        return NULL;
    if (at == NULL)
        return cw_talk_refuses(run->chat, talk_of(kind));
    snprintf(text, size, "%s at %.256s: Alt+s goes there, %s ends that",
             call ? "you are in a call" : "a voice message is recorded or played", at,
             call ? "/leave" : "/stop, or Esc,");
    return text;
}

/* Those whose effect stands nowhere on the screen. */
static bool is_silent(const char *words, size_t length)
{
    static const char *const silent[] = {
        "contact add",   "contact remove", "block",   "unblock", "report",
        "notify",        "mute",           "unmute",  "dnd",     "device rename",
        "device remove", "read",           "receipts"};
    char two[64];
    size_t first = strlen(words);
    snprintf(two, sizeof two, "%.30s %.30s", words, first + 1 < length ? words + first + 1 : "");
    for (size_t i = 0; i < sizeof silent / sizeof silent[0]; i++)
        if (strcmp(words, silent[i]) == 0 || strcmp(two, silent[i]) == 0)
            return true;
    return false;
}

struct chat_child_use chat_run_use(const struct chat_run *run)
{
    struct chat_child_use use = {.cli = run->cli, .as = run->as};
    if (!chat_keeper_is_idle(run->keeper))
        use.key = trust_new_key(run->trust, &use.key_option);
    return use;
}

static void run_words(struct chat_run *run, const struct cw_ask *ask)
{
    enum chat_child_kind kind = chat_child_kind_of(ask->text);
    const struct cw_place *place = cw_chat_current(run->chat);
    struct chat_child_use use = chat_run_use(run);
    use.place = place == NULL ? NULL : place->name;
    use.open = ask->place;
    use.device = run->chat->talk.device;
    char refusal[400];
    const char *wrong = why_not(run, kind, refusal, sizeof refusal);
    struct chat_child *child = NULL;
    if (wrong == NULL)
        child = chat_child_run(run->children, &use, ask->text, ask->length, &wrong);
    if (child != NULL)
        child->silent = is_silent(ask->text, ask->length);
    if (child == NULL)
        cw_chat_notice(run->chat, NULL, wrong);
    else if (kind != CHAT_CHILD_COMMAND)
        begin_talk(run, kind, ask);
}

/* --- saying --------------------------------------------------------------------------------- */

static void say_line(struct chat_run *run, bool call, const char *line)
{
    for (int i = 0; i < CHAT_CHILDREN_MAX; i++) {
        const struct chat_child *child = &run->children[i];
        if (child->pid != 0 && (child->kind == CHAT_CHILD_CALL) == call)
            chat_child_say(child, line);
    }
}

bool chat_run_ask(struct chat_run *run, const struct cw_ask *ask)
{
    switch (ask->kind) {
    case CW_ASK_RUN:
        run_words(run, ask);
        return true;
    case CW_ASK_LEAVE_CALL:
        if (!chat_child_leave_call(run->children))
            cw_chat_notice(run->chat, NULL, "you are in no call");
        return true;
    case CW_ASK_TELL_CALL:
    case CW_ASK_TELL_VOICE:
        say_line(run, ask->kind == CW_ASK_TELL_CALL, ask->text);
        return true;
    default:
        return false;
    }
}

/* --- hearing -------------------------------------------------------------------------------- */

/* Where what it says goes; NULL: wherever the user is. */
static struct cw_place *place_of_child(const struct chat_run *run, const struct chat_child *child)
{
    return child->place == NULL ? NULL : cw_chat_known(run->chat, child->place);
}

static void end_child(struct chat_run *run, struct chat_child *child, bool done)
{
    enum chat_child_kind kind = child->kind;
    if (done && child->silent && !child->told)
        cw_chat_notice(run->chat, place_of_child(run, child), "done");
    if (done) /* it may have made one */
        cw_chat_ask(run->chat, &(struct cw_ask){.kind = CW_ASK_CONVERSATIONS});
    if (done && child->open != NULL)
        cw_chat_open_anew(run->chat, cw_chat_place(run->chat, child->open));
    chat_child_forget(child);
    if (kind != CHAT_CHILD_COMMAND)
        cw_talk_end(run->chat, talk_of(kind), done);
}

static void tell_text(struct chat_run *run, const struct chat_child *child, const char *text)
{
    char *words = chat_told(text);
    cw_chat_notice(run->chat, place_of_child(run, child), words);
    free(words);
}

static void read_text(struct chat_run *run, struct chat_child *child)
{
    char text[CHAT_CHILD_TEXT];
    bool done = false;
    bool ended = chat_child_read(child, text, &done);
    size_t n = strlen(text);
    while (n > 0 && text[n - 1] == '\n')
        text[--n] = 0;
    child->told |= n > 0;
    if (n > 0)
        tell_text(run, child, text);
    if (ended)
        end_child(run, child, done);
    cw_place_set(&run->chat->progress, chat_children_progress(run->children));
}

static void read_lines(struct chat_run *run, struct chat_child *child)
{
    char line[CHAT_CHILD_LINE];
    chat_child_hear(child);
    while (chat_child_line(child, line))
        cw_talk_take(run->chat, talk_of(child->kind), line);
}

void chat_run_fds(const struct chat_run *run, int i, int *text, int *lines)
{
    const struct chat_child *child = &run->children[i];
    *text = child->pid == 0 ? -1 : child->fd;
    *lines = child->pid == 0 ? -1 : child->lines;
}

void chat_run_read(struct chat_run *run, int i, bool text, bool lines)
{
    if (lines)
        read_lines(run, &run->children[i]);
    if (text)
        read_text(run, &run->children[i]);
}

bool chat_run_any(const struct chat_run *run)
{
    bool any = false;
    for (int i = 0; i < CHAT_CHILDREN_MAX; i++)
        any |= run->children[i].pid != 0;
    return any;
}
