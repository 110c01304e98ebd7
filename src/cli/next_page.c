/* next_page.c - see next_page.h. */
#include "next_page.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "output.h"

static const char *const empty[][2] = {
    {"search", "no message has all of these words"},
    {"history", "there is no message"},
    {"conversations", "you have no conversations yet: chinwag @NAME TEXT begins one"},
    {"directory", "there is no open group with these words"},
    {"people", "nobody with these words has agreed to be listed"},
    {"contacts", "you have no contacts yet: chinwag contact add NAME"},
    {"groups", "you are in no group yet: chinwag group create NAME, or group join NAME"},
    {"invitations", "there are no invitations that are still good"},
    {"bots", "you have no bots: chinwag bot create NAME"},
    {"hooks", "this group has no hooks: chinwag group add-hook NAME BOT"},
    {"versions",
     "no earlier text of this message is kept: chinwag group versions says for how long"},
};

/* As a shell takes it: between '...' where it has to be. */
static void put_word(const char *word)
{
    size_t plain = strspn(word, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                "@%+=:,./_-");
    bool quoted = word[plain] != 0 || word[0] == 0;
    fputs(quoted ? "'" : "", stderr);
    for (const char *p = word; *p != 0;) {
        size_t n = strcspn(p, "'");
        output_text(stderr, p, n);
        p += n;
        fputs(*p != 0 ? "'\\''" : "", stderr);
        p += *p != 0;
    }
    fputs(quoted ? "'" : "", stderr);
}

static void put_given(const char *option, const char *value)
{
    if (value == NULL)
        return;
    fprintf(stderr, " --%s ", option);
    put_word(value);
}

static void say_next(const struct cli *cli, const char *action, uint64_t next)
{
    static const char *const upwards[] = {"members", "pins", "directory", "people"};
    bool forward = cli->after != 0;
    for (size_t i = 0; i < sizeof upwards / sizeof upwards[0]; i++)
        forward |= strcmp(action, upwards[i]) == 0;
    fprintf(stderr, "chinwag: there is more: chinwag %s", cli->name);
    for (int i = 0; i < cli->argument_count; i++) {
        fputc(' ', stderr);
        put_word(cli->arguments[i]);
    }
    put_given("in", cli->in);
    put_given("as", cli->as);
    if (cli->limit != 0)
        fprintf(stderr, " --limit %ld", cli->limit);
    fprintf(stderr, " --%s %" PRIu64 "\n", forward ? "after" : "before", next);
}

void next_page_say(const struct cli *cli, const char *action, const struct chinwag_event *answer)
{
    if (answer->next != 0)
        say_next(cli, action, answer->next);
    for (size_t i = 0; answer->entry_count == 0 && !cli->json && i < sizeof empty / sizeof empty[0];
         i++)
        if (strcmp(empty[i][0], action) == 0)
            fprintf(stderr, "chinwag: %s\n", empty[i][1]);
}
