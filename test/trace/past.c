/* past.c - see past.h. */
#include "past.h"

#include <stdio.h>
#include <stdlib.h>

struct past_step {
    struct past_step *next;
    struct cw_effects effects;
    struct cw_buf said; /* by all of them, one after the other */
};

struct past_arena {
    struct past_arena *next;
    struct cw_arena arena;
};

struct past {
    struct past_step *steps;
    struct past_arena *arenas;
    struct cw_store_request **requests;
    size_t request_count;
};

struct past *past_create(void)
{
    return cw_alloc_zero(sizeof(struct past));
}

/* --- what an effect says --------------------------------------------------------------- */

static void say(struct cw_buf *out, struct cw_slice s)
{
    cw_buf_append(out, &s.n, sizeof s.n);
    cw_buf_append(out, s.p, s.n);
}

static void say_send(const struct cw_effect *effect, struct cw_buf *out)
{
    say(out, cw_slice_of(effect->send.plain, effect->send.plain_count * sizeof(cw_conn_id)));
    say(out, cw_slice_of(effect->send.extended, effect->send.extended_count * sizeof(cw_conn_id)));
    cw_msg_encode(&effect->send.msg, false, out);
    cw_msg_encode(&effect->send.msg, true, out);
}

static void say_store(const struct cw_store_request *request, struct cw_buf *out)
{
    const struct cw_slice slices[] = {
        request->body,   request->blob,       request->waveform, request->name,    request->key,
        request->looks,  request->secret,     request->expected, request->renewed, request->client,
        request->active, request->invitation, request->address};
    for (size_t i = 0; i < sizeof slices / sizeof slices[0]; i++)
        say(out, slices[i]);
}

static void say_effect(const struct cw_effect *effect, struct cw_buf *out)
{
    switch (effect->type) {
    case CW_FX_SEND:
    case CW_FX_LISTS:
        say_send(effect, out);
        break;
    case CW_FX_CLOSE:
    case CW_FX_DROP:
        say(out, cw_slice_str(effect->close.reason));
        break;
    case CW_FX_STORE:
        say_store(&effect->store, out);
        break;
    case CW_FX_HASH:
        say(out, effect->hash.text);
        say(out, effect->hash.expected);
        say(out, effect->hash.raw);
        break;
    case CW_FX_SERVER:
        say(out, effect->server.name);
        say(out, effect->server.value);
        break;
    case CW_FX_CONTROL:
        cw_msg_encode(&effect->control.msg, true, out);
        break;
    case CW_FX_LEASE:
        say(out, cw_slice_of(&effect->lease.call, sizeof effect->lease.call));
        break;
    case CW_FX_BUS:
        say(out, effect->bus.body);
        break;
    case CW_FX_PUSH:
        say(out, effect->push.endpoint);
        say(out, effect->push.keys);
        say(out, effect->push.text);
        break;
    case CW_FX_NOTE:
        say(out, effect->note.name);
        break;
    case CW_FX_LISTS_END:
    case CW_FX_PROBE:
    case CW_FX_READ:
    case CW_FX_AUTHENTICATED:
    case CW_FX_AUDIO:
        break; /* numbers */
    }
}

/* --- what is kept ---------------------------------------------------------------------- */

void past_add(struct past *past, struct cw_effects *effects)
{
    struct past_step *step = cw_alloc_zero(sizeof *step);
    step->next = past->steps;
    step->effects = *effects;
    *effects = (struct cw_effects){0};
    for (size_t i = 0; i < step->effects.count; i++)
        say_effect(&step->effects.items[i], &step->said);
    past->steps = step;
}

void past_keep_arena(struct past *past, struct cw_arena *arena)
{
    struct past_arena *kept = cw_alloc(sizeof *kept);
    *kept = (struct past_arena){past->arenas, *arena};
    *arena = (struct cw_arena){0};
    past->arenas = kept;
}

void past_keep_request(struct past *past, struct cw_store_request *request)
{
    past->requests =
        cw_realloc(past->requests, (past->request_count + 1) * sizeof past->requests[0]);
    past->requests[past->request_count++] = request;
}

/* --- looked at again ------------------------------------------------------------------- */

static void print_effect(const struct cw_effect *effect)
{
    if (effect->type == CW_FX_STORE)
        fprintf(stderr, "changed after its step: a store request, operation %d\n",
                (int)effect->store.op);
    else if (effect->type == CW_FX_SEND)
        fprintf(stderr, "changed after its step: a message, %s of kind %d\n",
                cw_action_name(effect->send.msg.action), (int)effect->send.msg.kind);
    else
        fprintf(stderr, "changed after its step: an effect of type %d\n", (int)effect->type);
}

static size_t count_changed(const struct past_step *step)
{
    struct cw_buf says = {0};
    size_t changed = 0;
    for (size_t i = 0; i < step->effects.count; i++) {
        size_t at = says.n;
        say_effect(&step->effects.items[i], &says);
        if (says.n == at ||
            (says.n <= step->said.n && memcmp(says.p + at, step->said.p + at, says.n - at) == 0))
            continue; /* it says nothing, or the same */
        print_effect(&step->effects.items[i]);
        changed++;
    }
    cw_buf_finish(&says);
    return changed;
}

size_t past_count_changed(const struct past *past)
{
    size_t changed = 0;
    for (const struct past_step *step = past->steps; step != NULL; step = step->next)
        changed += count_changed(step);
    return changed;
}

void past_destroy(struct past *past)
{
    for (struct past_step *step = past->steps, *next; step != NULL; step = next) {
        next = step->next;
        cw_effects_finish(&step->effects);
        cw_buf_finish(&step->said);
        free(step);
    }
    for (struct past_arena *kept = past->arenas, *next; kept != NULL; kept = next) {
        next = kept->next;
        cw_arena_finish(&kept->arena);
        free(kept);
    }
    for (size_t i = 0; i < past->request_count; i++)
        cw_store_request_destroy(NULL, past->requests[i]);
    free(past->requests);
    free(past);
}
