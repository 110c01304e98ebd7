/* seed_client.c - the seed protocol through libzmq's DEALER, packed by hand.
 *
 * A client as somebody else would write it from the drawings: it shares no line
 * with Chinwag. Usage: seed_client tcp://HOST:PORT; test_seed_client.py starts
 * the server. Ends with 1 and says what differs at the first wrong byte. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zmq.h>

#define PATIENCE_MS 60000

/* --- packing: the few forms of MessagePack that the seed needs ------------- */

struct row {
    uint8_t p[1024];
    size_t n;
};

static void put(struct row *row, const void *p, size_t n)
{
    if (n > sizeof row->p - row->n)
        abort();
    memcpy(row->p + row->n, p, n);
    row->n += n;
}

static void put_byte(struct row *row, unsigned byte)
{
    uint8_t b = (uint8_t)byte;
    put(row, &b, 1);
}

static void put_string(struct row *row, const char *s)
{
    size_t n = strlen(s);
    if (n > 31)
        put_byte(row, 0xd9);
    put_byte(row, n > 31 ? (unsigned)n : 0xa0 | (unsigned)n);
    put(row, s, n);
}

static void put_unsigned(struct row *row, unsigned u)
{
    if (u > 0xff) {
        put_byte(row, 0xcd);
        put_byte(row, u >> 8);
    } else if (u > 0x7f) {
        put_byte(row, 0xcc);
    }
    put_byte(row, u & 0xff);
}

/* A row of strings, ended by NULL. */
static struct row strings(const char *const s[])
{
    struct row row = {.n = 0};
    for (; *s != NULL; s++)
        put_string(&row, *s);
    return row;
}
#define STRINGS(...) strings((const char *const[]){__VA_ARGS__, NULL})

static struct row with_samples(struct row row)
{
    /* [0, 1, -1, 127, -32, 200, -200, 32767, -32768] */
    static const uint8_t samples[] = {0x99, 0x00, 0x01, 0xff, 0x7f, 0xe0, 0xcc, 0xc8, 0xd1,
                                      0xff, 0x38, 0xcd, 0x7f, 0xff, 0xd1, 0x80, 0x00};
    put(&row, samples, sizeof samples);
    return row;
}

/* --- a client ---------------------------------------------------------------- */

struct client {
    void *socket;
    const char *name;
    char token[37];
};

static void client_open(struct client *client, void *context, const char *endpoint,
                        const char *name)
{
    int patience_ms = PATIENCE_MS;
    int linger_ms = 0;
    *client = (struct client){.socket = zmq_socket(context, ZMQ_DEALER), .name = name};
    zmq_setsockopt(client->socket, ZMQ_RCVTIMEO, &patience_ms, sizeof patience_ms);
    zmq_setsockopt(client->socket, ZMQ_LINGER, &linger_ms, sizeof linger_ms);
    if (zmq_connect(client->socket, endpoint) != 0) {
        fprintf(stderr, "%s: %s\n", endpoint, zmq_strerror(zmq_errno()));
        exit(1);
    }
}

static void say(struct client *client, struct row row)
{
    if (zmq_send(client->socket, row.p, row.n, 0) != (int)row.n)
        abort();
}

static void print_bytes(const char *what, const uint8_t *p, size_t n)
{
    fprintf(stderr, "%s:", what);
    for (size_t i = 0; i < n; i++)
        fprintf(stderr, " %02x", p[i]);
    fprintf(stderr, "\n");
}

static struct row hear(struct client *client)
{
    struct row row = {.n = 0};
    int n = zmq_recv(client->socket, row.p, sizeof row.p, 0);
    int more = 0;
    size_t more_n = sizeof more;
    zmq_getsockopt(client->socket, ZMQ_RCVMORE, &more, &more_n);
    if (n < 0 || (size_t)n > sizeof row.p || more) {
        fprintf(stderr, "%s: no whole message of one frame came\n", client->name);
        exit(1);
    }
    row.n = (size_t)n;
    return row;
}

static void expect(struct client *client, struct row wanted)
{
    struct row got = hear(client);
    if (got.n == wanted.n && memcmp(got.p, wanted.p, got.n) == 0)
        return;
    fprintf(stderr, "%s got something else\n", client->name);
    print_bytes("wanted", wanted.p, wanted.n);
    print_bytes("got", got.p, got.n);
    exit(1);
}

