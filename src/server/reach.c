/* reach.c - see reach.h. */
#include "server/reach.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/alloc.h"
#include "base/limits.h"
#include "server/challenge.h"
#include "server/key_watch.h"
#include "server/log.h"
#include "server/service.h"
#include "server/site_names.h"
#include "server/tls_files.h"
#include "web/web.h"

struct listener_reach {
    struct cw_port port;
    struct cw_web *site, *plain_site; /* or NULL */
    struct cw_metrics_site *metrics;  /* or NULL: then it has no other */
};

struct cw_reach {
    struct cw_config *config;
    uv_loop_t *loop;
    struct cw_curve_server curve;
    struct cw_key_watch key;
    cw_next_key_handler *on_next_key;
    cw_measure *measure;
    void *context;
    struct cw_tls_files files;
    const char *names[CW_PUBLIC_NAMES_MAX]; /* of a certificate of our own */
    bool has_tls;
    struct cw_tls_server *tls; /* NULL unless has_tls */
    uint64_t handshakes_second;
    unsigned handshakes; /* that began in this second */
    uv_timer_t look;     /* at the files */
    struct listener_reach listeners[CW_LISTENERS_MAX];
};

static int64_t now_s(void)
{
    return (int64_t)time(NULL);
}

/* Limits the public-key cryptography that strangers can cause, by CURVE and TLS together. */
static bool may_begin_handshake(void *context)
{
    struct cw_reach *reach = context;
    uint64_t second = uv_now(reach->loop) / 1000;
    if (second != reach->handshakes_second)
        reach->handshakes = 0;
    reach->handshakes_second = second;
    return ++reach->handshakes <= CW_HANDSHAKES_PER_S;
}

/* --- the certificate -------------------------------------------------------------------- */

static bool open_certificate(struct cw_reach *reach, char error[256])
{
    const struct cw_config *config = reach->config;
    reach->has_tls = config->tls_certificate[0] != 0 || cw_config_public_listen(config) != NULL;
    if (!reach->has_tls)
        return true;
    size_t count = 0;
    for (; count < config->public_name_count; count++)
        reach->names[count] = config->public_names[count];
    if (count == 0)
        reach->names[count++] = "localhost";
    reach->files = (struct cw_tls_files){.folder = config->data,
                                         .certificate = config->tls_certificate,
                                         .key = config->tls_key,
                                         .names = reach->names,
                                         .name_count = count};
    reach->tls = cw_tls_files_load(&reach->files, now_s(), error);
    return reach->tls != NULL;
}

static void tell_identity(struct cw_reach *reach, struct cw_web *web)
{
    char key[CW_CURVE_KEY_TEXT], fingerprint[CW_TLS_FINGERPRINT_TEXT];
    cw_curve_key_text(reach->curve.key.public_key, key);
    if (reach->tls != NULL)
        cw_tls_server_fingerprint(reach->tls, fingerprint);
    cw_web_tell_identity(web, key, reach->tls == NULL ? NULL : fingerprint);
}

static void tell_all(struct cw_reach *reach)
{
    for (unsigned i = 0; i < reach->config->listen_count; i++) {
        struct listener_reach *listener = &reach->listeners[i];
        if (listener->site != NULL)
            tell_identity(reach, listener->site);
        if (listener->plain_site != NULL)
            tell_identity(reach, listener->plain_site);
    }
}

static void read_certificate_again(struct cw_reach *reach)
{
    char error[256];
    struct cw_tls_server *tls = cw_tls_files_load(&reach->files, now_s(), error);
    if (tls == NULL) {
        cw_log_error("the certificate in use stays: %s", error);
        return;
    }
    cw_tls_server_destroy(reach->tls);
    reach->tls = tls;
    cw_log("the certificate was read again");
}

