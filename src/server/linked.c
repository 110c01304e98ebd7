/* linked.c - see linked.h. */
#include "server/linked.h"

#include <assert.h>
#include <sodium.h>
#include <stdlib.h>

#include "base/line.h"
#include "base/map.h"
#include "frame/http_file.h"

/* Longer headers of these are ignored: no program sends them. */
#define RANGE_MAX 64u

/* What a transfer waits for. */
enum waits {
    WAITS_FOR_ANSWER, /* of the core: what the file is, or where the upload stands */
    WAITS_FOR_PIECE,  /* of the file, from the core */
    WAITS_FOR_PEER,   /* which takes what it was sent, then gets the next piece */
    WAITS_FOR_BODY,   /* of a PUT: its next piece, from the peer */
    WAITS_FOR_DISK,   /* ... which the core answers when it is there */
    WAITS_FOR_END     /* the peer takes the rest of the answer */
};

struct transfer {
    cw_net_id id;
    enum waits waits;
    struct cw_http_asked asked; /* its slices are in `bytes` */
    uint8_t *bytes;
    uint64_t at, end; /* the next byte that is read or written, and the end of what is wanted */
    struct cw_line line;
    size_t leaving; /* bytes of the file that the kernel has not sent, as far as is known */
};

struct cw_linked {
    struct cw_map transfers; /* by id */
    struct cw_net *net;
    cw_linked_ask *ask;
    void *context;
};

struct cw_linked *cw_linked_create(struct cw_net *net, cw_linked_ask *ask, void *context)
{
    struct cw_linked *linked = cw_alloc_zero(sizeof *linked);
    uint64_t seed[2];
    randombytes_buf(seed, sizeof seed);
    cw_map_init(&linked->transfers, seed);
    linked->net = net;
    linked->ask = ask;
    linked->context = context;
    return linked;
}

static struct transfer *transfer_of(const struct cw_linked *linked, cw_net_id id)
{
    return linked->transfers.count == 0 ? NULL : cw_map_get(&linked->transfers, cw_map_id(&id));
}

static void destroy_transfer(struct cw_linked *linked, struct transfer *transfer)
{
    cw_map_remove(&linked->transfers, cw_map_id(&transfer->id));
    free(transfer->bytes);
    free(transfer);
}

/* --- to the core ----------------------------------------------------------------------------- */

/* The answer may come before this returns, and end the transfer. */
static void ask_core(struct cw_linked *linked, const struct transfer *transfer, uint64_t limit,
                     struct cw_slice bytes)
{
    struct cw_slice link = transfer->asked.target;
    uint8_t *memory = cw_alloc(link.n + bytes.n);
    memcpy(memory, link.p, link.n);
    if (bytes.n != 0)
        memcpy(memory + link.n, bytes.p, bytes.n);
    struct cw_owned frame = {cw_slice_of(memory, link.n + bytes.n), memory};
    struct cw_msg msg = {.kind = CW_REQUEST,
                         .action = transfer->asked.puts ? CW_WRITE_LINKED : CW_FETCH_LINKED,
                         .link = cw_slice_of(memory, link.n),
                         .offset = transfer->at,
                         .bytes = cw_slice_of(memory + link.n, bytes.n),
                         .extras = {.map_present = true, .limit = limit}};
    if (!transfer->asked.puts)
        msg.extras.present = CW_BIT(CW_X_LIMIT);
    linked->ask(linked->context, transfer->id, &msg, &frame);
    cw_owned_free(&frame);
}

/* --- to the peer ----------------------------------------------------------------------------- */

static void put(struct cw_linked *linked, const struct transfer *transfer, struct cw_buf *bytes)
{
    cw_net_put(linked->net, transfer->id, cw_buf_slice(bytes));
    cw_buf_finish(bytes);
}

/* The whole answer is a sentence. The rest of a body is not read. */
static void answer_without(struct cw_linked *linked, struct transfer *transfer, unsigned status,
                           const char *sentence)
{
    struct cw_buf out = {0};
    transfer->asked.closes |= transfer->asked.puts && status != 204;
    cw_http_put_no_file(&out, &transfer->asked, status, sentence);
    transfer->waits = WAITS_FOR_END;
    put(linked, transfer, &out);
}

