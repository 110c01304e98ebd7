/* carry_out.c - carries out the core's effects: bytes for connections, requests for the store, work
 * for workers. Called by shell.c after each step. */
#include "server/control_ask.h"
#include "server/journal.h"
#include "server/shell_internal.h"

static void add_immediate(struct cw_shell *shell, const struct cw_event *event)
{
    if (shell->immediate_count == shell->immediate_capacity) {
        shell->immediate_capacity = shell->immediate_capacity * 2 + 8;
        shell->immediate =
            cw_realloc(shell->immediate, shell->immediate_capacity * sizeof *shell->immediate);
    }
    shell->immediate[shell->immediate_count++] = *event;
}

void cw_shell_add_request(struct cw_shell *shell, struct cw_store_request *request)
{
    if (shell->request_count == shell->request_capacity) {
        shell->request_capacity = shell->request_capacity * 2 + 64;
        shell->requests =
            cw_realloc(shell->requests, shell->request_capacity * sizeof *shell->requests);
    }
    /* All of them come this way: without a date the store would believe the time. */
    request->date_ms = cw_calendar_now(&shell->calendar)->date_ms;
    shell->requests[shell->request_count++] = request;
}

void cw_shell_submit(struct cw_shell *shell)
{
    cw_store_thread_submit(shell->store, shell->requests, shell->request_count);
    shell->request_count = 0;
}

static void refuse_store_request(struct cw_shell *shell, const struct cw_store_request *request)
{
    struct cw_store_result *full = cw_alloc_zero(sizeof *full);
    full->op = request->op;
    full->status = CW_STORE_UNAVAILABLE;
    full->cookie = request->cookie;
    add_immediate(shell, &(struct cw_event){.type = CW_EV_STORE, .store = full});
}

/* n: what has_room found. */
static void submit(struct cw_shell *shell, struct cw_store_request *request, size_t n)
{
    request->account = cw_account_refer(cw_net_account(shell->net, request->conn));
    request->charged = n;
    cw_account_charge(request->account, request->charged);
    if (request->op == CW_STORE_MESSAGE_APPEND)
        shell->appending++;
    if (cw_store_op_is_of_bytes(request->op))
        cw_file_worker_submit(shell->files, request, cw_core_owner_of_user(request->user_id));
    else if (request->body.n > CW_BODY_INLINE_MAX && request->op == CW_STORE_MESSAGE_APPEND)
        cw_blob_writer_submit(shell->blobs, request);
    else
        cw_shell_add_request(shell, request);
}

/* *n: what it takes, with its result. */
static bool has_room(const struct cw_shell *shell, const struct cw_store_request *request,
                     size_t *n)
{
    size_t result = cw_store_result_size(request);
    bool refusable = request->op == CW_STORE_MESSAGE_APPEND || result != 0;
    *n = cw_store_request_size(request) + result;
    if (request->op == CW_STORE_MESSAGE_APPEND && shell->appending >= CW_STORE_QUEUE_MAX)
        return false;
    return !refusable || cw_account_shortage(cw_net_account(shell->net, request->conn), *n) ==
                             CW_SHORT_OF_NOTHING;
}

static void wait_for_room(struct cw_shell *shell, struct cw_store_request *request)
{
    if (shell->page_count == shell->page_capacity) {
        shell->page_capacity = shell->page_capacity * 2 + 64;
        shell->pages = cw_realloc(shell->pages, shell->page_capacity * sizeof *shell->pages);
    }
    shell->pages[shell->page_count++] = request;
}

/* The longest waiting first; those without room continue to wait. */
void cw_shell_submit_pages(struct cw_shell *shell)
{
    size_t kept = 0;
    for (size_t i = 0; i < shell->page_count; i++) {
        struct cw_store_request *request = shell->pages[i];
        size_t n;
        if (has_room(shell, request, &n))
            submit(shell, request, n);
        else
            shell->pages[kept++] = request;
    }
    shell->page_count = kept;
}

/* When there is no room, a request is refused and delivery waits. */
static void ask_store(struct cw_shell *shell, const struct cw_store_request *request)
{
    size_t n;
    if (has_room(shell, request, &n))
        submit(shell, cw_store_request_copy(&shell->pool, request), n);
    else if (request->op == CW_STORE_INBOX_READ)
        wait_for_room(shell, cw_store_request_copy(&shell->pool, request));
    else
        refuse_store_request(shell, request);
}

