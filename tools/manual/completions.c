/* completions.c - see completions.h. They know the commands, their second words and their options,
 * and ask no server: names of people and groups are not completed. */
#include "completions.h"

#include <stdio.h>
#include <string.h>

#include "commands.h"

/* The first row of this first word: so each is named once. */
static bool is_first_of_its_word(size_t row)
{
    size_t n = strcspn(command_rows[row].name, " ");
    for (size_t i = 0; i < row; i++)
        if (command_rows[i].name != NULL && strcspn(command_rows[i].name, " ") == n &&
            strncmp(command_rows[i].name, command_rows[row].name, n) == 0)
            return false;
    return true;
}

static void put_first_words(const char *separator)
{
    for (size_t i = 0; i < command_row_count; i++)
        if (command_rows[i].name != NULL && is_first_of_its_word(i))
            printf("%.*s%s", (int)strcspn(command_rows[i].name, " "), command_rows[i].name,
                   separator);
    fputs("help", stdout);
}

/* Those behind the same first word as that of the row. */
static void put_second_words(size_t row)
{
    const char *name = command_rows[row].name;
    size_t n = strcspn(name, " ") + 1;
    const char *separator = "";
    for (size_t i = row; i < command_row_count; i++)
        if (command_rows[i].name != NULL && strncmp(command_rows[i].name, name, n) == 0) {
            printf("%s%s", separator, command_rows[i].name + n);
            separator = " ";
        }
}

static option_set options_of(const struct command_row *command)
{
    bool alone = (command->options & COMMAND_ALONE) != 0;
    return (command->options & ~COMMAND_ALONE) | (alone ? OPTION(HELP) : COMMAND_EVERYWHERE);
}

static void put_options(const struct command_row *command)
{
    const char *separator = "";
    for (int i = OPTION_NONE + 1; i < OPTION_COUNT_OF_ALL; i++)
        if ((options_of(command) >> i & 1) != 0) {
            printf("%s--%s", separator, option_rows[i].name);
            separator = " ";
        }
}

static bool is_path(enum option_index option)
{
    return strncmp(option_rows[option].value, "FILE", 4) == 0 || option == OPTION_SAVE_VOICE;
}

/* --- bash ------------------------------------------------------------------------------------- */

static void put_path_options(void)
{
    const char *separator = "";
    for (int i = OPTION_NONE + 1; i < OPTION_COUNT_OF_ALL; i++)
        if (is_path((enum option_index)i)) {
            printf("%s--%s", separator, option_rows[i].name);
            separator = "|";
        }
}

void completions_bash(void)
{
    puts("# bash completion of chinwag, made from its table of commands\n"
         "_chinwag() {\n"
         "    local cur=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]}\n"
         "    local i words=() second='' options=''\n"
         "    for ((i = 1; i < COMP_CWORD; i++)); do\n"
         "        [[ ${COMP_WORDS[i]} == -* ]] || words+=(\"${COMP_WORDS[i]}\")\n"
         "    done\n"
         "    [[ ${words[0]} == help ]] && words=(\"${words[@]:1}\")");
    fputs("    case $before in\n    ", stdout);
    put_path_options();
    puts(") COMPREPLY=($(compgen -f -- \"$cur\")); return ;;\n    esac\n"
         "    case ${words[0]} in");
    for (size_t i = 0; i < command_row_count; i++) {
        const char *name = command_rows[i].name;
        if (name == NULL || strchr(name, ' ') == NULL || !is_first_of_its_word(i))
            continue;
        printf("    %.*s) second='", (int)strcspn(name, " "), name);
        put_second_words(i);
        puts("' ;;");
    }
    puts("    esac\n    case \"${words[0]}${second:+ ${words[1]}}\" in");
    for (size_t i = 0; i < command_row_count; i++) {
        if (command_rows[i].name == NULL)
            continue;
        printf("    '%s') options='", command_rows[i].name);
        put_options(&command_rows[i]);
        puts("' ;;");
    }
    fputs("    esac\n    if [[ ${#words[@]} == 0 ]]; then\n        COMPREPLY=($(compgen -W '",
          stdout);
    put_first_words(" ");
    puts("' -- \"$cur\"))\n"
         "    elif [[ -n $second && ${#words[@]} == 1 ]]; then\n"
         "        COMPREPLY=($(compgen -W \"$second\" -- \"$cur\"))\n"
         "    elif [[ $cur == -* ]]; then\n"
         "        COMPREPLY=($(compgen -W \"$options\" -- \"$cur\"))\n"
         "    else\n"
         "        COMPREPLY=($(compgen -f -- \"$cur\"))\n"
         "    fi\n"
         "}\n"
         "complete -F _chinwag chinwag");
}

