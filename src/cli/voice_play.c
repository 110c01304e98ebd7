/* voice_play.c - see voice_play.h. */
#include "voice_play.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "audio/stretch.h"
#include "device.h"

/* A signal that comes between the check and the wait is noticed after this time. */
#define SIGNAL_CHECK_MS 500
/* Silence at the end that flushes the loudspeaker's buffer. */
#define AFTER       (CW_AUDIO_RATE / 2)
#define PIECE       CW_STRETCH_PIECE
#define METER_WIDTH 10

struct player {
    struct device *device;
    struct voice_hand *hand;
    const struct recording *recording;
    size_t at;
    bool paused;
    int16_t piece[PIECE];
    size_t piece_n, piece_at;
    size_t debt; /* samples that are still to be left out */
    size_t after;
};

bool voice_play_knows_speed(const struct cli *cli)
{
    if (cli->speed != NULL && cli->wav != NULL) {
        fprintf(stderr, "chinwag: --speed is about playing; --wav writes the recording as it is\n");
        return false;
    }
    if (voice_hand_speed(cli->speed) != 0)
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
    player->piece_n = cw_stretch_speed(player->piece, n, player->hand->percent, &player->debt);
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

/* --- steering ---------------------------------------------------------------------------- */

/* What waits in the loudspeaker's buffer is still heard. */
static void seek(struct player *player, int seconds)
{
    long at = (long)player->at + seconds * (long)CW_AUDIO_RATE;
    long most = (long)player->recording->count;
    player->at = (size_t)(at < 0 ? 0 : at > most ? most : at);
    player->piece_at = player->piece_n = player->debt = player->after = 0;
}

static unsigned faster(unsigned percent)
{
    return percent >= 200 ? 100 : percent + 50;
}

/* The wishes that do not end it. */
static void steer(struct player *player, const struct voice_wish *wish)
{
    struct voice_hand *hand = player->hand;
    if (wish->kind == VOICE_PLAY)
        player->paused = !player->paused;
    else if (wish->kind == VOICE_SEEK)
        seek(player, wish->seconds);
    else if (wish->kind == VOICE_SPEED)
        hand->percent = wish->percent != 0 ? wish->percent : faster(hand->percent);
}

static void show_player(const struct player *player)
{
    char meter[METER_WIDTH + 1], line[160];
    unsigned at_ms = voice_hand_ms(player->at), whole_ms = voice_hand_ms(player->recording->count);
    size_t done =
        player->recording->count == 0 ? 0 : player->at * METER_WIDTH / player->recording->count;
    memset(meter, '#', done);
    memset(meter + done, '.', METER_WIDTH - done);
    meter[METER_WIDTH] = 0;
    unsigned percent = player->hand->percent;
    snprintf(line, sizeof line, "[%s] %.1f of %.1f s%s%s  %s", meter, at_ms / 1000.0,
             whole_ms / 1000.0, player->paused ? ", paused" : "",
             percent == 100   ? ""
             : percent == 150 ? ", 1.5x"
                              : ", 2x",
             player->hand->keys);
    voice_hand_show(player->hand, line);
    voice_hand_say(player->hand, player->paused ? "paused" : "playing", at_ms, whole_ms);
}

static int play_all(struct player *player, enum voice_wish_kind *ended)
{
    struct pollfd fds[2] = {{.fd = device_fd(player->device), .events = POLLIN},
                            {.fd = voice_hand_fd(player->hand), .events = POLLIN}};
    while (player->paused || play_some(player)) {
        struct voice_wish wish = voice_hand_next(player->hand);
        if (device_lost(player->device)) {
            fprintf(stderr, "chinwag: lost the loudspeaker\n");
            return CLI_WRONG_USE;
        }
        if (wish.kind == VOICE_SEND || wish.kind == VOICE_CANCEL) {
            *ended = wish.kind;
            return CLI_DONE;
        }
        steer(player, &wish);
        show_player(player);
        if (wish.kind == VOICE_NOTHING)
            poll(fds, 2, SIGNAL_CHECK_MS);
        device_rest(player->device);
    }
    return CLI_DONE;
}

/* --- a recording ------------------------------------------------------------------------- */

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

int voice_play(const struct cli *cli, const struct recording *recording, struct voice_hand *hand,
               enum voice_wish_kind *ended)
{
    struct recording playable;
    struct player player = {.recording = &playable, .hand = hand};
    *ended = VOICE_NOTHING;
    const char *wrong = copy(recording, &playable);
    int code = CLI_WRONG_USE;
    if (wrong != NULL)
        fprintf(stderr, "chinwag: cannot play it: %s\n", wrong);
    else
        player.device = device_open(cli->device, false, true);
    if (player.device != NULL) {
        voice_hand_picture(hand, playable.samples, playable.count);
        code = play_all(&player, ended);
    }
    device_close(player.device);
    recording_finish(&playable);
    return code;
}
