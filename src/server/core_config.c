/* core_config.c - the options of the net, and the core, made from the settings and from what the
 * store knows at the start; with the core what sends its push messages. Called by shell.c and
 * reload.c. */
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "server/shell_internal.h"
#include "web/web.h"

struct cw_net_options cw_shell_net_options(const struct cw_config *config, struct cw_ledger *ledger)
{
    uint64_t seed[2];
    randombytes_buf(seed, sizeof seed);
    cw_ledger_init(ledger, CW_MEMORY_MAX, CW_MEMORY_OF_ADDRESS_MAX, CW_MEMORY_OF_USER_MAX, seed);
    return (struct cw_net_options){.connections_max = config->connections_max,
                                   .ledger = ledger,
                                   .frame_window_ms = config->frame_window_ms,
                                   .ping_idle_ms = config->ping_idle_ms,
                                   .trusted = config->trusted_proxies,
                                   .trusted_count = config->trusted_proxy_count};
}

#define CW_HOOK_URL_MAX (8 + CW_HOST_NAME_MAX + 8 + sizeof CW_HOOK_PATH + 2)

/* Where hooks take posts: by the public name, or at an address of this machine alone. */
void cw_shell_tell_hook_url(struct cw_core *core, const struct cw_config *config)
{
    char url[CW_HOOK_URL_MAX];
    const struct cw_listen *listen = cw_config_first_listen(config);
    const char *port = strrchr(listen->address, ':');
    if (cw_listen_is_local(listen) && config->public_name_count == 0)
        snprintf(url, CW_HOOK_URL_MAX, "http://localhost%s" CW_HOOK_PATH "/", port);
    else if (config->public_name_count != 0)
        snprintf(url, CW_HOOK_URL_MAX, "https://%s%s" CW_HOOK_PATH "/", config->public_names[0],
                 cw_listen_is_local(listen) ? "" : port);
    else
        snprintf(url, CW_HOOK_URL_MAX, "https://%s" CW_HOOK_PATH "/", listen->address);
    cw_core_set_hook_url(core, cw_slice_str(url));
}

/* Limits and rights, which may change while the core runs (CW_EV_LIMITS). */
struct cw_core_config cw_shell_limits(const struct cw_config *config)
{
    return (struct cw_core_config){
        .registration_open = cw_config_registration(config) == CW_REGISTRATION_OPEN,
        .registration_by_invitation = cw_config_registration(config) == CW_REGISTRATION_INVITED,
        .people_directory = config->people_directory,
        .invitation_seconds_max = (uint64_t)config->invitation_days * 24 * 3600,
        .requests_per_s = config->requests_per_s,
        .requests_burst = config->requests_burst,
        .texts_per_s = config->texts_per_s,
        .texts_burst = config->texts_burst,
        .refusals_per_s = config->refusals_per_s,
        .refusals_burst = config->refusals_burst,
        .bytes_per_s = config->bytes_per_s,
        .bytes_burst = config->bytes_burst,
        .group_texts_per_s = config->group_texts_per_s,
        .group_texts_burst = config->group_texts_burst,
        .call_frames_per_s = config->call_frames_per_s,
        .strangers_per_minute = config->strangers_per_minute,
        .call_members_max = config->call_members_max,
        .unauthenticated_max = config->waiting_max,
        .unauthenticated_ms = CW_UNAUTHENTICATED_MS,
        .connections_max = config->connections_max,
        .connections_per_address = config->connections_per_address,
        .waiting_per_address = config->waiting_per_address,
        .registrations_per_hour = config->registrations_per_hour,
        .guesses_per_user = config->guesses_per_user,
        .guesses_per_address = config->guesses_per_address,
        .file_size_max = (uint64_t)config->file_mib_max * 1024 * 1024};
}

/* --- the core, and push messages ------------------------------------------------------------- */

static void on_push_gone(void *context, uint64_t session_id, struct cw_slice endpoint)
{
    struct cw_shell *shell = context;
    struct cw_event event = {.type = CW_EV_PUSH_GONE};
    event.push_gone.session_id = session_id;
    event.push_gone.endpoint = endpoint;
    if (!shell->stopping)
        cw_shell_step(shell, &event);
}

static void begin_push(struct cw_shell *shell, const struct cw_config *config,
                       const struct cw_store *store)
{
    struct cw_push_options options = {.ledger = &shell->ledger,
                                      .allow_private = config->push_private};
    snprintf(options.subject, sizeof options.subject, "https://%s",
             config->public_name_count == 0 ? "localhost" : config->public_names[0]);
    memcpy(options.secret, cw_store_push_secret(store), sizeof options.secret);
    shell->pushes = cw_push_sender_create(&shell->loop, &options, on_push_gone, shell);
    sodium_memzero(options.secret, sizeof options.secret);
}

static struct cw_core *create_core(struct cw_shell *shell, const struct cw_config *config,
                                   const struct cw_store *store)
{
    struct cw_core_config options = cw_shell_limits(config);
    begin_push(shell, config, store);
    options.server_name = cw_slice_str("chinwagd " CW_VERSION);
    options.web_build = cw_slice_str(cw_web_build());
    options.reserved_names = cw_slice_str(config->reserved_names);
    options.push_hosts = cw_slice_str(config->push_hosts);
    options.pushes = cw_store_has_pushes(store);
    options.kept_keys = cw_store_kept_keys(store);
    options.identity = cw_store_identity(store);
    options.newest = cw_store_newest(store);
    options.node = config->store[0] == '\0' ? 0 : config->node;
    randombytes_buf(options.hash_seed, sizeof options.hash_seed);
    return cw_core_create(&options);
}

/* A page of the bans; returns where the next one begins, 0: nowhere. */
static uint64_t take_bans(struct cw_core *core, struct cw_store *store, uint64_t after)
{
    struct cw_arena arena = {0};
    struct cw_store_result bans = {0};
    struct cw_clock clock;
    cw_calendar_read(&clock, store);
    struct cw_store_request request = {.op = CW_STORE_SERVER_BAN_LIST,
                                       .time_ms = clock.time_ms,
                                       .date_ms = clock.date_ms,
                                       .after = after,
                                       .limit = CW_LIST_MAX};
    const struct cw_store_request *requests[] = {&request};
    cw_store_execute(store, requests, 1, &bans, &arena);
    cw_core_take_bans(core, &bans);
    uint64_t next = bans.more ? bans.server_bans[bans.server_ban_count - 1].id : 0;
    cw_arena_finish(&arena);
    return next;
}

static void take_announcements(struct cw_core *core, struct cw_store *store)
{
    struct cw_arena arena = {0};
    struct cw_store_result list = {0};
    struct cw_clock clock;
    cw_calendar_read(&clock, store);
    struct cw_store_request request = {
        .op = CW_STORE_ANNOUNCE_LIST, .time_ms = clock.time_ms, .date_ms = clock.date_ms};
    const struct cw_store_request *requests[] = {&request};
    cw_store_execute(store, requests, 1, &list, &arena);
    cw_core_take_announcements(core, &list);
    cw_arena_finish(&arena);
}

void cw_shell_create_core(struct cw_shell *shell, const struct cw_config *config,
                          struct cw_store *store)
{
    shell->core = create_core(shell, config, store);
    for (uint64_t after = 0; (after = take_bans(shell->core, store, after)) != 0;)
        continue;
    take_announcements(shell->core, store);
}
