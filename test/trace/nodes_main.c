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
 *   bus away N, bus back N   the connection of node N to the bus
 *   missed N              it is told that the bus has dropped messages of others
 *   database away, database back
 *
 * Others hear of a kick, a ban and a mute, as by the database; of nothing else that is stored. */
#include <stdlib.h>

#include "difference.h"
#include "nodes_play.h"
#include "store/memory/open.h"
#include "trace_pack.h"
#include "world_step.h"

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
        node->world.on_bus = nodes_on_effect;
        node->world.on_stored = nodes_on_stored;
        node->world.on_bus_context = node;
        if (i != 0) {
            cw_store_close(node->world.store);
            node->world.store = play->nodes[0].world.store;
        }
        if (strstr(rest, "alone") == NULL)
            nodes_hear(node, CW_BUS_BEGINS, 0, NULL);
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
    nodes_pump(play);
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
    nodes_gather(play, node);
    nodes_pump(play);
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
    nodes_gather(play, node);
    for (unsigned i = 0; i < play->count; i++)
        if (&play->nodes[i] != node && nodes_lives(&play->nodes[i])) {
            nodes_hear(&play->nodes[i], CW_BUS_NODE_THERE, node->number, NULL);
            nodes_hear(node, CW_BUS_NODE_THERE, i + 1, NULL);
        }
    nodes_pump(play);
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
        nodes_advance(play, ms);
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
    else if (sscanf(line, "bus away %u", &number) == 1)
        nodes_cut(&play->nodes[number - 1]);
    else if (sscanf(line, "bus back %u", &number) == 1)
        nodes_uncut(&play->nodes[number - 1]);
    else if (sscanf(line, "missed %u", &number) == 1)
        nodes_missed(&play->nodes[number - 1]);
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
