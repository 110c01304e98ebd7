/* idle_clock.c - five minutes in which nothing happens, without waiting for them: preloaded into
 * the terminal client, it moves CLOCK_MONOTONIC to the end of each wait at once, unless an answer
 * of the server is owed. It begins when the file $IDLE_BEGIN is there, and writes into $IDLE_END
 *
 *     WAITS MICROSECONDS
 *
 * how often the program has waited, and what it has taken of a processor: a time of the
 * processor's, not of a clock. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define IDLE_NS (300 * 1000000000LL)
#define S_NS    1000000000LL

static long long ahead_ns, begun_us, waits;
static int owed; /* something was sent, and nothing has come since */
static enum { BEFORE, DURING, BEHIND } now;

static void add_ns(struct timespec *time, long long ns)
{
    long long sum = time->tv_nsec + ns;
    time->tv_sec += sum / S_NS;
    time->tv_nsec = sum % S_NS;
}

int clock_gettime(clockid_t which, struct timespec *time)
{
    if (syscall(SYS_clock_gettime, which, time) != 0)
        return -1;
    if (which == CLOCK_MONOTONIC)
        add_ns(time, ahead_ns);
    return 0;
}

ssize_t send(int fd, const void *p, size_t n, int flags)
{
    ssize_t sent = syscall(SYS_sendto, fd, p, n, flags, NULL, 0);
    owed |= sent > 0;
    return sent;
}

ssize_t recv(int fd, void *p, size_t n, int flags)
{
    ssize_t got = syscall(SYS_recvfrom, fd, p, n, flags, NULL, NULL);
    owed &= got <= 0;
    return got;
}

static long long used_us(void)
{
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1000000LL + usage.ru_utime.tv_usec +
           usage.ru_stime.tv_usec;
}

static void note_state(void)
{
    const char *begin = getenv("IDLE_BEGIN"), *end = getenv("IDLE_END");
    if (now == BEFORE && begin != NULL && access(begin, F_OK) == 0) {
        now = DURING;
        begun_us = used_us();
    }
    if (now != DURING || ahead_ns < IDLE_NS || end == NULL)
        return;
    FILE *file = fopen(end, "w");
    if (file == NULL || fprintf(file, "%lld %lld\n", waits, used_us() - begun_us) < 0 ||
        fclose(file) != 0)
        abort();
    now = BEHIND;
}

/* The system call: pselect below has taken the place of the C library's. */
static int wait_really(int n, fd_set *in, fd_set *out, fd_set *other, const struct timespec *most,
                       const sigset_t *signals)
{
    struct timespec left = most == NULL ? (struct timespec){0} : *most;
    struct {
        const sigset_t *signals;
        size_t size;
    } mask = {signals, 8};
    return (int)syscall(SYS_pselect6, n, in, out, other, most == NULL ? NULL : &left, &mask);
}

int pselect(int n, fd_set *in, fd_set *out, fd_set *other, const struct timespec *most,
            const sigset_t *signals)
{
    const struct timespec none = {0};
    note_state();
    waits += now == DURING;
    if (now != DURING || owed || most == NULL)
        return wait_really(n, in, out, other, most, signals);
    int ready = wait_really(n, in, out, other, &none, signals);
    if (ready == 0)
        ahead_ns += most->tv_sec * S_NS + most->tv_nsec;
    return ready;
}
