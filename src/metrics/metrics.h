/* metrics.h - what a server has counted and measured, and the text of it that Prometheus reads.
 *
 * The table is metrics.def. A metric has a place for each value of its label, one behind the other
 * from its id on: to count is to add to a place. Who counts: src/server (metrics_page.c fills in
 * what is measured at the moment of asking).
 *
 * Pure: no clock, no file. Loop thread only. */
#ifndef CW_METRICS_METRICS_H
#define CW_METRICS_METRICS_H

#include "base/buf.h"
#include "base/codes.h"
#include "base/transport.h"

/* The values of labels, in the order of metrics.def. */
enum { CW_METRIC_TEXT, CW_METRIC_VOICE, CW_METRIC_MISSED_CALL, CW_METRIC_KINDS };
enum { CW_METRIC_ACCEPTED_TRY, CW_METRIC_REFUSED_TRY, CW_METRIC_OUTCOMES };
enum { CW_METRIC_REFUSED_FRAME, CW_METRIC_LATE_FRAME, CW_METRIC_DROPS };
enum { CW_METRIC_SENT, CW_METRIC_RECEIVED, CW_METRIC_WAYS };
enum { CW_METRIC_FORGED, CW_METRIC_REPEATED, CW_METRIC_LOST, CW_METRIC_BUS_DROPS };
enum { CW_METRIC_OF_SERVER, CW_METRIC_OF_USER, CW_METRIC_OF_ADDRESS, CW_METRIC_PAYERS };
enum {
    CW_METRIC_SERVER,
    CW_METRIC_USERS,
    CW_METRIC_LARGEST_USER,
    CW_METRIC_ADDRESSES,
    CW_METRIC_LARGEST_ADDRESS,
    CW_METRIC_ACCOUNTS
};
/* Bounds of a histogram, one place for what is above them, one for the sum. */
#define CW_METRIC_BOUNDS  13
#define CW_METRIC_BUCKETS (CW_METRIC_BOUNDS + 2)

enum cw_metric {
#define CW_METRIC(id, type, count, unit, name, label, values, says)                                \
    CW_METRIC_##id, CW_METRIC_##id##_LAST = CW_METRIC_##id + (count)-1,
#include "metrics/metrics.def"
#undef CW_METRIC
    CW_METRIC_PLACES
};

struct cw_metrics {
    uint64_t at[CW_METRIC_PLACES];
};

/* A time that is shown as +Inf. */
#define CW_METRIC_NEVER UINT64_MAX

/* Counts one more that took so long: `histogram` is the id of a row of that type. */
void cw_metrics_observe(struct cw_metrics *metrics, enum cw_metric histogram, uint64_t us);

/* Appends all of them in the text format of Prometheus, version 0.0.4. */
void cw_metrics_render(const struct cw_metrics *metrics, struct cw_buf *to);

#endif
