/* client_lookup.c - see client_lookup.h. */
#include "client/client_lookup.h"

#include <arpa/inet.h>
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

struct cw_client_lookup {
    pthread_mutex_t mutex;
    bool done, abandoned; /* whoever sets the second one frees nothing */
    int fd;
    int error;
    struct addrinfo *found;
    int socktype;
    const char *port; /* in `text`, behind the host */
    char text[];
};

static void free_lookup(struct cw_client_lookup *lookup)
{
    if (lookup->found != NULL)
        freeaddrinfo(lookup->found);
    close(lookup->fd);
    pthread_mutex_destroy(&lookup->mutex);
    free(lookup);
}

static bool is_numeric(const char *host)
{
    struct in6_addr address;
    return inet_pton(AF_INET, host, &address) == 1 || inet_pton(AF_INET6, host, &address) == 1;
}

/* With the mutex held, or without a thread. */
static void end_lookup(struct cw_client_lookup *lookup, int error)
{
    lookup->error = error;
    lookup->done = true;
    if (!lookup->abandoned)
        (void)!write(lookup->fd, &(uint64_t){1}, sizeof(uint64_t)); /* cannot be full */
}

static void look_up(struct cw_client_lookup *lookup)
{
    const struct addrinfo hints = {.ai_family = AF_UNSPEC,
                                   .ai_socktype = lookup->socktype,
                                   .ai_flags = lookup->socktype == SOCK_DGRAM ? AI_ADDRCONFIG : 0};
    struct addrinfo *found = NULL;
    int error = getaddrinfo(lookup->text, lookup->port, &hints, &found);
    pthread_mutex_lock(&lookup->mutex);
    lookup->found = error == 0 ? found : NULL;
    end_lookup(lookup, error);
    bool abandoned = lookup->abandoned;
    pthread_mutex_unlock(&lookup->mutex);
    if (abandoned)
        free_lookup(lookup);
}

static void *client_lookup_thread(void *argument)
{
    look_up(argument);
    return NULL;
}

/* Signals are the program's threads', but for those of a crash, which the program may want to hear
 * of wherever it is. */
static bool start_thread(struct cw_client_lookup *lookup)
{
    static const int crashes[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT, SIGTRAP, SIGSYS};
    pthread_t thread;
    sigset_t all, before;
    sigfillset(&all);
    for (size_t i = 0; i < sizeof crashes / sizeof crashes[0]; i++)
        sigdelset(&all, crashes[i]);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    bool started = pthread_create(&thread, NULL, client_lookup_thread, lookup) == 0;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (started)
        pthread_detach(thread);
    return started;
}

struct cw_client_lookup *cw_client_lookup_begin(const char *host, const char *port, int socktype)
{
    size_t host_n = strlen(host) + 1, port_n = strlen(port) + 1;
    struct cw_client_lookup *lookup = calloc(1, sizeof *lookup + host_n + port_n);
    if (lookup == NULL) {
        errno = ENOMEM;
        return NULL;
    }
    int fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (fd < 0) {
        free(lookup);
        return NULL;
    }
    memcpy(lookup->text, host, host_n);
    lookup->port = memcpy(lookup->text + host_n, port, port_n);
    lookup->socktype = socktype;
    lookup->fd = fd;
    pthread_mutex_init(&lookup->mutex, NULL);
    if (is_numeric(host)) {
        look_up(lookup);
    } else if (!start_thread(lookup)) {
        end_lookup(lookup, EAI_MEMORY);
    }
    return lookup;
}

int cw_client_lookup_fd(const struct cw_client_lookup *lookup)
{
    return lookup->fd;
}

bool cw_client_lookup_is_done(struct cw_client_lookup *lookup)
{
    pthread_mutex_lock(&lookup->mutex);
    bool done = lookup->done;
    pthread_mutex_unlock(&lookup->mutex);
    return done;
}

int cw_client_lookup_take(struct cw_client_lookup *lookup, struct addrinfo **found)
{
    /* The descriptor is readable before its thread has let go of the mutex. */
    pthread_mutex_lock(&lookup->mutex);
    int error = lookup->error;
    pthread_mutex_unlock(&lookup->mutex);
    *found = lookup->found;
    lookup->found = NULL;
    free_lookup(lookup);
    return error;
}

struct cw_client_lookup *cw_client_lookup_keep(struct cw_client_lookup *lookup)
{
    if (lookup == NULL || !cw_client_lookup_is_done(lookup))
        return lookup;
    cw_client_lookup_drop(lookup);
    return NULL;
}

void cw_client_lookup_drop(struct cw_client_lookup *lookup)
{
    if (lookup == NULL)
        return;
    pthread_mutex_lock(&lookup->mutex);
    lookup->abandoned = !lookup->done;
    bool frees = lookup->done;
    pthread_mutex_unlock(&lookup->mutex);
    if (frees)
        free_lookup(lookup);
}
