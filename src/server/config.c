/* config.c - see config.h. The table below is the list of settings; README.md
 * has the same rows. */
#include "server/config.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "net/net.h"

enum type {
    TEXT,
    NUMBER,
    YES_NO,
    LISTEN,
    PUBLIC_NAME,
    TRUSTED_PROXY,
    REGISTRATION,
    INVITE_BY,
    COST
};

struct setting {
    const char *key;
    enum type type;
    size_t at;
    unsigned long min, max; /* NUMBER: its range; TEXT: max is the size */
};

#define AT(member)   offsetof(struct cw_config, member)
#define SIZE(member) sizeof(((struct cw_config *)0)->member)

static const struct setting settings[] = {
    {"data", TEXT, AT(data), 1, SIZE(data)},
    {"listen", LISTEN, 0, 0, 0},
    {"public_name", PUBLIC_NAME, 0, 0, 0},
    {"tls_certificate", TEXT, AT(tls_certificate), 1, SIZE(tls_certificate)},
    {"tls_key", TEXT, AT(tls_key), 1, SIZE(tls_key)},
    {"acme_webroot", TEXT, AT(acme_webroot), 1, SIZE(acme_webroot)},
    {"forwarded_header", TEXT, AT(forwarded_header), 1, SIZE(forwarded_header)},
    {"trusted_proxy", TRUSTED_PROXY, 0, 0, 0},
    {"hsts", YES_NO, AT(hsts), 0, 0},
    {"key_overlap_days", NUMBER, AT(key_overlap_days), 0, 365},
    {"registration", REGISTRATION, AT(registration), 0, 0},
    {"invite_by", INVITE_BY, AT(invite_by), 0, 0},
    {"people_directory", YES_NO, AT(people_directory), 0, 0},
    {"invitations_per_user", NUMBER, AT(invitations_per_user), 1, CW_INVITATIONS_OPEN_MAX},
    {"invitation_days", NUMBER, AT(invitation_days), 1, CW_INVITATION_SECONDS_MAX / 86400},
    {"password_cost", COST, AT(password_cost), 0, 0},
    {"requests_per_s", NUMBER, AT(requests_per_s), 0, 1000000},
    {"requests_burst", NUMBER, AT(requests_burst), 1, 1000000},
    {"texts_per_s", NUMBER, AT(texts_per_s), 0, 1000000},
    {"texts_burst", NUMBER, AT(texts_burst), 1, 1000000},
    {"refusals_per_s", NUMBER, AT(refusals_per_s), 0, 1000000},
    {"refusals_burst", NUMBER, AT(refusals_burst), 1, 1000000},
    {"bytes_per_s", NUMBER, AT(bytes_per_s), 0, 1000000000},
    {"bytes_burst", NUMBER, AT(bytes_burst), 1, 1000000000},
    {"group_texts_per_s", NUMBER, AT(group_texts_per_s), 0, 1000000},
    {"group_texts_burst", NUMBER, AT(group_texts_burst), 1, 1000000},
    {"call_frames_per_s", NUMBER, AT(call_frames_per_s), 0, 1000},
    {"session_idle_days", NUMBER, AT(session_idle_days), 1, 3650},
    {"sessions_per_user", NUMBER, AT(sessions_per_user), 1, 1000},
    {"quota_mib", NUMBER, AT(quota_mib), 0, 1000000000},
    {"file_mib_max", NUMBER, AT(file_mib_max), 0, CW_FILE_MIB_LIMIT},
    {"uploads_mib", NUMBER, AT(uploads_mib), 0, 1000000000},
    {"strangers_per_minute", NUMBER, AT(strangers_per_minute), 0, 1000000},
    {"call_members_max", NUMBER, AT(call_members_max), 2, 50},
    {"connections_max", NUMBER, AT(connections_max), 1, 1000000},
    {"frame_window_ms", NUMBER, AT(frame_window_ms), 1000, CW_FRAME_WINDOW_MS},
    {"connections_per_address", NUMBER, AT(connections_per_address), 0, 1000000},
    {"waiting_max", NUMBER, AT(waiting_max), 1, 1000000},
    {"waiting_per_address", NUMBER, AT(waiting_per_address), 0, 1000000},
    {"hashes_per_address", NUMBER, AT(hashes_per_address), 0, 1000000},
    {"registrations_per_hour", NUMBER, AT(registrations_per_hour), 0, 1000000},
    {"guesses_per_user", NUMBER, AT(guesses_per_user), 0, 1000000},
    {"guesses_per_address", NUMBER, AT(guesses_per_address), 0, 1000000},
    {"ping_idle_ms", NUMBER, AT(ping_idle_ms), 100, CW_PING_IDLE_MS},
    {"keep_days", NUMBER, AT(keep_days), 0, CW_RETENTION_DAYS_MAX},
    {"reserved_names", TEXT, AT(reserved_names), 0, SIZE(reserved_names)},
    {"keep_messages", NUMBER, AT(keep_messages), 0, CW_RETENTION_KEPT_MAX},
};

