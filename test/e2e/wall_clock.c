/* wall_clock.c - clocks that a test sets: preloaded into a program, it adds the milliseconds in the
 * file $WALL_CLOCK to CLOCK_REALTIME, and those in $STEADY_CLOCK to CLOCK_MONOTONIC. A clock
 * without a file stays as it is, and so do the others. Who waits until a moment of such a clock
 * waits until then. */
#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static long long offset_ms(const char *name)
{
    long long ms = 0;
    const char *path = getenv(name);
    if (path == NULL)
        return 0;
    FILE *file = fopen(path, "r");
    if (file == NULL || fscanf(file, "%lld", &ms) != 1)
        abort();
    fclose(file);
    return ms;
}

int clock_gettime(clockid_t which, struct timespec *now)
{
    if (syscall(SYS_clock_gettime, which, now) != 0)
        return -1;
    if (which == CLOCK_REALTIME || which == CLOCK_REALTIME_COARSE)
        now->tv_sec += offset_ms("WALL_CLOCK") / 1000;
    else if (which == CLOCK_MONOTONIC)
        now->tv_sec += offset_ms("STEADY_CLOCK") / 1000;
    return 0;
}

/* libnats waits so. A moment of the wall clock is decades behind those of the other one. */
int pthread_cond_timedwait(pthread_cond_t *restrict cond, pthread_mutex_t *restrict mutex,
                           const struct timespec *restrict until)
{
    union {
        void *symbol;
        int (*wait)(pthread_cond_t *, pthread_mutex_t *, const struct timespec *);
    } real = {.symbol = dlsym(RTLD_NEXT, "pthread_cond_timedwait")};
    struct timespec moved = *until;
    bool of_wall_clock = until->tv_sec > 1000000000;
    moved.tv_sec -= offset_ms(of_wall_clock ? "WALL_CLOCK" : "STEADY_CLOCK") / 1000;
    return real.wait(cond, mutex, &moved);
}

time_t time(time_t *where)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    if (where != NULL)
        *where = now.tv_sec;
    return now.tv_sec;
}

int gettimeofday(struct timeval *restrict now, void *restrict zone)
{
    struct timespec precise;
    (void)zone;
    clock_gettime(CLOCK_REALTIME, &precise);
    now->tv_sec = precise.tv_sec;
    now->tv_usec = precise.tv_nsec / 1000;
    return 0;
}
