/* nodes_play.c - see nodes_play.h. */
#include "nodes_play.h"

#include "core/state.h"
#include "core/user.h"
#include "store/rules_news.h"
#include "world_step.h"

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

void nodes_gather(struct play *play, struct node *node)
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

void nodes_on_effect(void *context, const struct cw_effect *effect)
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

/* The store does not say by which names the node knows them. */
static void copy_name(const struct node *node, uint64_t id, char name[CW_NAME_MAX + 1])
{
    struct cw_slice known = cw_user_name(cw_user_by_id(node->world.core, id));
    snprintf(name, CW_NAME_MAX + 1, "%.*s", (int)known.n, (const char *)known.p);
}

static void keep_news(void *context, const struct cw_store_news *news)
{
    const struct node *node = context;
    struct told *told = &node->play->told[node->play->told_count++];
    told->from = node->number;
    told->news = *news;
    copy_name(node, news->user_id, told->user);
    copy_name(node, news->other_id, told->other);
}

void nodes_on_stored(void *context, const struct cw_store_request *request,
                     const struct cw_store_result *result)
{
    bool of_member = request->op == CW_STORE_MEMBER_KICK || request->op == CW_STORE_MEMBER_BAN ||
                     request->op == CW_STORE_MEMBER_MUTE;
    if (of_member && result->status == CW_STORE_OK)
        cw_store_news_of(request, result, keep_news, context);
}

/* --- bus and database ------------------------------------------------------------------------ */

bool nodes_lives(const struct node *node)
{
    return !node->dead && !node->stopped;
}

static void step(struct node *node, struct cw_event *event)
{
    world_step(&node->world, event);
    world_run(&node->world);
    nodes_gather(node->play, node);
}

void nodes_hear(struct node *node, enum cw_core_bus_what what, unsigned from,
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
    if (play->nodes[letter->from - 1].cut)
        return;
    if (play->lose != 0 && play->sent % play->lose == 0)
        return;
    unsigned times = play->twice != 0 && play->sent % play->twice == 0 ? 2 : 1;
    for (unsigned i = 0; i < play->count; i++)
        for (unsigned n = 0; n < times && nodes_lives(&play->nodes[i]); n++)
            if (!play->nodes[i].cut && letter->from != i + 1 &&
                (letter->to == 0 || letter->to == i + 1))
                nodes_hear(&play->nodes[i], CW_BUS_SAYS, letter->from, letter);
}

static void read_news(struct play *play, struct told *told)
{
    told->news.user_name = cw_slice_str(told->user);
    told->news.other_name = cw_slice_str(told->other);
    for (unsigned i = 0; i < play->count; i++)
        if (told->from != i + 1 && nodes_lives(&play->nodes[i]))
            step(&play->nodes[i], &(struct cw_event){.type = CW_EV_NEWS, .news = &told->news});
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
    if (nodes_lives(node))
        step(node, &event);
}

static void renew(struct play *play)
{
    play->renew_ms += CW_CALL_RENEW_MS;
    for (size_t i = 0; i < LEASES_MAX && !play->away; i++) {
        struct lease *row = &play->leases[i];
        struct cw_event event = {.type = CW_EV_LEASE, .lease.left_ms = CW_CALL_LEASE_MS * 2 / 3};
        if (row->node == 0 || !nodes_lives(&play->nodes[row->node - 1]))
            continue;
        row->until_ms = play->now_ms + CW_CALL_LEASE_MS;
        step(&play->nodes[row->node - 1], &event);
    }
}

void nodes_pump(struct play *play)
{
    while (play->first != NULL || play->told_count != 0 || play->want_count != 0) {
        struct letter *letter = play->first;
        if (letter == NULL && play->told_count != 0) {
            struct told told = play->told[0];
            memmove(play->told, play->told + 1, --play->told_count * sizeof told);
            read_news(play, &told);
            continue;
        }
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
        uint64_t due = nodes_lives(node) ? cw_core_deadline(node->world.core) : UINT64_MAX;
        next = due < next ? due : next;
        if (node->gone_ms != 0 && node->gone_ms < next)
            next = node->gone_ms;
    }
    return next;
}

static bool is_cut_off(const struct node *node)
{
    return node->cut && node->gone_ms == 0;
}

/* The node is not heard by the other one any more, nor that by it if it has no bus. */
static void notice(struct node *node, struct node *other)
{
    if (is_cut_off(other))
        return; /* that was noticed before */
    if (nodes_lives(other))
        nodes_hear(other, CW_BUS_NODE_GONE, node->number, NULL);
    if (node->cut && nodes_lives(node) && nodes_lives(other))
        nodes_hear(node, CW_BUS_NODE_GONE, other->number, NULL);
}

static void notice_gone(struct play *play)
{
    for (unsigned i = 0; i < play->count; i++) {
        struct node *node = &play->nodes[i];
        if (node->gone_ms == 0 || node->gone_ms > play->now_ms)
            continue;
        node->gone_ms = 0;
        for (unsigned k = 0; k < play->count; k++)
            if (k != i)
                notice(node, &play->nodes[k]);
    }
}

void nodes_advance(struct play *play, uint64_t to_ms)
{
    bool last = false;
    while (!last) {
        uint64_t next = next_ms(play);
        last = next > to_ms;
        play->now_ms = last ? to_ms : next > play->now_ms ? next : play->now_ms;
        for (unsigned i = 0; i < play->count; i++)
            if (nodes_lives(&play->nodes[i])) {
                world_advance(&play->nodes[i].world, play->now_ms);
                nodes_gather(play, &play->nodes[i]);
            }
        notice_gone(play);
        if (play->renew_ms <= play->now_ms)
            renew(play);
        nodes_pump(play);
    }
}

void nodes_cut(struct node *node)
{
    node->cut = true;
    node->gone_ms = node->play->now_ms + CW_BUS_GONE_MS;
    nodes_hear(node, CW_BUS_ENDS, 0, NULL);
    nodes_pump(node->play);
}

void nodes_uncut(struct node *node)
{
    struct play *play = node->play;
    bool noticed = is_cut_off(node);
    node->cut = false;
    node->gone_ms = 0;
    nodes_hear(node, CW_BUS_BEGINS, 0, NULL);
    for (unsigned i = 0; noticed && i < play->count; i++) {
        struct node *other = &play->nodes[i];
        if (other == node || other->cut || !nodes_lives(other))
            continue;
        nodes_hear(other, CW_BUS_NODE_THERE, node->number, NULL);
        nodes_hear(node, CW_BUS_NODE_THERE, other->number, NULL);
    }
    nodes_pump(play);
}

void nodes_missed(struct node *node)
{
    nodes_hear(node, CW_BUS_MISSED, 0, NULL);
    nodes_pump(node->play);
}
