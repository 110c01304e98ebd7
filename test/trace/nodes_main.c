/* nodes_main.c - plays transcripts of several cores: nodes on one store, with a bus between them
 * and a database that has the leases of calls, all of it simulated, and one clock.
 *
 *   nodes FILE...            compares, and prints the first difference
 *   nodes --write FILE...    writes what really comes out (then read the diff)
 *
 * Each line of output begins with the number of its node; of what it says by the bus there is no
 * more than the name. Input lines ('#' begins a comment):
 *   nodes NUMBER [members MAX] [alone]  first: how many; how many may be in a call; no bus
 *   N users WORD...       as in trace_main.c, at node N; nothing of it is written
 *   N NAME> OBJECTS       one message of a connection of node N
 *   N close NAME, N takes NAME from M   the same device, with its session, comes to node N
 *   at MS                 the clock of all
 *   quietly at MS         the same, and only what clients are sent is written
 *   lose EACH, double EACH   of the messages on the bus, from now on; 0: none
 *   kill N                it does nothing more; others notice after CW_BUS_GONE_MS
 *   stop N, go on N       it stands still
 *   raise N               its epoch, as after each new connection to the database
 *   database away, database back */
#include <stdlib.h>

#include "bus/bus.h"
#include "difference.h"
#include "store/memory/open.h"
#include "trace_pack.h"
#include "world_step.h"

#define NODES_MAX  4
#define LEASES_MAX 8

struct letter {
    struct letter *next;
    unsigned from, to;
    enum cw_bus_kind kind;
    struct cw_buf body;
};

struct lease {
    uint64_t call, epoch, until_ms;
    unsigned node; /* 0: no row */
};

struct want {
    unsigned node;
    struct cw_core_want what;
};

struct node {
    struct world world;
    struct play *play;
    unsigned number;
    bool dead, stopped;
    uint64_t gone_ms; /* when others notice; 0: they have */
};

struct play {
    struct node nodes[NODES_MAX];
    unsigned count;
    bool started, away, quiet;
    char users[256];
    uint64_t now_ms, renew_ms;
    struct letter *first, **last;
    unsigned lose, twice, sent;
    struct lease leases[LEASES_MAX];
    struct want wants[64];
    size_t want_count;
    uint64_t epochs, raised[NODES_MAX + 1]; /* of leases; of nodes */
    struct cw_buf out;
    const char *error;
};

/* --- what comes out ------------------------------------------------------------------------- */

static void put_line(struct play *play, unsigned number, const char *line, size_t n)
{
    char head[16];
    if (play->quiet && strncmp(line, "    send", 8) != 0)
        return;
    snprintf(head, sizeof head, "    %u ", number);
    cw_buf_append_str(&play->out, head);
    cw_buf_append(&play->out, line + 4, n - 4);
}

static void gather(struct play *play, struct node *node)
{
    const char *p = (const char *)node->world.trace.p;
    for (size_t at = 0, n; at < node->world.trace.n; at += n) {
        const char *end = memchr(p + at, '\n', node->world.trace.n - at);
        n = end == NULL ? node->world.trace.n - at : (size_t)(end - p) + 1 - at;
        put_line(play, node->number, p + at, n);
    }
    world_clear(&node->world);
}

static void put_said(struct node *node, const struct cw_effect *effect)
{
    static const char *const names[] = {"here", "ask", "verdict", "report", "voices", "refuse"};
    char line[64];
    int kind = (int)effect->bus.kind - CW_BUS_CALL_HERE;
    if (kind < 0 || kind > 5)
        return;
    snprintf(line, sizeof line, effect->bus.to == 0 ? "    says %s\n" : "    says %s to %u\n",
             names[kind], effect->bus.to);
    cw_buf_append_str(&node->world.trace, line);
}

static void on_effect(void *context, const struct cw_effect *effect)
{
    struct node *node = context;
    struct play *play = node->play;
    if (effect->type == CW_FX_LEASE) {
        cw_buf_append_str(&node->world.trace,
                          effect->lease.take ? "    lease wanted\n" : "    lease dropped\n");
        play->wants[play->want_count++] = (struct want){node->number, effect->lease};
        return;
    }
    put_said(node, effect);
    struct letter *letter = cw_alloc_zero(sizeof *letter);
    letter->from = node->number;
    letter->to = effect->bus.to;
    letter->kind = effect->bus.kind;
    cw_buf_append(&letter->body, effect->bus.body.p, effect->bus.body.n);
    *play->last = letter;
    play->last = &letter->next;
}

/* --- bus and database ------------------------------------------------------------------------ */

static bool lives(const struct node *node)
{
    return !node->dead && !node->stopped;
}

