/* list_buffer.c - see list_buffer.h. */
#include "audio/list_buffer.h"

#include <stdlib.h>
#include <string.h>

#include "audio/stretch.h"
#include "base/alloc.h"

#define ROOM ((size_t)CW_LIST_BUFFER_MS_MAX * CW_AUDIO_PER_MS)
/* Input is resampled in pieces of at most this many samples. */
#define PIECE 441
/* ... which become fewer than this. */
#define PIECE_OUT (20 * CW_AUDIO_PER_MS)
/* The search for a period to leave out: 20 ms. */
#define SHORTENED (20 * CW_AUDIO_PER_MS)
/* The reserve beyond one piece: at first, its growth after each underrun, and its maximum. */
#define RESERVE_FIRST (20 * CW_AUDIO_PER_MS)
#define RESERVE_STEP  (20 * CW_AUDIO_PER_MS)
#define RESERVE_MAX   (100 * CW_AUDIO_PER_MS)
/* Audio beyond the reserve by this much is shortened, a little at a time. */
#define EXCESS (40 * CW_AUDIO_PER_MS)
/* A gap of this length is a pause of the speaker; a shorter one comes from the network. */
#define PAUSE_TICKS (300 / CW_AUDIO_TICK_MS)
/* Ticks without an underrun after which the reserve shrinks again: 10 s. */
#define CALM_TICKS (10000 / CW_AUDIO_TICK_MS)

struct cw_list_buffer {
    struct cw_resampler *resampler;
    bool playing;
    size_t n;       /* samples that wait */
    size_t reserve; /* samples */
    size_t piece;   /* the last one put in, samples at 48 kHz */
    unsigned calm;  /* ticks since the last underrun */
    unsigned dry;   /* ticks without anything to play */
    unsigned wait;  /* ticks since something came, before playing begins */
    int16_t pcm[ROOM];
};

struct cw_list_buffer *cw_list_buffer_create(void)
{
    struct cw_list_buffer *list = cw_alloc_zero(sizeof *list);
    if (list == NULL)
        return NULL;
    list->resampler = cw_resampler_create(CW_LIST_RATE, CW_AUDIO_RATE, 1, CW_RESAMPLER_FAST);
    if (list->resampler == NULL) {
        free(list);
        return NULL;
    }
    list->reserve = RESERVE_FIRST;
    list->dry = PAUSE_TICKS;
    return list;
}

void cw_list_buffer_destroy(struct cw_list_buffer *list)
{
    if (list == NULL)
        return;
    cw_resampler_destroy(list->resampler);
    free(list);
}

static size_t target(const struct cw_list_buffer *list)
{
    size_t wanted = list->piece + list->reserve;
    return wanted < ROOM ? wanted : ROOM;
}

static void remove_first(struct cw_list_buffer *list, size_t n)
{
    list->n -= n;
    memmove(list->pcm, list->pcm + n, list->n * sizeof list->pcm[0]);
}

/* Makes room for n samples, n <= ROOM; returns what was dropped. */
static size_t make_room(struct cw_list_buffer *list, size_t n)
{
    size_t over = list->n + n > ROOM ? list->n + n - ROOM : 0;
    remove_first(list, over);
    return over;
}

size_t cw_list_buffer_put(struct cw_list_buffer *list, const int16_t *pcm, size_t n)
{
    size_t dropped = 0, in = 0;
    for (size_t used = 0; used < n; used += PIECE) {
        int16_t out[PIECE_OUT];
        size_t now = n - used < PIECE ? n - used : PIECE;
        size_t written = cw_resampler_push(list->resampler, pcm + used, now, out);
        dropped += make_room(list, written);
        memcpy(list->pcm + list->n, out, written * sizeof out[0]);
        list->n += written;
        in += written;
    }
    list->piece = in;
    return dropped;
}

static void shorten(struct cw_list_buffer *list)
{
    size_t left = cw_stretch_shorten(list->pcm, SHORTENED, CW_STRETCH_MAX);
    size_t cut = SHORTENED - left;
    memmove(list->pcm + left, list->pcm + SHORTENED, (list->n - SHORTENED) * sizeof list->pcm[0]);
    list->n -= cut;
}

/* Underrun: fades the rest out. */
static void stop(struct cw_list_buffer *list, int16_t pcm[CW_AUDIO_TICK])
{
    memset(pcm, 0, CW_AUDIO_TICK * sizeof *pcm);
    for (size_t i = 0; i < list->n; i++)
        pcm[i] = (int16_t)(list->pcm[i] * (int)(list->n - i) / (int)list->n);
    list->playing = false;
    list->n = list->calm = list->dry = list->wait = 0;
}

/* Is there audio, and is the reserve full? */
static bool begins(struct cw_list_buffer *list)
{
    if (list->n == 0) {
        list->dry++;
        return false;
    }
    if (list->wait == 0 && list->dry < PAUSE_TICKS && list->reserve < RESERVE_MAX)
        list->reserve += RESERVE_STEP;
    return list->wait++ >= list->reserve / CW_AUDIO_TICK;
}

bool cw_list_buffer_take(struct cw_list_buffer *list, int16_t pcm[CW_AUDIO_TICK])
{
    if (!list->playing && !begins(list))
        return false;
    list->playing = true;
    if (list->n < CW_AUDIO_TICK) {
        stop(list, pcm);
        return true;
    }
    if (list->n > target(list) + EXCESS)
        shorten(list);
    if (++list->calm % CALM_TICKS == 0 && list->reserve > RESERVE_FIRST)
        list->reserve -= RESERVE_STEP;
    memcpy(pcm, list->pcm, CW_AUDIO_TICK * sizeof *pcm);
    remove_first(list, CW_AUDIO_TICK);
    return true;
}

bool cw_list_buffer_idle(const struct cw_list_buffer *list)
{
    return !list->playing && list->n == 0;
}

int cw_list_buffer_delay_ms(const struct cw_list_buffer *list)
{
    return (int)(list->n / CW_AUDIO_PER_MS);
}

int cw_list_buffer_target_ms(const struct cw_list_buffer *list)
{
    return (int)(target(list) / CW_AUDIO_PER_MS);
}