static void answer_not_there(struct cw_linked *linked, struct transfer *transfer)
{
    answer_without(linked, transfer, 404, "There is no such page here.\n");
}

/* To who has no right the link is one to nothing, whatever the reason. */
static void refuse(struct cw_linked *linked, struct transfer *transfer, const struct cw_msg *answer)
{
    if (transfer->waits == WAITS_FOR_PIECE) /* a part was sent: it continues with a range */
        cw_net_close(linked->net, transfer->id, NULL);
    else if (answer->code == CW_UNAVAILABLE)
        answer_without(linked, transfer, 503, "The server is busy: repeat it later.\n");
    else if (answer->code == CW_RATE_LIMITED)
        answer_without(linked, transfer, 429, "Too many requests: repeat it later.\n");
    else if (transfer->waits == WAITS_FOR_DISK)
        answer_without(linked, transfer, 409,
                       "The upload does not stand here: ask where it continues.\n");
    else
        answer_not_there(linked, transfer);
}

static struct cw_slice kept(uint8_t **to, struct cw_slice s, size_t most)
{
    if (s.n == 0 || s.n > most)
        return (struct cw_slice){0};
    memcpy(*to, s.p, s.n);
    *to += s.n;
    return cw_slice_of(*to - s.n, s.n);
}

/* The answer takes a while, and the request's slices are gone by then. */
static struct transfer *keep_asked(struct cw_linked *linked, cw_net_id id,
                                   const struct cw_http_asked *asked)
{
    struct transfer *transfer = cw_alloc_zero(sizeof *transfer);
    uint8_t *to = transfer->bytes = cw_alloc(CW_FILE_LINK_MAX + 3 * RANGE_MAX);
    assert(transfer_of(linked, id) == NULL);
    transfer->id = id;
    transfer->asked = *asked;
    transfer->asked.target = kept(&to, asked->target, CW_FILE_LINK_MAX);
    transfer->asked.range = kept(&to, asked->range, asked->wants_head ? 0 : RANGE_MAX);
    transfer->asked.if_range = kept(&to, asked->if_range, RANGE_MAX);
    transfer->asked.content_range = kept(&to, asked->content_range, RANGE_MAX);
    transfer->asked.forwarded = (struct cw_slice){0};
    cw_map_put(&linked->transfers, cw_map_id(&transfer->id), transfer);
    return transfer;
}

void cw_linked_asked(struct cw_linked *linked, cw_net_id id, const struct cw_http_asked *asked)
{
    struct transfer *transfer = keep_asked(linked, id, asked);
    bool good = asked->content_range.n <= RANGE_MAX && transfer->asked.target.n != 0;
    if (good)
        ask_core(linked, transfer, 0, (struct cw_slice){0});
    else
        answer_not_there(linked, transfer);
}

/* --- reading a file -------------------------------------------------------------------------- */

/* "/f/NUMBER?...": the core has accepted it. */
static uint64_t number_of(struct cw_slice link)
{
    uint64_t number = 0;
    for (size_t i = strlen("/f/"); i < link.n && link.p[i] != '?'; i++)
        number = number * 10 + (uint64_t)(link.p[i] - '0');
    return number;
}

static void begin_file(struct cw_linked *linked, struct transfer *transfer,
                       const struct cw_msg *about)
{
    struct cw_buf out = {0};
    struct cw_http_file file = {.site = transfer->asked.site,
                                .closes = transfer->asked.closes,
                                .id = number_of(transfer->asked.target),
                                .size = about->size,
                                .name = about->extras.file_name,
                                .type = about->extras.file_type,
                                .range = transfer->asked.range,
                                .if_range = transfer->asked.if_range};
    bool any = cw_http_put_file(&out, &file, &transfer->at, &transfer->end);
    transfer->waits = any && !transfer->asked.wants_head ? WAITS_FOR_PEER : WAITS_FOR_END;
    put(linked, transfer, &out);
}

static void send_piece(struct cw_linked *linked, struct transfer *transfer, struct cw_slice bytes)
{
    transfer->at += bytes.n;
    transfer->leaving = bytes.n;
    transfer->waits = transfer->at == transfer->end ? WAITS_FOR_END : WAITS_FOR_PEER;
    cw_net_put(linked->net, transfer->id, bytes);
}

