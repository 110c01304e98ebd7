/* shell.c - see shell.h. Reading order: on_message (an event in), cw_shell_step, cw_shell_carry_out
 * (effects), end_of_tick (what was queued is sent), on_store_ready (results come back). */
#include "server/shell.h"

#include <stdlib.h>
#include <time.h>

#include "server/control_ask.h"
#include "server/control_commands.h"
#include "server/examine.h"
#include "server/journal.h"
#include "server/lister.h"
#include "server/listing.h"
#include "server/log.h"
#include "server/server_facts.h"
#include "server/service.h"
#include "server/shell_internal.h"
#include "wire/msg.h"

/* A request with a text of some lines. */
#define REQUEST_BLOCK 512

/* --- events from the network ----------------------------------------------------------- */

static void conn_event(void *context, cw_net_id id, enum cw_event_type type)
{
    struct cw_event event = {.type = type, .conn = id};
    cw_shell_step(context, &event);
}

static void step_peer(struct cw_shell *shell, enum cw_event_type type, cw_net_id id,
                      const struct cw_net_peer *peer)
{
    struct cw_event event = {.type = type, .conn = id};
    event.connected.address = peer->address;
    event.connected.loopback = peer->loopback;
    event.connected.no_updates = !peer->takes_updates;
    event.connected.by_old_key = peer->by_old_key;
    event.connected.account = peer->account;
    cw_shell_step(shell, &event);
}

static void on_opened(void *context, cw_net_id id, const struct cw_net_peer *peer)
{
    step_peer(context, CW_EV_OPENED, id, peer);
}

static void on_crowded(void *context)
{
    conn_event(context, 0, CW_EV_CROWDED);
}

static void on_answered(void *context, cw_net_id id)
{
    conn_event(context, id, CW_EV_ANSWERED);
}

static void on_ready(void *context, cw_net_id id, const struct cw_net_peer *peer)
{
    step_peer(context, CW_EV_CONNECTED, id, peer);
}

static void on_message(void *context, cw_net_id id, struct cw_slice frame, bool envelope)
{
    struct cw_shell *shell = context;
    struct cw_msg msg;
    if (frame.n > CW_MESSAGE_MAX) {
        cw_shell_decode(shell, id, frame, envelope);
        return;
    }
    struct cw_event event = {.type = CW_EV_MESSAGE, .conn = id};
    event.message.code = cw_msg_decode(CW_READER_SERVER, frame, &msg);
    if (event.message.code == CW_SUCCESS && msg.action == CW_VOICE_MSG) {
        cw_shell_decode(shell, id, frame, envelope);
        return;
    }
    if (event.message.code == CW_SUCCESS && cw_is_live_audio(&msg)) {
        unsigned audio = cw_net_label(shell->net, id);
        event.message.code =
            cw_examine_frame(&msg, (audio & CW_AUDIO_OPUS) != 0, (audio & CW_AUDIO_LOUDNESS) != 0);
    }
    event.message.msg = &msg;
    event.message.frame = frame;
    event.message.envelope = envelope;
    cw_shell_step(shell, &event);
}

static void on_head(void *context, cw_net_id id, struct cw_slice head, bool envelope)
{
    struct cw_msg msg;
    struct cw_event event = {.type = CW_EV_MESSAGE, .conn = id};
    event.message.code = cw_msg_decode_head(head, &msg);
    event.message.msg = &msg;
    event.message.frame = head;
    event.message.envelope = envelope;
    event.message.head = true;
    cw_shell_step(context, &event);
}

/* A multi-part message gets the answer of a malformed one. */
static void on_peer_refused(void *context, cw_net_id id)
{
    struct cw_msg msg = {.kind = CW_REQUEST, .fault.rule = CW_RULE_ONE_FRAME};
    struct cw_event event = {.type = CW_EV_MESSAGE, .conn = id, .message.code = CW_BAD_REQUEST};
    event.message.msg = &msg;
    cw_shell_step(context, &event);
}

static void on_received(void *context, cw_net_id id, uint64_t mark)
{
    struct cw_event event = {.type = CW_EV_RECEIVED, .conn = id, .received_mark = mark};
    cw_shell_step(context, &event);
}

static void on_queue_full(void *context, cw_net_id id)
{
    conn_event(context, id, CW_EV_QUEUE_FULL);
}

static void on_queue_empty(void *context, cw_net_id id)
{
    conn_event(context, id, CW_EV_QUEUE_EMPTY);
}

static void on_next_key(void *context, struct cw_slice key)
{
    struct cw_event event = {.type = CW_EV_NEXT_KEY, .next_key = key};
    cw_shell_step(context, &event);
}

static void on_net_log(void *context, const char *host, const char *reason)
{
    (void)context;
    cw_journal_closed(host, reason);
}

