/* shell_internal.h - what shell.c and carry_out.c share. */
#ifndef CW_SERVER_SHELL_INTERNAL_H
#define CW_SERVER_SHELL_INTERNAL_H

#include <pthread.h>

#include "bus/bus.h"
#include "core/core.h"
#include "metrics/metrics.h"
#include "net/net.h"
#include "server/back_up.h"
#include "server/blob_writer.h"
#include "server/bus_voices.h"
#include "server/calendar.h"
#include "server/control_socket.h"
#include "server/decoder.h"
#include "server/fan_out.h"
#include "server/file_worker.h"
#include "server/hasher.h"
#include "server/linked.h"
#include "server/migration.h"
#include "server/push_sender.h"
#include "server/reach.h"
#include "server/settings_source.h"
#include "server/transcoder.h"
#include "server/upgrade.h"
#include "server/voice.h"
#include "server/wakeup.h"
#include "store/store_lease.h"
#include "store/store_thread.h"

#define CW_SHELL_SIGNALS 5

/* What the core asks about the server, until the end of the tick (server_facts.c). */
struct cw_server_asked {
    struct cw_server_asked *next;
    uint64_t cookie;
    enum cw_ask_op op;
    char name[CW_SETTING_MAX + 1], value[CW_SETTING_MAX + 1];
};

/* Leases of calls, as the store has told of them (shell_lease.c). */
struct cw_shell_leases {
    struct cw_shell *shell;
    struct cw_wakeup ready;
    pthread_mutex_t mutex;
    struct cw_store_lease *told; /* under the mutex, oldest first */
    size_t count, capacity;
};

struct cw_shell {
    uv_loop_t loop;
    uv_prepare_t prepare;
    uv_timer_t deadline;
    uv_timer_t store_tick; /* each CW_STORE_TICK_MS */
    uint64_t wait_told_s;  /* how long the store waits, as the operator was told; 0: was not */
    uv_timer_t drain;      /* the end of the time that the last requests have */
    uv_timer_t watchdog;   /* tells the manager of services that the loop turns */
    struct cw_wakeup store_ready;
    uv_signal_t signals[CW_SHELL_SIGNALS]; /* signals.c */
    struct cw_upgrade upgrade;
    /* Is called once, with the answer to cw_upgrade_ask, before anything follows from it; or NULL.
     */
    void (*waits_for_upgrade)(struct cw_shell *shell, bool granted);
    struct cw_settings_source source;
    struct cw_config asked; /* the settings as they were read last */
    struct cw_net *net;
    struct cw_reach *reach;
    struct cw_control *control; /* NULL: not yet */
    struct cw_back_up *back_up;
    struct cw_control_call *backup_call; /* that waits for its end, or NULL */
    struct cw_migration *migration;
    struct cw_control_call *migration_call; /* that waits for its end, or NULL */
    struct cw_control_asks *asks;
    struct cw_core *core;
    struct cw_store_thread *store;
    struct cw_hasher *hasher;
    struct cw_blob_writer *blobs;
    struct cw_file_worker *files;
    struct cw_linked *linked;
    struct cw_shell_leases leases;
    struct cw_push_sender *pushes;
    struct cw_bus *bus;              /* to other servers on the same database, or NULL */
    struct cw_shell_bus *bus_by;     /* what runs it (shell_bus.c), or NULL */
    struct cw_bus_voices bus_voices; /* that leave by it at the end of the tick */
    struct cw_work_queue recordings; /* to be examined, or to become lists */
    struct cw_transcoder transcoder;
    struct cw_buf list; /* what the transcoder makes of a packet */
    struct cw_voice *voice;
    struct cw_buf packet; /* of a datagram, as call_data has it */
    struct cw_effects effects;
    struct cw_event *immediate; /* results that were available at once */
    size_t immediate_count, immediate_capacity;
    struct cw_server_asked *asked_server;
    struct cw_pool pool;                /* that store requests come from */
    struct cw_store_request **requests; /* of this tick */
    size_t request_count, request_capacity;
    size_t appending; /* messages on their way to the disk */
    struct cw_store_request *
        *pages; /* of delivery, which wait for room, the longest waiting first */
    size_t page_count, page_capacity;
    struct cw_ledger ledger;
    struct cw_trace *traces;   /* of `chinwagctl traffic` */
    struct cw_metrics metrics; /* counters; the rest: measure.c */
    uint64_t messages;         /* requests, and beginnings of them, that have come: their numbers */
    uint64_t started_ms;       /* UTC */
    struct cw_fan_out fan_out;
    size_t unchecked_steps; /* since cw_core_check, which -Dcheck=true asks for ... */
    size_t unchecked_ticks; /* ... and since cw_net_check */
    uint64_t begun_ms;      /* monotonic */
    uint64_t armed_ms;      /* the deadline that the timer is set to */
    struct cw_calendar calendar;
    bool draining; /* nothing is read any more; what was asked is still answered */
    bool stopping; /* later results are dropped */
};

/* fail.c */
/* Ends the process at once, and logs why; NULL: the disk has failed. Does not return. */
void cw_shell_fail(const char *why);

