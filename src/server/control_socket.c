/* control_socket.c - see control_socket.h, and control.h for what commands do with a call. */
#include "server/control_socket.h"

#include <errno.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/limits.h"
#include "server/control.h"
#include "server/control_text.h"
#include "server/log.h"
#include "server/small_file.h"

#define BACKLOG   16
#define READ_SIZE 4096

struct cw_control {
    uv_pipe_t pipe;
    cw_control_run *run;
    struct cw_shell *shell;
    struct cw_control_call *calls;
    unsigned call_count;
    int folder; /* -1: there is no socket */
};

struct cw_control_call {
    uv_pipe_t pipe;
    uv_write_t write;
    struct cw_control *control;
    struct cw_control_call *next;
    struct cw_buf in, out, leaving; /* `leaving` is being written */
    struct cw_control_command command;
    cw_control_step *cancel, *go_on;
    void *cancel_context, *go_on_context;
    bool taken;   /* its command has come */
    bool running; /* a command has the call, and ends it */
    bool headed;  /* the names of its columns were printed */
    bool gone;    /* the peer, or the server's interest in it */
    bool closed;  /* the handle is no more the loop's */
};

/* --- the end of a call --------------------------------------------------------------------- */

static void free_call(struct cw_control_call *call)
{
    struct cw_control_call **place = &call->control->calls;
    while (*place != call)
        place = &(*place)->next;
    *place = call->next;
    call->control->call_count--;
    cw_buf_finish(&call->in);
    cw_buf_finish(&call->out);
    cw_buf_finish(&call->leaving);
    free(call);
}

static void on_closed(uv_handle_t *handle)
{
    struct cw_control_call *call = handle->data;
    call->closed = true;
    if (!call->running)
        free_call(call);
}

static void take_step(struct cw_control_call *call, cw_control_step **step, void *context)
{
    cw_control_step *taken = *step;
    *step = NULL;
    if (taken != NULL)
        taken(call, context);
}

/* The peer has gone, or has got everything. */
static void leave(struct cw_control_call *call)
{
    if (call->gone)
        return;
    call->gone = true;
    uv_close((uv_handle_t *)&call->pipe, on_closed);
    if (!call->running)
        return;
    take_step(call, &call->cancel, call->cancel_context);
    take_step(call, &call->go_on, call->go_on_context);
}

/* --- output --------------------------------------------------------------------------------- */

static void write_out(struct cw_control_call *call);

static void on_written(uv_write_t *write, int status)
{
    struct cw_control_call *call = write->data;
    call->leaving.n = 0;
    if (call->gone)
        return;
    if (status != 0)
        leave(call);
    else if (call->out.n != 0)
        write_out(call);
    else if (!call->running)
        leave(call);
    else
        take_step(call, &call->go_on, call->go_on_context);
}

static void write_out(struct cw_control_call *call)
{
    if (call->gone || call->leaving.n != 0 || call->out.n == 0)
        return;
    struct cw_buf empty = call->leaving;
    call->leaving = call->out;
    call->out = empty;
    uv_buf_t bytes = uv_buf_init((char *)call->leaving.p, (unsigned)call->leaving.n);
    call->write.data = call;
    if (uv_write(&call->write, (uv_stream_t *)&call->pipe, &bytes, 1, on_written) != 0)
        leave(call);
}

static void send_text(struct cw_control_call *call, enum cw_control_kind kind, struct cw_slice text)
{
    if (call->gone)
        return;
    for (size_t n; text.n != 0; text = cw_slice_of(text.p + n, text.n - n)) {
        n = text.n < CW_CONTROL_OUT_MAX - 1 ? text.n : CW_CONTROL_OUT_MAX - 1;
        cw_control_put_frame(&call->out, kind, cw_slice_of(text.p, n));
    }
    write_out(call);
}

const struct cw_control_command *cw_control_typed(const struct cw_control_call *call)
{
    return &call->command;
}

bool cw_control_take_number(struct cw_control_call *call, const char *option, unsigned long least,
                            unsigned long most, unsigned long *number)
{
    const char *value = cw_control_value(&call->command, option);
    char *end;
    if (value == NULL)
        return true;
    unsigned long read = strtoul(value, &end, 10);
    if (value[0] < '0' || value[0] > '9' || *end != 0 || read < least || read > most) {
        cw_control_fail(call, CW_CONTROL_WRONG_USE, "--%s is a number from %lu to %lu, not '%.40s'",
                        option, least, most, value);
        return false;
    }
    *number = read;
    return true;
}

