/* metrics_site.h - what a listener with the attribute `metrics` answers: /metrics, as Prometheus
 * reads it, and /healthz. It is no site of users: no page, no WebSocket, no protocol.
 *
 * Caller: reach.c. */
#ifndef CW_SERVER_METRICS_SITE_H
#define CW_SERVER_METRICS_SITE_H

#include "frame/http.h"
#include "metrics/metrics.h"
#include "server/config.h"

/* Fills in what is measured at the moment, too. */
typedef void cw_measure(void *context, struct cw_metrics *metrics);

struct cw_metrics_site;

/* With the listener's address in use. The context outlives it. */
struct cw_metrics_site *cw_metrics_site_create(const struct cw_config *config,
                                               const struct cw_listen *listen, cw_measure *measure,
                                               void *context);

/* Valid until cw_metrics_site_destroy. */
const struct cw_http_site *cw_metrics_site_http(const struct cw_metrics_site *site);

/* NULL is allowed. No connection may use the site any more. */
void cw_metrics_site_destroy(struct cw_metrics_site *site);

#endif