void cw_config_init(struct cw_config *config)
{
    *config = (struct cw_config){.data = "data",
                                 .forwarded_header = CW_FORWARDED_HEADER,
                                 .key_overlap_days = CW_KEY_OVERLAP_DAYS,
                                 .registration = CW_REGISTRATION_AUTO,
                                 .people_directory = true,
                                 .invitations_per_user = CW_INVITATIONS_MAX,
                                 .invitation_days = CW_INVITATION_DAYS,
                                 .password_cost = CW_COST_INTERACTIVE,
                                 .reserved_names = CW_RESERVED_NAMES,
                                 .requests_per_s = CW_REQUESTS_PER_S,
                                 .requests_burst = CW_REQUESTS_BURST,
                                 .texts_per_s = CW_TEXTS_PER_S,
                                 .texts_burst = CW_TEXTS_BURST,
                                 .refusals_per_s = CW_REFUSALS_PER_S,
                                 .refusals_burst = CW_REFUSALS_BURST,
                                 .bytes_per_s = CW_BYTES_PER_S,
                                 .bytes_burst = CW_BYTES_BURST,
                                 .group_texts_per_s = CW_GROUP_TEXTS_PER_S,
                                 .group_texts_burst = CW_GROUP_TEXTS_BURST,
                                 .call_frames_per_s = CW_CALL_FRAMES_PER_S,
                                 .session_idle_days = CW_SESSION_IDLE_DAYS,
                                 .sessions_per_user = CW_SESSIONS_PER_USER,
                                 .quota_mib = CW_QUOTA_MIB,
                                 .file_mib_max = CW_FILE_MIB,
                                 .uploads_mib = CW_UPLOADS_MIB,
                                 .strangers_per_minute = CW_STRANGERS_PER_MINUTE,
                                 .call_members_max = CW_CALL_MEMBERS_MAX,
                                 .connections_max = CW_CONNECTIONS_MAX,
                                 .connections_per_address = CW_CONNECTIONS_PER_ADDRESS,
                                 .waiting_max = CW_UNAUTHENTICATED_MAX,
                                 .waiting_per_address = CW_WAITING_PER_ADDRESS,
                                 .hashes_per_address = CW_HASHES_PER_ADDRESS,
                                 .registrations_per_hour = CW_REGISTRATIONS_PER_HOUR,
                                 .guesses_per_user = CW_GUESSES_PER_USER,
                                 .guesses_per_address = CW_GUESSES_PER_ADDRESS,
                                 .ping_idle_ms = CW_PING_IDLE_MS,
                                 .frame_window_ms = CW_FRAME_WINDOW_MS};
}

static bool set_number(const struct setting *setting, unsigned *to, const char *value,
                       char error[256])
{
    char *end;
    unsigned long number = strtoul(value, &end, 10);
    if (value[0] < '0' || value[0] > '9' || *end != 0 || number < setting->min ||
        number > setting->max) {
        snprintf(error, 256, "%s must be a number from %lu to %lu, not '%.40s'", setting->key,
                 setting->min, setting->max, value);
        return false;
    }
    *to = (unsigned)number;
    return true;
}

/* The place of `value` among `words`, or -1 with the words listed in `error`. */
static int choose(const struct setting *setting, const char *const words[], const char *value,
                  char error[256])
{
    int n = snprintf(error, 256, "%s must be one of", setting->key);
    for (int i = 0; words[i] != NULL; i++) {
        if (strcmp(words[i], value) == 0) {
            error[0] = 0;
            return i;
        }
        n += snprintf(error + n, (size_t)(256 - n), "%s %s", i == 0 ? "" : ",", words[i]);
    }
    snprintf(error + n, (size_t)(256 - n), ", not '%.40s'", value);
    return -1;
}

static bool set_text(const struct setting *setting, char *to, const char *value, char error[256])
{
    size_t n = strlen(value);
    if (n < setting->min || n >= setting->max) {
        snprintf(error, 256, "%s must have %lu to %lu characters", setting->key, setting->min,
                 setting->max - 1);
        return false;
    }
    memcpy(to, value, n + 1);
    return true;
}

static bool add_listen(struct cw_config *config, const char *value, char error[256])
{
    if (config->listen_count == CW_LISTENERS_MAX) {
        snprintf(error, 256, "there are more than %u addresses to listen at", CW_LISTENERS_MAX);
        return false;
    }
    struct cw_listen listen;
    if (!cw_listen_parse(&listen, value, error))
        return false;
    config->listen[config->listen_count++] = listen;
    return true;
}

