/* help.c - see help.h. tools/control_manual makes the manual page and the completions of what
 * help_commands prints. */
#include "help.h"

#include <stdio.h>
#include <string.h>

#include "control/command.h"

#define BESIDE 30 /* where the explanations beside names begin */
#define WIDTH  80

/* Prints the text in lines that begin at column `left`, where the cursor is. */
static void wrap(const char *text, size_t n, size_t left)
{
    size_t at = left;
    for (const char *p = text, *end = text + n; p < end;) {
        size_t word = strcspn(p, " \n");
        if (p + word > end)
            word = (size_t)(end - p);
        if (at + 1 + word > WIDTH && at > left) {
            printf("\n%*s", (int)left, "");
            at = left;
        }
        at += (size_t)printf("%s%.*s", at > left ? " " : "", (int)word, p);
        p += word;
        p += p < end;
    }
    putchar('\n');
}

static void put_beside(const char *name, const char *text, size_t n)
{
    int at = printf("  %s", name);
    if (at + 2 > BESIDE) {
        putchar('\n');
        at = 0;
    }
    printf("%*s", BESIDE - at, "");
    wrap(text, n, BESIDE);
}

void help_all(void)
{
    puts("chinwagctl - administer the Chinwag server of this machine\n\n"
         "  chinwagctl [--data DIR] COMMAND [ARGUMENT]... [--json]\n\n"
         "It must run as the server's user, or as root.");
    for (size_t i = 0; i < cw_control_row_count; i++) {
        const struct cw_control_row *row = &cw_control_rows[i];
        char usage[128];
        if (row->name == NULL) {
            printf("\n%s:\n", row->line);
            continue;
        }
        snprintf(usage, sizeof usage, "%s %s", row->name, row->arguments);
        put_beside(usage, row->line, strlen(row->line));
    }
    puts("\nOptions:");
    static const char *const options[][2] = {
        {"--data DIR", "the server's data folder (CHINWAG_DATA; else ./data if it is there, else "
                       "/var/lib/chinwag)"},
        {"--json", "prints JSON, an object a line, for programs"},
        {"--help, help COMMAND", "prints this, or all about a command"},
        {"--version", "prints the version"}};
    for (size_t i = 0; i < sizeof options / sizeof options[0]; i++)
        put_beside(options[i][0], options[i][1], strlen(options[i][1]));
}

static void put_options(const struct cw_control_row *row)
{
    struct cw_control_option option;
    for (const char *text = row->options; cw_control_next_option(&text, &option);) {
        char name[64];
        snprintf(name, sizeof name, "--%.*s%s%.*s", (int)option.name_n, option.name,
                 option.value_n != 0 ? " " : "", (int)option.value_n, option.value);
        put_beside(name, option.help, option.help_n);
    }
}

static void put_command(const struct cw_control_row *row)
{
    printf("\nchinwagctl %s%s%s\n", row->name, row->arguments[0] != 0 ? " " : "", row->arguments);
    char line[160];
    snprintf(line, sizeof line, "%s.", row->line);
    line[0] = line[0] >= 'a' && line[0] <= 'z' ? (char)(line[0] - 'a' + 'A') : line[0];
    wrap(line, strlen(line), 0);
    if (row->details[0] != 0)
        wrap(row->details, strlen(row->details), 0);
    put_options(row);
    for (const char *p = row->examples; *p != 0;) {
        size_t n = strcspn(p, "\n");
        printf("    chinwagctl %.*s\n", (int)n, p);
        p += n + (p[n] == '\n');
    }
}

/* Is it the command, or does the word begin several? */
static bool is_asked(const struct cw_control_row *row, const char *const words[], size_t count)
{
    unsigned used;
    if (count == 0 || cw_control_find(words, count, &used) == row)
        return true;
    size_t n = strlen(words[0]);
    return count == 1 && strncmp(row->name, words[0], n) == 0 && row->name[n] == ' ';
}

bool help_commands(const char *const words[], size_t count)
{
    bool found = false;
    const char *title = NULL;
    for (size_t i = 0; i < cw_control_row_count; i++) {
        const struct cw_control_row *row = &cw_control_rows[i];
        if (row->name == NULL) {
            title = row->line;
        } else if (is_asked(row, words, count)) {
            if (count == 0 && title != NULL)
                printf("\n%s:\n", title);
            title = NULL;
            put_command(row);
            found = true;
        }
    }
    return found;
}
