/* device_pulse.c - the devices of PulseAudio, or of PipeWire in its place.
 *
 * SDL is not used for PulseAudio: it reads one piece of recorded audio for each event, so two
 * pieces with one event leave a permanent delay, which grows on a busy machine. */
#include <pulse/pulseaudio.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "device_backend.h"

/* What the loudspeaker plays at once, and asks for then, samples; and what the PulseAudio server
 * has room for: how much of it is filled is call_sound.c's matter. */
#define PULSE_STEP 60
#define PULSE_ROOM 2400

struct device_pulse {
    struct device_sound *sound;
    pa_threaded_mainloop *loop;
    pa_context *context;
    pa_stream *microphone, *loudspeaker; /* NULL: none */
    _Atomic bool lost;
};

/* --- in the loop's thread --------------------------------------------------------------- */

/* Adds silence for a gap in the recorded audio. */
static void hear_silence(struct device_pulse *pulse, size_t n)
{
    static const int16_t silence[DEVICE_PERIOD];
    for (size_t part; n > 0; n -= part) {
        part = n < DEVICE_PERIOD ? n : DEVICE_PERIOD;
        device_on_heard(pulse->sound, silence, part);
    }
}

/* Reads all available samples. */
static void on_readable(pa_stream *stream, size_t n, void *data)
{
    struct device_pulse *pulse = data;
    const void *bytes;
    while (pa_stream_readable_size(stream) > 0 && pa_stream_peek(stream, &bytes, &n) == 0 &&
           n > 0) {
        if (bytes != NULL)
            device_on_heard(pulse->sound, bytes, n / sizeof(int16_t));
        else
            hear_silence(pulse, n / sizeof(int16_t));
        pa_stream_drop(stream);
    }
}

/* Samples in the PulseAudio server; a rest of less than it asks for at once stays there. */
static size_t pulse_queued(pa_stream *stream)
{
    const pa_buffer_attr *sizes = pa_stream_get_buffer_attr(stream);
    const size_t room = pa_stream_writable_size(stream);
    if (sizes == NULL || room >= sizes->tlength)
        return 0;
    const size_t queued = (sizes->tlength - room) / sizeof(int16_t);
    return queued < 2 * (size_t)PULSE_STEP ? 0 : queued;
}

/* Passes on what waits, as far as there is room. */
static void pass_on(struct device_pulse *pulse)
{
    size_t room, there;
    while ((room = pa_stream_writable_size(pulse->loudspeaker)) != (size_t)-1 &&
           room >= sizeof(int16_t) && (there = ring_count(&pulse->sound->to_play)) != 0) {
        void *bytes;
        size_t n = room < there * sizeof(int16_t) ? room : there * sizeof(int16_t);
        if (pa_stream_begin_write(pulse->loudspeaker, &bytes, &n) != 0 || bytes == NULL)
            return;
        n = ring_read(&pulse->sound->to_play, bytes, n / sizeof(int16_t)) * sizeof(int16_t);
        if (n == 0 || pa_stream_write(pulse->loudspeaker, bytes, n, NULL, 0, PA_SEEK_RELATIVE) != 0)
            return;
    }
}

static void on_writable(pa_stream *stream, size_t wanted, void *data)
{
    struct device_pulse *pulse = data;
    (void)wanted;
    if (pulse->loudspeaker != stream)
        return;
    pass_on(pulse);
    device_on_asked(pulse->sound, pulse_queued(stream));
}

static void on_underflow(pa_stream *stream, void *data)
{
    struct device_pulse *pulse = data;
    (void)stream;
    device_on_gap(pulse->sound);
}

static void on_context(pa_context *context, void *data)
{
    struct device_pulse *pulse = data;
    if (!PA_CONTEXT_IS_GOOD(pa_context_get_state(context)))
        pulse->lost = true;
    pa_threaded_mainloop_signal(pulse->loop, 0);
}

static void on_stream(pa_stream *stream, void *data)
{
    struct device_pulse *pulse = data;
    if (!PA_STREAM_IS_GOOD(pa_stream_get_state(stream)))
        pulse->lost = true;
    pa_threaded_mainloop_signal(pulse->loop, 0);
}

