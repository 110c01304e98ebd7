/* chat_child.c - see chat_child.h. */
#include "chat_child.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "chat_paths.h"
#include "commands.h"
#include "transfer.h"

#define WORDS_MAX 64
#define GIVEN_MAX (WORDS_MAX - 11) /* beside the options, the name and the end */
/* How often one looks whether one has ended. */
#define STEP_MS 20
/* Who is killed has ended by then, unless the kernel holds it. */
#define KILLED_MS 500

/* What a shell would have done with "~/" in the path of a file, which is the last argument. */
static void expand_path(const struct command_row *row, char *given[], int count)
{
    static char path[4096];
    bool file = row != NULL && (strstr(row->arguments, "FILE") != NULL ||
                                strstr(row->arguments, "FOLDER") != NULL);
    if (!file || count == 0)
        return;
    chat_paths_expand(given[count - 1], path, sizeof path);
    given[count - 1] = path;
}

/* Arguments of the program: which server and account, where the command takes them, then the words.
 * False: too many. */
static bool make_arguments(char *arguments[WORDS_MAX], const struct chat_child_use *use,
                           const char *words, size_t length)
{
    char *given[WORDS_MAX];
    int count = 0, used;
    size_t n = 0;
    for (size_t at = 0; at < length; at += strlen(words + at) + 1) {
        if (count == GIVEN_MAX)
            return false;
        given[count++] = (char *)words + at;
    }
    const struct command_row *row = commands_find(given, count, &used);
    option_set options = row == NULL ? 0 : row->options;
    expand_path(row, given, count);
    arguments[n++] = (char *)"chinwag";
    if ((options & COMMAND_ALONE) == 0) {
        arguments[n++] = (char *)"--server";
        arguments[n++] = (char *)use->cli->server;
    }
    if ((options & COMMAND_ALONE) == 0 && use->key != NULL) {
        arguments[n++] = (char *)use->key_option;
        arguments[n++] = (char *)use->key;
    }
    if ((options & OPTION(AS)) != 0) {
        arguments[n++] = (char *)"--as";
        arguments[n++] = (char *)use->as;
    }
    if ((options & OPTION(DEVICE)) != 0 && use->device != NULL) {
        arguments[n++] = (char *)"--device";
        arguments[n++] = (char *)use->device;
    }
    if ((options & OPTION(CONTROL)) != 0)
        arguments[n++] = (char *)"--control";
    memcpy(arguments + n, given, (size_t)count * sizeof *given);
    arguments[n + (size_t)count] = NULL;
    return true;
}

/* Without a terminal it can ask nothing, and write nothing over the screen. Signals are as in a
 * program of a shell. `lines` -1: it has none. */
static void become(char *const arguments[], int out, int lines)
{
    int in = lines >= 0 ? lines : open("/dev/null", O_RDONLY);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    setsid();
    if (lines < 0) /* the others see the end of their lines */
        prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (in >= 0)
        dup2(in, STDIN_FILENO);
    dup2(lines >= 0 ? lines : out, STDOUT_FILENO);
    dup2(out, STDERR_FILENO);
    execv("/proc/self/exe", arguments);
    execvp(arguments[0], arguments);
    _exit(127);
}

static struct chat_child *free_child(struct chat_child *children)
{
    for (int i = 0; i < CHAT_CHILDREN_MAX; i++)
        if (children[i].pid == 0)
            return &children[i];
    return NULL;
}

static char *copy_of(const char *text)
{
    return text == NULL ? NULL : strdup(text);
}

/* Both ends of what a child writes, and of its lines. */
struct ends {
    int out[2], lines[2];
};

static void close_ends(const int ends[2])
{
    for (int i = 0; i < 2; i++)
        if (ends[i] >= 0)
            close(ends[i]);
}

static bool open_ends(struct ends *ends, bool with_lines)
{
    *ends = (struct ends){{-1, -1}, {-1, -1}};
    if (pipe(ends->out) != 0)
        return false;
    for (int i = 0; i < 2; i++)
        fcntl(ends->out[i], F_SETFD, FD_CLOEXEC);
    if (!with_lines || socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends->lines) == 0)
        return true;
    close_ends(ends->out);
    return false;
}

