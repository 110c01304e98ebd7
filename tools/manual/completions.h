/* completions.h - writes the completions of shells from the table of commands to the standard
 * output: manual_main.c. */
#ifndef CHINWAG_CLI_COMPLETIONS_H
#define CHINWAG_CLI_COMPLETIONS_H

void completions_bash(void);
void completions_zsh(void);
void completions_fish(void);

#endif
