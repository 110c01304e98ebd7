/* report.c - a run's figures on their way to the collector. */
#include <stdarg.h>
#include <stdio.h>

#include "bench.h"

static FILE *to;
static const char *server_name;
static char params[64];

void report_to(int fd, const char *server)
{
    to = fdopen(fd, "w");
    server_name = server;
}

void report_params(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(params, sizeof params, format, arguments);
    va_end(arguments);
}

void report_as(const char *server, const char *metric, double value)
{
    fprintf(to, "%s\t%s\t%s\t%.6g\n", server, params, metric, value);
    fflush(to);
}

void report(const char *metric, double value)
{
    report_as(server_name, metric, value);
}

void report_latency(const char *prefix, const struct histogram *histogram)
{
    char metric[64];
    snprintf(metric, sizeof metric, "%sp50_us", prefix);
    report(metric, histogram_us(histogram, 0.50));
    snprintf(metric, sizeof metric, "%sp99_us", prefix);
    report(metric, histogram_us(histogram, 0.99));
}
