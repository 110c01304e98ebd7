/* fuzz_jitter.c - bytes as a network: each four say how much later another
 * packet comes, with which number and time, and how long the listener then
 * plays. Whatever comes, the buffer hands out audio at each tick, never the
 * same packet twice, and its counters add up. */
#include "audio/jitter.h"
#include "fuzz.h"

static void expect(bool good)
{
    if (!good)
        abort();
}

struct world {
    struct cw_jitter *jitter;
    int64_t now_us;
    uint32_t queued;
    uint32_t sequence, timestamp;
    uint32_t put;     /* packets so far; each carries its number */
    uint64_t handed;  /* ... of which so many were handed out */
    uint8_t *was_out; /* which */
    uint64_t taken, refused[4];
};

/* Steps of numbers and times: mostly the next, now and then anything. */
static uint32_t step(uint8_t byte, uint32_t usual)
{
    if (byte < 128)
        return usual;
    if (byte < 192)
        return usual * (uint32_t)(byte - 128);
    if (byte < 224)
        return usual * (0u - (byte - 192));
    return UINT32_C(1) << (byte - 224);
}

static void put(struct world *world, const uint8_t *four)
{
    uint8_t bytes[8] = {0x48};
    static const uint32_t samples[] = {480, 960, 2880, 120};
    struct cw_call_packet packet = {.packet = cw_slice_of(bytes, four[3] & 8 ? 1 : 8),
                                    .samples = samples[four[3] >> 4 & 3]};
    memcpy(bytes + 1, &world->put, sizeof world->put);
    packet.sequence = world->sequence += step(four[1], 1);
    packet.timestamp = world->timestamp += step(four[2], packet.samples);
    enum cw_jitter_put result = cw_jitter_put(world->jitter, &packet, world->now_us);
    world->refused[result]++;
    world->taken += result == CW_JITTER_TAKEN && packet.packet.n == 8;
    world->put++;
}

static void hand_out(struct world *world)
{
    struct cw_jitter_item item = cw_jitter_next(world->jitter, world->now_us, world->queued);
    uint32_t number;
    expect(item.samples >= 120 && item.samples <= CW_AUDIO_PACKET_MAX);
    expect(item.kind != CW_JITTER_LOST || item.samples % 120 == 0);
    world->queued += item.samples;
    if (item.kind != CW_JITTER_PACKET || item.packet.n != 8)
        return;
    memcpy(&number, item.packet.p + 1, sizeof number);
    expect(number < world->put && !world->was_out[number]);
    world->was_out[number] = 1;
    world->handed++;
    if (item.stretch == CW_JITTER_SHORTEN && item.samples >= 480) {
        world->queued -= 240;
        cw_jitter_stretched(world->jitter, -240);
    }
}

static void tick(struct world *world)
{
    while (world->queued < CW_AUDIO_TICK)
        hand_out(world);
    world->queued -= CW_AUDIO_TICK;
    world->now_us += CW_AUDIO_TICK_MS * 1000;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct world world = {.jitter = cw_jitter_create(), .was_out = calloc(1, size / 4 + 1)};
    for (size_t i = 0; i + 4 <= size; i += 4) {
        world.now_us += data[i] < 250 ? data[i] * 100 : (int64_t)(data[i] - 249) * 4000000;
        put(&world, data + i);
        for (int ticks = data[i + 3] & 7; ticks > 0; ticks--)
            tick(&world);
    }
    const struct cw_jitter_stats stats = cw_jitter_stats(world.jitter);
    expect(stats.received == world.put && stats.late == world.refused[CW_JITTER_LATE]);
    expect(stats.duplicates == world.refused[CW_JITTER_DUPLICATE]);
    expect(world.handed <= world.taken && stats.played <= world.refused[CW_JITTER_TAKEN]);
    expect(stats.played + stats.dropped + CW_JITTER_PACKETS_MAX >=
           world.refused[CW_JITTER_TAKEN] + world.refused[CW_JITTER_STRANGE]);
    expect(stats.target_ms >= 0 && stats.target_ms <= CW_JITTER_TARGET_MS_MAX);
    free(world.was_out);
    cw_jitter_destroy(world.jitter);
    return 0;
}