static void fetch_piece(struct cw_linked *linked, struct transfer *transfer)
{
    uint64_t left = transfer->end - transfer->at;
    cw_line_passed(&transfer->line, transfer->leaving, uv_hrtime() / 1000);
    size_t slice = cw_line_slice(&transfer->line);
    transfer->waits = WAITS_FOR_PIECE;
    ask_core(linked, transfer, left < slice ? left : slice, (struct cw_slice){0});
}

void cw_linked_drained(struct cw_linked *linked, cw_net_id id)
{
    struct transfer *transfer = transfer_of(linked, id);
    if (transfer == NULL)
        return;
    bool closes = transfer->asked.closes;
    if (transfer->waits == WAITS_FOR_PEER) {
        fetch_piece(linked, transfer);
    } else if (transfer->waits == WAITS_FOR_END) {
        destroy_transfer(linked, transfer);
        cw_net_answered(linked->net, id, closes);
    }
}

/* --- writing an upload ----------------------------------------------------------------------- */

/* The upload stands at about->offset. Is the body what comes next, and of this file? */
static void begin_body(struct cw_linked *linked, struct transfer *transfer,
                       const struct cw_msg *about)
{
    uint64_t size;
    struct cw_buf out = {0};
    bool good = cw_http_read_place(&transfer->asked, &transfer->at, &size) &&
                transfer->at == about->offset && size == about->extras.size;
    if (!good) {
        answer_without(linked, transfer, 409,
                       "The body is not what the upload lacks: begin where it stands, with a "
                       "Content-Range of its whole size.\n");
        return;
    }
    transfer->end = transfer->at + transfer->asked.length;
    transfer->waits = WAITS_FOR_BODY;
    if (transfer->asked.awaits_continue)
        cw_http_put_continue(&out);
    put(linked, transfer, &out);
    cw_net_hold(linked->net, transfer->id, false);
}

void cw_linked_piece(struct cw_linked *linked, cw_net_id id, struct cw_slice bytes)
{
    struct transfer *transfer = transfer_of(linked, id);
    assert(transfer != NULL && transfer->waits == WAITS_FOR_BODY);
    transfer->waits = WAITS_FOR_DISK;
    ask_core(linked, transfer, 0, bytes);
}

static void piece_stored(struct cw_linked *linked, struct transfer *transfer,
                         const struct cw_msg *answer)
{
    transfer->at = answer->offset;
    if (transfer->at == transfer->end) {
        answer_without(linked, transfer, 204, "");
        return;
    }
    transfer->waits = WAITS_FOR_BODY;
    cw_net_hold(linked->net, transfer->id, false);
}

/* --- answers --------------------------------------------------------------------------------- */

static void take_answer(struct cw_linked *linked, struct transfer *transfer,
                        const struct cw_msg *answer)
{
    if (answer->code != CW_SUCCESS)
        refuse(linked, transfer, answer);
    else if (transfer->waits == WAITS_FOR_PIECE)
        send_piece(linked, transfer, answer->bytes);
    else if (transfer->waits == WAITS_FOR_DISK)
        piece_stored(linked, transfer, answer);
    else if (transfer->asked.puts)
        begin_body(linked, transfer, answer);
    else
        begin_file(linked, transfer, answer);
}

bool cw_linked_answer(struct cw_linked *linked, const struct cw_effect *effect)
{
    const struct cw_msg *msg = &effect->send.msg;
    if (msg->action != CW_FETCH_LINKED && msg->action != CW_WRITE_LINKED)
        return false;
    cw_net_id id = effect->send.plain_count != 0 ? effect->send.plain[0] : effect->send.extended[0];
    struct transfer *transfer = transfer_of(linked, id);
    if (transfer == NULL)
        return false;
    take_answer(linked, transfer, msg);
    return true;
}

void cw_linked_closed(struct cw_linked *linked, cw_net_id id)
{
    struct transfer *transfer = transfer_of(linked, id);
    if (transfer != NULL)
        destroy_transfer(linked, transfer);
}

void cw_linked_destroy(struct cw_linked *linked)
{
    if (linked == NULL)
        return;
    assert(linked->transfers.count == 0);
    cw_map_finish(&linked->transfers);
    free(linked);
}
