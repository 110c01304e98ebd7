/* command_record.c - records a voice message from the microphone and sends it. */
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "audio/sender.h"
#include "device.h"
#include "session.h"
#include "target.h"
#include "terminal.h"
#include "voice.h"
#include "voice_play.h"

#define MOST        ((size_t)CW_VOICE_SECONDS_MAX * CW_AUDIO_RATE)
#define METER_WIDTH 20
#define DRAW_FRAMES 10
/* A signal that comes between the check and the wait is noticed after this time. */
#define SIGNAL_CHECK_MS 500

enum wish { GO_ON, SEND, LISTEN, CANCEL, LOST };

struct recorder {
    struct device *device;
    struct terminal terminal;
    size_t most; /* samples */
    struct recording recording;
    struct cw_sender *sender; /* suppresses noise; its packets go nowhere */
    struct cw_level level;
};

static enum wish wish_of(int key)
{
    if (key == '\n' || key == '\r')
        return SEND;
    if (key == TERMINAL_ESC || key == 'q')
        return CANCEL;
    return key == ' ' ? LISTEN : GO_ON;
}

static enum wish ask_keys(struct recorder *recorder)
{
    enum wish wish = GO_ON;
    if (session_was_signalled())
        return CANCEL;
    for (int key; wish == GO_ON && (key = terminal_key(&recorder->terminal)) != 0;)
        wish = wish_of(key);
    return wish;
}

static void draw(struct recorder *recorder)
{
    char meter[METER_WIDTH + 1], line[128];
    terminal_meter(meter, METER_WIDTH, recorder->level.peak);
    snprintf(line, sizeof line, "[%s] %.1f s%s  Enter sends, Space listens, Esc cancels", meter,
             (double)recorder->recording.count / CW_AUDIO_RATE,
             recorder->recording.count == recorder->most ? ", no more fits" : "");
    terminal_draw(&recorder->terminal, line);
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
        recorder->level = cw_level_of(pcm, CW_AUDIO_TICK);
        if (recording->count / CW_AUDIO_TICK % DRAW_FRAMES == 0)
            draw(recorder);
    }
}

static enum wish record(struct recorder *recorder)
{
    enum wish wish = GO_ON;
    struct pollfd fds[2] = {{.fd = device_fd(recorder->device), .events = POLLIN},
                            {.fd = terminal_fd(&recorder->terminal), .events = POLLIN}};
    draw(recorder);
    while (wish == GO_ON) {
        poll(fds, 2, SIGNAL_CHECK_MS);
        device_rest(recorder->device);
        record_take(recorder);
        wish = ask_keys(recorder);
        if (wish == GO_ON && !recorder->terminal.on && recorder->recording.count == recorder->most)
            wish = SEND;
        if (wish == GO_ON && device_lost(recorder->device))
            wish = LOST;
    }
    return wish;
}

static bool knows_its_end(const struct cli *cli)
{
    if (cli->seconds >= 0 || (isatty(STDIN_FILENO) && isatty(STDERR_FILENO)))
        return true;
    fprintf(stderr, "chinwag: without a terminal, say for how long: --seconds N, or take a file: "
                    "--wav FILE\n");
    return false;
}

static enum wish record_all(const struct cli *cli, struct recorder *recorder)
{
    struct cw_sender_options options = cw_sender_options_default;
    options.echo_cancelling = options.gain_control = false;
    options.noise_suppression = !cli->no_noise;
    recorder->sender = cw_sender_create(&options, 0, 0);
    enum wish wish = record(recorder);
    cw_sender_destroy(recorder->sender);
    device_close(recorder->device);
    recorder->device = NULL;
    if (recorder->recording.count != 0)
        recording_level(&recorder->recording);
    return wish;
}

/* What was recorded is played, as often as wished. */
static enum wish review(const struct cli *cli, struct recorder *recorder)
{
    enum wish wish = LISTEN;
    char line[128];
    while (wish == LISTEN || wish == GO_ON) {
        int key = 0;
        snprintf(line, sizeof line, "%.1f s%s  Enter sends, Space listens, Esc cancels",
                 (double)recorder->recording.count / CW_AUDIO_RATE,
                 wish == LISTEN ? ", listening" : "");
        terminal_draw(&recorder->terminal, line);
        if (wish == LISTEN &&
            voice_play(cli, &recorder->recording, &recorder->terminal, &key) != CLI_DONE)
            return CANCEL;
        struct pollfd pollfd = {.fd = terminal_fd(&recorder->terminal), .events = POLLIN};
        if (wish == GO_ON)
            poll(&pollfd, 1, SIGNAL_CHECK_MS);
        wish = session_was_signalled() ? CANCEL : key != 0 ? wish_of(key) : ask_keys(recorder);
    }
    return wish;
}

static int record_and_send(const struct cli *cli, const char *recipient, struct recorder *recorder)
{
    recorder->device = device_open(cli->device, true, false);
    if (recorder->device == NULL)
        return CLI_WRONG_USE;
    session_note_signals();
    terminal_open(&recorder->terminal);
    enum wish wish = record_all(cli, recorder);
    if (wish == LISTEN)
        wish = review(cli, recorder);
    terminal_close(&recorder->terminal);
    if (wish == LOST) {
        fprintf(stderr, "chinwag: lost the microphone, nothing was sent\n");
        return CLI_WRONG_USE;
    }
    if (wish == CANCEL || recorder->recording.count == 0) {
        fprintf(stderr, "chinwag: nothing was sent\n");
        return CLI_DONE;
    }
    return voice_send(cli, recipient, &recorder->recording);
}

int command_record(const struct cli *cli)
{
    struct recorder recorder = {.recording = {.channels = 1, .sample_rate = CW_AUDIO_RATE}};
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
