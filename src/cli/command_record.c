/* command_record.c - records a voice message from the microphone and sends it. */
#include <math.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "audio/sender.h"
#include "device.h"
#include "session.h"
#include "target.h"
#include "voice.h"
#include "voice_play.h"

#define MOST        ((size_t)CW_VOICE_SECONDS_MAX * CW_AUDIO_RATE)
#define METER_WIDTH 20
#define DRAW_FRAMES 10
#define LEVEL_MOST  8
/* A signal that comes between the check and the wait is noticed after this time. */
#define SIGNAL_CHECK_MS 500

struct recorder {
    struct device *device;
    struct voice_hand hand;
    bool lost;   /* the device */
    size_t most; /* samples */
    struct recording recording;
    struct cw_sender *sender; /* suppresses noise; its packets go nowhere */
    float peak;               /* dBFS: the loudest since it was drawn */
};

/* To a program: "recording 1200 5", of the level what terminal_level says. */
static void draw(struct recorder *recorder)
{
    char meter[METER_WIDTH + 1], line[128];
    snprintf(line, sizeof line, "recording %u %u", voice_hand_ms(recorder->recording.count),
             terminal_level(recorder->peak, LEVEL_MOST));
    control_lines_say(&recorder->hand.lines, line);
    terminal_meter(meter, METER_WIDTH, recorder->peak);
    recorder->peak = CW_LEVEL_FLOOR;
    snprintf(line, sizeof line, "[%s] %.1f s%s  Enter sends, Space listens, Esc cancels", meter,
             (double)recorder->recording.count / CW_AUDIO_RATE,
             recorder->recording.count == recorder->most ? ", no more fits" : "");
    voice_hand_show(&recorder->hand, line);
}

static void record_take(struct recorder *recorder)
{
    int16_t pcm[CW_AUDIO_TICK];
    uint8_t payload[CW_CALL_PACKET_MAX];
    struct recording *recording = &recorder->recording;
    while (device_hear(recorder->device, pcm, CW_AUDIO_TICK) == CW_AUDIO_TICK) {
        size_t room = recorder->most - recording->count;
        size_t n = room < CW_AUDIO_TICK ? room : CW_AUDIO_TICK;
        cw_sender_push(recorder->sender, pcm, NULL, payload);
        memcpy(recording->samples + recording->count, cw_sender_processed(recorder->sender),
               n * sizeof *pcm);
        recording->count += n;
        recorder->peak = fmaxf(recorder->peak, cw_level_of(pcm, CW_AUDIO_TICK).peak);
        if (recording->count / CW_AUDIO_TICK % DRAW_FRAMES == 0)
            draw(recorder);
    }
}

static enum voice_wish_kind record(struct recorder *recorder)
{
    enum voice_wish_kind wish = VOICE_NOTHING;
    struct pollfd fds[2] = {{.fd = device_fd(recorder->device), .events = POLLIN},
                            {.fd = voice_hand_fd(&recorder->hand), .events = POLLIN}};
    bool alone = fds[1].fd < 0; /* nobody says when it is to end */
    draw(recorder);
    while (wish != VOICE_SEND && wish != VOICE_PLAY && wish != VOICE_CANCEL) {
        poll(fds, 2, SIGNAL_CHECK_MS);
        device_rest(recorder->device);
        record_take(recorder);
        wish = voice_hand_next(&recorder->hand).kind;
        if (alone && wish == VOICE_NOTHING && recorder->recording.count == recorder->most)
            wish = VOICE_SEND;
        recorder->lost = device_lost(recorder->device);
        if (recorder->lost)
            wish = VOICE_CANCEL;
    }
    return wish;
}

static bool knows_its_end(const struct cli *cli)
{
    if (cli->seconds >= 0 || cli->control || (isatty(STDIN_FILENO) && isatty(STDERR_FILENO)))
        return true;
    fprintf(stderr, "chinwag: without a terminal, say for how long: --seconds N, or take a file: "
                    "--wav FILE\n");
    return false;
}