static void step(struct node *node, struct cw_event *event)
{
    world_step(&node->world, event);
    world_run(&node->world);
    gather(node->play, node);
}

static void hear(struct node *node, enum cw_core_bus_what what, unsigned from,
                 const struct letter *letter)
{
    struct cw_event event = {.type = CW_EV_BUS, .bus = {.what = what, .node = from}};
    event.bus.epoch = 1 + node->play->raised[from];
    if (letter != NULL) {
        event.bus.kind = letter->kind;
        event.bus.body = cw_buf_slice(&letter->body);
    }
    step(node, &event);
}

static void deliver(struct play *play, const struct letter *letter)
{
    play->sent++;
    if (play->lose != 0 && play->sent % play->lose == 0)
        return;
    unsigned times = play->twice != 0 && play->sent % play->twice == 0 ? 2 : 1;
    for (unsigned i = 0; i < play->count; i++)
        for (unsigned n = 0; n < times && lives(&play->nodes[i]); n++)
            if (letter->from != i + 1 && (letter->to == 0 || letter->to == i + 1))
                hear(&play->nodes[i], CW_BUS_SAYS, letter->from, letter);
}

static struct lease *row_of(struct play *play, uint64_t call)
{
    struct lease *free_row = NULL;
    for (size_t i = 0; i < LEASES_MAX; i++) {
        if (play->leases[i].node != 0 && play->leases[i].call == call)
            return &play->leases[i];
        if (play->leases[i].node == 0 && free_row == NULL)
            free_row = &play->leases[i];
    }
    return free_row;
}

static void ask_database(struct play *play, const struct want *want)
{
    struct node *node = &play->nodes[want->node - 1];
    struct lease *row = row_of(play, want->what.call);
    struct cw_event event = {.type = CW_EV_LEASE, .lease.call = want->what.call};
    if (!want->what.take) {
        row->node = row->node == want->node ? 0 : row->node;
        return;
    }
    bool is_free = row->node == 0 || row->node == want->node || row->until_ms <= play->now_ms;
    if (is_free && !play->away)
        *row = (struct lease){want->what.call, ++play->epochs, play->now_ms + CW_CALL_LEASE_MS,
                              want->node};
    if (!play->away) {
        event.lease.node = row->node;
        event.lease.epoch = row->epoch;
        event.lease.left_ms = is_free ? CW_CALL_LEASE_MS * 2 / 3 : 0;
    }
    if (lives(node))
        step(node, &event);
}

static void renew(struct play *play)
{
    play->renew_ms += CW_CALL_RENEW_MS;
    for (size_t i = 0; i < LEASES_MAX && !play->away; i++) {
        struct lease *row = &play->leases[i];
        struct cw_event event = {.type = CW_EV_LEASE, .lease.left_ms = CW_CALL_LEASE_MS * 2 / 3};
        if (row->node == 0 || !lives(&play->nodes[row->node - 1]))
            continue;
        row->until_ms = play->now_ms + CW_CALL_LEASE_MS;
        step(&play->nodes[row->node - 1], &event);
    }
}

/* Until nobody has anything to say. */
static void pump(struct play *play)
{
    while (play->first != NULL || play->want_count != 0) {
        struct letter *letter = play->first;
        if (letter == NULL) {
            struct want want = play->wants[0];
            memmove(play->wants, play->wants + 1, --play->want_count * sizeof want);
            ask_database(play, &want);
            continue;
        }
        play->first = letter->next;
        play->last = play->first == NULL ? &play->first : play->last;
        deliver(play, letter);
        cw_buf_finish(&letter->body);
        free(letter);
    }
}

/* --- the clock -------------------------------------------------------------------------------- */

static uint64_t next_ms(const struct play *play)
{
    uint64_t next = play->renew_ms;
    for (unsigned i = 0; i < play->count; i++) {
        const struct node *node = &play->nodes[i];
        uint64_t due = lives(node) ? cw_core_deadline(node->world.core) : UINT64_MAX;
        next = due < next ? due : next;
        if (node->gone_ms != 0 && node->gone_ms < next)
            next = node->gone_ms;
    }
    return next;
}

static void notice_gone(struct play *play)
{
    for (unsigned i = 0; i < play->count; i++) {
        struct node *node = &play->nodes[i];
        if (node->gone_ms == 0 || node->gone_ms > play->now_ms)
            continue;
        node->gone_ms = 0;
        for (unsigned k = 0; k < play->count; k++)
            if (k != i && lives(&play->nodes[k]))
                hear(&play->nodes[k], CW_BUS_NODE_GONE, i + 1, NULL);
    }
}