/* --- opening, with the loop locked ------------------------------------------------------- */

static bool connect_context(struct device_pulse *pulse)
{
    pulse->context = pa_context_new(pa_threaded_mainloop_get_api(pulse->loop), "Chinwag");
    if (pulse->context == NULL)
        return false;
    pa_context_set_state_callback(pulse->context, on_context, pulse);
    if (pa_context_connect(pulse->context, NULL, PA_CONTEXT_NOFLAGS, NULL) != 0 ||
        pa_threaded_mainloop_start(pulse->loop) != 0)
        return false;
    pa_threaded_mainloop_lock(pulse->loop);
    pa_context_state_t state;
    while ((state = pa_context_get_state(pulse->context)) != PA_CONTEXT_READY &&
           PA_CONTEXT_IS_GOOD(state))
        pa_threaded_mainloop_wait(pulse->loop);
    pa_threaded_mainloop_unlock(pulse->loop);
    return state == PA_CONTEXT_READY;
}

static pa_stream *connect_stream(struct device_pulse *pulse, bool microphone, const char *name)
{
    const pa_sample_spec spec = {.format = PA_SAMPLE_S16NE, .rate = DEVICE_RATE, .channels = 1};
    const uint32_t any = UINT32_MAX, step = PULSE_STEP * sizeof(int16_t);
    /* Without anything to play the loudspeaker stands still. */
    const pa_buffer_attr sizes = {any, PULSE_ROOM * sizeof(int16_t), 2 * step, step,
                                  DEVICE_PERIOD * sizeof(int16_t)};
    const char *device = name[0] == 0 ? NULL : name;
    pa_stream *stream = pa_stream_new(pulse->context, "Call", &spec, NULL);
    if (stream == NULL)
        return NULL;
    pa_stream_set_state_callback(stream, on_stream, pulse);
    pa_stream_set_read_callback(stream, on_readable, pulse);
    pa_stream_set_write_callback(stream, on_writable, pulse);
    pa_stream_set_underflow_callback(stream, on_underflow, pulse);
    int failed = microphone
                     ? pa_stream_connect_record(stream, device, &sizes, PA_STREAM_ADJUST_LATENCY)
                     : pa_stream_connect_playback(stream, device, &sizes, PA_STREAM_EARLY_REQUESTS,
                                                  NULL, NULL);
    pa_stream_state_t state = PA_STREAM_FAILED;
    while (!failed && (state = pa_stream_get_state(stream)) != PA_STREAM_READY &&
           PA_STREAM_IS_GOOD(state))
        pa_threaded_mainloop_wait(pulse->loop);
    if (state == PA_STREAM_READY)
        return stream;
    pa_stream_unref(stream);
    return NULL;
}

/* --- names, with the loop locked ---------------------------------------------------------- */

struct listing {
    struct device_pulse *pulse;
    char microphone[DEVICE_NAME_MAX], loudspeaker[DEVICE_NAME_MAX]; /* the usual ones */
    device_told *told;
    void *context;
};

static void on_server(pa_context *context, const pa_server_info *info, void *data)
{
    struct listing *listing = data;
    (void)context;
    if (info != NULL && info->default_source_name != NULL && info->default_sink_name != NULL) {
        snprintf(listing->microphone, DEVICE_NAME_MAX, "%s", info->default_source_name);
        snprintf(listing->loudspeaker, DEVICE_NAME_MAX, "%s", info->default_sink_name);
    }
    pa_threaded_mainloop_signal(listing->pulse->loop, 0);
}

static void on_source(pa_context *context, const pa_source_info *info, int end, void *data)
{
    struct listing *listing = data;
    (void)context;
    if (end == 0)
        listing->told(&(struct device_name){info->name, info->description, true,
                                            strcmp(info->name, listing->microphone) == 0},
                      listing->context);
    else
        pa_threaded_mainloop_signal(listing->pulse->loop, 0);
}

static void on_sink(pa_context *context, const pa_sink_info *info, int end, void *data)
{
    struct listing *listing = data;
    (void)context;
    if (end == 0)
        listing->told(&(struct device_name){info->name, info->description, false,
                                            strcmp(info->name, listing->loudspeaker) == 0},
                      listing->context);
    else
        pa_threaded_mainloop_signal(listing->pulse->loop, 0);
}

