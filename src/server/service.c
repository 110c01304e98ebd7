/* service.c - see service.h. */
#include "server/service.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "net/net.h"
#include "server/log.h"

#define FIRST_SOCKET 3
#define SOCKETS_MAX  (CW_LISTENERS_MAX + 1)
/* In LISTEN_FDNAMES: a socket of the process before this one; and what is none. */
#define PASSED_NAME "chinwag-passed"
#define CALLS_NAME  "chinwag-calls"
/* A migration of much data takes its time, and nobody gives signs of life meanwhile. */
#define WATCHDOG_OFF "WATCHDOG_USEC=3600000000"

/* One process has one manager. */
static struct {
    struct sockaddr_un notify;
    socklen_t notify_size; /* 0: nobody is to be told */
    uint64_t watchdog_ms;
    int sockets[SOCKETS_MAX]; /* -1: taken */
    unsigned socket_count;
    int calls;                              /* 0: none */
    bool passed;                            /* this process was another program before */
    char notify_text[128], watchdog_us[24]; /* as the variables were, for the next program */
} service;

/* A number of the environment, from 0 to `max`; false: there is none. */
static bool environment_number(const char *variable, unsigned long max, unsigned long *number)
{
    const char *text = getenv(variable);
    char *end;
    if (text == NULL || text[0] < '0' || text[0] > '9')
        return false;
    errno = 0;
    *number = strtoul(text, &end, 10);
    return *end == 0 && errno == 0 && *number <= max;
}

/* Variables with a process id are for that process alone; without one they are for this. */
static bool is_ours(const char *variable)
{
    unsigned long pid;
    return getenv(variable) == NULL ||
           (environment_number(variable, INT32_MAX, &pid) && pid == (unsigned long)getpid());
}

static void keep_variable(const char *variable, char *to, size_t size)
{
    const char *text = getenv(variable);
    if (text != NULL && strlen(text) < size)
        memcpy(to, text, strlen(text) + 1);
}

static bool begin_notify(char error[256])
{
    const char *path = getenv("NOTIFY_SOCKET");
    if (path == NULL || path[0] == 0)
        return true;
    size_t n = strlen(path);
    if ((path[0] != '/' && path[0] != '@') || n >= sizeof service.notify.sun_path) {
        snprintf(error, 256, "NOTIFY_SOCKET must be the path of a socket, not '%.100s'", path);
        return false;
    }
    service.notify.sun_family = AF_UNIX;
    memcpy(service.notify.sun_path, path, n);
    if (path[0] == '@') /* a name without a file */
        service.notify.sun_path[0] = 0;
    service.notify_size = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + n);
    return true;
}

static void begin_watchdog(void)
{
    unsigned long us;
    if (is_ours("WATCHDOG_PID") && environment_number("WATCHDOG_USEC", UINT32_MAX, &us) &&
        us >= 2000) {
        service.watchdog_ms = us / 2000;
        keep_variable("WATCHDOG_USEC", service.watchdog_us, sizeof service.watchdog_us);
    }
}

static bool is_named(const char *name, size_t n, const char *wanted)
{
    return n == strlen(wanted) && memcmp(name, wanted, n) == 0;
}

static bool begin_sockets(char error[256])
{
    unsigned long count;
    if (getenv("LISTEN_PID") == NULL || !is_ours("LISTEN_PID") || getenv("LISTEN_FDS") == NULL)
        return true;
    if (!environment_number("LISTEN_FDS", SOCKETS_MAX, &count)) {
        snprintf(error, 256, "LISTEN_FDS must be a number from 0 to %u", SOCKETS_MAX);
        return false;
    }
    const char *name = getenv("LISTEN_FDNAMES");
    for (unsigned i = 0; i < count; i++) {
        int fd = FIRST_SOCKET + (int)i;
        size_t name_n = name == NULL ? 0 : strcspn(name, ":");
        int flags = fcntl(fd, F_GETFL);
        if (flags < 0 || fcntl(fd, F_SETFL, flags | O_NONBLOCK) < 0 ||
            fcntl(fd, F_SETFD, FD_CLOEXEC) < 0) {
            snprintf(error, 256, "LISTEN_FDS says %lu sockets, but %d is none: %s", count, fd,
                     strerror(errno));
            return false;
        }
        service.passed |= is_named(name, name_n, PASSED_NAME);
        if (is_named(name, name_n, CALLS_NAME))
            service.calls = fd;
        else
            service.sockets[service.socket_count++] = fd;
        if (name != NULL)
            name += name_n + (name[name_n] == ':');
    }
    return true;
}