static bool start_child(struct chat_child *child, char *const arguments[])
{
    struct ends ends;
    if (!open_ends(&ends, child->kind != CHAT_CHILD_COMMAND))
        return false;
    child->pid = fork();
    if (child->pid == 0)
        become(arguments, ends.out[1], ends.lines[1]);
    int error = errno;
    close(ends.out[1]);
    if (ends.lines[1] >= 0)
        close(ends.lines[1]);
    child->fd = ends.out[0];
    child->lines = ends.lines[0];
    if (child->pid > 0)
        return true;
    close(child->fd);
    if (child->lines >= 0)
        close(child->lines);
    errno = error;
    child->pid = 0;
    return false;
}

enum chat_child_kind chat_child_kind_of(const char *words)
{
    static const char *const names[] = {"", "call", "record", "play"};
    for (int kind = CHAT_CHILD_CALL; kind <= CHAT_CHILD_PLAY; kind++)
        if (strcmp(words, names[kind]) == 0)
            return (enum chat_child_kind)kind;
    return CHAT_CHILD_COMMAND;
}

struct chat_child *chat_child_run(struct chat_child children[CHAT_CHILDREN_MAX],
                                  const struct chat_child_use *use, const char *words,
                                  size_t length, const char **wrong)
{
    char *arguments[WORDS_MAX];
    struct chat_child *child = free_child(children);
    *wrong = child == NULL ? "other commands are still running" : "too many words";
    if (child == NULL || !make_arguments(arguments, use, words, length))
        return NULL;
    *child = (struct chat_child){.kind = chat_child_kind_of(words)};
    if (!start_child(child, arguments)) {
        *wrong = strerror(errno);
        return NULL;
    }
    child->place = copy_of(use->place);
    child->open = copy_of(use->open);
    return child;
}

/* --- lines ------------------------------------------------------------------------------- */

/* One that is longer than all that there are is dropped. */
void chat_child_hear(struct chat_child *child)
{
    if (child->said_length == sizeof child->said)
        child->said_length = 0;
    ssize_t n = recv(child->lines, child->said + child->said_length,
                     sizeof child->said - child->said_length, MSG_DONTWAIT);
    if (n > 0) {
        child->said_length += (size_t)n;
    } else if (n == 0 || (errno != EAGAIN && errno != EINTR)) {
        close(child->lines);
        child->lines = -1;
    }
}

bool chat_child_line(struct chat_child *child, char line[CHAT_CHILD_LINE])
{
    const char *end = memchr(child->said, '\n', child->said_length);
    if (end == NULL)
        return false;
    size_t n = (size_t)(end - child->said);
    memcpy(line, child->said, n);
    line[n] = 0;
    child->said_length -= n + 1;
    memmove(child->said, end + 1, child->said_length);
    return true;
}

void chat_child_say(const struct chat_child *child, const char *line)
{
    char whole[512];
    int n = snprintf(whole, sizeof whole, "%s\n", line);
    if (child->lines >= 0 && n > 0 && (size_t)n < sizeof whole)
        send(child->lines, whole, (size_t)n, MSG_DONTWAIT | MSG_NOSIGNAL);
}

/* --- what it prints ---------------------------------------------------------------------- */

/* Of what a call prints without a terminal: how it is going. What is said in the conversation the
 * screen has by itself. */
static void keep_call_lines(char *text)
{
    static const char ours[] = "chinwag: ";
    char *out = text;
    for (char *line = text, *next; *line != 0; line = next) {
        size_t n = strcspn(line, "\n");
        bool whole = line[n] == '\n';
        next = line + n + whole;
        if (strncmp(line, ours, sizeof ours - 1) != 0)
            continue;
        memmove(out, line, n);
        out += n;
        if (whole)
            *out++ = '\n';
    }
    *out = 0;
}

/* Takes out what can be told: of a call, which goes on, each whole line; of others all at the end,
 * or whole lines when there is no room for more. */
static void take_told(struct chat_child *child, bool ended, char text[CHAT_CHILD_TEXT])
{
    bool full = child->held_length == CHAT_CHILD_TEXT - 1;
    size_t n = ended || child->kind == CHAT_CHILD_CALL || full ? child->held_length : 0;
    while (!ended && n > 0 && child->held[n - 1] != '\n')
        n--;
    if (full && n == 0)
        n = child->held_length;
    memcpy(text, child->held, n);
    text[n] = 0;
    child->held_length -= n;
    memmove(child->held, child->held + n, child->held_length);
    if (child->kind == CHAT_CHILD_CALL)
        keep_call_lines(text);
}

