/* fuzz_core.c - any program of events through the core, in the simulated world
 * of test/trace, under the eyes of the auditor.
 *
 * The input is a program: each step is a byte for what and who, and the bytes
 * that it needs. At its end everything heals, and all that was promised must
 * have come; then every session is taken up again on a new connection.
 *
 * The core here remembers next to nobody without a session (meson.build), and the
 * server is killed and started again on its store wherever a program says so.
 *
 * With CHINWAG_FUZZ_TRACE in the environment it prints what it plays. */
#include "fuzz.h"
#include "play.h"
#include "store/memory/open.h"
#include "wire/msgpack.h"

#define STEPS_MAX 400

/* --- steps ------------------------------------------------------------------------------------ */

static void connect(struct play *play, unsigned c, bool remote, bool req)
{
    play_show(play,
              remote ? " connects (remote)"
              : req  ? " connects (req)"
                     : " connects",
              c, (struct cw_slice){0});
    struct world_conn *conn = world_find(&play->world, play_conn_name(c));
    if (conn == NULL || !conn->open)
        play->full[c] = false;
    world_connect(&play->world, play_conn_name(c), remote, req);
    play_show_trace(play);
}

static void disconnect(struct play *play, unsigned c)
{
    play_show(play, " closes", c, (struct cw_slice){0});
    world_close(&play->world, play_conn_name(c));
    play_show_trace(play);
}

static void conn_event(struct play *play, unsigned c, bool received)
{
    struct world_conn *conn = world_find(&play->world, play_conn_name(c));
    if (conn == NULL || !conn->open)
        return;
    uint64_t mark = auditor_probe_of(play->auditor, conn->id);
    if (received && mark != 0) {
        play_show(play, " received", c, (struct cw_slice){0});
        world_conn_event(&play->world, conn, CW_EV_RECEIVED, mark);
    } else if (!received) {
        play->full[c] = !play->full[c];
        play_show(play, play->full[c] ? " queue full" : " queue empty", c, (struct cw_slice){0});
        world_conn_event(&play->world, conn, play->full[c] ? CW_EV_QUEUE_FULL : CW_EV_QUEUE_EMPTY,
                         0);
    }
    play_show_trace(play);
}

static void advance(struct play *play, uint64_t ms)
{
    char what[32];
    snprintf(what, sizeof what, "at %llu", (unsigned long long)(play->world.now_ms + ms));
    play_show(play, what, PLAY_CONNS, (struct cw_slice){0});
    world_advance(&play->world, play->world.now_ms + ms);
    play_show_trace(play);
}

static void release(struct play *play)
{
    play_show(play, "release", PLAY_CONNS, (struct cw_slice){0});
    world_release(&play->world);
    play_show_trace(play);
}

static void restart(struct play *play, bool lost)
{
    play_show(play, lost ? "restart (what waits is lost)" : "restart", PLAY_CONNS,
              (struct cw_slice){0});
    world_restart(&play->world, lost);
    auditor_restarted(play->auditor);
    memset(play->full, 0, sizeof play->full);
}

static void invite(struct play *play)
{
    auditor_server_invites(play->auditor);
    world_first_invitation(&play->world);
}

static void trouble(struct play *play, uint8_t which)
{
    static const char *const what[] = {"hold",           "release",         "disk full",
                                       "disk ok",        "hash busy",       "hash ok",
                                       "hold passwords", "first invitation"};
    which %= 10;
    if (which == 1) {
        release(play);
        return;
    }
    if (which >= 8) {
        restart(play, which == 8);
        return;
    }
    play_show(play, what[which], PLAY_CONNS, (struct cw_slice){0});
    if (which == 6)
        play->world.hold_passwords = true;
    else if (which == 7)
        invite(play);
    else if (which == 0)
        play->world.hold = true;
    else if (which < 4)
        cw_store_memory_set_full(play->world.store, which == 2);
    else
        play->world.hash_busy = which == 4;
}

/* What owners, moderators and people with enemies do: too rare among all actions. */
static void manage(struct play *play, unsigned c, uint8_t choice)
{
    static const enum cw_action actions[] = {
        CW_BLOCK,          CW_UNBLOCK,  CW_MUTE,        CW_KICK,           CW_BAN,
        CW_UNBAN,          CW_SET_ROLE, CW_SET_ACCESS,  CW_INVITE,         CW_INVITE_USER,
        CW_JOIN_GROUP,     CW_REGISTER, CW_LEAVE_GROUP, CW_REVOKE_SESSION, CW_CHANGE_PASSWORD,
        CW_DELETE_ACCOUNT, CW_WHISPER,  CW_MSG_GROUP,   CW_INVITATIONS,    CW_WITHDRAW_INVITATION,
        CW_SESSIONS,       CW_RECEIVED};
    play_send_action(play, c, actions[choice % (sizeof actions / sizeof actions[0])],
                     play_take(play));
}

