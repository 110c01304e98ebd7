/* metrics.c - see metrics.h. */
#include "metrics/metrics.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>

enum type { COUNTER, GAUGE, HISTOGRAM };
enum unit { ONE, MICROSECONDS };

struct metric {
    unsigned first, count;
    enum type type;
    enum unit unit;
    const char *name, *label, *values, *says;
};

static const struct metric table[] = {
#define CW_METRIC(id, type, count, unit, name, label, values, says)                                \
    {CW_METRIC_##id, count, type, unit, name, label, values, says},
#include "metrics/metrics.def"
#undef CW_METRIC
};

/* Of all histograms: from a commit on a fast disk to one that makes people wait. */
static const uint32_t bounds_us[CW_METRIC_BOUNDS] = {
    500, 1000, 2500, 5000, 10000, 25000, 50000, 100000, 250000, 500000, 1000000, 2500000, 10000000};

void cw_metrics_observe(struct cw_metrics *metrics, enum cw_metric histogram, uint64_t us)
{
    uint64_t *at = &metrics->at[histogram];
    unsigned i = 0;
    while (i < CW_METRIC_BOUNDS && us > bounds_us[i])
        i++;
    at[i]++;
    at[CW_METRIC_BOUNDS + 1] += us;
}

/* --- the text ------------------------------------------------------------------------------- */

#define NUMBER_MAX 32

static void write_number(char text[NUMBER_MAX], enum unit unit, uint64_t value)
{
    if (unit == ONE) {
        snprintf(text, NUMBER_MAX, "%" PRIu64, value);
        return;
    }
    if (value == CW_METRIC_NEVER) {
        memcpy(text, "+Inf", sizeof "+Inf");
        return;
    }
    int n = snprintf(text, NUMBER_MAX, "%" PRIu64 ".%06" PRIu64, value / 1000000, value % 1000000);
    while (text[n - 1] == '0')
        n--;
    text[text[n - 1] == '.' ? n - 1 : n] = 0;
}

/* name SUFFIX {label="value"} number */
static void put_sample(struct cw_buf *to, const struct metric *metric, const char *suffix,
                       struct cw_slice value, const char *number)
{
    cw_buf_append_str(to, metric->name);
    cw_buf_append_str(to, suffix);
    if (value.n != 0) {
        cw_buf_append_str(to, "{");
        cw_buf_append_str(to, metric->label);
        cw_buf_append_str(to, "=\"");
        cw_buf_append(to, value.p, value.n);
        cw_buf_append_str(to, "\"}");
    }
    cw_buf_append_str(to, " ");
    cw_buf_append_str(to, number);
    cw_buf_append_str(to, "\n");
}

static void put_histogram(struct cw_buf *to, const struct metric *metric, const uint64_t *at)
{
    char number[NUMBER_MAX], bound[NUMBER_MAX] = "";
    uint64_t below = 0;
    for (unsigned i = 0; i <= CW_METRIC_BOUNDS; i++) {
        below += at[i];
        write_number(bound, MICROSECONDS, i < CW_METRIC_BOUNDS ? bounds_us[i] : CW_METRIC_NEVER);
        write_number(number, ONE, below);
        put_sample(to, metric, "_bucket", cw_slice_str(bound), number);
    }
    const struct cw_slice none = {0};
    put_sample(to, metric, "_count", none, number);
    write_number(number, metric->unit, at[CW_METRIC_BOUNDS + 1]);
    put_sample(to, metric, "_sum", none, number);
}

/* The next of "a|b|c". */
static struct cw_slice take_value(const char **values)
{
    const char *begin = *values;
    while (**values != 0 && **values != '|')
        (*values)++;
    struct cw_slice value = cw_slice_of(begin, (size_t)(*values - begin));
    *values += **values == '|';
    return value;
}

/* Success is no refusal; a code that was never answered would only make the text long. */
static void put_codes(struct cw_buf *to, const struct metric *metric, const uint64_t *at)
{
    char code[NUMBER_MAX], number[NUMBER_MAX];
    for (unsigned i = 0; i < CW_CODES; i++) {
        if (i == cw_code_index(CW_SUCCESS) || at[i] == 0)
            continue;
        write_number(code, ONE, (uint64_t)cw_code_at(i));
        write_number(number, ONE, at[i]);
        put_sample(to, metric, "", cw_slice_str(code), number);
    }
}

static void put_values(struct cw_buf *to, const struct metric *metric, const uint64_t *at)
{
    char number[NUMBER_MAX];
    const char *values = metric->first == CW_METRIC_INFO ? CW_VERSION : metric->values;
    for (unsigned i = 0; i < metric->count; i++) {
        struct cw_slice value = take_value(&values);
        assert((value.n != 0) == (metric->label[0] != 0)); /* there are as many as `count` says */
        write_number(number, metric->unit, at[i]);
        put_sample(to, metric, "", value, number);
    }
    assert(*values == 0);
}

static void put_head(struct cw_buf *to, const struct metric *metric)
{
    static const char *const types[] = {"counter", "gauge", "histogram"};
    cw_buf_append_str(to, "# HELP ");
    cw_buf_append_str(to, metric->name);
    cw_buf_append_str(to, " ");
    cw_buf_append_str(to, metric->says);
    cw_buf_append_str(to, "\n# TYPE ");
    cw_buf_append_str(to, metric->name);
    cw_buf_append_str(to, " ");
    cw_buf_append_str(to, types[metric->type]);
    cw_buf_append_str(to, "\n");
}

void cw_metrics_render(const struct cw_metrics *metrics, struct cw_buf *to)
{
    for (unsigned i = 0; i < sizeof table / sizeof table[0]; i++) {
        const struct metric *metric = &table[i];
        const uint64_t *at = &metrics->at[metric->first];
        put_head(to, metric);
        if (metric->type == HISTOGRAM)
            put_histogram(to, metric, at);
        else if (metric->first == CW_METRIC_REFUSALS)
            put_codes(to, metric, at);
        else
            put_values(to, metric, at);
    }
}