static void expect_response(struct client *client, const char *action, unsigned code)
{
    struct row row = STRINGS("response", action);
    put_unsigned(&row, code);
    expect(client, row);
}

/* A request with the client's own name and token, whose answer carries nothing. */
#define ASK(client, code, action, ...)                                                             \
    (say(client, STRINGS("request", action, (client)->name, (client)->token, __VA_ARGS__)),        \
     expect_response(client, action, code))

static void login(struct client *client)
{
    say(client, STRINGS("request", "register", client->name, "correct horse"));
    expect_response(client, "register", 0);
    say(client, STRINGS("request", "login", client->name, "correct horse"));
    struct row row = hear(client);
    if (row.n < 36)
        exit(1);
    memcpy(client->token, row.p + row.n - 36, 36);
    struct row wanted = STRINGS("response", "login");
    put_unsigned(&wanted, 0);
    put_string(&wanted, client->name);
    put_string(&wanted, client->token);
    if (row.n != wanted.n || memcmp(row.p, wanted.p, row.n) != 0) {
        print_bytes("login", row.p, row.n);
        exit(1);
    }
}

/* --- the seed ------------------------------------------------------------------ */

static void text(struct client *alice, struct client *bob)
{
    ASK(alice, 0, "add_contact", "bob");
    say(alice, STRINGS("add_contact", "alice", alice->token, "bob"));
    expect_response(alice, "add_contact", 0);
    ASK(alice, 514, "add_contact", "nobody");
    ASK(alice, 0, "whisper", "bob", "hi");
    expect(bob, STRINGS("update", "whisper", "alice", "hi"));
    ASK(bob, 0, "whisper", "alice", "a longer line than thirty-one bytes");
    expect(alice, STRINGS("update", "whisper", "bob", "a longer line than thirty-one bytes"));
    ASK(alice, 0, "create_group", "cooks");
    ASK(bob, 767, "create_group", "cooks");
    say(bob, STRINGS("join_group", "bob", bob->token, "cooks"));
    expect_response(bob, "join_group", 0);
    ASK(bob, 769, "join_group", "cooks");
    ASK(bob, 0, "msg_group", "cooks", "soup");
    expect(alice, STRINGS("update", "msg_group", "cooks", "bob", "soup"));
}

static void voice(struct client *alice, struct client *bob)
{
    struct row row = STRINGS("request", "voice_msg", "alice", alice->token, "bob");
    put_unsigned(&row, 1);
    put_unsigned(&row, 44100);
    say(alice, with_samples(row));
    expect_response(alice, "voice_msg", 0);
    row = STRINGS("update", "voice_msg", "alice");
    put_unsigned(&row, 1);
    put_unsigned(&row, 44100);
    expect(bob, with_samples(row));
}

static void join_call(struct client *client)
{
    say(client, STRINGS("request", "join_call", client->name, client->token, "cooks"));
    struct row row = STRINGS("response", "join_call");
    put_unsigned(&row, 0);
    put_string(&row, "cooks");
    expect(client, row);
}

static void call(struct client *alice, struct client *bob)
{
    join_call(alice);
    join_call(bob);
    say(bob, with_samples(STRINGS("update", "call_data", "bob", bob->token, "cooks")));
    expect(alice, with_samples(STRINGS("update", "call_data", "bob")));
    say(alice, with_samples(STRINGS("update", "call_data", "alice", alice->token, "cooks")));
    expect(bob, with_samples(STRINGS("update", "call_data", "alice")));
    say(bob, STRINGS("request", "leave_call", "bob", bob->token));
    expect_response(bob, "leave_call", 0);
    say(bob, STRINGS("request", "leave_call", "bob", bob->token));
    expect_response(bob, "leave_call", 1279);
}

static void goodbye(struct client *client)
{
    say(client, STRINGS("request", "logout", client->name));
    expect_response(client, "logout", 0);
    zmq_close(client->socket);
}

int main(int argc, char **argv)
{
    if (argc != 2)
        return 2;
    void *context = zmq_ctx_new();
    struct client alice, bob;
    client_open(&alice, context, argv[1], "alice");
    client_open(&bob, context, argv[1], "bob");
    login(&alice);
    login(&bob);
    text(&alice, &bob);
    voice(&alice, &bob);
    call(&alice, &bob);
    goodbye(&alice);
    goodbye(&bob);
    zmq_ctx_term(context);
    return 0;
}
