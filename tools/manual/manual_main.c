/* manual_main.c - writes what is made of the table of commands: the manual page, and the
 * completions of shells. It runs when Chinwag is built, and is no part of what is installed.
 *
 *   manual man|bash|zsh|fish */
#include <stdio.h>
#include <string.h>

#include "chinwag/chinwag.h"
#include "commands.h"
#include "completions.h"

/* --- roff (man-pages(7), groff_man(7)) ---------------------------------------------------- */

/* Text in which no character means anything to roff; a new line of the text begins a paragraph. */
static void put_roff(const char *text)
{
    for (const char *p = text; *p != 0; p++) {
        if ((p == text || p[-1] == '\n') && (*p == '.' || *p == '\''))
            fputs("\\&", stdout);
        if (*p == '\\')
            fputs("\\e", stdout);
        else if (*p == '-')
            fputs("\\-", stdout);
        else if (*p == '\'')
            fputs("\\(aq", stdout);
        else if (*p == '~')
            fputs("\\(ti", stdout);
        else if (*p == '\n')
            fputs("\n.PP\n", stdout);
        else
            putchar(*p);
    }
}

static void put_sentence(const char *line)
{
    printf("%c", line[0] >= 'a' && line[0] <= 'z' ? line[0] - 'a' + 'A' : line[0]);
    put_roff(line + 1);
    puts(".");
}

static void put_option(const struct command_row *command, enum option_index option)
{
    fputs(".TP\n\\fB\\-\\-", stdout);
    put_roff(option_rows[option].name);
    fputs("\\fR", stdout);
    if (option_rows[option].value[0] != 0) {
        fputs(" \\fI", stdout);
        put_roff(option_rows[option].value);
        fputs("\\fR", stdout);
    }
    putchar('\n');
    put_roff(command == NULL ? option_rows[option].help : commands_option_help(command, option));
    putchar('\n');
}

static void put_examples(const char *examples)
{
    fputs(".PP\n.nf\n", stdout);
    for (const char *p = examples; *p != 0;) {
        char line[256];
        size_t n = strcspn(p, "\n");
        snprintf(line, sizeof line, "    chinwag %.*s", (int)n, p);
        put_roff(line);
        putchar('\n');
        p += n + (p[n] == '\n');
    }
    puts(".fi");
}

static void put_command(const struct command_row *command)
{
    fputs(".SS chinwag ", stdout);
    put_roff(command->name);
    putchar(' ');
    put_roff(command->arguments);
    putchar('\n');
    put_sentence(command->line);
    if (command->details[0] != 0) {
        put_roff(command->details);
        putchar('\n');
    }
    for (int i = OPTION_NONE + 1; i < OPTION_COUNT_OF_ALL; i++)
        if ((command->options >> i & 1) != 0 && i != OPTION_AS)
            put_option(command, (enum option_index)i);
    put_examples(command->examples);
}

static void put_manual(void)
{
    printf(".TH CHINWAG 1 \"\" \"chinwag %s\" \"User Commands\"\n", CW_VERSION);
    puts(".SH NAME\nchinwag \\- chat and voice with people on a Chinwag server");
    puts(".SH SYNOPSIS\n.B chinwag\n.br");
    puts(".B chinwag\n\\fICOMMAND\\fR [\\fIOPTION\\fR]... [\\fIARGUMENT\\fR]...");
    puts(".br\n.B chinwag\n@\\fINAME\\fR|#\\fIGROUP\\fR [\\fITEXT\\fR]");
    puts(".PP\nWithout a command, in a terminal, it opens the terminal client: see chinwag chat.");
    puts(".SH OPTIONS OF ALL COMMANDS");
    for (int i = OPTION_NONE + 1; i <= OPTION_LAST_OF_ALL; i++)
        put_option(NULL, (enum option_index)i);
    for (size_t i = 0; i < command_row_count; i++) {
        if (command_rows[i].name != NULL)
            put_command(&command_rows[i]);
        else
            printf(".SH %s\n", command_rows[i].line);
    }
    puts(
        ".SH EXIT STATUS\n0 done, 1 refused by the server, 2 wrong use or trouble on this machine, "
        "3 the server cannot be reached, 4 listen ran out of time.");
    puts(".SH ENVIRONMENT\nCHINWAG_SERVER, CHINWAG_PASSWORD: see \\-\\-server and "
         "\\-\\-password\\-file.\n.SH FILES\n~/.local/state/chinwag, or $XDG_STATE_HOME/chinwag: "
         "accounts, positions and known servers.");
    puts(".SH SEE ALSO\ndocs/json.md of the sources has the form of \\-\\-json.");
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        void (*write)(void);
    } forms[] = {{"man", put_manual},
                 {"bash", completions_bash},
                 {"zsh", completions_zsh},
                 {"fish", completions_fish}};
    for (size_t i = 0; argc == 2 && i < sizeof forms / sizeof forms[0]; i++)
        if (strcmp(argv[1], forms[i].name) == 0) {
            forms[i].write();
            return fflush(stdout) == 0 ? 0 : 1;
        }
    fprintf(stderr, "usage: manual man|bash|zsh|fish\n");
    return 2;
}
