/* voice_play.h - plays a recording by the loudspeaker. Callers: command_voice.c, command_record.c.
 */
#ifndef CHINWAG_CLI_VOICE_PLAY_H
#define CHINWAG_CLI_VOICE_PLAY_H

#include "cli.h"
#include "recording.h"
#include "terminal.h"

/* Is --speed one of 1, 1.5 and 2? Prints a message if not. */
bool voice_play_knows_speed(const struct cli *cli);

/* Plays a copy of it, at --speed, to the end, or until a key is pressed on the terminal (NULL:
 * there is none), which is put into *key (0: none), or until a signal. Returns an enum cli_exit,
 * and prints a message when it failed. */
int voice_play(const struct cli *cli, const struct recording *recording, struct terminal *terminal,
               int *key);

#endif
