/* password.c - see password.h. */
#include "password.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/select.h>
#include <termios.h>
#include <unistd.h>

void password_forget(char password[PASSWORD_SIZE])
{
    volatile char *p = password; /* keeps the compiler from leaving it out */
    for (size_t i = 0; i < PASSWORD_SIZE; i++)
        p[i] = 0;
}

/* Cuts the text after its first line; false: the line is too long or empty. */
static bool trim(char password[PASSWORD_SIZE], size_t n)
{
    if (n == PASSWORD_SIZE)
        return false;
    password[n] = 0;
    password[strcspn(password, "\r\n")] = 0;
    return password[0] != 0;
}

static bool read_from_file(const char *path, char password[PASSWORD_SIZE])
{
    FILE *file = fopen(path, "r");
    if (file == NULL) {
        fprintf(stderr, "chinwag: cannot read %s: %s\n", path, strerror(errno));
        return false;
    }
    bool read = fgets(password, PASSWORD_SIZE, file) != NULL && trim(password, strlen(password));
    fclose(file);
    if (!read)
        fprintf(stderr, "chinwag: the first line of %s is no password\n", path);
    return read;
}

static bool take_text(const char *text, const char *what, char password[PASSWORD_SIZE])
{
    size_t n = strlen(text);
    if (n >= PASSWORD_SIZE) {
        fprintf(stderr, "chinwag: %s is too long\n", what);
        return false;
    }
    memcpy(password, text, n + 1);
    return true;
}

static bool read_from_environment(const char *variable, char password[PASSWORD_SIZE])
{
    return take_text(getenv(variable), variable, password);
}

/* --- the terminal --------------------------------------------------------------------- */

static volatile sig_atomic_t caught;

static void on_password_signal(int number)
{
    caught = number;
}

static const int signals[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP};

#define SIGNALS (sizeof signals / sizeof signals[0])

/* Waits for the next byte. Signals are blocked elsewhere, since one that came before the wait would
 * not end it. */
static bool await_byte(int tty, const sigset_t *unblocked)
{
    fd_set readable;
    FD_ZERO(&readable);
    FD_SET(tty, &readable);
    return pselect(tty + 1, &readable, NULL, NULL, NULL, unblocked) == 1 && caught == 0;
}

/* Reads a line; false: the input ended, or a signal came. */
static bool read_hidden_line(int tty, const sigset_t *unblocked, char password[PASSWORD_SIZE])
{
    size_t n = 0;
    char c = 0;
    while (c != '\n') {
        if (!await_byte(tty, unblocked) || read(tty, &c, 1) != 1)
            return false;
        if (n < PASSWORD_SIZE)
            password[n++] = c;
    }
    return trim(password, n);
}

/* Asks without echo. A signal that comes meanwhile takes effect after the terminal's settings are
 * restored, so that a shell sees that Ctrl-C ended it (130). */
static bool prompt_once(int tty, const char *text, char password[PASSWORD_SIZE])
{
    struct termios before, silent;
    if (tcgetattr(tty, &before) != 0)
        return false;
    struct sigaction action = {.sa_handler = on_password_signal}, old[SIGNALS];
    sigset_t ours, unblocked;
    caught = 0;
    sigemptyset(&ours);
    for (size_t i = 0; i < SIGNALS; i++)
        sigaddset(&ours, signals[i]);
    sigprocmask(SIG_BLOCK, &ours, &unblocked);
    for (size_t i = 0; i < SIGNALS; i++)
        sigaction(signals[i], &action, &old[i]);
    silent = before;
    silent.c_lflag &= ~(tcflag_t)(ECHO | ECHOE | ECHOK | ECHONL);
    bool read = tcsetattr(tty, TCSAFLUSH, &silent) == 0;
    dprintf(tty, "%s", text); /* after echo is off */
    read = read && read_hidden_line(tty, &unblocked, password);
    tcsetattr(tty, TCSAFLUSH, &before);
    dprintf(tty, "\n");
    for (size_t i = 0; i < SIGNALS; i++)
        sigaction(signals[i], &old[i], NULL);
    sigprocmask(SIG_SETMASK, &unblocked, NULL);
    if (caught != 0)
        raise(caught);
    return read;
}

/* Ctrl-Z only puts it aside: it asks again. */
static bool prompt(int tty, const char *text, char password[PASSWORD_SIZE])
{
    bool read;
    do
        read = prompt_once(tty, text, password);
    while (caught == SIGTSTP);
    return read;
}

static bool read_twice(int tty, char password[PASSWORD_SIZE])
{
    char again[PASSWORD_SIZE] = {0};
    bool same = prompt(tty, "The same again: ", again) && strcmp(password, again) == 0;
    password_forget(again);
    if (!same)
        fprintf(stderr, "chinwag: the two are not the same; nothing was done\n");
    return same;
}

/* `instead` says where it may come from on a machine without a terminal. */
static bool read_from_terminal(const char *name, bool twice, const char *instead,
                               char password[PASSWORD_SIZE])
{
    int tty = open("/dev/tty", O_RDWR | O_CLOEXEC);
    if (tty < 0) {
        fprintf(stderr,
                getenv(CLI_IN_CHAT) == NULL
                    ? "chinwag: no terminal to ask for a password: use %s\n"
                    : "chinwag: passwords are not asked for here: do this in a shell, or by %s\n",
                instead);
        return false;
    }
    char text[256];
    snprintf(text, sizeof text, "%s for %s: ", twice ? "New password" : "Password", name);
    bool read = prompt(tty, text, password);
    if (!read)
        fprintf(stderr, "chinwag: no password, nothing was done\n");
    read = read && (!twice || read_twice(tty, password));
    close(tty);
    return read;
}

static bool is_in_environment(const char *variable)
{
    const char *value = getenv(variable);
    return value != NULL && value[0] != 0;
}

bool password_is_asked(const struct cli *cli)
{
    return cli->password == NULL && cli->password_file == NULL &&
           !is_in_environment("CHINWAG_PASSWORD");
}

bool password_read(const struct cli *cli, const char *name, bool twice,
                   char password[PASSWORD_SIZE])
{
    if (cli->password != NULL)
        return take_text(cli->password, "the password", password);
    if (cli->password_file != NULL)
        return read_from_file(cli->password_file, password);
    if (is_in_environment("CHINWAG_PASSWORD"))
        return read_from_environment("CHINWAG_PASSWORD", password);
    return read_from_terminal(name, twice, "--password-file FILE or CHINWAG_PASSWORD", password);
}

bool password_read_new(const char *file, const char *name, char password[PASSWORD_SIZE])
{
    return file != NULL ? read_from_file(file, password)
                        : read_from_terminal(name, true, "--new-password-file FILE", password);
}

bool password_read_secret(const char *file, const char *variable, char secret[PASSWORD_SIZE])
{
    if (file != NULL)
        return read_from_file(file, secret);
    if (is_in_environment(variable))
        return read_from_environment(variable, secret);
    fprintf(stderr, "chinwag: there is no secret: use --secret-file FILE or %s\n", variable);
    return false;
}
