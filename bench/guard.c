/* guard.c - three fixed pieces of work whose instructions are counted, so that
 * a change that makes the server slower is seen at once and on any machine.
 *
 * Usage: guard tools | decode | fanout | commit FOLDER. tools/guard runs it under
 * callgrind, which counts inside guard_measured only, and compares with
 * bench/guard.json. No sockets, threads or clock: the same instructions each
 * time. */
#include <gnu/libc-version.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/core.h"
#include "frame/zmtp.h"
#include "net/net_internal.h"
#include "net/out_queue.h"
#include "store/memory/open.h"

#define WHISPERS 1000 /* decode */
#define MEMBERS  1000 /* fanout, and who speaks */
#define MESSAGES 16
#define COMMITS  16 /* commit */
#define ROWS     64
#define NOW_MS   1000u
#define TIME_MS  1700000000000u

static const char text[] = "a hundred bytes of text, as somebody may type them into a chat with "
                           "friends on an ordinary evening";

/* Callgrind counts what happens in here. */
void guard_measured(void (*work)(void));
__attribute__((noinline)) void guard_measured(void (*work)(void))
{
    work();
}

static void require(bool good, const char *what)
{
    if (good)
        return;
    fprintf(stderr, "guard: %s\n", what);
    exit(1);
}

static struct cw_slice token_of(unsigned user, char token[CW_TOKEN_LEN + 1])
{
    snprintf(token, CW_TOKEN_LEN + 1, "%08x-0000-4000-8000-000000000000", user);
    return cw_slice_str(token);
}

/* --- decode: bytes of a socket to requests ------------------------------------------------ */

static struct cw_zmtp zmtp;
static struct cw_buf stream;

static void append_frame(struct cw_slice body)
{
    cw_framer_put(&zmtp.framer, body, &stream);
}

static void shake_hands(void)
{
    static const char hello[] = "\4\x1c\5READY\x0bSocket-Type\0\0\0\6DEALER";
    struct cw_buf greeting = {0}, answer = {0};
    struct cw_zmtp client;
    struct cw_framer_event event = {0};
    cw_zmtp_init(&client, CW_FRAMER_CLIENT, CW_MESSAGE_MAX);
    cw_zmtp_init(&zmtp, CW_FRAMER_SERVER, CW_MESSAGE_MAX);
    cw_framer_start(&client.framer, &greeting);
    cw_buf_append(&greeting, hello, sizeof hello - 1);
    struct cw_slice in = cw_buf_slice(&greeting);
    while (in.n != 0 && event.type != CW_FRAMER_READY)
        event = cw_framer_input(&zmtp.framer, &in, &answer);
    require(event.type == CW_FRAMER_READY, "the handshake failed");
    cw_buf_finish(&greeting);
    cw_buf_finish(&answer);
    cw_zmtp_finish(&client);
}

static void decode(void)
{
    struct cw_slice in = cw_buf_slice(&stream);
    struct cw_buf out = {0};
    struct cw_framer_event event;
    unsigned count = 0;
    while ((event = cw_framer_input(&zmtp.framer, &in, &out)).type == CW_FRAMER_MESSAGE) {
        struct cw_msg msg;
        require(cw_msg_decode(CW_READER_SERVER, event.body, &msg) == CW_SUCCESS, "a bad whisper");
        count++;
    }
    require(count == WHISPERS, "whispers are missing");
}

static void guard_decode(void)
{
    char token[CW_TOKEN_LEN + 1];
    struct cw_msg msg = {.kind = CW_REQUEST,
                         .action = CW_WHISPER,
                         .username = cw_slice_str("alice"),
                         .token = token_of(1, token),
                         .recipient = cw_slice_str("bob"),
                         .content = cw_slice_str(text)};
    struct cw_buf body = {0};
    cw_msg_encode(&msg, false, &body);
    shake_hands();
    for (unsigned i = 0; i < WHISPERS; i++)
        append_frame(cw_buf_slice(&body));
    guard_measured(decode);
    cw_buf_finish(&body);
    cw_buf_finish(&stream);
    cw_zmtp_finish(&zmtp);
}

/* --- fanout: one member speaks, the others' bytes are ready to be sent ---------------------- */

static struct cw_core *core;
static struct cw_store *store;
static struct cw_effects effects;
static struct cw_ledger ledger;
static struct cw_net net = {.pools.ledger = &ledger};
static struct cw_out_queue queues[MEMBERS + 1];
static struct cw_out_scratch scratch;
static struct cw_buf encoded;
static bool counting;
static size_t written;
static unsigned logins; /* tokens given out */