void cw_control_print(struct cw_control_call *call, const char *format, ...)
{
    char text[CW_LOG_LINE_MAX];
    va_list arguments;
    if (call->command.json)
        return;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    send_text(call, CW_CONTROL_OUT, cw_slice_str(text));
}

void cw_control_put(struct cw_control_call *call, json_t *object)
{
    struct cw_buf text = {0};
    if (!call->headed && !call->command.json)
        cw_control_heading(&text, &call->command);
    call->headed = true;
    cw_control_text(&text, object, &call->command);
    send_text(call, CW_CONTROL_OUT, cw_buf_slice(&text));
    cw_buf_finish(&text);
    json_decref(object);
}

void cw_control_end(struct cw_control_call *call, enum cw_control_status status)
{
    const uint8_t byte = (uint8_t)status;
    call->running = false;
    call->cancel = call->go_on = NULL;
    send_text(call, CW_CONTROL_END, cw_slice_of(&byte, 1));
    if (call->closed)
        free_call(call);
}

void cw_control_fail(struct cw_control_call *call, enum cw_control_status status,
                     const char *format, ...)
{
    char text[CW_LOG_LINE_MAX];
    va_list arguments;
    int n = snprintf(text, sizeof text, "chinwagctl: ");
    va_start(arguments, format);
    vsnprintf(text + n, sizeof text - (size_t)n - 1, format, arguments);
    va_end(arguments);
    strcat(text, "\n");
    send_text(call, CW_CONTROL_TROUBLE, cw_slice_str(text));
    cw_control_end(call, status);
}

void cw_control_on_cancel(struct cw_control_call *call, cw_control_step *cancel, void *context)
{
    call->cancel = cancel;
    call->cancel_context = context;
    if (call->gone)
        take_step(call, &call->cancel, context);
}

bool cw_control_is_gone(const struct cw_control_call *call)
{
    return call->gone;
}

bool cw_control_is_full(const struct cw_control_call *call)
{
    return call->out.n + call->leaving.n > CW_CONTROL_OUT_MAX / 4;
}

void cw_control_when_drained(struct cw_control_call *call, cw_control_step *go_on, void *context)
{
    call->go_on = go_on;
    call->go_on_context = context;
    if (call->gone || call->leaving.n == 0)
        take_step(call, &call->go_on, context);
}

/* --- input ----------------------------------------------------------------------------------- */

static void run_command(struct cw_control_call *call, struct cw_slice body)
{
    const char *words[CW_CONTROL_WORDS_MAX];
    char error[CW_CONTROL_ERROR_MAX];
    size_t count = cw_control_split(body, words);
    call->running = true;
    if (count == 0)
        cw_control_fail(call, CW_CONTROL_WRONG_USE, "a command has 1 to %u words",
                        CW_CONTROL_WORDS_MAX);
    else if (!cw_control_parse(words, count, &call->command, error))
        cw_control_fail(call, CW_CONTROL_WRONG_USE, "%s", error);
    else
        call->control->run(call->control->shell, call);
}

/* The words of a command stay in `in` as long as the call: it is not read again into it. */
static void on_command(struct cw_control_call *call)
{
    struct cw_slice in = cw_buf_slice(&call->in), body;
    uint8_t kind;
    enum cw_control_taken taken = cw_control_take_frame(&in, CW_CONTROL_COMMAND_MAX, &kind, &body);
    if (taken == CW_CONTROL_MORE)
        return;
    call->taken = true;
    if (taken == CW_CONTROL_FRAME && kind == CW_CONTROL_COMMAND) {
        run_command(call, body);
        return;
    }
    call->running = true;
    cw_control_fail(call, CW_CONTROL_WRONG_USE,
                    taken == CW_CONTROL_BROKEN
                        ? "the command is longer than %u bytes: make its arguments shorter"
                        : "this is no command of chinwagctl, of at most %u bytes",
                    CW_CONTROL_COMMAND_MAX);
}

/* Behind the command nothing is expected but the end of the stream. */
static void give_room(uv_handle_t *handle, size_t suggested, uv_buf_t *room)
{
    static char ignored[512];
    struct cw_control_call *call = handle->data;
    (void)suggested;
    *room = call->taken ? uv_buf_init(ignored, sizeof ignored)
                        : uv_buf_init((char *)cw_buf_reserve(&call->in, READ_SIZE), READ_SIZE);
}

