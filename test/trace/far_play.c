/* far_play.c - see far_play.h. */
#include "far_play.h"

#include "wire/msgpack.h"
#include "world_step.h"

struct far_play far_play;

static void on_bus(void *context, const struct cw_effect *effect)
{
    (void)context;
    if (effect->type != CW_FX_BUS)
        return;
    far_play.said[effect->bus.kind]++;
    far_play.body_n = effect->bus.body.n;
    if (far_play.body_n != 0)
        memcpy(far_play.body, effect->bus.body.p, far_play.body_n);
}

static void note_answer(const struct cw_msg *msg)
{
    far_play.answer = (int)msg->code;
    snprintf(far_play.rule, sizeof far_play.rule, "%.*s", (int)msg->extras.rule.n,
             (const char *)msg->extras.rule.p);
}

static void watch_effect(const struct cw_effect *effect)
{
    if (effect->type == CW_FX_SEND && effect->send.live)
        far_play.voices++;
    else if (effect->type == CW_FX_SEND && effect->send.msg.kind == CW_RESPONSE)
        note_answer(&effect->send.msg);
    else if (effect->type == CW_FX_STORE && effect->store.op == CW_STORE_SESSION_DROP)
        far_play.dropped++;
}

static void watch(void *context, const struct cw_event *event, const struct cw_effect *effect)
{
    (void)context;
    if (effect != NULL)
        watch_effect(effect);
    else if (event->type == CW_EV_HASH && event->hash.secret.n == sizeof far_play.hash)
        memcpy(far_play.hash, event->hash.secret.p, sizeof far_play.hash);
}

static void forget(void)
{
    memset(far_play.said, 0, sizeof far_play.said);
    far_play.voices = far_play.dropped = 0;
    far_play.answer = -1;
}

/* The body may be in the core's own buffer, where the step packs what it says. */
void far_play_hear(unsigned node, enum cw_bus_kind kind, struct cw_slice body)
{
    static uint8_t bytes[CW_BUS_BODY_MAX];
    memcpy(bytes, body.p, body.n);
    struct cw_event event = {.type = CW_EV_BUS,
                             .bus = {.what = CW_BUS_SAYS,
                                     .node = node,
                                     .epoch = 1,
                                     .kind = kind,
                                     .body = cw_slice_of(bytes, body.n)}};
    forget();
    world_step(&far_play.world, &event);
    world_run(&far_play.world);
    cw_core_check(far_play.world.core);
}

void far_play_say(const char *conn, const char *const *words)
{
    struct cw_buf frame = {0};
    forget();
    for (; *words != NULL; words++)
        cw_pack_string(&frame, cw_slice_str(*words));
    cw_pack_map(&frame, 0);
    world_message(&far_play.world, world_find(&far_play.world, conn), cw_buf_slice(&frame), false);
    cw_buf_finish(&frame);
    cw_core_check(far_play.world.core);
}

void far_play_pass(uint64_t ms)
{
    forget();
    world_advance(&far_play.world, far_play.world.now_ms + ms);
    cw_core_check(far_play.world.core);
}

const char *far_play_token(void)
{
    return world_find(&far_play.world, "alice")->token;
}

static void bus(enum cw_core_bus_what what, unsigned node)
{
    world_step(
        &far_play.world,
        &(struct cw_event){.type = CW_EV_BUS, .bus = {.what = what, .node = node, .epoch = 1}});
}

void far_play_gone(unsigned node)
{
    forget();
    bus(CW_BUS_NODE_GONE, node);
    cw_core_check(far_play.world.core);
}

void far_play_missed(void)
{
    forget();
    bus(CW_BUS_MISSED, 0);
    cw_core_check(far_play.world.core);
}

int far_play_begin(void **state)
{
    struct cw_core_config config = world_config();
    struct world *world = &far_play.world;
    (void)state;
    config.node = 1;
    world_init(world, &config);
    world->quiet = true;
    world->on_bus = on_bus;
    world->watch = watch;
    bus(CW_BUS_BEGINS, 0);
    bus(CW_BUS_NODE_THERE, 2);
    bus(CW_BUS_NODE_THERE, 3);
    world_connect(world, "alice", false, false);
    far_play_say("alice", (const char *[]){"request", "register", "alice", "password1", NULL});
    far_play_say("alice", (const char *[]){"request", "login", "alice", "password1", NULL});
    far_play_say("alice", (const char *[]){"request", "create_group", "alice", far_play_token(),
                                           "cooks", NULL});
    return far_play.answer;
}

int far_play_end(void **state)
{
    (void)state;
    world_finish(&far_play.world);
    return 0;
}
