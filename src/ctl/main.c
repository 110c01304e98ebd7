/* main.c - chinwagctl: administers the server of this machine. It sends one command through the
 * control socket in the server's data folder, and prints what comes back (control/frame.h). What
 * commands do, the server decides. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "control/command.h"
#include "control/frame.h"
#include "help.h"

#define DATA_HERE     "./data"
#define DATA_PACKAGED "/var/lib/chinwag"

/* What was typed but for the options of all commands. */
struct line {
    const char *data;
    const char *words[CW_CONTROL_WORDS_MAX + 1]; /* one more than there may be */
    size_t count;
    bool help, version;
};

static const char *default_data(void)
{
    struct stat here;
    const char *variable = getenv("CHINWAG_DATA");
    if (variable != NULL && variable[0] != 0)
        return variable;
    return stat(DATA_HERE, &here) == 0 && S_ISDIR(here.st_mode) ? DATA_HERE : DATA_PACKAGED;
}

/* Returns false after saying what is wrong. */
static bool read_line(int argc, char **argv, struct line *line)
{
    bool options = true;
    line->data = default_data();
    for (int i = 1; i < argc; i++) {
        const char *word = argv[i];
        if (options && strcmp(word, "--help") == 0) {
            line->help = true;
        } else if (options && strcmp(word, "--version") == 0) {
            line->version = true;
        } else if (options && strncmp(word, "--data=", 7) == 0) {
            line->data = word + 7;
        } else if (options && strcmp(word, "--data") == 0) {
            if (++i == argc) {
                fputs("chinwagctl: --data wants a value: DIR\n", stderr);
                return false;
            }
            line->data = argv[i];
        } else if (line->count <= CW_CONTROL_WORDS_MAX) {
            options = options && strcmp(word, "--") != 0;
            line->words[line->count++] = word;
        }
    }
    if (line->count > CW_CONTROL_WORDS_MAX)
        fprintf(stderr,
                "chinwagctl: a command has at most %u words: put what has blanks into "
                "quotes\n",
                CW_CONTROL_WORDS_MAX);
    return line->count <= CW_CONTROL_WORDS_MAX;
}

static int print_help(const struct line *line)
{
    bool word = line->count != 0 && strcmp(line->words[0], "help") == 0;
    const char *const *words = line->words + word;
    size_t count = line->count - word;
    char error[CW_CONTROL_ERROR_MAX];
    struct cw_control_command command;
    if (count == 0) {
        help_all();
        return CW_CONTROL_DONE;
    }
    if (strcmp(words[0], "all") == 0)
        count = 0;
    if (help_commands(words, count))
        return CW_CONTROL_DONE;
    cw_control_parse(words, count, &command, error);
    fprintf(stderr, "chinwagctl: %s\n", error);
    return CW_CONTROL_WRONG_USE;
}

/* --- the socket ------------------------------------------------------------------------------- */

/* A path by the folder's descriptor: that of the folder may be longer than an address allows. */
static int connect_in(int folder)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    snprintf(address.sun_path, sizeof address.sun_path, "/proc/self/fd/%d/" CW_CONTROL_SOCKET,
             folder);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd >= 0 && connect(fd, (const struct sockaddr *)&address, sizeof address) != 0) {
        int why = errno;
        close(fd);
        errno = why;
        fd = -1;
    }
    return fd;
}

static void say_why(const char *data, bool folder)
{
    const char *why = strerror(errno);
    if (errno == EACCES || errno == EPERM)
        fprintf(stderr,
                "chinwagctl: %s/" CW_CONTROL_SOCKET ": %s\n"
                "  only the server's user may use it: try 'sudo -u chinwag chinwagctl ...', or "
                "sudo\n",
                data, why);
    else if (!folder)
        fprintf(stderr,
                "chinwagctl: %s: %s\n"
                "  name the server's data folder: chinwagctl --data DIR ...\n",
                data, why);
    else if (errno == ENOENT || errno == ECONNREFUSED)
        fprintf(stderr,
                "chinwagctl: no server runs with the data folder %s\n"
                "  start it (systemctl start chinwag-server), or name another folder: --data DIR\n",
                data);
    else
        fprintf(stderr, "chinwagctl: %s/" CW_CONTROL_SOCKET ": %s\n", data, why);
}