static void look_at_key(struct cw_reach *reach, bool asked)
{
    char line[CW_KEY_LINE_MAX];
    bool changed = cw_key_watch_look(&reach->key, now_s(), asked, line);
    if (line[0] != 0)
        cw_log("%s", line);
    if (changed)
        reach->on_next_key(reach->context, cw_slice_str(reach->key.next_key));
}

/* --- looking at the files --------------------------------------------------------------- */

void cw_reach_read_again(struct cw_reach *reach)
{
    look_at_key(reach, true);
    if (reach->has_tls)
        read_certificate_again(reach);
    else if (reach->config->tls_certificate[0] != 0)
        cw_log("this server speaks no TLS yet: tls_certificate holds from the next start on");
    tell_all(reach);
}

static void on_look(uv_timer_t *timer)
{
    struct cw_reach *reach = timer->data;
    look_at_key(reach, false);
    if (reach->has_tls && cw_tls_files_changed(&reach->files, now_s()))
        read_certificate_again(reach);
    tell_all(reach);
}

static void start_looking(struct cw_reach *reach)
{
    uv_timer_init(reach->loop, &reach->look);
    reach->look.data = reach;
    uv_timer_start(&reach->look, on_look, CW_KEYS_LOOK_MS, CW_KEYS_LOOK_MS);
}

void cw_reach_stop(struct cw_reach *reach)
{
    uv_close((uv_handle_t *)&reach->look, NULL);
}

/* --- listeners ----------------------------------------------------------------------------- */

static void fill_port(struct cw_reach *reach, unsigned i)
{
    const struct cw_listen *listen = &reach->config->listen[i];
    if (listen->metrics)
        return; /* no protocol but the site's HTTP */
    reach->listeners[i].port = (struct cw_port){.plaintext = cw_listen_allows_plaintext(listen),
                                                .proxy_header = listen->proxy_header,
                                                .forwarded = listen->forwarded,
                                                .shares = !cw_listen_is_local(listen),
                                                .curve = &reach->curve,
                                                .tls = &reach->tls,
                                                .may_begin_tls = may_begin_handshake,
                                                .context = reach};
}

/* `moved`: a site without pages, which redirects to the one over TLS. */
static struct cw_web *create_site(struct cw_reach *reach, const struct cw_listen *listen,
                                  bool plain, bool moved)
{
    const struct cw_config *config = reach->config;
    struct cw_site_names names;
    char to[8 + CW_HOST_NAME_MAX + 1];
    cw_site_names_init(&names, config, listen, plain);
    snprintf(to, sizeof to, "https://%s",
             config->public_name_count != 0 ? config->public_names[0] : listen->address);
    struct cw_web *web = cw_web_create(&(struct cw_web_options){
        .hosts = (const char *const *)names.hosts,
        .host_count = names.host_count,
        .origins = (const char *const *)names.origins,
        .origin_count = names.origin_count,
        .forwarded_header = listen->forwarded ? config->forwarded_header : NULL,
        .moved_to = moved ? to : NULL,
        .hsts = config->hsts && config->tls_certificate[0] != 0,
        .read_challenge = config->acme_webroot[0] == 0 ? NULL : cw_challenge_read,
        .context = (void *)(uintptr_t)config->acme_webroot});
    cw_site_names_finish(&names);
    tell_identity(reach, web);
    return web;
}

static void create_sites(struct cw_reach *reach, unsigned i)
{
    const struct cw_listen *listen = &reach->config->listen[i];
    struct listener_reach *listener = &reach->listeners[i];
    if (listen->metrics) {
        listener->metrics =
            cw_metrics_site_create(reach->config, listen, reach->measure, reach->context);
        listener->port.plain_site = cw_metrics_site_http(listener->metrics);
        return;
    }
    if (reach->tls != NULL) {
        listener->site = create_site(reach, listen, false, false);
        listener->port.site = cw_web_site(listener->site);
    }
    listener->plain_site = create_site(reach, listen, true, !listener->port.plaintext);
    listener->port.plain_site = cw_web_site(listener->plain_site);
}

