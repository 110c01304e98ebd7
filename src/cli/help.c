/* help.c - see help.h. Text is wrapped to the terminal, and to 80 columns where there is none or it
 * is wider: longer lines are hard to read. */
#include "help.h"

#include <string.h>

#include "terminal.h"

#define COLUMNS_MAX 80
#define COLUMNS_MIN 30
/* Where the explanations beside names begin, and in narrow terminals. */
#define BESIDE        24
#define BESIDE_NARROW 6

static size_t width_of(FILE *out)
{
    size_t columns = terminal_columns(fileno(out));
    return columns > COLUMNS_MAX ? COLUMNS_MAX : columns < COLUMNS_MIN ? COLUMNS_MIN : columns;
}

static void indent(FILE *out, size_t to)
{
    fprintf(out, "%*s", (int)to, "");
}

/* Prints the text in lines that begin at column `left`; the cursor is at `at`. Ends the line. */
static void wrap(FILE *out, const char *text, size_t left, size_t at)
{
    size_t width = width_of(out);
    for (const char *p = text; *p != 0;) {
        size_t n = strcspn(p, " \n"), gap = at == left ? 0 : 1;
        if (at + gap + n > width - 1 && at > left) {
            fputc('\n', out);
            indent(out, left);
            at = left;
            gap = 0;
        }
        fprintf(out, "%s%.*s", gap != 0 ? " " : "", (int)n, p);
        at += gap + n;
        p += n;
        if (*p == '\n' && p[1] != 0) {
            fputc('\n', out);
            indent(out, left);
            at = left;
        }
        p += *p != 0;
    }
    fputc('\n', out);
}

/* A name, and what it means beside it, or below it when the name is long. */
static void print_beside(FILE *out, const char *name, const char *text)
{
    size_t left = width_of(out) < 60 ? BESIDE_NARROW : BESIDE;
    int at = fprintf(out, "  %s", name);
    if ((size_t)at + 2 > left) {
        fputc('\n', out);
        at = 0;
    }
    indent(out, left - (size_t)at);
    wrap(out, text, left, left);
}

static void print_option(FILE *out, enum option_index option, const char *help)
{
    char name[64];
    const struct option_row *row = &option_rows[option];
    snprintf(name, sizeof name, "--%s%s%s", row->name, row->value[0] != 0 ? " " : "", row->value);
    print_beside(out, name, help);
}

static void print_usage(FILE *out, const struct command_row *command, const char *before)
{
    char usage[256];
    bool options = (command->options & ~(OPTION(AS) | COMMAND_ALONE)) != 0;
    snprintf(usage, sizeof usage, "chinwag %s%s%s%s", command->name,
             command->arguments[0] != 0 ? " " : "", command->arguments,
             options ? " [options]" : "");
    fputs(before, out);
    wrap(out, usage, strlen(before) + 8, strlen(before) + 8);
}

/* --- one command ------------------------------------------------------------------------------ */

static void print_examples(FILE *out, const char *examples)
{
    fputs(strchr(examples, '\n') != NULL ? "\nExamples:\n" : "\nExample:\n", out);
    for (const char *p = examples; *p != 0;) {
        size_t n = strcspn(p, "\n");
        fprintf(out, "  chinwag %.*s\n", (int)n, p);
        p += n + (p[n] == '\n');
    }
}

static void print_sentence(FILE *out, const char *line)
{
    char text[128];
    snprintf(text, sizeof text, "%s.", line);
    if (text[0] >= 'a' && text[0] <= 'z')
        text[0] = (char)(text[0] - 'a' + 'A');
    wrap(out, text, 0, 0);
}

void help_command(FILE *out, const struct command_row *command)
{
    print_usage(out, command, "");
    fputc('\n', out);
    print_sentence(out, command->line);
    if (command->details[0] != 0)
        wrap(out, command->details, 0, 0);
    option_set options = command->options & ~COMMAND_ALONE;
    if (options != 0)
        fputs("\nOptions:\n", out);
    for (int i = OPTION_NONE + 1; i < OPTION_COUNT_OF_ALL; i++)
        if ((options >> i & 1) != 0)
            print_option(out, (enum option_index)i,
                         commands_option_help(command, (enum option_index)i));
    print_examples(out, command->examples);
    if ((command->options & COMMAND_ALONE) == 0)
        wrap(out, "\nOptions of all commands: chinwag help", 0, 0);
}

void help_usage(FILE *out, const struct command_row *command)
{
    print_usage(out, command, "usage: ");
    fprintf(out, "  more: chinwag help %s\n", command->name);
}

bool help_family(FILE *out, const char *word)
{
    bool any = false;
    for (size_t i = 0; i < command_row_count; i++) {
        const struct command_row *command = &command_rows[i];
        if (!commands_is_family(command, word))
            continue;
        if (!any)
            fprintf(out, "usage: chinwag %s COMMAND\n\n", word);
        any = true;
        print_beside(out, command->name, command->line);
    }
    if (any)
        fprintf(out, "\nOne of them: chinwag help %s COMMAND\n", word);
    return any;
}

/* --- all of them -------------------------------------------------------------------------- */

static void print_everywhere(FILE *out)
{
    fputs("\nOptions of all commands:\n", out);
    for (int i = OPTION_NONE + 1; i <= OPTION_LAST_OF_ALL; i++)
        print_option(out, (enum option_index)i, option_rows[i].help);
}

void help_overview(FILE *out)
{
    wrap(out, "chinwag - chat and voice with people on a Chinwag server", 0, 0);
    for (size_t i = 0; i < command_row_count; i++) {
        const struct command_row *command = &command_rows[i];
        if (command->name == NULL)
            fprintf(out, "\n%s:\n", command->line);
        else
            print_beside(out, command->name, command->line);
    }
    print_everywhere(out);
    fputs("\nA first conversation:\n"
          "  chinwag register alice\n"
          "  chinwag @bob 'Hello, Bob'\n"
          "  chinwag listen\n\n",
          out);
    wrap(out,
         "Exit codes: 0 done, 1 refused by the server, 2 wrong use, 3 the server cannot be "
         "reached, 4 listen ran out of time.",
         0, 0);
    wrap(out,
         "More of one command: chinwag help COMMAND; all of it on one screen: chinwag alone, in a "
         "terminal",
         0, 0);
}
