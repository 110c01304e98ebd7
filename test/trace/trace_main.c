/* trace_main.c - plays transcripts: what goes into the core, line by line, and
 * below each line, indented, all that comes out.
 *
 *   trace FILE...            compares, and prints the first difference
 *   trace --write FILE...    writes what really comes out (then read the diff)
 *
 * Input lines (NAME is a connection; '#' begins a comment):
 *   config KEY NUMBER              before anything else: see set_config
 *   users WORD...                  connects, registers and logs in; what comes out of it is
 *                                  not written. A word is [NAME:]USER[+[FEATURE,...]]:
 *                                  `alice` a plain client, `alice+` an extended one,
 *                                  `alice+edits,read` one with these features, `phone:alice`
 *                                  user alice at the connection "phone"; a user whom an
 *                                  earlier word named is not registered again
 *   accept NAME ADDRESS            a connection from 192.0.2.7 or 2001:db8:0:7 (a /64),
 *                                  whose handshake is made by `connect NAME`
 *   connect NAME [remote] [req]
 *   old key on / old key off       connections from here on are sealed with the server's old key
 *   next key TEXT                  it is being replaced by this one; without TEXT: by none
 *   push gone SESSION URL          a push service does not know the subscription any more
 *   crowded                        the system has no descriptor left
 *   close NAME
 *   NAME> OBJECTS                  one message: "strings", numbers, [samples],
 *                                  ["strings"], {"key": value} and $OTHER, which is
 *                                  the token that OTHER was given; @OTHER: the last link;
 *                                  ogg(CHANNELS,PACKETS) is a file of so many times 20 ms,
 *                                  with ",+SAMPLES" or ",-SAMPLES" one that claims more or
 *                                  less, with ",twice" or ",magic" one that is none;
 *                                  packet(SEQUENCE,HEX) is an Opus packet;
 *                                  bin(HEX) is a bin
 *   NAME>> OBJECTS                 the same in an envelope (REQ)
 *   operator> OBJECTS              the operator asks it, by chinwagctl
 *   NAME hex BYTES                 one frame, byte by byte
 *   at MS                          the clock; deadlines on the way are ticked
 *   restart                        as after kill -9: all connections are gone
 *   upgrade                        the next process gets the calls; all connections are gone
 *   first invitation               a set-up link, as a server without administrator makes it
 *   notes                         what is noted for the log is shown from here on
 *   hold / release                 the store's results are kept back / come
 *   hold passwords                 ... only hashes of passwords are
 *   lists late                     a page whose files become lists takes longer than what
 *                                  comes behind it in its batch
 *   dropped                        how many frames of calls have been, so far
 *   disk full / disk ok, disk unreadable / disk readable
 *   damage ID                      the disk changes it; memory BYTES: of each new connection
 *   hash busy / ok / half (busy when the password was looked at once) / limited (by address)
 *   NAME answered (a page was sent to it), NAME received ID, NAME queue full, NAME queue empty */
#include <stddef.h>
#include <stdlib.h>

#include "difference.h"
#include "store/memory/open.h"
#include "trace_pack.h"

struct play {
    struct world world;
    struct cw_core_config config;
    struct cw_store_options store;
    bool started;
    char users[256]; /* whom `users` has registered: " alice bob " */
    const char *error;
};

/* --- lines that send ---------------------------------------------------------------------- */

/* `conn` NULL: the operator. */
static void send_text(struct play *play, struct world_conn *conn, const char *text, bool envelope)
{
    struct cw_buf frame = {0};
    uint32_t count;
    if (trace_pack(&play->world, text, 0, &frame, &count) == NULL)
        play->error = "what is this object?";
    if (conn == NULL)
        world_operator(&play->world, cw_buf_slice(&frame));
    else
        world_message(&play->world, conn, cw_buf_slice(&frame), envelope);
    cw_buf_finish(&frame);
}

static void send_hex(struct play *play, struct world_conn *conn, const char *p)
{
    struct cw_buf frame = {0};
    trace_read_hex(p, &frame);
    world_message(&play->world, conn, cw_buf_slice(&frame), false);
    cw_buf_finish(&frame);
}

/* --- users --------------------------------------------------------------------------------- */