/* What the core asked for in a step, and is told afterwards. */
static struct {
    struct cw_store_request *store;
    uint64_t cookie;
    enum cw_hash_op op;
    char token[CW_TOKEN_LEN + 1];
} asked;

static void send_to_all(const struct cw_effect *effect)
{
    encoded.n = 0;
    cw_msg_encode(&effect->send.msg, false, &encoded);
    struct cw_body *body = cw_body_create(&net.pools, encoded.n);
    memcpy(body->bytes, encoded.p, encoded.n);
    for (size_t i = 0; i < effect->send.plain_count; i++) {
        body->references++;
        cw_out_push(&queues[(uint32_t)effect->send.plain[i]], body, 0, false, NOW_MS);
    }
    cw_body_release(body);
}

static void carry_out(const struct cw_effect *effect)
{
    if (effect->type == CW_FX_SEND && counting) {
        send_to_all(effect);
    } else if (effect->type == CW_FX_STORE) {
        asked.store = cw_store_request_copy(NULL, &effect->store);
    } else if (effect->type == CW_FX_HASH) {
        asked.cookie = effect->hash.cookie;
        asked.op = effect->hash.op;
        if (asked.op == CW_HASH_TOKEN)
            memcpy(asked.token, effect->hash.text.p, CW_TOKEN_LEN);
    }
}

static void step(struct cw_event *event);

static void answer_store(void)
{
    const struct cw_store_request *request = asked.store;
    struct cw_store_result result;
    struct cw_arena arena = {0};
    struct cw_event event = {.type = CW_EV_STORE, .store = &result};
    asked.store = NULL;
    cw_store_execute(store, &request, 1, &result, &arena);
    if (result.cookie != 0)
        step(&event);
    cw_arena_finish(&arena);
    free((void *)request);
}

/* A token is its own hash here. */
static void answer_hash(void)
{
    struct cw_event event = {.type = CW_EV_HASH};
    event.hash.cookie = asked.cookie;
    event.hash.status = CW_HASH_OK;
    asked.cookie = 0;
    if (asked.op == CW_HASH_PASSWORD_VERIFY)
        event.hash.token = token_of(++logins, asked.token);
    event.hash.secret = cw_slice_of(asked.token, CW_TOKEN_HASH_LEN);
    if (asked.op == CW_HASH_PASSWORD)
        event.hash.secret = cw_slice_str("hash");
    step(&event);
}

static void step(struct cw_event *event)
{
    event->now_ms = NOW_MS;
    event->time_ms = TIME_MS;
    cw_core_step(core, event, &effects);
    for (size_t i = 0; i < effects.count; i++)
        carry_out(&effects.items[i]);
    if (asked.store != NULL)
        answer_store();
    if (asked.cookie != 0)
        answer_hash();
}

static void say(unsigned user, struct cw_msg *msg)
{
    char name[16], token[CW_TOKEN_LEN + 1];
    struct cw_buf frame = {0};
    struct cw_msg decoded;
    struct cw_event event = {.type = CW_EV_MESSAGE, .conn = (uint64_t)1 << 32 | user};
    snprintf(name, sizeof name, "user%u", user);
    msg->kind = CW_REQUEST;
    msg->username = cw_slice_str(name);
    msg->password = cw_slice_str("a password");
    msg->token = token_of(user + 1, token);
    msg->group_name = cw_slice_str("everybody");
    cw_msg_encode(msg, false, &frame);
    event.message.code = cw_msg_decode(CW_READER_SERVER, cw_buf_slice(&frame), &decoded);
    event.message.msg = &decoded;
    event.message.frame = cw_buf_slice(&frame);
    step(&event);
    cw_buf_finish(&frame);
}

static void enter(unsigned user)
{
    struct cw_event event = {.type = CW_EV_CONNECTED, .conn = (uint64_t)1 << 32 | user};
    event.connected.address = cw_slice_str("here");
    event.connected.loopback = true;
    step(&event);
    say(user, &(struct cw_msg){.action = CW_REGISTER});
    say(user, &(struct cw_msg){.action = CW_LOGIN});
    say(user, &(struct cw_msg){.action = user == 0 ? CW_CREATE_GROUP : CW_JOIN_GROUP});
}