/* Takes out the lines about the way of a file (transfer.c); the last one counts. */
static void take_progress(struct chat_child *child)
{
    char *begin = child->held, *end;
    child->held[child->held_length] = 0;
    while ((begin = strchr(begin, TRANSFER_MARK)) != NULL && (end = strchr(begin, '\n')) != NULL) {
        snprintf(child->progress, sizeof child->progress, "%.*s", (int)(end - begin - 1),
                 begin + 1);
        size_t behind = child->held_length - (size_t)(end + 1 - child->held);
        memmove(begin, end + 1, behind + 1);
        child->held_length -= (size_t)(end + 1 - begin);
    }
}

bool chat_child_read(struct chat_child *child, char text[CHAT_CHILD_TEXT], bool *done)
{
    int status = 0;
    ssize_t n =
        read(child->fd, child->held + child->held_length, CHAT_CHILD_TEXT - 1 - child->held_length);
    bool ended = n == 0 || (n < 0 && errno != EINTR);
    child->held_length += n > 0 ? (size_t)n : 0;
    take_progress(child);
    take_told(child, ended, text);
    if (ended && child->stopped) { /* the disk may hold it on its way out */
        close(child->fd);
        child->fd = -1;
    }
    if (!ended || child->stopped)
        return false;
    waitpid(child->pid, &status, 0);
    *done = WIFEXITED(status) && WEXITSTATUS(status) == 0;
    return true;
}

void chat_child_forget(struct chat_child *child)
{
    if (child->fd >= 0)
        close(child->fd);
    if (child->lines >= 0)
        close(child->lines);
    free(child->place);
    free(child->open);
    *child = (struct chat_child){.pid = 0};
}

bool chat_child_leave_call(struct chat_child children[CHAT_CHILDREN_MAX])
{
    bool any = false;
    for (int i = 0; i < CHAT_CHILDREN_MAX; i++)
        if (children[i].pid != 0 && children[i].kind == CHAT_CHILD_CALL)
            any |= kill(children[i].pid, SIGINT) == 0;
    return any;
}

const char *chat_children_progress(const struct chat_child children[CHAT_CHILDREN_MAX])
{
    for (int i = 0; i < CHAT_CHILDREN_MAX; i++)
        if (children[i].pid != 0 && children[i].progress[0] != 0)
            return children[i].progress;
    return NULL;
}

/* Has it ended, at the latest when the time is over? */
static bool ends_within(pid_t pid, int *left_ms)
{
    while (waitpid(pid, NULL, WNOHANG) == 0) {
        if (*left_ms <= 0)
            return false;
        poll(NULL, 0, STEP_MS);
        *left_ms -= STEP_MS;
    }
    return true;
}

void chat_children_stop(struct chat_child children[CHAT_CHILDREN_MAX])
{
    for (int i = 0; i < CHAT_CHILDREN_MAX; i++) {
        if (children[i].pid == 0)
            continue;
        kill(children[i].pid, children[i].kind == CHAT_CHILD_CALL ? SIGINT : SIGTERM);
        children[i].stopped = true;
    }
}

bool chat_children_kill(struct chat_child children[CHAT_CHILDREN_MAX])
{
    bool any = false;
    for (int i = 0; i < CHAT_CHILDREN_MAX; i++) {
        struct chat_child *child = &children[i];
        if (child->pid == 0 || child->killed)
            continue;
        kill(-child->pid, SIGKILL); /* what it has started, too */
        kill(child->pid, SIGKILL);
        child->stopped = child->killed = any = true;
    }
    return any;
}

bool chat_children_reap(struct chat_child children[CHAT_CHILDREN_MAX])
{
    bool any = false;
    for (int i = 0; i < CHAT_CHILDREN_MAX; i++) {
        struct chat_child *child = &children[i];
        if (child->pid == 0 || (child->fd >= 0 && !child->killed))
            continue; /* what it still has to say is read first */
        if (waitpid(child->pid, NULL, WNOHANG) != 0)
            chat_child_forget(child);
        any |= child->pid != 0;
    }
    return any;
}

static void forget_within(struct chat_child children[CHAT_CHILDREN_MAX], int left_ms)
{
    for (int i = 0; i < CHAT_CHILDREN_MAX; i++)
        if (children[i].pid != 0 && ends_within(children[i].pid, &left_ms))
            chat_child_forget(&children[i]);
}

void chat_children_end(struct chat_child children[CHAT_CHILDREN_MAX], int left_ms)
{
    chat_children_stop(children);
    forget_within(children, left_ms);
    chat_children_kill(children);
    forget_within(children, KILLED_MS);
    for (int i = 0; i < CHAT_CHILDREN_MAX; i++)
        if (children[i].pid != 0) /* that the kernel holds: it is nobody's then */
            chat_child_forget(&children[i]);
}
