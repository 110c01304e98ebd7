/* call_plain.c - takes part in a call as a client of protocol v1 does, with PCM arrays of 44,100 Hz
 * that are written as they come. For `chinwag call --plain`. */
#include "call_plain.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "output.h"
#include "session.h"
#include "target.h"
#include "wav.h"

#define CALL_RATE     44100
#define FRAME_SAMPLES 882
#define FRAME_MS      20
/* How long to wait for audio that is still on its way. */
#define LINGER_MS 300

struct call {
    const struct cli *cli;
    const char *group;
    struct session session;
    int16_t *sound; /* audio to send: CALL_RATE, mono; NULL: none */
    size_t sound_count;
    size_t sent;
    struct wav_writer out;
    bool writes;
    size_t received;
};

/* --- sound ---------------------------------------------------------------------------- */

static int mono_at(const struct wav *wav, size_t i)
{
    if (wav->channels == 1)
        return wav->samples[i];
    return (wav->samples[2 * i] + wav->samples[2 * i + 1]) / 2;
}

/* Speech from a file may have any rate: linear interpolation is good enough to understand it. */
static bool convert(struct call *call, const struct wav *wav)
{
    size_t frames = wav->count / wav->channels;
    call->sound_count = (size_t)((uint64_t)frames * CALL_RATE / wav->sample_rate);
    call->sound = malloc((call->sound_count + 1) * sizeof *call->sound);
    if (call->sound == NULL)
        return false;
    for (size_t i = 0; i < call->sound_count; i++) {
        uint64_t at = (uint64_t)i * wav->sample_rate;
        size_t before = (size_t)(at / CALL_RATE);
        size_t after = before + 1 < frames ? before + 1 : before;
        int64_t part = (int64_t)(at % CALL_RATE);
        int64_t sum = mono_at(wav, before) * (CALL_RATE - part) + mono_at(wav, after) * part;
        call->sound[i] = (int16_t)(sum / CALL_RATE);
    }
    return true;
}

static bool open_sound(struct call *call)
{
    struct wav wav;
    if (call->cli->wav == NULL)
        return true;
    const char *wrong = wav_read(call->cli->wav, &wav);
    if (wrong == NULL && !convert(call, &wav))
        wrong = "there is not enough memory";
    free(wav.samples);
    if (wrong != NULL)
        fprintf(stderr, "chinwag: cannot play %s: %s\n", call->cli->wav, wrong);
    return wrong == NULL;
}

static bool open_out(struct call *call)
{
    if (call->cli->out == NULL)
        return true;
    call->writes = wav_writer_open(&call->out, call->cli->out, 1, CALL_RATE);
    if (!call->writes)
        fprintf(stderr, "chinwag: cannot write %s: %s\n", call->cli->out, strerror(errno));
    return call->writes;
}

static int close_out(struct call *call, int code)
{
    if (!call->writes || wav_writer_close(&call->out))
        return code;
    fprintf(stderr, "chinwag: %s is incomplete: %s\n", call->cli->out, strerror(errno));
    return code == CLI_DONE ? CLI_WRONG_USE : code;
}

/* --- the call ------------------------------------------------------------------------- */

/* A frame for which the network has no room is dropped, since it is live. */
static void send_frame(struct call *call)
{
    size_t left = call->sound_count - call->sent;
    size_t n = left < FRAME_SAMPLES ? left : FRAME_SAMPLES;
    if (n == 0)
        return;
    chinwag_call_data(call->session.client, call->group, call->sound + call->sent, n);
    call->sent += n;
}

static int on_call_plain_event(struct call *call, const struct chinwag_event *event)
{
    if (event->type == CHINWAG_CALL_DATA) {
        call->received += event->sample_count;
        if (call->writes)
            wav_writer_append(&call->out, event->samples, event->sample_count);
    } else if (event->type == CHINWAG_DISCONNECTED) {
        fprintf(stderr, "chinwag: the call is over: lost the server at %s (%s)\n",
                call->cli->server, event->text);
        return CLI_UNREACHABLE;
    } else if (event->type == CHINWAG_CALL_LEFT || event->type == CHINWAG_SESSION_MOVED ||
               event->type == CHINWAG_SESSION_LOST) {
        fprintf(stderr, "chinwag: the call is over here: %s\n", event->text);
        return CLI_REFUSED;
    }
    return CLI_DONE;
}

static int64_t duration_ms(const struct call *call)
{
    if (call->cli->seconds >= 0)
        return 1000 * (int64_t)call->cli->seconds;
    if (call->sound == NULL)
        return INT64_MAX / 2;
    return (int64_t)(call->sound_count * 1000 / CALL_RATE) + LINGER_MS;
}

/* Frames are sent by the clock, however late the last one was: the others play them at that
 * rate. */
static int call_plain_talk(struct call *call)
{
    int64_t start = session_now_ms();
    int64_t end = start + duration_ms(call);
    int64_t next = start;
    int code = CLI_DONE;
    while (code == CLI_DONE && !session_was_signalled()) {
        int64_t now = session_now_ms();
        if (now >= end)
            break;
        for (; now >= next; next += FRAME_MS)
            send_frame(call);
        struct chinwag_event event;
        if (chinwag_poll(call->session.client, (int)(next - now), &event))
            code = on_call_plain_event(call, &event);
    }
    return code;
}

static int call_plain_take_part(struct call *call)
{
    int64_t join = chinwag_join_call(call->session.client, call->group);
    int code = session_wait(&call->session, "join_call", join, NULL);
    if (code != CLI_DONE)
        return code;
    fprintf(stderr, "chinwag: in the call of #%s; Ctrl-C leaves\n", call->group);
    session_note_signals();
    code = call_plain_talk(call);
    if (code == CLI_DONE)
        code = session_wait(&call->session, "leave_call", chinwag_leave_call(call->session.client),
                            NULL);
    fprintf(stderr, "chinwag: sent %.1f s, received %.1f s\n", (double)call->sent / CALL_RATE,
            (double)call->received / CALL_RATE);
    return code;
}

int call_plain(const struct cli *cli)
{
    struct call call = {.cli = cli, .group = target_group(cli->arguments[0])};
    call.group += call.group[0] == '#';
    int code = CLI_WRONG_USE;
    if (open_sound(&call) && open_out(&call))
        code = session_open(&call.session, cli, SESSION_CALL);
    if (code == CLI_DONE)
        code = call_plain_take_part(&call);
    code = close_out(&call, code);
    session_close(&call.session);
    free(call.sound);
    return code;
}
