/* test_owned.c - the memory of a long recording changes hands and is never copied: from the
 * event through the core, also when it must wait there, to the store's request, and from that
 * to the messages that tell of it. */
#include <stdlib.h>

#include "wire/msgpack.h"
#include "world.h"

#define LONG_N  (CW_BODY_INLINE_MAX + 1000) /* samples of a byte each */
#define SHORT_N 1000

static struct world world;

/* Of the last recording. */
static struct {
    const void *memory;            /* that the message came in */
    const uint8_t *stored;         /* the body that the store got ... */
    const struct cw_owned *owner;  /* ... and what was lent with it */
    bool moved;                    /* ... was the message's */
    unsigned told;                 /* messages with the same bytes */
    const struct cw_owned *shared; /* lent with the first of them */
} seen;

static void expect(bool good, const char *what)
{
    if (good)
        return;
    fprintf(stderr, "test_owned: %s\n", what);
    exit(1);
}

static void watch_message(const struct cw_event *event)
{
    if (event->type == CW_EV_MESSAGE && event->message.msg->action == CW_VOICE_MSG)
        seen.memory = event->message.owner->memory;
}

static void watch_told(const struct cw_samples *samples)
{
    expect(samples->encoded.p == seen.stored, "other bytes are sent than were stored");
    expect(samples->owner != NULL && samples->owner->memory == seen.memory,
           "the memory is not to be had any more");
    expect(seen.told == 0 || samples->owner == seen.shared, "not the same owner for all");
    seen.shared = samples->owner;
    seen.told++;
}

static void watch(void *unused, const struct cw_event *event, const struct cw_effect *effect)
{
    (void)unused;
    if (effect == NULL) {
        watch_message(event);
    } else if (effect->type == CW_FX_STORE && effect->store.op == CW_STORE_MESSAGE_APPEND) {
        seen.stored = effect->store.body.p;
        seen.owner = effect->store.body_owner;
        seen.moved = seen.owner != NULL && seen.owner->memory == seen.memory;
    } else if (effect->type == CW_FX_SEND && effect->send.msg.kind == CW_UPDATE &&
               effect->send.msg.action == CW_VOICE_MSG && seen.moved) {
        watch_told(&effect->send.msg.samples);
    }
}

/* --- what people do --------------------------------------------------------------------- */

static void text(struct cw_buf *out, const char *s)
{
    cw_pack_string(out, cw_slice_str(s));
}

static void send(const char *name, struct cw_buf *frame)
{
    world_message(&world, world_find(&world, name), cw_buf_slice(frame), false);
    cw_buf_finish(frame);
}

static void account(const char *conn, const char *user, const char *action, bool own)
{
    struct cw_buf frame = {0};
    text(&frame, action);
    text(&frame, user);
    text(&frame, "password1");
    if (own) {
        cw_pack_map(&frame, 1);
        text(&frame, "features");
        cw_pack_array(&frame, 1);
        text(&frame, "own");
    }
    send(conn, &frame);
}

static void login(const char *conn, const char *user, bool own)
{
    memset(&seen, 0, sizeof seen); /* what is read of it again is the store's */
    world_connect(&world, conn, false, false);
    account(conn, user, "login", own);
    world_conn_event(&world, world_find(&world, conn), CW_EV_RECEIVED, 1);
}

static void begin(struct cw_buf *frame, const char *conn, const char *action, const char *to)
{
    text(frame, action);
    text(frame, "alice");
    text(frame, world_find(&world, conn)->token);
    text(frame, to);
}

static void whisper(const char *conn, const char *to)
{
    struct cw_buf frame = {0};
    begin(&frame, conn, "whisper", to);
    text(&frame, "hello");
    send(conn, &frame);
}

static void speak(const char *conn, const char *to, uint32_t count)
{
    static const int16_t samples[LONG_N];
    struct cw_buf frame = {0};
    memset(&seen, 0, sizeof seen);
    begin(&frame, conn, "voice_msg", to);
    cw_pack_unsigned(&frame, 1);
    cw_pack_unsigned(&frame, 8000);
    cw_samples_encode(samples, count, &frame);
    send(conn, &frame);
}

static void expect_moved(unsigned told)
{
    expect(seen.memory != NULL && seen.stored != NULL, "nothing was stored");
    expect(seen.moved, "the store got a copy");
    expect(seen.told == told, "too many or too few were told");
}

int main(void)
{
    struct cw_core_config config = world_config();
    world_init(&world, &config);
    world.quiet = true;
    world.watch = watch;
    world_connect(&world, "alice", false, false);
    account("alice", "alice", "register", false);
    account("alice", "bob", "register", false);
    account("alice", "carol", "register", false); /* whom the core does not know */
    account("alice", "dave", "register", false);
    account("alice", "erin", "register", false);
    account("alice", "alice", "login", false);
    login("bob", "bob", false);
    speak("alice", "bob", LONG_N);
    expect_moved(1);
    speak("alice", "carol", LONG_N); /* looked up: the core has it meanwhile */
    expect_moved(0);
    world.hold = true;
    whisper("alice", "dave"); /* is looked up, and the recording waits for its turn */
    speak("alice", "bob", LONG_N);
    expect(seen.stored == NULL, "it did not wait");
    world_release(&world);
    expect_moved(1);
    login("phone", "alice", true); /* is told that it is its own: a message of its own */
    speak("alice", "bob", LONG_N);
    expect_moved(2);
    world.hold = true;
    speak("alice", "erin", LONG_N); /* gone before it is looked up */
    world_close(&world, "alice");
    world_release(&world);
    speak("phone", "bob", SHORT_N);
    expect(seen.stored != NULL && seen.owner == NULL, "a short one keeps all of its message");
    world_finish(&world);
    return 0;
}