/* --- zsh ---------------------------------------------------------------------------------- */

/* In '...', where a colon or bracket would part an option from its help. */
static void put_zsh_help(const char *help)
{
    for (const char *p = help; *p != 0; p++) {
        if (*p == '\'')
            fputs("'\\''", stdout);
        else if (strchr(":[]", *p) != NULL)
            printf("\\%c", *p);
        else
            putchar(*p);
    }
}

static void put_zsh_options(const struct command_row *command)
{
    for (int i = OPTION_NONE + 1; i < OPTION_COUNT_OF_ALL; i++) {
        if ((options_of(command) >> i & 1) == 0)
            continue;
        printf(" '--%s[", option_rows[i].name);
        put_zsh_help(commands_option_help(command, (enum option_index)i));
        fputs("]", stdout);
        if (option_rows[i].value[0] != 0)
            fputs(is_path((enum option_index)i) ? ":file:_files" : ":value: ", stdout);
        fputs("'", stdout);
    }
}

void completions_zsh(void)
{
    puts("#compdef chinwag\n# zsh completion of chinwag, made from its table of commands\n"
         "_chinwag() {\n    local -a commands\n    commands=(");
    for (size_t i = 0; i < command_row_count; i++) {
        if (command_rows[i].name == NULL)
            continue;
        printf("        '%s:", command_rows[i].name);
        put_zsh_help(command_rows[i].line);
        puts("'");
    }
    puts("    )\n    local name=$words[2]\n"
         "    (( ${commands[(I)$words[2] $words[3]:*]} )) && name=\"$words[2] $words[3]\"\n"
         "    if (( CURRENT == 2 )); then\n"
         "        local -aU firsts\n        firsts=(${commands%%[ :]*} help)\n"
         "        compadd -a firsts\n        return\n    fi\n"
         "    if (( CURRENT == 3 )) && (( ${commands[(I)$words[2] *]} )); then\n"
         "        local -a seconds\n        seconds=(${${(M)commands:#$words[2] *}#$words[2] })\n"
         "        _describe command seconds\n        return\n    fi\n"
         "    case $name in");
    for (size_t i = 0; i < command_row_count; i++) {
        if (command_rows[i].name == NULL)
            continue;
        printf("    '%s') _arguments", command_rows[i].name);
        put_zsh_options(&command_rows[i]);
        puts(" '*:argument:_files' ;;");
    }
    puts("    esac\n}\n_chinwag \"$@\"");
}

/* --- fish --------------------------------------------------------------------------------- */

static void put_fish_text(const char *text)
{
    putchar('\'');
    for (const char *p = text; *p != 0; p++)
        printf(*p == '\'' || *p == '\\' ? "\\%c" : "%c", *p);
    putchar('\'');
}

static void put_fish_options(const struct command_row *command)
{
    for (int i = OPTION_NONE + 1; i < OPTION_COUNT_OF_ALL; i++) {
        if ((options_of(command) >> i & 1) == 0)
            continue;
        printf("complete -c chinwag -n \"__chinwag_in '%s'\" -l %s%s -d ", command->name,
               option_rows[i].name, option_rows[i].value[0] == 0 ? "" : " -r");
        put_fish_text(commands_option_help(command, (enum option_index)i));
        putchar('\n');
    }
}

void completions_fish(void)
{
    puts("# fish completion of chinwag, made from its table of commands\n"
         "function __chinwag_in\n"
         "    set -l words (commandline -opc | string match -v -- '-*')[2..]\n"
         "    test \"$words[1]\" = \"$argv[1]\"; or test \"$words[1..2]\" = \"$argv[1]\"\n"
         "end\n"
         "function __chinwag_at\n"
         "    set -l words (commandline -opc | string match -v -- '-*')[2..]\n"
         "    test \"$words\" = \"$argv[1]\"\n"
         "end\n"
         "complete -c chinwag -n \"__chinwag_at ''\" -f");
    for (size_t i = 0; i < command_row_count; i++) {
        const char *name = command_rows[i].name;
        if (name == NULL)
            continue;
        const char *space = strchr(name, ' ');
        size_t n = strcspn(name, " ");
        if (is_first_of_its_word(i)) {
            printf("complete -c chinwag -n \"__chinwag_at ''\" -a %.*s -d ", (int)n, name);
            put_fish_text(space == NULL ? command_rows[i].line : "several commands");
            putchar('\n');
        }
        if (space != NULL) {
            printf("complete -c chinwag -n \"__chinwag_at '%.*s'\" -f -a %s -d ", (int)n, name,
                   space + 1);
            put_fish_text(command_rows[i].line);
            putchar('\n');
        }
        put_fish_options(&command_rows[i]);
    }
}
