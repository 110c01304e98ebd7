/* voice_play.h - plays a recording by the loudspeaker. Callers: command_voice.c, command_record.c.
 */
#ifndef CHINWAG_CLI_VOICE_PLAY_H
#define CHINWAG_CLI_VOICE_PLAY_H

#include "cli.h"
#include "recording.h"
#include "voice_hand.h"

/* Is --speed one of 1, 1.5 and 2? Prints a message if not. */
bool voice_play_knows_speed(const struct cli *cli);

/* Plays a copy of it, steered by the hand, to the end, or until it is to be sent or cancelled,
 * which comes in *ended (else VOICE_NOTHING). Returns an enum cli_exit, and prints a message when
 * it failed. */
int voice_play(const struct cli *cli, const struct recording *recording, struct voice_hand *hand,
               enum voice_wish_kind *ended);

#endif