static void ask_hash(struct cw_shell *shell, const struct cw_effect *effect)
{
    if (effect->hash.op == CW_HASH_PASSWORD || effect->hash.op == CW_HASH_PASSWORD_VERIFY) {
        cw_hasher_submit(shell->hasher, effect);
        return;
    }
    uint8_t *hash = cw_alloc(CW_TOKEN_HASH_LEN + CW_SECRET_LEN + 1 + CW_RANDOM_LEN);
    char *made = (char *)hash + CW_TOKEN_HASH_LEN;
    struct cw_event event = {.type = CW_EV_HASH};
    event.hash.cookie = effect->hash.cookie;
    event.hash.status = CW_HASH_OK;
    event.hash.secret = cw_slice_of(hash, CW_TOKEN_HASH_LEN);
    if (effect->hash.op == CW_HASH_TOKEN) {
        cw_hash_token(effect->hash.text, hash);
    } else if (effect->hash.op == CW_HASH_SECRET) {
        cw_hash_secret(made, hash);
        event.hash.token = cw_slice_of(made, CW_SECRET_LEN);
    } else if (effect->hash.op == CW_HASH_RANDOM) {
        cw_hash_random(hash, CW_RANDOM_LEN);
        event.hash.secret.n = CW_RANDOM_LEN;
    } else {
        cw_hash_invite(made, hash);
        event.hash.token = cw_slice_of(made, CW_TOKEN_LEN);
    }
    add_immediate(shell, &event);
}

/* Another setting is an event of its own, which must not come while effects are carried out. */
static void ask_server_later(struct cw_shell *shell, const struct cw_effect *effect)
{
    struct cw_server_asked *asked = cw_alloc_zero(sizeof *asked);
    struct cw_slice name = effect->server.name, value = effect->server.value;
    asked->cookie = effect->server.cookie;
    asked->op = effect->server.op;
    if (name.n != 0)
        memcpy(asked->name, name.p, name.n);
    if (value.n != 0)
        memcpy(asked->value, value.p, value.n);
    struct cw_server_asked **place = &shell->asked_server;
    while (*place != NULL)
        place = &(*place)->next;
    *place = asked;
}

/* A packet to the receivers that get PCM arrays. */
static void send_list(struct cw_shell *shell, const struct cw_effect *effect)
{
    struct cw_effect list = *effect;
    if (!cw_transcoder_push(&shell->transcoder, effect->send.speaker,
                            effect->send.msg.samples.payload, &shell->list))
        return;
    list.send.msg.samples = (struct cw_samples){.encoded = cw_buf_slice(&shell->list)};
    cw_fan_out(&shell->fan_out, &list);
}

static void count_try(struct cw_shell *shell, int action, int code)
{
    unsigned outcome = code == CW_SUCCESS ? CW_METRIC_ACCEPTED_TRY : CW_METRIC_REFUSED_TRY;
    if (action == CW_LOGIN || action == CW_LOGIN_BY_LINK)
        shell->metrics.at[CW_METRIC_LOGINS + outcome]++;
    else if (action == CW_REGISTER)
        shell->metrics.at[CW_METRIC_REGISTRATIONS + outcome]++;
}

static void note(struct cw_shell *shell, const struct cw_effect *effect)
{
    count_try(shell, effect->note.action, effect->note.code);
    char host[CW_NET_HOST_MAX];
    cw_net_host(shell->net, effect->note.conn, host);
    cw_journal_note(host, effect->note.action, effect->note.code, effect->note.name,
                    effect->note.request);
}

static void count_refusal(struct cw_shell *shell, const struct cw_msg *msg)
{
    if (msg->kind == CW_RESPONSE && msg->code != CW_SUCCESS)
        shell->metrics.at[CW_METRIC_REFUSALS + cw_code_index(msg->code)]++;
}

/* Takes those who get packets as `p` out of *conns, into `compact`; returns their number. */
static size_t take_compact(struct cw_shell *shell, cw_conn_id *conns, size_t *count,
                           cw_conn_id *compact)
{
    size_t taken = 0, kept = 0;
    for (size_t i = 0; i < *count; i++)
        if ((cw_net_label(shell->net, conns[i]) & CW_AUDIO_COMPACT) != 0)
            compact[taken++] = conns[i];
        else
            conns[kept++] = conns[i];
    *count = kept;
    return taken;
}

