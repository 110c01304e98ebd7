/* test_heard.c - bodies of messages by the bus that no server makes, as one of a later version, or
 * a broken one, may: the core takes what it understands, and goes on. Each beginning of good ones,
 * and mixtures at random. */
#include <stdlib.h>

#include "base/packed.h"
#include "core/presence.h"
#include "core/remote.h"
#include "world.h"
#include "world_step.h"

#define MIXTURES 50000

static struct world world;
static uint64_t random_state = 5;

static unsigned dice(unsigned sides)
{
    random_state = random_state * 6364136223846793005u + 1442695040888963407u;
    return (unsigned)(random_state >> 33) % sides;
}

static void expect(bool good, const char *what)
{
    if (good)
        return;
    fprintf(stderr, "test_heard: %s\n", what);
    exit(1);
}

static void hear(enum cw_bus_kind kind, const uint8_t *bytes, size_t n)
{
    struct cw_event event = {.type = CW_EV_BUS,
                             .bus = {.what = CW_BUS_SAYS,
                                     .node = 2,
                                     .epoch = 1,
                                     .kind = kind,
                                     .body = cw_slice_of(bytes, n)}};
    world_step(&world, &event);
}

static void mixtures(void)
{
    for (int i = 0; i < MIXTURES; i++) {
        uint8_t bytes[64];
        size_t n = dice(sizeof bytes + 1);
        for (size_t j = 0; j < n; j++)
            bytes[j] = dice(3) == 0 ? (uint8_t)dice(256) : (uint8_t)dice(3);
        hear((enum cw_bus_kind)dice(128), bytes, n);
    }
}

/* One whose user is online, for each beginning of it: only the whole is taken. */
static void beginnings(void)
{
    struct cw_buf body = {0};
    cw_packed_put_u64(&body, 1);
    cw_remote_pack(&body, &(struct remote_item){.id = 77,
                                                .state = PRESENCE_ONLINE,
                                                .name = cw_slice_str("eve"),
                                                .blocked = cw_slice_of("\0\0\0\7", 4)});
    for (size_t n = 0; n < body.n; n++) {
        hear(CW_BUS_PRESENCE, body.p, n);
        expect(cw_presence_total(world.core, 77) == PRESENCE_OFFLINE, "a part of it is taken");
    }
    hear(CW_BUS_PRESENCE, body.p, body.n);
    expect(cw_presence_total(world.core, 77) == PRESENCE_ONLINE, "the whole is not taken");
    expect(cw_remote_has_blocked(cw_remote_find(world.core, 77), 7), "nor whom she has blocked");
    cw_buf_finish(&body);
}

int main(void)
{
    struct cw_core_config config = world_config();
    config.node = 1;
    world_init(&world, &config);
    world.quiet = true;
    world_step(&world, &(struct cw_event){.type = CW_EV_BUS, .bus = {.what = CW_BUS_BEGINS}});
    world_step(&world,
               &(struct cw_event){.type = CW_EV_BUS,
                                  .bus = {.what = CW_BUS_NODE_THERE, .node = 2, .epoch = 1}});
    beginnings();
    mixtures();
    world_finish(&world);
    return 0;
}
