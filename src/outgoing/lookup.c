/* lookup.c - see lookup.h. A thread asks the system. When it takes too long it is left to
 * itself, and frees what it has when the system has answered. */
#include "outgoing/lookup.h"

#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

struct lookup {
    pthread_mutex_t mutex;
    pthread_cond_t answered;
    bool done, abandoned; /* whoever sets the second one frees nothing */
    int error;
    struct addrinfo *found;
    char host[]; /* with its NUL */
};

static struct lookup *make_lookup(const char *host)
{
    size_t n = strlen(host) + 1;
    struct lookup *lookup = calloc(1, sizeof *lookup + n);
    pthread_condattr_t clock;
    if (lookup == NULL)
        return NULL;
    memcpy(lookup->host, host, n);
    pthread_mutex_init(&lookup->mutex, NULL);
    pthread_condattr_init(&clock);
    pthread_condattr_setclock(&clock, CLOCK_MONOTONIC);
    pthread_cond_init(&lookup->answered, &clock);
    pthread_condattr_destroy(&clock);
    return lookup;
}

static void free_lookup(struct lookup *lookup)
{
    if (lookup->found != NULL)
        freeaddrinfo(lookup->found);
    pthread_cond_destroy(&lookup->answered);
    pthread_mutex_destroy(&lookup->mutex);
    free(lookup);
}

static void *ask_system(void *argument)
{
    struct lookup *lookup = argument;
    const struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM};
    struct addrinfo *found = NULL;
    int error = getaddrinfo(lookup->host, NULL, &hints, &found);
    pthread_mutex_lock(&lookup->mutex);
    lookup->error = error;
    lookup->found = error == 0 ? found : NULL;
    lookup->done = true;
    bool abandoned = lookup->abandoned;
    pthread_cond_signal(&lookup->answered);
    pthread_mutex_unlock(&lookup->mutex);
    if (abandoned)
        free_lookup(lookup);
    return NULL;
}

/* Signals are the other threads'. */
static bool start_thread(struct lookup *lookup)
{
    pthread_t thread;
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    bool started = pthread_create(&thread, NULL, ask_system, lookup) == 0;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (started)
        pthread_detach(thread);
    return started;
}

static struct timespec time_after(int64_t ms)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    int64_t ns = time.tv_nsec + ms % 1000 * 1000000;
    time.tv_sec += (time_t)(ms / 1000 + ns / 1000000000);
    time.tv_nsec = (long)(ns % 1000000000);
    return time;
}

int cw_outgoing_lookup(const char *host, int64_t limit_ms, struct addrinfo **found)
{
    const struct timespec until = time_after(limit_ms);
    struct lookup *lookup = make_lookup(host);
    if (lookup == NULL)
        return EAI_MEMORY;
    if (!start_thread(lookup)) {
        free_lookup(lookup);
        return EAI_MEMORY;
    }
    pthread_mutex_lock(&lookup->mutex);
    while (!lookup->done && pthread_cond_timedwait(&lookup->answered, &lookup->mutex, &until) == 0)
        continue;
    bool done = lookup->done;
    lookup->abandoned = !done;
    pthread_mutex_unlock(&lookup->mutex);
    if (!done)
        return EAI_AGAIN;
    int error = lookup->error;
    *found = lookup->found;
    lookup->found = NULL;
    free_lookup(lookup);
    return error;
}
