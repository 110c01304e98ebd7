/* voice_play.c - see voice_play.h. */
#include "voice_play.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "audio/stretch.h"
#include "device.h"
#include "session.h"

/* A signal that comes between the check and the wait is noticed after this time. */
#define SIGNAL_CHECK_MS 500
/* Silence at the end that flushes the loudspeaker's buffer. */
#define AFTER (CW_AUDIO_RATE / 2)
#define PIECE CW_STRETCH_PIECE

struct player {
    struct device *device;
    const struct recording *recording;
    size_t at;
    unsigned percent; /* of the usual speed */
    int16_t piece[PIECE];
    size_t piece_n, piece_at;
    size_t debt; /* samples that are still to be left out */
    size_t after;
};

/* Per cent; 0: it is none of those. */
static unsigned speed_of(const char *text)
{
    if (text == NULL || strcmp(text, "1") == 0)
        return 100;
    return strcmp(text, "1.5") == 0 ? 150 : strcmp(text, "2") == 0 ? 200 : 0;
}

bool voice_play_knows_speed(const struct cli *cli)
{
    if (cli->speed != NULL && cli->wav != NULL) {
        fprintf(stderr, "chinwag: --speed is about playing; --wav writes the recording as it is\n");
        return false;
    }
    if (speed_of(cli->speed) != 0)
        return true;
    fprintf(stderr, "chinwag: --speed does not take '%s': 1, 1.5 or 2\n", cli->speed);
    return false;
}

static void next_piece(struct player *player)
{
    size_t left = player->recording->count - player->at;
    size_t n = left < PIECE ? left : PIECE;
    memcpy(player->piece, player->recording->samples + player->at, n * sizeof player->piece[0]);
    player->at += n;
    player->piece_n = cw_stretch_speed(player->piece, n, player->percent, &player->debt);
    player->piece_at = 0;
}

/* The loudspeaker takes as much as it has room for, and signals when it needs more. False: all was
 * played. */
static bool play_some(struct player *player)
{
    static const int16_t silence[AFTER];
    for (size_t took = 1; took != 0;) {
        if (player->piece_at == player->piece_n && player->at < player->recording->count)
            next_piece(player);
        if (player->piece_at < player->piece_n) {
            took = device_play(player->device, player->piece + player->piece_at,
                               player->piece_n - player->piece_at);
            player->piece_at += took;
        } else {
            took = device_play(player->device, silence + player->after, AFTER - player->after);
            player->after += took;
        }
    }
    return player->after < AFTER || device_waiting(player->device) != 0;
}

static int play_all(struct player *player, struct terminal *terminal, int *key)
{
    struct pollfd fds[2] = {
        {.fd = device_fd(player->device), .events = POLLIN},
        {.fd = terminal == NULL ? -1 : terminal_fd(terminal), .events = POLLIN}};
    while (!session_was_signalled() && play_some(player)) {
        if (device_lost(player->device)) {
            fprintf(stderr, "chinwag: lost the loudspeaker\n");
            return CLI_WRONG_USE;
        }
        if (terminal != NULL && (*key = terminal_key(terminal)) != 0)
            return CLI_DONE;
        poll(fds, 2, SIGNAL_CHECK_MS);
        device_rest(player->device);
    }
    return CLI_DONE;
}

/* A copy that a loudspeaker can play. */
static const char *copy(const struct recording *recording, struct recording *playable)
{
    *playable = *recording;
    playable->file = NULL;
    playable->samples = NULL;
    if (recording->samples == NULL) {
        playable->file = malloc(recording->file_n);
        if (playable->file == NULL)
            return "there is not enough memory";
        memcpy(playable->file, recording->file, recording->file_n);
    } else {
        playable->samples = malloc(recording->count * sizeof *recording->samples);
        if (playable->samples == NULL)
            return "there is not enough memory";
        memcpy(playable->samples, recording->samples,
               recording->count * sizeof *recording->samples);
    }
    return recording_make_playable(playable);
}

int voice_play(const struct cli *cli, const struct recording *recording, struct terminal *terminal,
               int *key)
{
    struct recording playable;
    struct player player = {.recording = &playable, .percent = speed_of(cli->speed)};
    *key = 0;
    const char *wrong = copy(recording, &playable);
    int code = CLI_WRONG_USE;
    if (wrong != NULL)
        fprintf(stderr, "chinwag: cannot play it: %s\n", wrong);
    else
        player.device = device_open(cli->device, false, true);
    if (player.device != NULL) {
        session_note_signals();
        code = play_all(&player, terminal, key);
    }
    device_close(player.device);
    recording_finish(&playable);
    return code;
}