/* --- events from the store, the workers and the clock -------------------------------------- */

static void take_result(void *context, const struct cw_store_result *result)
{
    struct cw_shell *shell = context;
    if (shell->stopping)
        return;
    if (result->status == CW_STORE_FAILED)
        cw_shell_fail(NULL);
    struct cw_event event = {.type = CW_EV_STORE, .store = result};
    if (result->cookie != 0)
        cw_shell_step(shell, &event);
}

/* A batch lives until the last of its pages has got its lists, too. */
static void release_batch(struct cw_shell *shell, struct cw_store_batch *batch)
{
    if (--batch->references == 0)
        cw_store_batch_destroy(&shell->pool, batch);
}

/* The files of a page have become lists. */
static void on_listed(struct cw_listing *listing)
{
    struct cw_shell *shell = listing->context;
    take_result(shell, listing->result);
    release_batch(shell, listing->owner);
}

static void count_message(struct cw_shell *shell, const struct cw_store_request *request,
                          const struct cw_store_result *result)
{
    if (request->op != CW_STORE_MESSAGE_APPEND || result->status != CW_STORE_OK || result->repeated)
        return;
    shell->metrics.at[CW_METRIC_MESSAGES + (request->voice  ? CW_METRIC_VOICE
                                            : request->call ? CW_METRIC_MISSED_CALL
                                                            : CW_METRIC_TEXT)]++;
}

static void take_request(struct cw_shell *shell, struct cw_store_batch *batch, size_t i)
{
    struct cw_store_request *request = batch->requests[i];
    count_message(shell, request, &batch->results[i]);
    struct cw_listing listing = {.done = on_listed,
                                 .context = shell,
                                 .result = &batch->results[i],
                                 .owner = batch,
                                 .asker = cw_core_owner_of_user(request->user_id)};
    shell->appending -= request->op == CW_STORE_MESSAGE_APPEND;
    if (cw_lister_needed(request, listing.result)) {
        batch->references++;
        cw_listing_submit(&shell->recordings, &listing);
        return;
    }
    take_result(shell, listing.result);
}

static void on_store_ready(void *context)
{
    struct cw_shell *shell = context;
    struct cw_store_batch *batch = cw_store_thread_take(shell->store);
    while (batch != NULL) {
        struct cw_store_batch *next = batch->next;
        batch->references = 1;
        if (batch->notes != NULL)
            cw_log_notes(batch->notes);
        if (batch->failure != NULL)
            cw_shell_fail(batch->failure);
        if (batch->n != 0 && !batch->refused)
            cw_metrics_observe(&shell->metrics, CW_METRIC_COMMITS, batch->took_us);
        cw_shell_take_news(shell, batch->news);
        for (size_t i = 0; i < batch->n; i++)
            take_request(shell, batch, i);
        release_batch(shell, batch);
        batch = next;
        /* After each: the data of all batches would exceed the processor's caches. */
        if (batch != NULL)
            cw_net_flush(shell->net);
    }
}

static void on_hash(void *context, struct cw_event *event)
{
    struct cw_shell *shell = context;
    if (!shell->stopping)
        cw_shell_step(shell, event);
}

static void on_blob(void *context, struct cw_store_request *request, enum cw_store_status status)
{
    struct cw_shell *shell = context;
    if (status == CW_STORE_OK && !shell->stopping) {
        cw_shell_add_request(shell, request);
        return;
    }
    struct cw_store_result result = {
        .op = request->op, .status = status, .cookie = request->cookie};
    shell->appending--;
    take_result(shell, &result);
    cw_store_request_destroy(&shell->pool, request);
}

static void on_deadline(uv_timer_t *timer)
{
    struct cw_shell *shell = timer->data;
    struct cw_event event = {.type = CW_EV_TICK};
    shell->armed_ms = UINT64_MAX;
    cw_shell_step(shell, &event);
}

static void arm_deadline(struct cw_shell *shell)
{
    uint64_t deadline_ms = cw_core_deadline(shell->core);
    if (deadline_ms == shell->armed_ms)
        return;
    shell->armed_ms = deadline_ms;
    if (deadline_ms == UINT64_MAX) {
        uv_timer_stop(&shell->deadline);
        return;
    }
    uint64_t now_ms = uv_now(&shell->loop);
    uv_timer_start(&shell->deadline, on_deadline, deadline_ms > now_ms ? deadline_ms - now_ms : 0,
                   0);
}

