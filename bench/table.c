/* table.c - all figures of all rounds, and what is printed of them. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "bench.h"

struct row {
    char *work, *server, *params, *metric;
    double *values;
    size_t count;
};
struct table {
    struct row *rows;
    size_t count;
};

struct table *table_create(void)
{
    return cw_alloc_zero(sizeof(struct table));
}

void table_destroy(struct table *table)
{
    for (size_t i = 0; i < table->count; i++) {
        free(table->rows[i].work);
        free(table->rows[i].server);
        free(table->rows[i].params);
        free(table->rows[i].metric);
        free(table->rows[i].values);
    }
    free(table->rows);
    free(table);
}

static struct row *find(const struct table *table, const char *work, const char *server,
                        const char *params, const char *metric)
{
    for (size_t i = 0; i < table->count; i++) {
        struct row *row = &table->rows[i];
        if (strcmp(row->work, work) == 0 && strcmp(row->server, server) == 0 &&
            strcmp(row->params, params) == 0 && strcmp(row->metric, metric) == 0)
            return row;
    }
    return NULL;
}

void table_add(struct table *table, const char *work, const char *server, const char *params,
               const char *metric, double value)
{
    struct row *row = find(table, work, server, params, metric);
    if (row == NULL) {
        table->rows = cw_realloc(table->rows, (table->count + 1) * sizeof *table->rows);
        row = &table->rows[table->count++];
        *row = (struct row){strdup(work), strdup(server), strdup(params), strdup(metric), NULL, 0};
    }
    row->values = cw_realloc(row->values, (row->count + 1) * sizeof *row->values);
    row->values[row->count++] = value;
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(const struct row *row, double *min, double *max)
{
    qsort(row->values, row->count, sizeof *row->values, compare);
    *min = row->values[0];
    *max = row->values[row->count - 1];
    return (row->values[(row->count - 1) / 2] + row->values[row->count / 2]) / 2;
}

double table_median(const struct table *table, const char *work, const char *server,
                    const char *params, const char *metric)
{
    double min, max;
    const struct row *row = find(table, work, server, params, metric);
    return row == NULL ? -1 : median(row, &min, &max);
}

/* To the bare fan-out server; where that has no such figure, to bare SQLite.
 * Negative: there is neither. */
static double ratio_to_limit(const struct table *table, const struct row *row, double value)
{
    double limit = table_median(table, row->work, "limit", row->params, row->metric);
    if (limit <= 0)
        limit = table_median(table, row->work, "sqlite", row->params, row->metric);
    return limit > 0 && value >= 0 ? value / limit : -1;
}

/* Rows of one workload, parameter and metric stand together, in the order in
 * which they first came. */
static bool together(const struct row *a, const struct row *b)
{
    return strcmp(a->work, b->work) == 0 && strcmp(a->params, b->params) == 0 &&
           strcmp(a->metric, b->metric) == 0;
}

static void each(const struct table *table,
                 void (*print)(const struct table *table, const struct row *row))
{
    bool *done = cw_alloc_zero(table->count + 1);
    for (size_t i = 0; i < table->count; i++) {
        for (size_t j = i; j < table->count; j++) {
            if (done[j] || !together(&table->rows[i], &table->rows[j]))
                continue;
            done[j] = true;
            print(table, &table->rows[j]);
        }
    }
    free(done);
}

/* Three significant digits, with k and M. */
static const char *shorten(double value, char text[16])
{
    if (value >= 1e6)
        snprintf(text, 16, "%.3gM", value / 1e6);
    else if (value >= 1e4)
        snprintf(text, 16, "%.3gk", value / 1e3);
    else if (value >= 1000)
        snprintf(text, 16, "%.0f", value);
    else
        snprintf(text, 16, "%.3g", value);
    return text;
}

static void print_row(const struct table *table, const struct row *row)
{
    double min, max, middle = median(row, &min, &max);
    double ratio = ratio_to_limit(table, row, middle);
    char a[16], b[16], c[16], range[40], times[16] = "-";
    snprintf(range, sizeof range, "%s - %s", shorten(min, b), shorten(max, c));
    if (ratio >= 0)
        snprintf(times, sizeof times, "%.2f", ratio);
    printf("%-12s %-22s %-22s %-16s %9s %17s %4zu %8s\n", row->work, row->params, row->metric,
           row->server, shorten(middle, a), range, row->count, times);
}

static void print_json(const struct table *table, const struct row *row)
{
    double min, max, middle = median(row, &min, &max);
    double ratio = ratio_to_limit(table, row, middle);
    printf("{\"work\": \"%s\", \"params\": \"%s\", \"server\": \"%s\", \"metric\": \"%s\", "
           "\"median\": %.6g, \"min\": %.6g, \"max\": %.6g, \"runs\": %zu, \"ratio_to_limit\": ",
           row->work, row->params, row->server, row->metric, middle, min, max, row->count);
    if (ratio >= 0)
        printf("%.4g}\n", ratio);
    else
        puts("null}");
}

void table_print(const struct table *table)
{
    printf("%-12s %-22s %-22s %-16s %9s %17s %4s %8s\n", "work", "params", "metric", "server",
           "median", "min - max", "runs", "x limit");
    each(table, print_row);
}

void table_print_json(const struct table *table)
{
    each(table, print_json);
}
