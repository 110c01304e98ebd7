/* metrics_site.c - see metrics_site.h. */
#include "server/metrics_site.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "server/site_names.h"

struct cw_metrics_site {
    struct cw_http_site http;
    struct cw_site_names names;
    cw_measure *measure;
    void *context;
};

static bool is_path(struct cw_slice path, const char *wanted)
{
    return cw_slice_eq(path, cw_slice_str(wanted));
}

static void metrics_answer(void *context, const struct cw_http_request *request,
                           struct cw_http_answer *answer)
{
    const struct cw_metrics_site *site = context;
    if (is_path(request->path, "/healthz")) {
        cw_http_answer_text(answer, 200, "ok\n");
        return;
    }
    if (!is_path(request->path, "/metrics")) {
        cw_http_answer_text(answer, 404, "Here is /metrics, and nothing else.\n");
        return;
    }
    struct cw_metrics metrics;
    site->measure(site->context, &metrics);
    cw_metrics_render(&metrics, &answer->memory);
    answer->status = 200;
    answer->type = "text/plain; version=0.0.4; charset=utf-8";
    answer->body = cw_buf_slice(&answer->memory);
}

struct cw_metrics_site *cw_metrics_site_create(const struct cw_config *config,
                                               const struct cw_listen *listen, cw_measure *measure,
                                               void *context)
{
    struct cw_metrics_site *site = cw_alloc_zero(sizeof *site);
    site->measure = measure;
    site->context = context;
    cw_site_names_init(&site->names, config, listen, true);
    site->http = (struct cw_http_site){.context = site,
                                       .answer = metrics_answer,
                                       .hosts = (const char *const *)site->names.hosts,
                                       .host_count = site->names.host_count,
                                       .headers = "X-Content-Type-Options: nosniff\r\n"
                                                  "Content-Security-Policy: default-src 'none'\r\n"
                                                  "Cross-Origin-Resource-Policy: same-origin\r\n"};
    return site;
}

const struct cw_http_site *cw_metrics_site_http(const struct cw_metrics_site *site)
{
    return &site->http;
}

void cw_metrics_site_destroy(struct cw_metrics_site *site)
{
    if (site == NULL)
        return;
    cw_site_names_finish(&site->names);
    free(site);
}
