/* voice.h - sending a voice message, for send-voice and record. */
#ifndef CHINWAG_CLI_VOICE_H
#define CHINWAG_CLI_VOICE_H

#include "cli.h"
#include "recording.h"

/* `recipient` as the protocol writes it. Sends samples with --plain, else Ogg Opus. Returns an enum
 * cli_exit, and prints a message when it failed. */
int voice_send(const struct cli *cli, const char *recipient, struct recording *recording);
int voice_send_file(const struct cli *cli, const char *recipient, const char *path);

#endif