static int connect_to(const char *data)
{
    int folder = open(data, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int fd = folder < 0 ? -1 : connect_in(folder);
    if (fd < 0)
        say_why(data, folder >= 0);
    if (folder >= 0)
        close(folder);
    return fd;
}

/* The server may refuse it before all of it is written; then its answer is there. */
static void send_words(int fd, const struct line *line)
{
    struct cw_buf words = {0}, frame = {0};
    for (size_t i = 0; i < line->count; i++)
        cw_buf_append(&words, line->words[i], strlen(line->words[i]) + 1);
    cw_control_put_frame(&frame, CW_CONTROL_COMMAND, cw_buf_slice(&words));
    for (size_t at = 0; at < frame.n;) {
        ssize_t n = send(fd, frame.p + at, frame.n - at, MSG_NOSIGNAL);
        if (n < 0)
            break;
        at += (size_t)n;
    }
    cw_buf_finish(&words);
    cw_buf_finish(&frame);
}

/* Prints a frame. Returns -1 to continue, or the exit status. */
static int take_frame(uint8_t kind, struct cw_slice body)
{
    FILE *to = kind == CW_CONTROL_TROUBLE ? stderr : stdout;
    if (kind == CW_CONTROL_END)
        return body.n == 1 ? body.p[0] : CW_CONTROL_UNREACHABLE;
    if (fwrite(body.p, 1, body.n, to) != body.n || fflush(to) != 0)
        return CW_CONTROL_WRONG_USE; /* nobody reads it any more */
    return -1;
}

static int take_frames(struct cw_buf *in)
{
    struct cw_slice left = cw_buf_slice(in), body;
    uint8_t kind;
    int status = -1;
    enum cw_control_taken taken = CW_CONTROL_FRAME;
    while (status < 0 && (taken = cw_control_take_frame(&left, CW_CONTROL_OUT_MAX, &kind, &body)) ==
                             CW_CONTROL_FRAME)
        status = take_frame(kind, body);
    cw_buf_consume(in, in->n - left.n);
    return taken == CW_CONTROL_BROKEN ? CW_CONTROL_UNREACHABLE : status;
}

static int print_answer(int fd)
{
    struct cw_buf in = {0};
    int status = -1;
    while (status < 0) {
        ssize_t n = recv(fd, cw_buf_reserve(&in, 64 * 1024), 64 * 1024, 0);
        if (n <= 0)
            break;
        in.n += (size_t)n;
        status = take_frames(&in);
    }
    cw_buf_finish(&in);
    if (status >= 0)
        return status;
    fputs("chinwagctl: the server has ended before it answered; its log says why\n", stderr);
    return CW_CONTROL_UNREACHABLE;
}

int main(int argc, char **argv)
{
    struct line line = {0};
    struct cw_control_command command;
    char error[CW_CONTROL_ERROR_MAX];
    signal(SIGPIPE, SIG_IGN);
    if (!read_line(argc, argv, &line))
        return CW_CONTROL_WRONG_USE;
    if (line.version) {
        puts("chinwagctl " CW_VERSION);
        return CW_CONTROL_DONE;
    }
    if (line.help || (line.count != 0 && strcmp(line.words[0], "help") == 0))
        return print_help(&line);
    if (!cw_control_parse(line.words, line.count, &command, error)) {
        fprintf(stderr, "chinwagctl: %s\n", error);
        return CW_CONTROL_WRONG_USE;
    }
    int fd = connect_to(line.data);
    if (fd < 0)
        return CW_CONTROL_UNREACHABLE;
    send_words(fd, &line);
    int status = print_answer(fd);
    close(fd);
    return status;
}