bool cw_service_begin(char error[256])
{
    static const char *const variables[] = {"NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID",
                                            "LISTEN_PID",    "LISTEN_FDS",    "LISTEN_FDNAMES"};
    keep_variable("NOTIFY_SOCKET", service.notify_text, sizeof service.notify_text);
    begin_watchdog();
    bool good = begin_notify(error) && begin_sockets(error);
    for (size_t i = 0; i < sizeof variables / sizeof variables[0]; i++)
        unsetenv(variables[i]);
    return good;
}

void cw_service_notify(const char *state)
{
    if (service.notify_size == 0)
        return;
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return;
    sendto(fd, state, strlen(state), MSG_NOSIGNAL, (const struct sockaddr *)&service.notify,
           service.notify_size);
    close(fd);
}

void cw_service_notify_reloading(void)
{
    struct timespec now;
    char state[80];
    clock_gettime(CLOCK_MONOTONIC, &now);
    snprintf(state, sizeof state, "RELOADING=1\nMONOTONIC_USEC=%lld",
             (long long)now.tv_sec * 1000000 + now.tv_nsec / 1000);
    cw_service_notify(state);
}

bool cw_service_is_upgrade(void)
{
    return service.passed;
}

uint64_t cw_service_watchdog_ms(void)
{
    return service.watchdog_ms;
}

int cw_service_take_socket(const char *address)
{
    for (unsigned i = 0; i < service.socket_count; i++) {
        int fd = service.sockets[i];
        if (fd >= 0 && cw_net_listens_at(fd, address)) {
            service.sockets[i] = -1;
            return fd;
        }
    }
    return -1;
}

void cw_service_end_sockets(void)
{
    for (unsigned i = 0; i < service.socket_count; i++) {
        if (service.sockets[i] < 0)
            continue;
        cw_log_warning(
            "a socket was handed over (descriptor %d) for which there is no listener: add "
            "'listen = HOST:PORT' with its address to the config",
            service.sockets[i]);
        close(service.sockets[i]);
    }
    service.socket_count = 0;
}

void cw_service_notify_ready(void)
{
    char watchdog[64];
    cw_service_notify("READY=1");
    if (!service.passed || service.watchdog_ms == 0)
        return;
    snprintf(watchdog, sizeof watchdog, "WATCHDOG_USEC=%s", service.watchdog_us);
    cw_service_notify(watchdog);
}

int cw_service_take_calls(void)
{
    int fd = service.calls != 0 ? service.calls : -1;
    service.calls = 0;
    return fd;
}

/* Above all descriptors that the next program expects its own at. */
static bool move_away(int fd, int *moved)
{
    *moved = fcntl(fd, F_DUPFD_CLOEXEC, FIRST_SOCKET + (int)SOCKETS_MAX);
    return *moved >= 0;
}

static void set_variable(const char *variable, unsigned long number)
{
    char text[24];
    snprintf(text, sizeof text, "%lu", number);
    setenv(variable, text, 1);
}

/* Names, one for each descriptor; the calls are the last. */
static void set_names(unsigned sockets, bool calls)
{
    char names[SOCKETS_MAX * sizeof PASSED_NAME] = "";
    size_t n = 0;
    for (unsigned i = 0; i < sockets; i++)
        n += (size_t)snprintf(names + n, sizeof names - n, "%s" PASSED_NAME, i == 0 ? "" : ":");
    if (calls)
        snprintf(names + n, sizeof names - n, ":" CALLS_NAME);
    setenv("LISTEN_FDNAMES", names, 1);
}

bool cw_service_pass_on(const int sockets[], unsigned count, int calls)
{
    int moved[SOCKETS_MAX];
    assert(count < SOCKETS_MAX);
    unsigned all = count + (calls >= 0);
    for (unsigned i = 0; i < all; i++)
        if (!move_away(i < count ? sockets[i] : calls, &moved[i]))
            return false;
    for (unsigned i = 0; i < all; i++)
        if (dup2(moved[i], FIRST_SOCKET + (int)i) < 0)
            return false;
    set_variable("LISTEN_PID", (unsigned long)getpid());
    set_variable("LISTEN_FDS", all);
    set_names(count, calls >= 0);
    if (service.notify_text[0] != 0)
        setenv("NOTIFY_SOCKET", service.notify_text, 1);
    if (service.watchdog_us[0] != 0) {
        setenv("WATCHDOG_USEC", service.watchdog_us, 1);
        cw_service_notify(WATCHDOG_OFF);
    }
    return true;
}
