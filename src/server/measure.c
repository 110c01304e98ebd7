/* measure.c - what the shell and the rooms below it have counted, with what is measured now: sizes
 * of files, memory, the state of the core. Called by metrics_site.c for each reading. */
#include <stdio.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <time.h>
#include <unistd.h>

#include "server/last_backup.h"
#include "server/shell_internal.h"
#include "store/sqlite/places.h"

static uint64_t size_of_file(const char *folder, const char *name)
{
    char path[4096 + 32];
    struct stat file;
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return stat(path, &file) == 0 ? (uint64_t)file.st_size : 0;
}

static void measure_disk(const char *data, uint64_t *at)
{
    struct statvfs disk;
    at[CW_METRIC_STORE] = size_of_file(data, CW_SQLITE_FILE);
    at[CW_METRIC_WAL] = size_of_file(data, CW_SQLITE_FILE "-wal");
    if (statvfs(data, &disk) == 0) {
        at[CW_METRIC_DISK] = (uint64_t)disk.f_blocks * disk.f_frsize;
        at[CW_METRIC_DISK_FREE] = (uint64_t)disk.f_bavail * disk.f_frsize;
    }
}

/* A backup from the future was made before the clock was set: it has no age. */
static void measure_backup(const char *data, uint64_t *at)
{
    int64_t ended_s, now_s = (int64_t)time(NULL);
    at[CW_METRIC_BACKUP_AGE] = CW_METRIC_NEVER;
    if (cw_last_backup(data, &ended_s))
        at[CW_METRIC_BACKUP_AGE] = now_s > ended_s ? (uint64_t)(now_s - ended_s) * 1000000 : 0;
}

static uint64_t resident_bytes(void)
{
    unsigned long pages = 0, resident = 0;
    FILE *file = fopen("/proc/self/statm", "re");
    if (file == NULL)
        return 0;
    if (fscanf(file, "%lu %lu", &pages, &resident) != 2)
        resident = 0;
    fclose(file);
    return (uint64_t)resident * (uint64_t)sysconf(_SC_PAGESIZE);
}

static void measure_process(const struct cw_shell *shell, uint64_t *at)
{
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    at[CW_METRIC_MEMORY] = resident_bytes();
    at[CW_METRIC_CPU] = (uint64_t)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1000000 +
                        (uint64_t)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
    at[CW_METRIC_STARTED] = shell->started_ms * 1000;
}

static void measure_net(const struct cw_shell *shell, uint64_t *at)
{
    struct cw_net_stats net = cw_net_stats(shell->net);
    for (unsigned i = 0; i < CW_TRANSPORTS; i++)
        at[CW_METRIC_CONNECTIONS + i] = net.by_transport[i];
    at[CW_METRIC_CONNECTIONS_MAX] = cw_reach_config(shell->reach)->connections_max;
    at[CW_METRIC_ACCEPTED] = net.accepted;
    at[CW_METRIC_BYTES_IN] = net.bytes_in;
    at[CW_METRIC_BYTES_OUT] = net.bytes_out;
    at[CW_METRIC_FRAMES_DROPPED + CW_METRIC_LATE_FRAME] = net.late;
}

static void measure_queues(const struct cw_ledger *ledger, uint64_t *at)
{
    struct cw_ledger_stats stats = cw_ledger_stats(ledger);
    at[CW_METRIC_QUEUED + CW_METRIC_SERVER] = ledger->held;
    at[CW_METRIC_QUEUED + CW_METRIC_USERS] = stats.users;
    at[CW_METRIC_QUEUED + CW_METRIC_LARGEST_USER] = stats.largest_user;
    at[CW_METRIC_QUEUED + CW_METRIC_ADDRESSES] = stats.addresses;
    at[CW_METRIC_QUEUED + CW_METRIC_LARGEST_ADDRESS] = stats.largest_address;
    at[CW_METRIC_QUEUE_MAX + CW_METRIC_OF_SERVER] = ledger->max;
    at[CW_METRIC_QUEUE_MAX + CW_METRIC_OF_USER] = ledger->user_max;
    at[CW_METRIC_QUEUE_MAX + CW_METRIC_OF_ADDRESS] = ledger->address_max;
}

static void measure_bus(const struct cw_shell *shell, uint64_t *at)
{
    struct cw_bus_stats bus = cw_bus_stats(shell->bus);
    at[CW_METRIC_BUS_UP] = bus.up;
    at[CW_METRIC_BUS_NODES] = bus.nodes;
    at[CW_METRIC_BUS_MESSAGES + CW_METRIC_SENT] = bus.sent;
    at[CW_METRIC_BUS_MESSAGES + CW_METRIC_RECEIVED] = bus.received;
    at[CW_METRIC_BUS_DROPPED + CW_METRIC_FORGED] = bus.forged;
    at[CW_METRIC_BUS_DROPPED + CW_METRIC_REPEATED] = bus.repeated;
    at[CW_METRIC_BUS_DROPPED + CW_METRIC_LOST] = bus.lost;
}

void cw_shell_measure(void *context, struct cw_metrics *metrics)
{
    const struct cw_shell *shell = context;
    const char *data = cw_reach_config(shell->reach)->data;
    struct cw_core_stats core = cw_core_stats(shell->core);
    *metrics = shell->metrics;
    uint64_t *at = metrics->at;
    at[CW_METRIC_INFO] = 1;
    at[CW_METRIC_SESSIONS] = core.sessions;
    at[CW_METRIC_CALLS] = core.calls;
    at[CW_METRIC_FRAMES_DROPPED + CW_METRIC_REFUSED_FRAME] = core.dropped_call_data;
    at[CW_METRIC_DELIVERIES] = shell->fan_out.deliveries;
    at[CW_METRIC_FRAMES] = shell->fan_out.frames;
    measure_net(shell, at);
    measure_queues(&shell->ledger, at);
    measure_disk(data, at);
    at[CW_METRIC_STORE_WAITS] = cw_store_thread_waits_ms(shell->store) * 1000;
    at[CW_METRIC_STORE_FREE] = cw_store_thread_free_bytes(shell->store);
    measure_backup(data, at);
    measure_process(shell, at);
    measure_bus(shell, at);
}
