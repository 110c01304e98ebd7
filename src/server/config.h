/* config.h - the settings of the operator: in a file and the environment, a few also as options.
 * The whole file is read before anything starts; with an unknown key or a bad value the server does
 * not start, so that a typing mistake never allows too much. */
#ifndef CW_SERVER_CONFIG_H
#define CW_SERVER_CONFIG_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "base/limits.h"
#include "base/slice.h"
#include "net/forwarded.h"
#include "server/listen.h"
#include "server/log_line.h"

enum cw_password_cost {
    CW_COST_MINIMUM, /* for tests and benchmarks: refused off loopback */
    CW_COST_INTERACTIVE,
    CW_COST_MODERATE
};

enum cw_registration {
    CW_REGISTRATION_AUTO, /* open while only this machine can connect, else invited */
    CW_REGISTRATION_OPEN,
    CW_REGISTRATION_CLOSED,
    CW_REGISTRATION_INVITED /* with an invitation of a registered user */
};

enum cw_invite_by {
    CW_INVITE_BY_EVERYONE,
    CW_INVITE_BY_ADMINS,
    CW_INVITE_BY_NOBODY,
    CW_INVITE_BY_FIRST /* ADMINS, as version 0.1.0 called it */
};

struct cw_config {
    char data[4096];
    char store[1024]; /* a URL of PostgreSQL; empty: SQLite, in `data` */
    char bus[1024];   /* a URL of NATS; empty: there is none */
    unsigned node;    /* the number of this server among those on one PostgreSQL */
    struct cw_listen listen[CW_LISTENERS_MAX];
    unsigned listen_count; /* 0: none was named, which is CW_LISTEN_DEFAULT */
    /* What clients call this server, as chat.example.org. */
    char public_names[CW_PUBLIC_NAMES_MAX][CW_HOST_NAME_MAX + 1];
    unsigned public_name_count;
    char tls_certificate[1024], tls_key[1024]; /* PEM files; empty: a certificate of our own */
    char acme_webroot[1024];                   /* a folder; empty: none */
    char forwarded_header[64];                 /* in which an HTTP proxy names its client */
    struct cw_network trusted_proxies[CW_TRUSTED_PROXIES_MAX]; /* in that header */
    unsigned trusted_proxy_count;
    bool hsts;
    bool udp;                              /* audio of calls may come by datagrams */
    char udp_public[CW_HOST_NAME_MAX + 8]; /* where they reach this server; empty: as clients do */
    unsigned key_overlap_days;
    char repeated[120]; /* which line of the file sets a key again; empty: none */
    unsigned repeated_count;
    enum cw_registration registration;
    enum cw_password_cost password_cost;
    enum cw_invite_by invite_by; /* which users may invite to the server */
    bool people_directory;       /* of those who agree */
    unsigned invitations_per_user, invitation_days;
    unsigned requests_per_s, requests_burst;
    unsigned texts_per_s, texts_burst;
    unsigned session_idle_days;
    unsigned sessions_per_user;
    unsigned quota_mib;    /* of the messages and files of one user */
    unsigned file_mib_max; /* of one file; 0: none may be sent */
    unsigned uploads_mib;  /* of all uploads that were not sent yet; 0: no limit */
    unsigned strangers_per_minute;
    unsigned call_members_max;
    unsigned connections_max, connections_per_address;
    unsigned waiting_max, waiting_per_address; /* of these, without a session */
    unsigned hashes_per_address;               /* passwords that wait to be verified */
    unsigned registrations_per_hour;           /* of one address */
    unsigned refusals_per_s, refusals_burst;
    unsigned bytes_per_s, bytes_burst;
    unsigned call_frames_per_s;
    unsigned group_texts_per_s, group_texts_burst;
    unsigned guesses_per_user, guesses_per_address;
    unsigned ping_idle_ms, frame_window_ms;
    unsigned keep_days, keep_messages; /* of each conversation; 0: all */
    char reserved_names[1024];         /* separated by blanks or commas */
    enum cw_log_format log_format;
    enum cw_log_level log_level;
    char push_hosts[1024]; /* the same; push services */
    bool push_private;     /* ... may have addresses of private networks */
};

void cw_config_init(struct cw_config *config);

/* Reads lines of `key = value` over *config; `#` and `;` begin comments, and a section [server] may
 * be named. On failure returns false and writes to `error` which line of `name` is wrong, and why;
 * earlier lines have been applied. */
bool cw_config_parse(struct cw_config *config, struct cw_slice text, const char *name,
                     char error[256]);

/* The same of a file, of at most CW_CONFIG_FILE_MAX bytes. */
bool cw_config_read(struct cw_config *config, const char *path, char error[256]);

/* The same of the environment: CHINWAG_QUOTA_MIB for quota_mib. `get` is getenv. A list (listen,
 * public_name, trusted_proxy) has ';' between its values, which replace those of the file. On
 * failure `error` names the variable. */
bool cw_config_read_environment(struct cw_config *config, const char *(*get)(const char *variable),
                                char error[256]);

/* Writes a config file in which every setting stands with its default, as a remark, and what it
 * is; packages install it as chinwag.conf. */
void cw_config_print_defaults(FILE *to);

/* Each value of this key is added to those before: listen, public_name, trusted_proxy. */
bool cw_config_is_list(const char *key);

/* The first variable of `environment` ("NAME=value", NULL at the end) that looks like a setting and
 * is none, or NULL. Those of the command (CHINWAG_SERVER, CHINWAG_PASSWORD) are known. */
const char *cw_config_unknown_variable(char *const environment[]);

/* Sets one key, as the file does. False with a reason in `error`. */
bool cw_config_set(struct cw_config *config, const char *key, const char *value, char error[256]);

/* Ends the settings: a list that is empty gets its default. Checks them together: those that
 * are safe only on this machine must not be used with another address. */
bool cw_config_finish(struct cw_config *config, char error[256]);

/* The first listener that is for users; NULL before cw_config_finish at most. */
const struct cw_listen *cw_config_first_listen(const struct cw_config *config);
/* The settings one by one: what a config holds for number i; false: there are not so many. */
struct cw_config_place {
    const char *key;
    struct cw_slice value; /* in the config; of a list what is in use */
    bool at_start, list, text;
};
bool cw_config_place(struct cw_config *config, size_t i, struct cw_config_place *place);

/* The same for people. */
struct cw_config_told {
    const char *key, *says;
    char value[1024]; /* as the config file has it */
    bool live;        /* one word or number that may change while the server runs */
};
bool cw_config_tell(const struct cw_config *config, size_t i, struct cw_config_told *told);

/* config_change.c. Calls `changed` for each setting that has another value; at_start: it holds from
 * the next start on. */
void cw_config_compare(struct cw_config *before, struct cw_config *after,
                       void (*changed)(void *context, const char *key, bool at_start),
                       void *context);

/* Takes the values of all settings that may change while the server runs. */
void cw_config_take(struct cw_config *running, struct cw_config *from);

/* The first of them that other machines can reach, or NULL. */
const struct cw_listen *cw_config_public_listen(const struct cw_config *config);
/* Only programs of this machine can reach it, and none of them is known to be a proxy. */
bool cw_config_is_plain_loopback(const struct cw_config *config);

/* The value of `registration` for the listeners of the config: never AUTO. */
enum cw_registration cw_config_registration(const struct cw_config *config);

#endif