/* step.c */
/* Gives the event to the core, and carries out all that follows at once. */
void cw_shell_step(struct cw_shell *shell, struct cw_event *event);
/* What other servers on the same database have stored before a batch, or NULL. */
void cw_shell_take_news(struct cw_shell *shell, const struct cw_store_news_list *news);
/* Is a check of all tables due, that was not made so often? */
bool cw_shell_is_check_due(const struct cw_shell *shell, size_t *unchecked);

/* long_message.c: the message goes on when a worker has decoded it; until then the connection is
 * not read. */
void cw_shell_decode(struct cw_shell *shell, cw_net_id id, struct cw_slice frame, bool envelope);
/* reload.c: SIGHUP. */
void cw_shell_on_reload(uv_signal_t *handle, int number);
/* All settings, from where they come; false with a reason: those in use stay. */
bool cw_shell_read_settings(struct cw_shell *shell, char error[256]);

/* signals.c: what SIGTERM and the like ask for. */
void cw_shell_start_signals(struct cw_shell *shell);
/* As for SIGUSR2: the next program takes over, with the settings of then. */
void cw_shell_ask_upgrade(struct cw_shell *shell);
void cw_shell_stop_signals(struct cw_shell *shell);

/* asked.c: requests of HTTP for files, and what ends them. */
void cw_shell_on_asked(void *context, cw_net_id id, const struct cw_http_asked *asked);
void cw_shell_on_piece(void *context, cw_net_id id, struct cw_slice bytes);
void cw_shell_on_drained(void *context, cw_net_id id);
void cw_shell_on_closed(void *context, cw_net_id id);
cw_linked_ask cw_shell_ask_linked;

/* Carries out the core's effects. An effect with an immediate result adds it to
 * shell->immediate. */
void cw_shell_carry_out(struct cw_shell *shell, const struct cw_effect *effect);

/* What goes to other servers leaves now. */
void cw_shell_flush_bus(struct cw_shell *shell);

/* Submits pages of delivery for which there is room now. */
void cw_shell_submit_pages(struct cw_shell *shell);

/* Gives the request, made by cw_store_request_copy, to the store at the end of the tick. */
void cw_shell_add_request(struct cw_shell *shell, struct cw_store_request *request);
/* Gives it at once what was added. */
void cw_shell_submit(struct cw_shell *shell);

/* store_tick.c */
void cw_shell_on_store_tick(uv_timer_t *timer);

/* shell_lease.c. Before the store's thread begins; when it has ended. */
void cw_shell_begin_leases(struct cw_shell *shell, struct cw_store *store);
void cw_shell_stop_leases(struct cw_shell *shell);

/* control_backup.c: a backup has ended; the one under way is given up, before the store stops. */
void cw_shell_on_backed_up(void *context, const struct cw_back_up_end *end);
void cw_shell_stop_backup(struct cw_shell *shell);

/* control_migrate.c: to another database. When there is the store's thread; before it stops. */
void cw_shell_begin_migration(struct cw_shell *shell, const char *data);
void cw_shell_stop_migration(struct cw_shell *shell);

/* shell_hook.c. A POST to a hook came: as `posted` of struct cw_net_handlers. */
bool cw_shell_on_posted(void *context, cw_net_id id, const struct cw_http_post *post,
                        struct cw_buf *message);

/* The response to a hook's message; false: that came as a message of the protocol. */
bool cw_shell_answer_post(struct cw_shell *shell, const struct cw_effect *effect);

/* shell_voice.c: live audio by datagrams. */
void cw_shell_begin_voice(struct cw_shell *shell, const struct cw_config *config);
/* Once the ports of the listeners are known. */
void cw_shell_listen_for_voice(struct cw_shell *shell, const struct cw_config *config);

/* shell_bus.c: other servers on the same database. Before the store's thread begins. */
bool cw_shell_begin_bus(struct cw_shell *shell, const struct cw_config *config,
                        struct cw_store *store, char error[256]);
/* After the store's thread has ended, while the loop can still run. */
void cw_shell_stop_bus(struct cw_shell *shell);
void cw_shell_free_bus(struct cw_shell *shell);

/* report.c. SIGUSR1: one line says how much is held for peers. */
void cw_shell_on_report(uv_signal_t *handle, int number);

/* measure.c. A cw_measure of metrics_site.h. */
void cw_shell_measure(void *context, struct cw_metrics *metrics);

/* core_config.c. Begins the ledger, which the options refer to, as to `config`. */
struct cw_net_options cw_shell_net_options(const struct cw_config *config,
                                           struct cw_ledger *ledger);

/* Limits and rights, which may change while the core runs. */
struct cw_core_config cw_shell_limits(const struct cw_config *config);
/* Makes the core, and what sends its push messages. */
void cw_shell_create_core(struct cw_shell *shell, const struct cw_config *config,
                          struct cw_store *store);

/* Tells the core by which URL hooks take posts, once the listeners' ports are known. */
void cw_shell_tell_hook_url(struct cw_core *core, const struct cw_config *config);

#endif