/* Just before the loop sleeps. A flush may cause requests, which must not wait. */
static void end_of_tick(uv_prepare_t *prepare)
{
    struct cw_shell *shell = prepare->data;
    cw_shell_answer_asked(shell);
    cw_net_flush(shell->net);
    cw_voice_flush(shell->voice);
    cw_shell_flush_bus(shell);
    if (cw_shell_is_check_due(shell, &shell->unchecked_ticks))
        cw_net_check(shell->net);
    cw_log_flush();
    if (shell->page_count != 0)
        cw_shell_submit_pages(shell);
    cw_shell_submit(shell);
    if (shell->draining && !cw_core_has_requests(shell->core))
        uv_stop(&shell->loop);
    arm_deadline(shell);
}

static void keep_date(void *context, const struct cw_store_request *request)
{
    struct cw_shell *shell = context;
    cw_shell_add_request(shell, cw_store_request_copy(&shell->pool, request));
}

static void on_watchdog(uv_timer_t *timer)
{
    (void)timer;
    cw_service_notify("WATCHDOG=1");
}

/* --- beginning and end ------------------------------------------------------------------------ */

static void start_handles(struct cw_shell *shell)
{
    uv_prepare_init(&shell->loop, &shell->prepare);
    uv_timer_init(&shell->loop, &shell->deadline);
    uv_timer_init(&shell->loop, &shell->store_tick);
    uv_timer_init(&shell->loop, &shell->watchdog);
    cw_wakeup_init(&shell->store_ready, &shell->loop, on_store_ready, shell);
    shell->prepare.data = shell->deadline.data = shell->store_tick.data = shell;
    uv_prepare_start(&shell->prepare, end_of_tick);
    cw_shell_start_signals(shell);
}

static const struct cw_net_handlers net_handlers = {.opened = on_opened,
                                                    .crowded = on_crowded,
                                                    .answered = on_answered,
                                                    .asked = cw_shell_on_asked,
                                                    .piece = cw_shell_on_piece,
                                                    .drained = cw_shell_on_drained,
                                                    .ready = on_ready,
                                                    .posted = cw_shell_on_posted,
                                                    .message = on_message,
                                                    .head = on_head,
                                                    .refused = on_peer_refused,
                                                    .closed = cw_shell_on_closed,
                                                    .received = on_received,
                                                    .queue_full = on_queue_full,
                                                    .queue_empty = on_queue_empty,
                                                    .log = on_net_log};

struct cw_shell *cw_shell_create(struct cw_config *config, struct cw_store *store, char error[256])
{
    struct cw_shell *shell = cw_alloc_zero(sizeof *shell);
    shell->armed_ms = UINT64_MAX;
    shell->started_ms = (uint64_t)time(NULL) * 1000;
    shell->pool = (struct cw_pool){.block_size = REQUEST_BLOCK, .kept_max = CW_STORE_QUEUE_MAX};
    uv_loop_init(&shell->loop);
    start_handles(shell);
    struct cw_net_options net = cw_shell_net_options(config, &shell->ledger);
    cw_work_queue_init(&shell->recordings, &shell->loop, CW_RECORDINGS_RUNNING_MAX, &shell->ledger);
    shell->net = cw_net_create(&shell->loop, &net, &net_handlers, shell);
    shell->fan_out.net = shell->net;
    shell->fan_out.context = shell;
    cw_shell_begin_voice(shell, config);
    shell->linked = cw_linked_create(shell->net, cw_shell_ask_linked, shell);
    cw_shell_create_core(shell, config, store); /* before its thread owns the store */
    cw_shell_begin_leases(shell, store);
    bool bus = cw_shell_begin_bus(shell, config, store, error);
    shell->store =
        cw_store_thread_start(store, &shell->pool, cw_wakeup_send_to, &shell->store_ready);
    shell->back_up =
        cw_back_up_create(&shell->loop, shell->store, config->data, cw_shell_on_backed_up, shell);
    cw_shell_begin_migration(shell, config->data);
    shell->blobs = cw_blob_writer_create(&shell->loop, &shell->pool, config->data, on_blob, shell);
    shell->files = cw_file_worker_create(&shell->loop, &shell->pool, config->data, &shell->ledger,
                                         take_result, shell);
    shell->hasher = cw_hasher_create(&shell->loop, config->password_cost, on_hash, shell);
    cw_calendar_start(&shell->calendar, &shell->loop, store, keep_date, shell);
    uv_timer_start(&shell->store_tick, cw_shell_on_store_tick, CW_STORE_TICK_MS, CW_STORE_TICK_MS);
    if (shell->hasher != NULL)
        cw_hasher_set_share(shell->hasher, config->hashes_per_address);
    else
        snprintf(error, 256, "not enough memory to hash passwords at this password_cost");
    if (shell->hasher != NULL && bus)
        shell->reach =
            cw_reach_create(config, &shell->loop, on_next_key, cw_shell_measure, shell, error);
    shell->begun_ms = uv_now(&shell->loop);
    if (shell->reach != NULL && cw_reach_listen(shell->reach, shell->net, error)) {
        cw_shell_listen_for_voice(shell, config);
        shell->asks = cw_control_asks_create(cw_shell_step, shell, shell->reach);
        shell->control = cw_control_create(&shell->loop, config->data, cw_control_carry_out, shell);
        return shell;
    }
    cw_shell_destroy(shell);
    return NULL;
}

