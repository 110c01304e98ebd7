/* voice.h - sending a voice message, for send-voice and record. */
#ifndef CHINWAG_CLI_VOICE_H
#define CHINWAG_CLI_VOICE_H

#include "cli.h"
#include "recording.h"

/* `recipient` as the protocol writes it. With --plain as samples, else as Ogg
 * Opus. An enum cli_exit; it has been said why. */
int voice_send(const struct cli *cli, const char *recipient, struct recording *recording);
int voice_send_file(const struct cli *cli, const char *recipient, const char *path);

#endif