/* What cw_net_flush does for each connection, the send apart. */
static void write_out(struct cw_out_queue *queue)
{
    while (!cw_out_is_empty(queue)) {
        struct cw_slice out = cw_out_gather(queue, &zmtp.framer, &scratch);
        written += out.n;
        cw_out_consume(queue, &scratch, out.n);
    }
}

static void fan_out(void)
{
    for (unsigned i = 0; i < MESSAGES; i++) {
        say(0, &(struct cw_msg){.action = CW_MSG_GROUP, .content = cw_slice_str(text)});
        for (unsigned user = 0; user <= MEMBERS; user++)
            write_out(&queues[user]);
    }
}

static void guard_fanout(void)
{
    struct cw_core_config config = {.hash_seed = {1, 2},
                                    .registration_open = true,
                                    .call_members_max = CW_CALL_MEMBERS_MAX,
                                    .unauthenticated_max = CW_UNAUTHENTICATED_MAX,
                                    .unauthenticated_ms = CW_UNAUTHENTICATED_MS,
                                    .server_name = cw_slice_str("guard")};
    struct cw_store_options options = {.session_idle_ms = TIME_MS, .sessions_per_user = 1};
    cw_out_rings_init(&net.pools.rings);
    cw_out_scratch_init(&scratch);
    cw_zmtp_init(&zmtp, CW_FRAMER_SERVER, CW_MESSAGE_MAX);
    store = cw_store_open_memory(&options);
    core = cw_core_create(&config);
    for (unsigned user = 0; user <= MEMBERS; user++)
        enter(user);
    counting = true;
    guard_measured(fan_out);
    require(written > (size_t)MESSAGES * MEMBERS * sizeof text, "messages are missing");
    for (unsigned user = 0; user <= MEMBERS; user++)
        cw_out_finish(&queues[user]);
    cw_out_rings_finish(&net.pools.rings);
    cw_out_scratch_finish(&scratch);
    cw_core_destroy(core);
    cw_store_close(store);
    cw_effects_finish(&effects);
    cw_buf_finish(&encoded);
}

/* --- commit: messages to the disk ------------------------------------------------------------- */

static void commit(unsigned commits)
{
    static struct cw_store_request requests[ROWS];
    static struct cw_store_result results[ROWS];
    const struct cw_store_request *pointers[ROWS];
    struct cw_arena arena = {0};
    for (unsigned i = 0; i < commits; i++) {
        for (unsigned row = 0; row < ROWS; row++) {
            unsigned user = 1 + (i * ROWS + row) * 7919 % 1000;
            requests[row] = (struct cw_store_request){.op = CW_STORE_MESSAGE_APPEND,
                                                      .time_ms = TIME_MS,
                                                      .user_id = user,
                                                      .mailbox = cw_mailbox_of_user(1001 - user),
                                                      .body = cw_slice_str(text)};
            pointers[row] = &requests[row];
        }
        cw_store_execute(store, pointers, ROWS, results, &arena);
        require(results[ROWS - 1].status == CW_STORE_OK, "a commit failed");
        cw_arena_reset(&arena);
    }
    cw_arena_finish(&arena);
}

static void commit_measured(void)
{
    commit(COMMITS);
}

/* Between people who have talked before, as nearly all messages are. */
static void guard_commit(const char *folder)
{
    struct cw_store_options options = {.session_idle_ms = TIME_MS, .sessions_per_user = 1};
    char error[256];
    store = cw_store_open_sqlite(folder, &options, error);
    require(store != NULL, error);
    commit(1000 / ROWS + 1);
    for (bool again = true; again;)
        require(cw_store_idle(store, &again), "an idle moment failed");
    guard_measured(commit_measured);
    cw_store_close(store);
}

/* Counts are good for one compiler, its options and one C library. */
static void print_tools(void)
{
#ifdef __OPTIMIZE__
    const char *optimised = "optimised";
#else
    const char *optimised = "not optimised";
#endif
    printf("compiler %s, %s, glibc %s, SQLite %s\n", __VERSION__, optimised, gnu_get_libc_version(),
           sqlite3_libversion());
}

int main(int argc, char **argv)
{
    if (argc == 2 && strcmp(argv[1], "tools") == 0)
        print_tools();
    else if (argc == 2 && strcmp(argv[1], "decode") == 0)
        guard_decode();
    else if (argc == 2 && strcmp(argv[1], "fanout") == 0)
        guard_fanout();
    else if (argc == 3 && strcmp(argv[1], "commit") == 0)
        guard_commit(argv[2]);
    else
        require(false, "tools, decode, fanout, or commit FOLDER");
    return 0;
}