static void advance(struct play *play, uint64_t to_ms)
{
    bool last = false;
    while (!last) {
        uint64_t next = next_ms(play);
        last = next > to_ms;
        play->now_ms = last ? to_ms : next > play->now_ms ? next : play->now_ms;
        for (unsigned i = 0; i < play->count; i++)
            if (lives(&play->nodes[i])) {
                world_advance(&play->nodes[i].world, play->now_ms);
                gather(play, &play->nodes[i]);
            }
        notice_gone(play);
        if (play->renew_ms <= play->now_ms)
            renew(play);
        pump(play);
    }
}

/* --- lines ------------------------------------------------------------------------------------ */

static void begin(struct play *play, const char *rest)
{
    struct cw_core_config config = world_config();
    unsigned members;
    play->started = true;
    play->last = &play->first;
    play->now_ms = 1000;
    play->renew_ms = 1000 + CW_CALL_RENEW_MS;
    play->count = (unsigned)strtoul(rest, NULL, 10);
    if (strstr(rest, "members ") != NULL &&
        sscanf(strstr(rest, "members "), "members %u", &members) == 1)
        config.call_members_max = members;
    for (unsigned i = 0; i < play->count && i < NODES_MAX; i++) {
        struct node *node = &play->nodes[i];
        config.node = node->number = i + 1;
        node->play = play;
        world_init(&node->world, &config);
        node->world.logins = 100 * i; /* tokens differ */
        node->world.on_bus = on_effect;
        node->world.on_bus_context = node;
        if (i != 0) {
            cw_store_close(node->world.store);
            node->world.store = play->nodes[0].world.store;
        }
        if (strstr(rest, "alone") == NULL)
            hear(node, CW_BUS_BEGINS, 0, NULL);
    }
}

static void send_text(struct play *play, struct node *node, struct world_conn *conn,
                      const char *text)
{
    struct cw_buf frame = {0};
    uint32_t count;
    if (conn == NULL || trace_pack(&node->world, text, 0, &frame, &count) == NULL)
        play->error = "what is this object, or this connection?";
    else
        world_message(&node->world, conn, cw_buf_slice(&frame), false);
    cw_buf_finish(&frame);
}

/* [NAME:]USER[+[FEATURE,...]] */
static void play_user(struct play *play, struct node *node, const char *word)
{
    char name[16], user[16], text[256], known[32], features[128] = "";
    const char *p = word + strspn(word, "abcdefghijklmnopqrstuvwxyz0123456789");
    snprintf(name, sizeof name, "%.*s", (int)(p - word), word);
    snprintf(user, sizeof user, "%s", name);
    if (*p == ':')
        sscanf(p + 1, "%15[a-z0-9]", user);
    world_connect(&node->world, name, false, false);
    struct world_conn *conn = world_find(&node->world, name);
    snprintf(known, sizeof known, " %s ", user);
    snprintf(text, sizeof text, "\"request\" \"register\" \"%s\" \"password1\"", user);
    if (strstr(play->users, known) == NULL)
        send_text(play, node, conn, text);
    strcat(play->users, known);
    for (char *f = strtok(strchr(word, '+') == NULL ? NULL : strchr(word, '+') + 1, ","); f != NULL;
         f = strtok(NULL, ","))
        snprintf(features + strlen(features), sizeof features - strlen(features), "%s\"%s\"",
                 features[0] == 0 ? "" : ",", f);
    snprintf(text, sizeof text, "\"request\" \"login\" \"%s\" \"password1\" {\"features\": [%s]}",
             user, features);
    send_text(play, node, conn, text);
}

static void play_users(struct play *play, struct node *node, char *words)
{
    size_t before = play->out.n;
    char *save;
    for (char *word = strtok_r(words, " ", &save); word != NULL; word = strtok_r(NULL, " ", &save))
        play_user(play, node, word);
    pump(play);
    world_clear(&node->world);
    play->out.n = before;
}

static void take_device(struct node *node, const struct world_conn *before)
{
    world_connect(&node->world, before->name, false, false);
    memcpy(world_find(&node->world, before->name)->token, before->token, sizeof before->token);
}

static void node_line(struct play *play, struct node *node, char *rest)
{
    char name[16] = "";
    unsigned from;
    int n = 0;
    if (strncmp(rest, "users ", 6) == 0)
        play_users(play, node, rest + 6);
    else if (sscanf(rest, "takes %15s from %u", name, &from) == 2)
        take_device(node, world_find(&play->nodes[from - 1].world, name));
    else if (sscanf(rest, "close %15s", name) == 1)
        world_close(&node->world, name);
    else if (sscanf(rest, "%15[a-z0-9]> %n", name, &n) == 1 && n != 0)
        send_text(play, node, world_find(&node->world, name), rest + n);
    else
        play->error = "what is this node to do?";
    gather(play, node);
    pump(play);
}

