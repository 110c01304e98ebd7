/* test_accounts.c - the charges for requests that wait: exact bytes, in a simulated world.
 *
 * While a password is hashed, the connection's later requests wait in the core's memory, 64 of up
 * to 64 KiB each. The test counts the held memory (fuzz/auditor_accounts.h) and compares it with
 * the accounts of connection, user, address and server: while the requests wait, when the
 * connection is closed, and at the end. */
#include <stdlib.h>

#include "../../fuzz/auditor_accounts.h"
#include "core/request.h"
#include "text/name.h"
#include "wire/msgpack.h"

#define TEXT_N   16000u
#define WAITING  (CW_REQUESTS_IN_FLIGHT_MAX - 1)
#define ALICE    "alice"
#define PASSWORD "password1"

static struct world world;

static void expect_at(bool good, const char *what, int line)
{
    if (good)
        return;
    fprintf(stderr, "test_accounts:%d: not so: %s\n", line, what);
    exit(1);
}
#define EXPECT(condition) expect_at(condition, #condition, __LINE__)

/* --- messages -------------------------------------------------------------------------- */

/* An empty string at the end: the map of an extended client. */
static size_t send_strings(const char *conn, const char *const strings[], size_t n)
{
    struct cw_buf frame = {0};
    for (size_t i = 0; i < n; i++)
        if (strings[i][0] != 0)
            cw_pack_string(&frame, cw_slice_str(strings[i]));
        else
            cw_pack_map(&frame, 0);
    world_message(&world, world_find(&world, conn), cw_buf_slice(&frame), false);
    size_t size = frame.n;
    cw_buf_finish(&frame);
    return size;
}

#define SEND(conn, ...)                                                                            \
    send_strings(conn, (const char *const[]){__VA_ARGS__},                                         \
                 sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *))

static const char *token(const char *conn)
{
    return world_find(&world, conn)->token;
}

static struct cw_account *account(const char *conn)
{
    return world_find(&world, conn)->account;
}

static void begin(void)
{
    struct cw_core_config config = world_config();
    world_init(&world, &config);
    world.quiet = true;
    world_connect(&world, "a", false, false);
    SEND("a", "request", "register", ALICE, PASSWORD);
    SEND("a", "request", "login", ALICE, PASSWORD, "");
    EXPECT(token("a")[0] != 0);
    EXPECT(account("a")->held == 0);
    EXPECT(world.ledger.held == 0);
}

static void end(void)
{
    EXPECT(accounts_wrong(&world) == NULL);
    world_finish(&world); /* it sees to it that nothing is left */
}

/* --- what is expected, from the sizes alone ----------------------------------------------- */

static size_t kept_size(size_t frame_n)
{
    return cw_account_size(sizeof(struct request)) + cw_account_size(frame_n + 1) +
           cw_account_size(sizeof(struct cw_msg));
}

/* The one that the hash is for has its user's name folded, and the hash so far. */
static size_t proving_size(size_t frame_n)
{
    struct cw_buf expected = {0};
    for (int i = 0; i < (int)strlen("hash:" PASSWORD); i++)
        cw_buf_append_byte(&expected, 0);
    size_t n = kept_size(frame_n) + cw_account_size(sizeof(struct cw_name_key)) +
               cw_account_size(expected.capacity);
    cw_buf_finish(&expected);
    return n;
}

static void expect_held(size_t n)
{
    EXPECT(account("a")->held == n);
    EXPECT(account("a")->user->held == n);
    EXPECT(account("a")->address->held == n);
    EXPECT(world.ledger.held == n);
    EXPECT(accounts_held(&world, account("a")) == n);
    EXPECT(accounts_wrong(&world) == NULL);
}

/* --- the tests ------------------------------------------------------------------------------ */

static void what_waits_behind_a_hash_is_charged(bool closes)
{
    static char text[TEXT_N + 1];
    memset(text, 'x', TEXT_N);
    begin();
    world.hold_passwords = true;
    size_t n = SEND("a", "request", "change_password", ALICE, token("a"), PASSWORD, "password2");
    size_t held = proving_size(n);
    expect_held(held);
    for (unsigned i = 0; i < WAITING; i++) {
        EXPECT(world_find(&world, "a")->reading);
        n = SEND("a", "request", "whisper", ALICE, token("a"), ALICE, text);
        held += kept_size(n);
        expect_held(held);
    }
    EXPECT(held > WAITING * TEXT_N);
    EXPECT(!world_find(&world, "a")->reading);
    if (closes) {
        struct cw_payer *address = account("a")->address;
        world_connect(&world, "b", false, false); /* of the same address */
        world_close(&world, "a");
        EXPECT(address->held == accounts_held(&world, NULL) && address->held < held);
        world_release(&world);
        EXPECT(address->held == 0);
    } else {
        world_release(&world);
        EXPECT(world_find(&world, "a")->reading);
        expect_held(0);
    }
    end();
}

/* A stranger's one request, too. */
static void a_login_that_waits_is_charged(void)
{
    begin();
    world_connect(&world, "s", true, false);
    world.hold_passwords = true;
    size_t n = SEND("s", "request", "login", ALICE, PASSWORD);
    EXPECT(account("s")->held == proving_size(n));
    EXPECT(account("s")->user == NULL);
    EXPECT(account("s")->address->held == proving_size(n));
    EXPECT(account("a")->held == 0);
    EXPECT(!world_find(&world, "s")->reading);
    world_release(&world);
    EXPECT(account("s")->held == 0);
    end();
}

/* A peer without room is refused before memory is allocated for it. */
static void without_room_a_request_is_refused(void)
{
    begin();
    world.hold = true;
    SEND("a", "request", "add_contact", ALICE, token("a"), "nobody");
    EXPECT(account("a")->held != 0);
    world_release(&world);
    EXPECT(account("a")->held == 0);
    account("a")->max = 1;
    world.quiet = false;
    world_clear(&world);
    SEND("a", "request", "add_contact", ALICE, token("a"), "nobody");
    cw_buf_append_byte(&world.trace, 0);
    EXPECT(strstr((const char *)world.trace.p, "1029 {") != NULL);
    EXPECT(strstr((const char *)world.trace.p, "\"rule\": \"no_memory\"") != NULL);
    world_clear(&world);
    world.quiet = true;
    EXPECT(account("a")->held == 0);
    end();
}

int main(void)
{
    what_waits_behind_a_hash_is_charged(false);
    what_waits_behind_a_hash_is_charged(true);
    a_login_that_waits_is_charged();
    without_room_a_request_is_refused();
    puts("what waits is charged, to the byte");
    return 0;
}