void cw_shell_set_source(struct cw_shell *shell, const struct cw_settings_source *source,
                         const struct cw_config *asked)
{
    shell->source = *source;
    shell->asked = *asked;
}

const struct cw_reach *cw_shell_reach(const struct cw_shell *shell)
{
    return shell->reach;
}

static void take_call(void *context, const struct cw_core_call *call)
{
    cw_shell_step(context, &(struct cw_event){.type = CW_EV_CALL, .call = call});
}

/* Of the process before this one. */
static void take_calls(struct cw_shell *shell)
{
    int calls = cw_service_take_calls();
    size_t n = calls < 0 ? 0 : cw_handover_take_calls(calls, take_call, shell);
    if (calls >= 0)
        cw_log("%zu calls of before the upgrade: the seats of their participants are held", n);
}

bool cw_shell_run(struct cw_shell *shell, struct cw_handover *handover)
{
    take_calls(shell);
    cw_shell_tell_hook_url(shell->core, cw_reach_config(shell->reach));
    if (cw_service_is_upgrade())
        cw_log("upgraded: this is chinwagd " CW_VERSION);
    uint64_t every_ms = cw_service_watchdog_ms();
    if (every_ms != 0)
        uv_timer_start(&shell->watchdog, on_watchdog, every_ms, every_ms);
    cw_service_notify_ready();
    uv_run(&shell->loop, UV_RUN_DEFAULT);
    if (!shell->upgrade.granted)
        return false;
    cw_handover_fill(handover, shell->net, shell->core);
    return true;
}

/* Closes all connections, and saves the cursors. */
static void close_connections(struct cw_shell *shell)
{
    cw_net_close_all(shell->net, NULL);
    cw_net_flush(shell->net);
    cw_calendar_keep(&shell->calendar);
    cw_shell_submit(shell);
    shell->stopping = true;
}

static void close_handles(struct cw_shell *shell)
{
    uv_handle_t *handles[] = {(uv_handle_t *)&shell->prepare, (uv_handle_t *)&shell->deadline,
                              (uv_handle_t *)&shell->calendar.timer,
                              (uv_handle_t *)&shell->store_tick, (uv_handle_t *)&shell->watchdog};
    for (size_t i = 0; i < sizeof handles / sizeof handles[0]; i++)
        uv_close(handles[i], NULL);
    cw_wakeup_finish(&shell->store_ready);
    cw_shell_stop_leases(shell);
    cw_control_stop(shell->control);
    cw_shell_stop_signals(shell);
    cw_push_sender_stop(shell->pushes);
    if (shell->reach != NULL)
        cw_reach_stop(shell->reach);
}

void cw_shell_destroy(struct cw_shell *shell)
{
    if (shell == NULL)
        return;
    cw_shell_stop_backup(shell);
    cw_shell_stop_migration(shell);
    close_connections(shell);
    cw_store_thread_stop(shell->store); /* it finishes all submitted requests */
    cw_shell_stop_bus(shell);
    cw_voice_destroy(shell->voice);
    cw_net_destroy(shell->net);
    close_handles(shell);
    uv_run(&shell->loop, UV_RUN_DEFAULT); /* until the last handle and worker is done */
    uv_loop_close(&shell->loop);
    cw_control_destroy(shell->control);
    cw_back_up_destroy(shell->back_up);
    cw_migration_destroy(shell->migration);
    cw_reach_destroy(shell->reach);
    cw_hasher_destroy(shell->hasher);
    cw_blob_writer_destroy(shell->blobs);
    cw_file_worker_destroy(shell->files);
    cw_linked_destroy(shell->linked);
    cw_push_sender_destroy(shell->pushes);
    cw_shell_free_bus(shell);
    cw_core_destroy(shell->core);
    cw_control_asks_finish(shell->asks);
    cw_effects_finish(&shell->effects);
    cw_transcoder_finish(&shell->transcoder);
    cw_buf_finish(&shell->list);
    cw_buf_finish(&shell->packet);
    cw_buf_finish(&shell->fan_out.scratch);
    for (size_t i = 0; i < shell->page_count; i++)
        cw_store_request_destroy(&shell->pool, shell->pages[i]);
    free(shell->pages);
    cw_pool_finish(&shell->pool);
    cw_ledger_finish(&shell->ledger);
    cw_shell_forget_asked(shell);
    free(shell->immediate);
    free(shell->requests);
    free(shell);
}