/* Audio with a packet: by datagrams, and to the others by their connections. */
static void send_audio(struct cw_shell *shell, const struct cw_effect *effect)
{
    struct cw_effect rest = *effect, compact = *effect;
    size_t size = effect->send.extended_count * sizeof(cw_conn_id);
    cw_conn_id *left = cw_arena_alloc(&shell->effects.arena, size);
    cw_conn_id *taken = cw_arena_alloc(&shell->effects.arena, size);
    rest.send.extended = left;
    rest.send.extended_count = cw_voice_forward(shell->voice, effect, left);
    compact.send.msg.action = CW_PACKET;
    compact.send.plain_count = 0;
    compact.send.extended = taken;
    compact.send.extended_count = take_compact(shell, left, &rest.send.extended_count, taken);
    cw_fan_out(&shell->fan_out, &compact);
    cw_fan_out(&shell->fan_out, &rest);
}

/* Of a client that can use datagrams. */
static void answer_join(struct cw_shell *shell, const struct cw_effect *effect)
{
    struct cw_effect answer = *effect;
    cw_voice_offer(shell->voice, effect->send.extended[0], &answer.send.msg.extras);
    cw_fan_out(&shell->fan_out, &answer);
}

static void send_effect(struct cw_shell *shell, const struct cw_effect *effect)
{
    const struct cw_msg *msg = &effect->send.msg;
    if (msg->action == CW_CALL_DATA && msg->samples.form == CW_SAMPLES_PACKET)
        send_audio(shell, effect);
    else if (msg->action == CW_JOIN_CALL && (msg->extras.present & CW_BIT(CW_X_UDP)) != 0)
        answer_join(shell, effect);
    else if (msg->action == CW_POST_HOOK ? !cw_shell_answer_post(shell, effect)
                                         : !cw_linked_answer(shell->linked, effect))
        cw_fan_out(&shell->fan_out, effect);
}

static void send_by_bus(struct cw_shell *shell, const struct cw_effect *effect)
{
    if (shell->bus == NULL)
        return;
    if (effect->bus.kind == CW_BUS_CALL_VOICES)
        cw_bus_voices_add(&shell->bus_voices, effect->bus.to, effect->bus.body);
    else
        cw_bus_send(shell->bus, effect->bus.to, effect->bus.kind, effect->bus.body);
}

void cw_shell_flush_bus(struct cw_shell *shell)
{
    cw_bus_voices_flush(&shell->bus_voices);
    cw_bus_flush(shell->bus);
}

void cw_shell_carry_out(struct cw_shell *shell, const struct cw_effect *effect)
{
    switch (effect->type) {
    case CW_FX_SEND:
        count_refusal(shell, &effect->send.msg);
        send_effect(shell, effect);
        break;
    case CW_FX_CONTROL:
        cw_control_answer(shell->asks, effect);
        break;
    case CW_FX_LISTS:
        send_list(shell, effect);
        break;
    case CW_FX_LISTS_END:
        cw_transcoder_remove(&shell->transcoder, effect->close.conn);
        break;
    case CW_FX_CLOSE:
        cw_net_close(shell->net, effect->close.conn, effect->close.reason);
        break;
    case CW_FX_DROP:
        cw_net_drop(shell->net, effect->close.conn, effect->close.reason);
        break;
    case CW_FX_STORE:
        ask_store(shell, &effect->store);
        break;
    case CW_FX_HASH:
        ask_hash(shell, effect);
        break;
    case CW_FX_SERVER:
        ask_server_later(shell, effect);
        break;
    case CW_FX_PROBE:
        cw_net_probe(shell->net, effect->probe.conn, effect->probe.mark);
        break;
    case CW_FX_NOTE:
        note(shell, effect);
        break;
    case CW_FX_READ:
        cw_net_read(shell->net, effect->read.conn, effect->read.on);
        break;
    case CW_FX_AUTHENTICATED:
        cw_net_set_user(shell->net, effect->authenticated.conn, effect->authenticated.user);
        break;
    case CW_FX_BUS:
        send_by_bus(shell, effect);
        break;
    case CW_FX_LEASE:
        cw_store_thread_lease(shell->store, effect->lease.call, effect->lease.take);
        break;
    case CW_FX_PUSH:
        cw_push_sender_submit(shell->pushes, effect);
        break;
    case CW_FX_AUDIO: /* read where its audio comes in: on_message, decode_elsewhere */
        cw_net_set_label(shell->net, effect->audio.conn, effect->audio.looks);
        break;
    }
}