static const char *read_name(const char *p, char name[16])
{
    size_t n = strspn(p, "abcdefghijklmnopqrstuvwxyz0123456789");
    snprintf(name, 16, "%.*s", (int)n, p);
    return p + n;
}

static void register_once(struct play *play, struct world_conn *conn, const char *user)
{
    char text[64], known[32];
    snprintf(known, sizeof known, " %s ", user);
    if (strstr(play->users, known) != NULL)
        return;
    size_t n = strlen(play->users);
    snprintf(play->users + n, sizeof play->users - n, "%s", known);
    snprintf(text, sizeof text, "\"request\" \"register\" \"%s\" \"password1\"", user);
    send_text(play, conn, text, false);
}

/* `features`: "" for a plain client, else "+" and names with commas between them. */
static void log_in(struct play *play, struct world_conn *conn, const char *user,
                   const char *features)
{
    char text[256];
    size_t n = (size_t)snprintf(text, sizeof text, "\"request\" \"login\" \"%s\" \"password1\"%s",
                                user, *features == '+' ? " {\"features\": [" : "");
    for (const char *p = features + strspn(features, "+"); *p != 0; p += strspn(p, ",")) {
        int length = (int)strcspn(p, ",");
        n += (size_t)snprintf(text + n, sizeof text - n, "\"%.*s\"", length, p);
        p += length;
    }
    snprintf(text + n, sizeof text - n, "%s", *features == '+' ? "]}" : "");
    send_text(play, conn, text, false);
}

static void play_user(struct play *play, const char *word)
{
    char name[16], user[16];
    const char *p = read_name(word, name);
    read_name(word, user);
    if (*p == ':')
        p = read_name(p + 1, user);
    world_connect(&play->world, name, false, false);
    struct world_conn *conn = world_find(&play->world, name);
    if (conn == NULL || name[0] == 0 || (*p != '+' && *p != 0)) {
        play->error = "who is this user?";
        return;
    }
    conn->token[0] = 0;
    register_once(play, conn, user);
    log_in(play, conn, user, p);
    if (conn->token[0] == 0)
        play->error = "a user could not log in";
}

/* Nobody reads what comes out of these logins, so an update in it is an error: a transcript in
 * which a login is told to others has to show that login. */
static void play_users(struct play *play, const char *words)
{
    struct cw_buf *trace = &play->world.trace;
    char word[96];
    for (int n = 0; play->error == NULL && sscanf(words, " %95s%n", word, &n) == 1; words += n)
        play_user(play, word);
    cw_buf_append_byte(trace, 0);
    if (play->error == NULL && strstr((const char *)trace->p, "\"update\"") != NULL)
        play->error = "a login sent an update";
    world_clear(&play->world);
}

/* --- one line -------------------------------------------------------------------------------- */

static void set_config(struct play *play, const char *key, unsigned value)
{
    struct cw_core_config *config = &play->config;
    static const struct cw_store_identity identified;
    static const struct {
        const char *key;
        size_t at;
    } numbers[] = {
#define NUMBER(member) {#member, offsetof(struct cw_core_config, member)}
        NUMBER(requests_per_s),       NUMBER(requests_burst),      NUMBER(texts_per_s),
        NUMBER(texts_burst),          NUMBER(connections_max),     NUMBER(connections_per_address),
        NUMBER(waiting_per_address),  NUMBER(unauthenticated_max), NUMBER(registrations_per_hour),
        NUMBER(guesses_per_user),     NUMBER(guesses_per_address), NUMBER(call_frames_per_s),
        NUMBER(refusals_per_s),       NUMBER(refusals_burst),      NUMBER(bytes_per_s),
        NUMBER(bytes_burst),          NUMBER(group_texts_per_s),   NUMBER(group_texts_burst),
        NUMBER(strangers_per_minute), NUMBER(call_members_max),
    };
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
        if (strcmp(numbers[i].key, key) == 0) {
            memcpy((char *)config + numbers[i].at, &value, sizeof value);
            return;
        }
    if (strcmp(key, "registration_open") == 0)
        config->registration_open = value != 0;
    else if (strcmp(key, "people_directory") == 0)
        config->people_directory = value != 0;
    else if (strcmp(key, "registration_by_invitation") == 0)
        config->registration_by_invitation = value != 0;
    else if (strcmp(key, "identity") == 0) /* told in the maps of login and attach */
        config->identity = &identified;
    else if (strcmp(key, "web_build") == 0) /* the same */
        config->web_build = cw_slice_str("0123456789abcdef");
    else if (strcmp(key, "push") == 0) /* 0: off */
        config->push_hosts.n = value == 0 ? 0 : config->push_hosts.n;
    else if (strcmp(key, "invitation_days") == 0)
        config->invitation_seconds_max = value * UINT64_C(86400);
    else if (strcmp(key, "invitations_per_user") == 0)
        play->store.invitations_per_user = value;
    else if (strcmp(key, "first_is_admin") == 0)
        play->store.first_is_admin = value != 0;
    else if (strcmp(key, "inviters") == 0)
        play->store.inviters = (enum cw_inviters)value;
    else if (strcmp(key, "sessions_per_user") == 0)
        play->store.sessions_per_user = value;
    else if (strcmp(key, "quota") == 0)
        play->store.quota = value;
    else
        play->error = "no such setting";
}

