/* handover.c - see handover.h. */
#include "server/handover.h"

#include <errno.h>
#include <jansson.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/alloc.h"
#include "core/core.h"
#include "net/net.h"
#include "server/log.h"
#include "server/service.h"

#define CALLS_BYTES_MAX (64u << 20) /* a file of more was not written by a server */

static char program[4096];
static char **program_arguments;

void cw_handover_begin(char **arguments)
{
    ssize_t n = readlink("/proc/self/exe", program, sizeof program - 1);
    program[n > 0 ? n : 0] = 0;
    program_arguments = arguments;
}

const char *cw_handover_program(void)
{
    return program;
}

char **cw_handover_arguments(void)
{
    return program_arguments;
}

/* --- calls as JSON ------------------------------------------------------------------------ */

static json_t *seat_to_json(const struct cw_core_seat *seat)
{
    json_t *blocked = json_array();
    for (size_t i = 0; i < seat->blocked_count; i++)
        json_array_append_new(blocked, json_integer(seat->blocked[i]));
    return json_pack("{s:I, s:s%, s:o, s:b, s:I, s:b}", "user", (json_int_t)seat->user_id, "name",
                     (const char *)seat->name.p, seat->name.n, "blocked", blocked, "bot", seat->bot,
                     "session", (json_int_t)seat->session_id, "part", seat->part);
}

static void add_call(void *context, const struct cw_core_call *call)
{
    json_t *seats = json_array();
    for (size_t i = 0; i < call->seat_count; i++)
        json_array_append_new(seats, seat_to_json(&call->seats[i]));
    struct cw_slice name = call->group_id == 0 ? cw_slice_str("") : call->group_name;
    json_array_append_new(context,
                          json_pack("{s:I, s:s%, s:I, s:o}", "group", (json_int_t)call->group_id,
                                    "name", (const char *)name.p, name.n, "rings_ms",
                                    (json_int_t)call->rings_ms, "seats", seats));
}

/* The file's beginning is where the next process reads. */
static int write_calls(const struct cw_core *core)
{
    json_t *calls = json_array();
    cw_core_list_calls(core, add_call, calls);
    int fd = json_array_size(calls) == 0 ? -1 : memfd_create("chinwag-calls", MFD_CLOEXEC);
    if (fd >= 0 && (json_dumpfd(calls, fd, JSON_COMPACT) != 0 || lseek(fd, 0, SEEK_SET) != 0)) {
        close(fd);
        fd = -1;
    }
    json_decref(calls);
    return fd;
}

struct seat_text {
    struct cw_core_seat seat;
    uint32_t *blocked;
};

static bool read_seat(json_t *json, struct seat_text *text)
{
    json_int_t user = 0, session = 0;
    const char *name = NULL;
    size_t name_n = 0;
    int bot = 0, part = 0;
    json_t *blocked = NULL;
    if (json_unpack(json, "{s:I, s:s%, s:o, s:b, s:I, s:b}", "user", &user, "name", &name, &name_n,
                    "blocked", &blocked, "bot", &bot, "session", &session, "part", &part) != 0)
        return false;
    size_t n = json_array_size(blocked);
    text->blocked = cw_alloc((n + 1) * sizeof *text->blocked);
    for (size_t i = 0; i < n; i++)
        text->blocked[i] = (uint32_t)json_integer_value(json_array_get(blocked, i));
    text->seat = (struct cw_core_seat){.user_id = (uint64_t)user,
                                       .name = cw_slice_of(name, name_n),
                                       .blocked = text->blocked,
                                       .blocked_count = n,
                                       .bot = bot != 0,
                                       .session_id = (uint64_t)session,
                                       .part = part != 0};
    return true;
}

typedef void call_taker(void *context, const struct cw_core_call *call);

static bool read_call(json_t *json, call_taker *take, void *context)
{
    json_int_t group = 0, rings_ms = 0;
    const char *name = NULL;
    size_t name_n = 0;
    json_t *seats = NULL;
    if (json_unpack(json, "{s:I, s:s%, s:I, s:o}", "group", &group, "name", &name, &name_n,
                    "rings_ms", &rings_ms, "seats", &seats) != 0)
        return false;
    size_t n = json_array_size(seats), read = 0;
    struct seat_text *texts = cw_alloc_zero((n + 1) * sizeof *texts);
    struct cw_core_seat *all = cw_alloc_zero((n + 1) * sizeof *all);
    while (read < n && read_seat(json_array_get(seats, read), &texts[read])) {
        all[read] = texts[read].seat;
        read++;
    }
    struct cw_core_call call = {.group_id = (uint64_t)group,
                                .group_name = cw_slice_of(name, name_n),
                                .rings_ms = (uint64_t)rings_ms,
                                .seats = all,
                                .seat_count = n};
    if (read == n)
        take(context, &call);
    for (size_t i = 0; i < read; i++)
        free(texts[i].blocked);
    free(texts);
    free(all);
    return read == n;
}

size_t cw_handover_take_calls(int fd, call_taker *take, void *context)
{
    json_error_t error;
    off_t n = lseek(fd, 0, SEEK_END);
    bool good = n >= 0 && n <= CALLS_BYTES_MAX && lseek(fd, 0, SEEK_SET) == 0;
    json_t *calls = good ? json_loadfd(fd, JSON_REJECT_DUPLICATES, &error) : NULL;
    size_t taken = 0;
    for (size_t i = 0; i < json_array_size(calls); i++)
        taken += read_call(json_array_get(calls, i), take, context);
    json_decref(calls);
    close(fd);
    return taken;
}

/* --- from one program to the next ----------------------------------------------------------- */

void cw_handover_fill(struct cw_handover *handover, struct cw_net *net, const struct cw_core *core)
{
    handover->socket_count =
        (unsigned)cw_net_copy_listeners(net, handover->sockets, CW_LISTENERS_MAX);
    handover->calls = write_calls(core);
}

/* What was caught would end the next program until it has its own handlers; what is ignored stays
 * so. */
static void ignore_signals(void)
{
    static const int numbers[] = {SIGHUP, SIGUSR1, SIGUSR2};
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
        signal(numbers[i], SIG_IGN);
}

void cw_handover_exec(const struct cw_handover *handover)
{
    ignore_signals();
    if (!cw_service_pass_on(handover->sockets, handover->socket_count, handover->calls))
        cw_log("the listening sockets cannot be handed over: %s", strerror(errno));
    else
        execv(program, program_arguments);
    cw_log("cannot start %s: %s. What was acknowledged is on the disk: start the server again",
           program, strerror(errno));
}