static void on_read(uv_stream_t *stream, ssize_t n, const uv_buf_t *room)
{
    struct cw_control_call *call = stream->data;
    (void)room;
    if (n < 0)
        leave(call);
    if (n <= 0 || call->taken)
        return;
    call->in.n += (size_t)n;
    on_command(call);
}

/* --- connections ------------------------------------------------------------------------------ */

static void on_connection(uv_stream_t *server, int status)
{
    struct cw_control *control = server->data;
    if (status != 0)
        return;
    struct cw_control_call *call = cw_alloc_zero(sizeof *call);
    uv_pipe_init(server->loop, &call->pipe, 0);
    call->pipe.data = call;
    call->control = control;
    call->next = control->calls;
    control->calls = call;
    control->call_count++;
    if (uv_accept(server, (uv_stream_t *)&call->pipe) != 0) {
        leave(call);
    } else if (control->call_count > CW_CONTROL_CALLS_MAX) {
        call->taken = call->running = true;
        cw_control_fail(call, CW_CONTROL_REFUSED,
                        "%u commands run already: wait for one, or end one", CW_CONTROL_CALLS_MAX);
    }
    if (!call->gone)
        uv_read_start((uv_stream_t *)&call->pipe, give_room, on_read);
}

/* A path by the folder's descriptor: that of the folder may be longer than an address allows. */
static bool bind_socket(int fd, int folder)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    snprintf(address.sun_path, sizeof address.sun_path, "/proc/self/fd/%d/" CW_CONTROL_SOCKET,
             folder);
    if (unlinkat(folder, CW_CONTROL_SOCKET, 0) != 0 && errno != ENOENT)
        return false;
    return bind(fd, (const struct sockaddr *)&address, sizeof address) == 0 &&
           fchmodat(folder, CW_CONTROL_SOCKET, S_IRUSR | S_IWUSR, 0) == 0;
}

static bool listen_in_folder(struct cw_control *control, const char *path)
{
    control->folder = cw_small_file_folder(path);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    bool good = control->folder >= 0 && fd >= 0 && bind_socket(fd, control->folder);
    if (good && uv_pipe_open(&control->pipe, fd) == 0)
        return uv_listen((uv_stream_t *)&control->pipe, BACKLOG, on_connection) == 0;
    if (fd >= 0)
        close(fd);
    return false;
}

struct cw_control *cw_control_create(uv_loop_t *loop, const char *folder, cw_control_run *run,
                                     struct cw_shell *shell)
{
    struct cw_control *control = cw_alloc_zero(sizeof *control);
    control->run = run;
    control->shell = shell;
    control->folder = -1;
    uv_pipe_init(loop, &control->pipe, 0);
    control->pipe.data = control;
    if (!listen_in_folder(control, folder))
        cw_log_error("chinwagctl cannot be used: there is no socket %.200s/" CW_CONTROL_SOCKET
                     ": %s",
                     folder, strerror(errno));
    return control;
}

/* A peer that has read all gets the end at once; the loop does not wait for another. */
static void end_with_server(struct cw_control_call *call)
{
    const uint8_t status = CW_CONTROL_UNREACHABLE;
    uv_stream_t *stream = (uv_stream_t *)&call->pipe;
    if (call->running && !call->gone && uv_stream_get_write_queue_size(stream) == 0) {
        cw_control_put_frame(&call->out, CW_CONTROL_TROUBLE,
                             cw_slice_str("chinwagctl: the server is stopping\n"));
        cw_control_put_frame(&call->out, CW_CONTROL_END, cw_slice_of(&status, 1));
        uv_buf_t bytes = uv_buf_init((char *)call->out.p, (unsigned)call->out.n);
        uv_try_write(stream, &bytes, 1);
    }
    leave(call);
}

void cw_control_stop(struct cw_control *control)
{
    if (control == NULL)
        return;
    for (struct cw_control_call *call = control->calls; call != NULL; call = call->next)
        end_with_server(call);
    uv_close((uv_handle_t *)&control->pipe, NULL);
    if (control->folder < 0)
        return;
    unlinkat(control->folder, CW_CONTROL_SOCKET, 0);
    close(control->folder);
}

void cw_control_destroy(struct cw_control *control)
{
    if (control == NULL)
        return;
    while (control->calls != NULL) { /* of commands that the end of the server has overtaken */
        control->calls->running = false;
        free_call(control->calls);
    }
    free(control);
}