static enum voice_wish_kind record_all(const struct cli *cli, struct recorder *recorder)
{
    struct cw_sender_options options = cw_sender_options_default;
    options.echo_cancelling = options.gain_control = false;
    options.noise_suppression = !cli->no_noise;
    recorder->sender = cw_sender_create(&options, 0, 0);
    enum voice_wish_kind wish = record(recorder);
    cw_sender_destroy(recorder->sender);
    device_close(recorder->device);
    recorder->device = NULL;
    if (recorder->recording.count != 0)
        recording_level(&recorder->recording);
    return wish;
}

static void draw_review(struct recorder *recorder)
{
    char line[128];
    unsigned ms = voice_hand_ms(recorder->recording.count);
    snprintf(line, sizeof line, "%.1f s  Enter sends, Space listens, Esc cancels", ms / 1000.0);
    voice_hand_show(&recorder->hand, line);
    voice_hand_say(&recorder->hand, "recorded", 0, ms);
}

/* What was recorded is played, as often as wished. */
static enum voice_wish_kind review(const struct cli *cli, struct recorder *recorder)
{
    enum voice_wish_kind wish = VOICE_PLAY;
    struct pollfd pollfd = {.fd = voice_hand_fd(&recorder->hand), .events = POLLIN};
    while (wish != VOICE_SEND && wish != VOICE_CANCEL) {
        if (wish != VOICE_PLAY) {
            poll(&pollfd, 1, SIGNAL_CHECK_MS);
            wish = voice_hand_next(&recorder->hand).kind;
            continue;
        }
        if (voice_play(cli, &recorder->recording, &recorder->hand, &wish) != CLI_DONE)
            return VOICE_CANCEL;
        draw_review(recorder);
    }
    return wish;
}

static int record_and_send(const struct cli *cli, const char *recipient, struct recorder *recorder)
{
    recorder->device = device_open(cli->device, true, false);
    if (recorder->device == NULL)
        return CLI_WRONG_USE;
    voice_hand_open(&recorder->hand, cli);
    recorder->hand.keys = "Enter sends, Space pauses, Esc cancels";
    enum voice_wish_kind wish = record_all(cli, recorder);
    if (wish == VOICE_PLAY)
        wish = review(cli, recorder);
    voice_hand_close(&recorder->hand);
    if (recorder->lost) {
        fprintf(stderr, "chinwag: lost the microphone, nothing was sent\n");
        return CLI_WRONG_USE;
    }
    if (wish == VOICE_CANCEL || recorder->recording.count == 0) {
        fprintf(stderr, wish == VOICE_CANCEL ? "chinwag: nothing was sent\n"
                                             : "chinwag: nothing was recorded, and nothing sent\n");
        return CLI_DONE;
    }
    return voice_send(cli, recipient, &recorder->recording);
}

int command_record(const struct cli *cli)
{
    struct recorder recorder = {.peak = CW_LEVEL_FLOOR,
                                .recording = {.channels = 1, .sample_rate = CW_AUDIO_RATE}};
    struct session session;
    const char *recipient = target_conversation(cli->arguments[0]);
    if (recipient == NULL)
        return CLI_WRONG_USE;
    if (cli->wav != NULL)
        return voice_send_file(cli, recipient, cli->wav);
    if (!knows_its_end(cli))
        return CLI_WRONG_USE;
    int code = session_open(&session, cli, SESSION_COMMAND); /* fails early without an account */
    session_close(&session);
    if (code != CLI_DONE)
        return code;
    bool shorter = cli->seconds >= 0 && cli->seconds < (long)CW_VOICE_SECONDS_MAX;
    recorder.most = shorter ? (size_t)cli->seconds * CW_AUDIO_RATE : MOST;
    recorder.recording.samples = calloc(MOST, sizeof(int16_t));
    if (recorder.recording.samples != NULL)
        code = record_and_send(cli, recipient, &recorder);
    recording_finish(&recorder.recording);
    return code;
}