bool cw_reach_listen(struct cw_reach *reach, struct cw_net *net, char error[256])
{
    for (unsigned i = 0; i < reach->config->listen_count; i++) {
        struct cw_listen *listen = &reach->config->listen[i];
        char bound[CW_LISTEN_ADDRESS_MAX];
        int fd = cw_service_take_socket(listen->address);
        if (!cw_net_listen(net, listen->address, fd, &reach->listeners[i].port, bound, error))
            return false;
        memcpy(listen->address, bound, sizeof bound);
        create_sites(reach, i);
    }
    cw_service_end_sockets();
    return true;
}

/* --- all of it ------------------------------------------------------------------------------ */

struct cw_reach *cw_reach_create(struct cw_config *config, uv_loop_t *loop,
                                 cw_next_key_handler *on_next_key, cw_measure *measure,
                                 void *context, char error[256])
{
    struct cw_reach *reach = cw_alloc_zero(sizeof *reach);
    reach->config = config;
    reach->loop = loop;
    reach->on_next_key = on_next_key;
    reach->measure = measure;
    reach->context = context;
    reach->curve.random = randombytes_buf;
    reach->curve.may_begin = may_begin_handshake;
    reach->curve.context = reach;
    for (unsigned i = 0; i < config->listen_count; i++)
        fill_port(reach, i);
    reach->key = (struct cw_key_watch){.folder = config->data, .curve = &reach->curve};
    if (cw_key_watch_begin(&reach->key, now_s(), error) && open_certificate(reach, error)) {
        if (reach->key.next_key[0] != 0)
            on_next_key(context, cw_slice_str(reach->key.next_key));
        start_looking(reach);
        return reach;
    }
    cw_reach_destroy(reach);
    return NULL;
}

const struct cw_config *cw_reach_config(const struct cw_reach *reach)
{
    return reach->config;
}

struct cw_config *cw_reach_settings(struct cw_reach *reach)
{
    return reach->config;
}

void cw_reach_public_key(const struct cw_reach *reach, char *text)
{
    cw_curve_key_text(reach->curve.key.public_key, text);
}

void cw_reach_describe(const struct cw_reach *reach, struct cw_buf *to)
{
    char line[256], key[CW_CURVE_KEY_TEXT], fingerprint[CW_TLS_FINGERPRINT_TEXT];
    char pin_text[CW_TLS_PIN_TEXT];
    struct cw_tls_pin pin;
    if (cw_config_public_listen(reach->config) == NULL)
        return;
    cw_reach_public_key(reach, key);
    cw_buf_append(to, line, (size_t)snprintf(line, sizeof line, "public key %s\n", key));
    if (reach->tls == NULL)
        return;
    cw_tls_server_fingerprint(reach->tls, fingerprint);
    cw_buf_append(
        to, line,
        (size_t)snprintf(line, sizeof line, "certificate fingerprint (SHA-256) %s\n", fingerprint));
    cw_tls_server_pin(reach->tls, &pin);
    cw_tls_pin_text(&pin, pin_text);
    cw_buf_append(to, line,
                  (size_t)snprintf(line, sizeof line, "certificate key (SHA-256) %s\n", pin_text));
    if (reach->config->public_name_count == 0)
        cw_buf_append_str(to, "browsers and wss need a host name: set public_name in the config "
                              "file\n");
}

void cw_reach_destroy(struct cw_reach *reach)
{
    if (reach == NULL)
        return;
    for (unsigned i = 0; i < reach->config->listen_count; i++) {
        cw_web_destroy(reach->listeners[i].site);
        cw_web_destroy(reach->listeners[i].plain_site);
        cw_metrics_site_destroy(reach->listeners[i].metrics);
    }
    cw_tls_server_destroy(reach->tls);
    cw_curve_key_wipe(&reach->curve.key);
    cw_curve_key_wipe(&reach->curve.old_key);
    free(reach);
}
