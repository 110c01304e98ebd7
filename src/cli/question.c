/* question.c - see question.h. */
#include "question.h"

#include <stdio.h>
#include <string.h>

bool question_answered(const struct cli *cli, const char *question)
{
    char answer[16] = "";
    if (cli->yes)
        return true;
    FILE *terminal = fopen("/dev/tty", "r+e");
    if (terminal == NULL) {
        fprintf(stderr, "chinwag: %s\n  nobody is there to answer; --yes does it\n", question);
        return false;
    }
    fprintf(terminal, "%s [y/N] ", question);
    fflush(terminal);
    bool yes = fgets(answer, sizeof answer, terminal) != NULL &&
               (strcmp(answer, "y\n") == 0 || strcmp(answer, "yes\n") == 0);
    fclose(terminal);
    if (!yes)
        fprintf(stderr, "chinwag: nothing was done\n");
    return yes;
}
