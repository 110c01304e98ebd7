/* url.h - the setting `bus`:
 *
 *   nats://[USER:PASSWORD@]HOST[:PORT][,HOST[:PORT]...][?KEY=VALUE[&KEY=VALUE...]]
 *
 * `tls=on` or `tls=off` (on, unless all hosts are this machine), `ca=FILE` (who signs the servers'
 * certificates; else the system's), `cert=FILE` and `key=FILE` (this server's own), `creds=FILE`
 * (of NATS accounts), `token=FILE` (one line). Callers: server/config_finish.c, nats/. */
#ifndef CW_BUS_URL_H
#define CW_BUS_URL_H

#include <stdbool.h>

#define CW_BUS_URL_SERVERS_MAX 8
#define CW_BUS_URL_PART_MAX    256

struct cw_bus_url {
    char servers[CW_BUS_URL_SERVERS_MAX][CW_BUS_URL_PART_MAX + 16]; /* nats://HOST:PORT */
    int server_count;
    bool tls;
    /* Empty: not given. */
    char user[CW_BUS_URL_PART_MAX], password[CW_BUS_URL_PART_MAX];
    char ca[CW_BUS_URL_PART_MAX], cert[CW_BUS_URL_PART_MAX], key[CW_BUS_URL_PART_MAX];
    char creds[CW_BUS_URL_PART_MAX], token[CW_BUS_URL_PART_MAX];
};

/* False with a sentence, which does not repeat a password. */
bool cw_bus_url_parse(const char *text, struct cw_bus_url *url, char error[256]);

#endif
