/* measure.c - the clock, processor time and memory of this and other processes. */
#include <dirent.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "bench.h"

uint64_t now_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * SECOND_NS + (uint64_t)t.tv_nsec;
}

void die(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    fprintf(stderr, "chinwag-bench: %s: ", run.server == NULL ? "" : run.server->name);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
    va_end(arguments);
    _exit(2);
}

static double thread_cpu_s(pid_t pid, const char *thread)
{
    char path[300];
    uint64_t ns = 0;
    snprintf(path, sizeof path, "/proc/%d/task/%.200s/schedstat", (int)pid, thread);
    FILE *file = fopen(path, "r");
    if (file == NULL)
        return 0;
    if (fscanf(file, "%" SCNu64, &ns) != 1)
        ns = 0;
    fclose(file);
    return (double)ns / SECOND_NS;
}

/* schedstat counts nanoseconds, /proc/PID/stat ticks of 10 ms. */
double process_cpu_s(pid_t pid)
{
    char path[64];
    double sum = 0;
    snprintf(path, sizeof path, "/proc/%d/task", (int)pid);
    DIR *folder = opendir(path);
    if (folder == NULL)
        die("the server is gone");
    for (struct dirent *entry; (entry = readdir(folder)) != NULL;)
        if (entry->d_name[0] != '.')
            sum += thread_cpu_s(pid, entry->d_name);
    closedir(folder);
    return sum;
}

double children_cpu_s(pid_t pid)
{
    char path[64], child[16];
    double sum = 0;
    snprintf(path, sizeof path, "/proc/%d/task/%d/children", (int)pid, (int)pid);
    FILE *file = fopen(path, "r");
    if (file == NULL)
        die("process %d is gone", (int)pid);
    while (fscanf(file, "%15s", child) == 1)
        sum += thread_cpu_s((pid_t)strtol(child, NULL, 10), child);
    fclose(file);
    return sum;
}

double self_cpu_s(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

double server_rss_kib(void)
{
    char path[64], line[256];
    double kib = -1;
    snprintf(path, sizeof path, "/proc/%d/status", (int)run.pid);
    FILE *file = fopen(path, "r");
    if (file == NULL)
        die("the server is gone");
    while (fgets(line, sizeof line, file) != NULL)
        sscanf(line, "VmRSS: %lf", &kib);
    fclose(file);
    return kib;
}

void span_start(struct span *span)
{
    span->server0_s = process_cpu_s(run.pid);
    span->self0_s = self_cpu_s();
    span->start_ns = now_ns();
}

void span_stop(struct span *span)
{
    span->wall_s = (double)(now_ns() - span->start_ns) / SECOND_NS;
    span->server_s = process_cpu_s(run.pid) - span->server0_s;
    span->self_s = self_cpu_s() - span->self0_s;
}