/* RFC 1123: letters, digits, hyphens and dots; or the text of an address. */
static bool is_host_name(const char *name)
{
    static const char allowed[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-.:[]";
    size_t n = strlen(name);
    return n >= 1 && n <= CW_HOST_NAME_MAX && strspn(name, allowed) == n;
}

static bool add_public_name(struct cw_config *config, const char *value, char error[256])
{
    if (config->public_name_count == CW_PUBLIC_NAMES_MAX) {
        snprintf(error, 256, "there are more than %u public names", CW_PUBLIC_NAMES_MAX);
        return false;
    }
    if (!is_host_name(value)) {
        snprintf(error, 256, "public_name must be a host name, as chat.example.org, not '%.40s'",
                 value);
        return false;
    }
    memcpy(config->public_names[config->public_name_count++], value, strlen(value) + 1);
    return true;
}

static bool add_trusted_proxy(struct cw_config *config, const char *value, char error[256])
{
    if (config->trusted_proxy_count == CW_TRUSTED_PROXIES_MAX) {
        snprintf(error, 256, "there are more than %u trusted proxies", CW_TRUSTED_PROXIES_MAX);
        return false;
    }
    if (!cw_network_read(&config->trusted_proxies[config->trusted_proxy_count], value)) {
        snprintf(error, 256,
                 "trusted_proxy must be an address or a network, as 192.0.2.1 or 2001:db8::/32, "
                 "not '%.40s'",
                 value);
        return false;
    }
    config->trusted_proxy_count++;
    return true;
}

static bool set(struct cw_config *config, const struct setting *setting, const char *value,
                char error[256])
{
    void *to = (char *)config + setting->at;
    static const char *const answers[] = {"no", "yes", NULL};
    static const char *const costs[] = {"minimum", "interactive", "moderate", NULL};
    static const char *const registrations[] = {"auto", "open", "closed", "invited", NULL};
    static const char *const inviters[] = {"everyone", "admins", "nobody", "first", NULL};
    int choice = -1;
    switch (setting->type) {
    case TEXT:
        return set_text(setting, to, value, error);
    case NUMBER:
        return set_number(setting, to, value, error);
    case YES_NO:
        choice = choose(setting, answers, value, error);
        if (choice >= 0)
            *(bool *)to = choice == 1;
        break;
    case LISTEN:
        return add_listen(config, value, error);
    case PUBLIC_NAME:
        return add_public_name(config, value, error);
    case TRUSTED_PROXY:
        return add_trusted_proxy(config, value, error);
    case COST:
        choice = choose(setting, costs, value, error);
        if (choice >= 0)
            *(enum cw_password_cost *)to = (enum cw_password_cost)choice;
        break;
    case INVITE_BY:
        choice = choose(setting, inviters, value, error);
        if (choice >= 0)
            *(enum cw_invite_by *)to = (enum cw_invite_by)choice;
        break;
    case REGISTRATION:
        choice = choose(setting, registrations, value, error);
        if (choice >= 0)
            *(enum cw_registration *)to = (enum cw_registration)choice;
        break;
    }
    return choice >= 0;
}

/* What older versions had. */
static bool is_former(const char *key, char error[256])
{
    if (strcmp(key, "zmtp") == 0)
        snprintf(error, 256, "zmtp is called listen now: write listen = HOST:PORT");
    else if (strcmp(key, "allow_plaintext") == 0)
        snprintf(error, 256,
                 "allow_plaintext belongs to a listener now: write listen = HOST:PORT plaintext");
    else
        return false;
    return true;
}

bool cw_config_set(struct cw_config *config, const char *key, const char *value, char error[256])
{
    if (is_former(key, error))
        return false;
    for (size_t i = 0; i < sizeof settings / sizeof settings[0]; i++)
        if (strcmp(settings[i].key, key) == 0)
            return set(config, &settings[i], value, error);
    snprintf(error, 256, "there is no setting named '%.40s'", key);
    return false;
}

const struct cw_listen *cw_config_public_listen(const struct cw_config *config)
{
    for (unsigned i = 0; i < config->listen_count; i++)
        if (!cw_listen_is_local(&config->listen[i]))
            return &config->listen[i];
    return NULL;
}

bool cw_config_is_plain_loopback(const struct cw_config *config)
{
    for (unsigned i = 0; i < config->listen_count; i++)
        if (config->listen[i].proxy_header || config->listen[i].forwarded)
            return false;
    return config->trusted_proxy_count == 0 && cw_config_public_listen(config) == NULL;
}

enum cw_registration cw_config_registration(const struct cw_config *config)
{
    if (config->registration != CW_REGISTRATION_AUTO)
        return config->registration;
    return cw_config_public_listen(config) == NULL ? CW_REGISTRATION_OPEN : CW_REGISTRATION_INVITED;
}

bool cw_config_finish(struct cw_config *config, char error[256])
{
    if (config->listen_count == 0 && !add_listen(config, CW_LISTEN_DEFAULT, error))
        return false;
    if ((config->tls_certificate[0] == 0) != (config->tls_key[0] == 0)) {
        snprintf(error, 256, "tls_certificate and tls_key belong together: set both, or neither");
        return false;
    }
    const struct cw_listen *listen = cw_config_public_listen(config);
    if (listen != NULL && config->password_cost == CW_COST_MINIMUM) {
        snprintf(error, 256,
                 "password_cost = minimum is for tests: not with a listener that "
                 "other machines can reach (%s)",
                 listen->address);
        return false;
    }
    return true;
}