static void conn_line(struct play *play, struct world_conn *conn, const char *rest)
{
    unsigned long long mark;
    if (rest[0] == '>' && rest[1] == '>')
        send_text(play, conn, rest + 2, true);
    else if (rest[0] == '>')
        send_text(play, conn, rest + 1, false);
    else if (strncmp(rest, " hex", 4) == 0)
        send_hex(play, conn, rest + 4);
    else if (sscanf(rest, " received %llu", &mark) == 1)
        world_conn_event(&play->world, conn, CW_EV_RECEIVED, mark);
    else if (strcmp(rest, " answered") == 0)
        world_conn_event(&play->world, conn, CW_EV_ANSWERED, 0);
    else if (strcmp(rest, " queue full") == 0)
        world_conn_event(&play->world, conn, CW_EV_QUEUE_FULL, 0);
    else if (strcmp(rest, " queue empty") == 0)
        world_conn_event(&play->world, conn, CW_EV_QUEUE_EMPTY, 0);
    else
        play->error = "what is this connection to do?";
}

static void accept_from(struct play *play, const char *name, const char *text)
{
    unsigned part[4] = {0};
    uint8_t bytes[8];
    bool v4 = strchr(text, '.') != NULL;
    if (sscanf(text, v4 ? "%u.%u.%u.%u" : "%x:%x:%x:%x", &part[0], &part[1], &part[2], &part[3]) !=
        4)
        play->error = "what is this address?";
    for (int i = 0; i < 4; i++) {
        bytes[v4 ? i : 2 * i] = (uint8_t)(v4 ? part[i] : part[i] >> 8);
        if (!v4)
            bytes[2 * i + 1] = (uint8_t)part[i];
    }
    world_accept(&play->world, name, bytes, v4 ? 4 : 8);
}

static bool world_line(struct play *play, const char *line)
{
    struct world *world = &play->world;
    char name[16], address[32], url[256];
    unsigned long long ms;
    if (sscanf(line, "accept %15s %31s", name, address) == 2)
        accept_from(play, name, address);
    else if (strcmp(line, "old key on") == 0 || strcmp(line, "old key off") == 0)
        world->by_old_key = strcmp(line, "old key on") == 0;
    else if (strncmp(line, "next key", 8) == 0)
        world_next_key(world, line + 8 + strspn(line + 8, " "));
    else if (sscanf(line, "push gone %llu %255s", &ms, url) == 2)
        world_push_gone(world, ms, url);
    else if (strcmp(line, "crowded") == 0)
        world_crowded(world);
    else if (sscanf(line, "connect %15s", name) == 1)
        world_connect(world, name, strstr(line, " remote") != NULL, strstr(line, " req") != NULL);
    else if (sscanf(line, "close %15s", name) == 1)
        world_close(world, name);
    else if (sscanf(line, "at %llu", &ms) == 1)
        world_advance(world, ms);
    else if (strcmp(line, "restart") == 0)
        world_restart(world, true);
    else if (strcmp(line, "upgrade") == 0)
        world_upgrade(world);
    else if (strcmp(line, "first invitation") == 0)
        world_first_invitation(world);
    else if (strcmp(line, "dropped") == 0)
        world_put_dropped(world);
    else if (strcmp(line, "hold") == 0)
        world->hold = true;
    else if (strcmp(line, "lists late") == 0)
        world->late_lists = true;
    else if (strcmp(line, "notes") == 0)
        world->noting = true;
    else if (strcmp(line, "hold passwords") == 0)
        world->hold_passwords = true;
    else if (strcmp(line, "release") == 0)
        world_release(world);
    else if (strcmp(line, "disk full") == 0 || strcmp(line, "disk ok") == 0)
        cw_store_memory_set_full(world->store, line[5] == 'f');
    else if (strcmp(line, "disk unreadable") == 0 || strcmp(line, "disk readable") == 0)
        cw_store_memory_set_unreadable(world->store, line[5] == 'u');
    else if (sscanf(line, "memory %llu", &ms) == 1)
        world->conn_memory_max = (uint32_t)ms;
    else if (sscanf(line, "damage %llu", &ms) == 1)
        cw_store_memory_damage(world->store, ms);
    else if (strncmp(line, "hash ", 5) == 0) {
        world->hash_limited = line[5] == 'l';
        world->hash_busy = line[5] != 'o';
        world->hash_half = line[5] == 'h';
    } else
        return false;
    return true;
}