/* By then the others have noticed that it says nothing. */
static bool notice_soon(struct play *play, unsigned number)
{
    play->nodes[number - 1].gone_ms = play->now_ms + CW_BUS_GONE_MS;
    return true;
}

static void go_on(struct play *play, struct node *node)
{
    node->stopped = false;
    node->gone_ms = 0;
    world_advance(&node->world, play->now_ms);
    gather(play, node);
    for (unsigned i = 0; i < play->count; i++)
        if (&play->nodes[i] != node && lives(&play->nodes[i])) {
            hear(&play->nodes[i], CW_BUS_NODE_THERE, node->number, NULL);
            hear(node, CW_BUS_NODE_THERE, i + 1, NULL);
        }
    pump(play);
}

static void play_line(struct play *play, char *line)
{
    unsigned long long ms;
    unsigned number;
    if (line[0] == 0 || line[0] == '#')
        return;
    play->quiet = strncmp(line, "quietly ", 8) == 0;
    if (play->quiet)
        line += 8;
    if (!play->started && strncmp(line, "nodes ", 6) == 0)
        begin(play, line + 6);
    else if (sscanf(line, "at %llu", &ms) == 1)
        advance(play, ms);
    else if (sscanf(line, "lose %u", &play->lose) == 1 ||
             sscanf(line, "double %u", &play->twice) == 1)
        play->sent = 0;
    else if (sscanf(line, "kill %u", &number) == 1)
        play->nodes[number - 1].dead = notice_soon(play, number);
    else if (sscanf(line, "stop %u", &number) == 1)
        play->nodes[number - 1].stopped = notice_soon(play, number);
    else if (sscanf(line, "go on %u", &number) == 1)
        go_on(play, &play->nodes[number - 1]);
    else if (sscanf(line, "raise %u", &number) == 1)
        play->raised[number]++;
    else if (strncmp(line, "database ", 9) == 0)
        play->away = line[9] == 'a';
    else if (sscanf(line, "%u ", &number) == 1 && number >= 1 && number <= play->count)
        node_line(play, &play->nodes[number - 1], line + 2);
    else
        play->error = "what is this line?";
}

/* --- one file --------------------------------------------------------------------------------- */

static void end(struct play *play)
{
    for (unsigned i = play->count; i-- > 0;) {
        struct node *node = &play->nodes[i];
        if (i != 0)
            node->world.store = cw_store_open_memory(&(struct cw_store_options){0});
        world_finish(&node->world);
    }
}

static void play_file(struct play *play, char *text)
{
    char copy[4096];
    for (char *line = text, *next; *line != 0 && play->error == NULL; line = next) {
        next = line + strcspn(line, "\n");
        if (*next != 0)
            *next++ = 0;
        if (line[0] == ' ')
            continue;
        size_t n = strlen(line) < sizeof copy ? strlen(line) : sizeof copy - 1;
        memcpy(copy, line, n);
        copy[n] = 0;
        cw_buf_append_str(&play->out, line);
        cw_buf_append_byte(&play->out, '\n');
        play_line(play, copy);
        if (play->error != NULL)
            printf("%s: %s\n", line, play->error);
    }
    end(play);
}

static bool transcript(const char *path, bool write)
{
    static char text[1 << 20], wanted[1 << 20];
    struct play *play = cw_alloc_zero(sizeof *play);
    FILE *file = fopen(path, "rb");
    size_t n = fread(text, 1, sizeof text - 1, file);
    fclose(file);
    text[n] = 0;
    memcpy(wanted, text, n + 1);
    play_file(play, text);
    cw_buf_append_byte(&play->out, 0);
    bool good = n != 0 && play->error == NULL;
    if (good && write && (file = fopen(path, "wb")) != NULL) {
        fwrite(play->out.p, 1, play->out.n - 1, file);
        fclose(file);
    } else if (good && strcmp(wanted, (char *)play->out.p) != 0) {
        trace_print_difference(path, wanted, (char *)play->out.p);
        good = false;
    }
    cw_buf_finish(&play->out);
    free(play);
    return good;
}

int main(int argc, char **argv)
{
    bool write = argc > 1 && strcmp(argv[1], "--write") == 0;
    int failed = 0;
    for (int i = write ? 2 : 1; i < argc; i++)
        failed += !transcript(argv[i], write);
    printf("%d transcripts of nodes failed\n", failed);
    return failed != 0;
}