static void wait_for(struct device_pulse *pulse, pa_operation *operation)
{
    while (operation != NULL && !pulse->lost &&
           pa_operation_get_state(operation) == PA_OPERATION_RUNNING)
        pa_threaded_mainloop_wait(pulse->loop);
    if (operation != NULL)
        pa_operation_unref(operation);
}

static void list_all(struct device_pulse *pulse, device_told *told, void *context)
{
    struct listing listing = {.pulse = pulse, .told = told, .context = context};
    wait_for(pulse, pa_context_get_server_info(pulse->context, on_server, &listing));
    wait_for(pulse, pa_context_get_source_info_list(pulse->context, on_source, &listing));
    wait_for(pulse, pa_context_get_sink_info_list(pulse->context, on_sink, &listing));
}

/* --- opening and closing ------------------------------------------------------------------ */

static bool connect_streams(struct device_pulse *pulse, const struct device_wish *wish)
{
    struct device_choice choice = {.wish = wish->name};
    pa_threaded_mainloop_lock(pulse->loop);
    if (wish->name != NULL)
        list_all(pulse, device_choice_take, &choice);
    bool there = wish->name == NULL || choice.found;
    if (there && wish->microphone)
        pulse->microphone = connect_stream(pulse, true, choice.microphone);
    if (there && wish->loudspeaker)
        pulse->loudspeaker = connect_stream(pulse, false, choice.loudspeaker);
    pa_threaded_mainloop_unlock(pulse->loop);
    return there && (!wish->microphone || pulse->microphone != NULL) &&
           (!wish->loudspeaker || pulse->loudspeaker != NULL);
}

static struct device_pulse *connect_pulse(struct device_sound *sound)
{
    struct device_pulse *pulse = calloc(1, sizeof *pulse);
    if (pulse == NULL)
        return NULL;
    pulse->sound = sound;
    pulse->loop = pa_threaded_mainloop_new();
    if (pulse->loop != NULL && connect_context(pulse))
        return pulse;
    device_pulse_close(pulse);
    return NULL;
}

struct device_pulse *device_pulse_open(struct device_sound *sound, const struct device_wish *wish)
{
    struct device_pulse *pulse = connect_pulse(sound);
    if (pulse == NULL || connect_streams(pulse, wish))
        return pulse;
    device_pulse_close(pulse);
    return NULL;
}

bool device_pulse_list(device_told *told, void *context)
{
    struct device_pulse *pulse = connect_pulse(NULL);
    if (pulse == NULL)
        return false;
    pa_threaded_mainloop_lock(pulse->loop);
    list_all(pulse, told, context);
    pa_threaded_mainloop_unlock(pulse->loop);
    device_pulse_close(pulse);
    return true;
}

static void close_stream(pa_stream *stream)
{
    if (stream == NULL)
        return;
    pa_stream_disconnect(stream);
    pa_stream_unref(stream);
}

void device_pulse_close(struct device_pulse *pulse)
{
    if (pulse == NULL)
        return;
    if (pulse->loop != NULL)
        pa_threaded_mainloop_stop(pulse->loop);
    close_stream(pulse->microphone);
    close_stream(pulse->loudspeaker);
    if (pulse->context != NULL) {
        pa_context_disconnect(pulse->context);
        pa_context_unref(pulse->context);
    }
    if (pulse->loop != NULL)
        pa_threaded_mainloop_free(pulse->loop);
    free(pulse);
}

void device_pulse_play(struct device_pulse *pulse)
{
    pa_threaded_mainloop_lock(pulse->loop);
    pass_on(pulse);
    pa_threaded_mainloop_unlock(pulse->loop);
}

size_t device_pulse_waiting(struct device_pulse *pulse)
{
    pa_threaded_mainloop_lock(pulse->loop);
    const size_t queued = pulse_queued(pulse->loudspeaker);
    pa_threaded_mainloop_unlock(pulse->loop);
    return queued;
}

bool device_pulse_lost(const struct device_pulse *pulse)
{
    return pulse->lost;
}