static void play_line(struct play *play, const char *line)
{
    char word[32] = "";
    unsigned value;
    if (line[0] == 0 || line[0] == '#')
        return;
    if (sscanf(line, "config %31s %u", word, &value) == 2) {
        set_config(play, word, value);
        return;
    }
    if (!play->started)
        world_set_store(&play->store);
    if (!play->started)
        world_init(&play->world, &play->config);
    if (!play->started)
        world_remember(&play->world);
    play->started = true;
    if (strncmp(line, "users ", 6) == 0) {
        play_users(play, line + 6);
        return;
    }
    if (world_line(play, line))
        return;
    if (strncmp(line, "operator> ", 10) == 0) {
        send_text(play, NULL, line + 10, false);
        return;
    }
    int n = 0;
    sscanf(line, "%15[a-z0-9]%n", word, &n);
    struct world_conn *conn = world_find(&play->world, word);
    if (conn == NULL || word[0] == 0)
        play->error = "what is this line?";
    else
        conn_line(play, conn, line + n);
}

/* --- one file -------------------------------------------------------------------------------- */

/* What the file should say: its input lines, each followed by what came out. */
static void play_file(struct play *play, char *text, struct cw_buf *out)
{
    play->config = world_config();
    play->store = world_store_options();
    for (char *line = text, *next; *line != 0 && play->error == NULL; line = next) {
        next = line + strcspn(line, "\n");
        if (*next != 0)
            *next++ = 0;
        if (line[0] == ' ')
            continue;
        play_line(play, line);
        cw_buf_append(out, line, strlen(line));
        cw_buf_append_byte(out, '\n');
        cw_buf_append(out, play->world.trace.p, play->world.trace.n);
        world_clear(&play->world);
        if (play->error != NULL)
            printf("%s: %s\n", line, play->error);
    }
    if (play->started)
        world_finish(&play->world);
}

static bool transcript(const char *path, bool write)
{
    static char text[1 << 20], wanted[1 << 20];
    struct play *play = cw_alloc_zero(sizeof *play);
    struct cw_buf out = {0};
    FILE *file = fopen(path, "rb");
    size_t n = file == NULL ? 0 : fread(text, 1, sizeof text - 1, file);
    if (file != NULL)
        fclose(file);
    text[n] = 0;
    memcpy(wanted, text, n + 1);
    play_file(play, text, &out);
    cw_buf_append_byte(&out, 0);
    bool good = n != 0 && play->error == NULL;
    if (good && write && (file = fopen(path, "wb")) != NULL) {
        fwrite(out.p, 1, out.n - 1, file);
        fclose(file);
    } else if (good && strcmp(wanted, (char *)out.p) != 0) {
        trace_print_difference(path, wanted, (char *)out.p);
        good = false;
    }
    cw_buf_finish(&out);
    free(play);
    return good;
}

int main(int argc, char **argv)
{
    bool write = argc > 1 && strcmp(argv[1], "--write") == 0;
    int failed = 0;
    for (int i = write ? 2 : 1; i < argc; i++)
        failed += !transcript(argv[i], write);
    printf("%d of %d transcripts as written\n", argc - 1 - write - failed, argc - 1 - write);
    return failed != 0;
}