static void step(struct play *play)
{
    static const uint32_t waits_ms[] = {1,    20,    200,   1000,
                                        5000, 10000, 60000, 31u * 24 * 3600 * 1000};
    uint8_t what = play_take(play);
    unsigned c = what / 16u % PLAY_CONNS;
    uint8_t argument;
    what %= 16;
    if (what < 8) {
        argument = play_take(play);
        play_send_action(play, c, 1 + argument % (CW_ACTION_COUNT - 1), play_take(play));
    } else if (what == 8) {
        argument = play_take(play);
        connect(play, c, argument % 4 == 3, argument % 8 == 1);
    } else if (what == 9) {
        disconnect(play, c);
    } else if (what == 10) {
        advance(play, waits_ms[play_take(play) % 8]);
    } else if (what == 11 || what == 12) {
        conn_event(play, c, true);
    } else if (what == 13) {
        conn_event(play, c, false);
    } else if (what == 14) {
        trouble(play, play_take(play));
    } else {
        argument = play_take(play);
        if (argument < 128)
            play_send_raw(play, c, argument);
        else
            manage(play, c, argument);
    }
    auditor_check_accounts(play->auditor);
    if (play->world.stored_count > WORLD_STORED_MAX / 4)
        release(play);
}

/* --- beginning and end ------------------------------------------------------------------------ */

static void play_program(struct play *play, const char *program, size_t n)
{
    struct cw_slice rest = play->program;
    play->program = cw_slice_of(program, n);
    while (play->program.n != 0)
        step(play);
    play->program = rest;
}

/* Three users who have each other as contacts, so that a program need not start from nothing.
 * `closed`: later users need an invitation. */
static void prepare(struct play *play, bool closed)
{
    static const char names[] = "\x08\0" /* connect */
                                "\x18\0"
                                "\x28\0"
                                "\x00\0\0\0\0" /* register */
                                "\x10\0\0\1\0"
                                "\x20\0\0\2\0";
    static const char sessions[] = "\x08\0"
                                   "\x18\0"
                                   "\x28\0"
                                   "\x00\1\0\0\0\0" /* login, the third understands all */
                                   "\x10\1\0\1\0\0"
                                   "\x20\1\0\2\0\xf0"
                                   "\x00\6\0\0\0" /* create_group */
                                   "\x10\7\0\0\0" /* join_group */
                                   "\x20\7\0\0\0";
    play_program(play, names, sizeof names - 1);
    if (closed) {
        play->world.config.registration_open = false;
        play->world.config.registration_by_invitation = true;
        auditor_close_registration(play->auditor);
        restart(play, true);
    }
    play_program(play, sessions, sizeof sessions - 1);
}

static void reap(struct play *play)
{
    for (unsigned c = 0; c < PLAY_CONNS; c++) {
        const struct world_conn *conn = world_find(&play->world, play_conn_name(c));
        if (conn != NULL && conn->open && conn->closing)
            disconnect(play, c);
    }
}

static void heal(struct play *play)
{
    trouble(play, 3);
    trouble(play, 5);
    release(play);
    for (unsigned c = 0; c < PLAY_CONNS; c++)
        if (play->full[c])
            conn_event(play, c, false);
    reap(play);
    auditor_check_settled(play->auditor);
    advance(play, 1000);
    reap(play);
    auditor_check_settled(play->auditor);
}

/* Whatever became of the connections: each session has its messages. */
static void take_up_again(struct play *play)
{
    for (unsigned c = 0; c < PLAY_CONNS; c++)
        disconnect(play, c);
    for (size_t i = 0; i < auditor_logins(play->auditor); i++) {
        struct cw_buf frame = {0};
        struct cw_slice name, token = auditor_login(play->auditor, i, &name);
        connect(play, 0, false, false);
        cw_pack_string(&frame, cw_slice_str("attach"));
        cw_pack_string(&frame, name);
        cw_pack_string(&frame, token);
        play_send_frame(play, 0, &frame, false);
        cw_buf_finish(&frame);
        auditor_check_settled(play->auditor);
        disconnect(play, 0);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct play play;
    struct cw_core_config config = world_config();
    memset(&play, 0, sizeof play);
    play.program = cw_slice_of(data, size);
    play.trace = getenv("CHINWAG_FUZZ_TRACE") != NULL;
    uint8_t how = play_take(&play);
    if ((how & 1) != 0) {
        config.requests_per_s = config.texts_per_s = 2;
        config.requests_burst = 20;
        config.texts_burst = 5;
    }
    world_init(&play.world, &config);
    play.world.quiet = !play.trace;
    play.auditor = auditor_create(&play.world);
    if ((how & 8) != 0) /* a page that is awaited is more than all of it */
        play.world.conn_memory_max = 64 * 1024;
    play.world.by_old_key = (how & 16) != 0;
    if (play.world.by_old_key)
        world_next_key(&play.world, "the next key");
    if ((how & 2) == 0)
        prepare(&play, (how & 4) != 0);
    for (int i = 0; i < STEPS_MAX && play.program.n != 0; i++)
        step(&play);
    heal(&play);
    take_up_again(&play);
    auditor_check_accounts(play.auditor);
    world_finish(&play.world);
    auditor_destroy(play.auditor);
    return 0;
}
