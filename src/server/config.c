/* config.c - see config.h; the table of the settings is settings.def. */
#include "server/config.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "net/net.h"
#include "server/config_value.h"
#include "server/config_variable.h"
#include "text/nearest.h"

enum type {
    TEXT,
    NUMBER,
    YES_NO,
    LISTEN,
    PUBLIC_NAME,
    TRUSTED_PROXY,
    REGISTRATION,
    INVITE_BY,
    COST,
    LOG_FORMAT,
    LOG_LEVEL
};

struct setting {
    const char *key;
    enum type type;
    size_t at;
    unsigned long min, max; /* NUMBER: its range; TEXT: max is the size */
    const char *says;       /* what it is, for --print-config */
    bool at_start;          /* a change needs a start */
};

#define AT(member)   offsetof(struct cw_config, member)
#define SIZE(member) sizeof(((struct cw_config *)0)->member)

static const struct setting settings[] = {
#define CW_SETTING(...)          {__VA_ARGS__, false},
#define CW_SETTING_AT_START(...) {__VA_ARGS__, true},
#include "server/settings.def"
#undef CW_SETTING
#undef CW_SETTING_AT_START
};
#define SETTINGS (sizeof settings / sizeof settings[0])

/* In the order of the enums. */
static const char *const answers[] = {"no", "yes", NULL};
static const char *const costs[] = {"minimum", "interactive", "moderate", NULL};
static const char *const registrations[] = {"auto", "open", "closed", "invited", NULL};
static const char *const log_formats[] = {"plain", "logfmt", "json", NULL};
static const char *const log_levels[] = {"error", "warning", "info", "debug", NULL};
static const char *const inviters[] = {"everyone", "admins", "nobody", "first", NULL};

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
                                 .push_hosts = CW_PUSH_HOSTS,
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
                                 .node = 1,
                                 .sessions_per_user = CW_SESSIONS_PER_USER,
                                 .quota_mib = CW_QUOTA_MIB,
                                 .file_mib_max = CW_FILE_MIB,
                                 .uploads_mib = CW_UPLOADS_MIB,
                                 .strangers_per_minute = CW_STRANGERS_PER_MINUTE,
                                 .udp = true,
                                 .call_members_max = CW_CALL_MEMBERS_MAX,
                                 .connections_max = CW_CONNECTIONS_MAX,
                                 .connections_per_address = CW_CONNECTIONS_PER_ADDRESS,
                                 .waiting_max = CW_UNAUTHENTICATED_MAX,
                                 .waiting_per_address = CW_WAITING_PER_ADDRESS,
                                 .hashes_per_address = CW_HASHES_PER_ADDRESS,
                                 .registrations_per_hour = CW_REGISTRATIONS_PER_HOUR,
                                 .guesses_per_user = CW_GUESSES_PER_USER,
                                 .guesses_per_address = CW_GUESSES_PER_ADDRESS,
                                 .log_format = CW_LOG_PLAIN,
                                 .log_level = CW_LOG_INFO,
                                 .ping_idle_ms = CW_PING_IDLE_MS,
                                 .frame_window_ms = CW_FRAME_WINDOW_MS};
}

static bool set_number(const struct setting *setting, unsigned *to, const char *value,
                       char error[256])
{
    char *end;
    unsigned long number = strtoul(value, &end, 10);
    bool octal = value[0] == '0' && value[1] != 0; /* elsewhere */
    if (octal || value[0] < '0' || value[0] > '9' || *end != 0 || number < setting->min ||
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
    size_t n = strlen(name);
    static const char allowed[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-.:[]";
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
    case LOG_FORMAT:
        choice = choose(setting, log_formats, value, error);
        if (choice >= 0)
            *(enum cw_log_format *)to = (enum cw_log_format)choice;
        break;
    case LOG_LEVEL:
        choice = choose(setting, log_levels, value, error);
        if (choice >= 0)
            *(enum cw_log_level *)to = (enum cw_log_level)choice;
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

static void explain_unknown(const char *key, char error[256])
{
    struct cw_nearest nearest = cw_nearest_to(key);
    for (size_t i = 0; i < SETTINGS; i++)
        cw_nearest_try(&nearest, settings[i].key, strlen(settings[i].key));
    if (nearest.found != NULL)
        snprintf(error, 256, "there is no setting named '%.40s'; did you mean %s?", key,
                 nearest.found);
    else
        snprintf(error, 256, "there is no setting named '%.40s'; chinwagd --print-config shows all",
                 key);
}

bool cw_config_set(struct cw_config *config, const char *key, const char *value, char error[256])
{
    if (is_former(key, error))
        return false;
    for (size_t i = 0; i < SETTINGS; i++)
        if (strcmp(settings[i].key, key) == 0)
            return set(config, &settings[i], value, error);
    explain_unknown(key, error);
    return false;
}

/* Each line of the file and each name in the environment adds one. */
static unsigned *count_of(struct cw_config *config, enum type type)
{
    switch (type) {
    case LISTEN:
        return &config->listen_count;
    case PUBLIC_NAME:
        return &config->public_name_count;
    case TRUSTED_PROXY:
        return &config->trusted_proxy_count;
    default:
        return NULL;
    }
}

bool cw_config_is_list(const char *key)
{
    struct cw_config config;
    for (size_t i = 0; i < SETTINGS; i++)
        if (strcmp(settings[i].key, key) == 0)
            return count_of(&config, settings[i].type) != NULL;
    return false;
}

/* The values of a list have ';' between them, and take the place of the file's. */
static bool set_list(struct cw_config *config, const struct setting *setting, const char *values,
                     char error[256])
{
    char value[256];
    for (const char *at = values; *at != 0;) {
        size_t n = strcspn(at, ";"), blanks = strspn(at, " ");
        if (n >= sizeof value) {
            snprintf(error, 256, "a value is longer than %zu characters", sizeof value - 1);
            return false;
        }
        snprintf(value, sizeof value, "%.*s", (int)(blanks < n ? n - blanks : 0), at + blanks);
        if (value[0] != 0 && !set(config, setting, value, error))
            return false;
        at += at[n] == ';' ? n + 1 : n;
    }
    return true;
}

bool cw_config_read_environment(struct cw_config *config, const char *(*get)(const char *variable),
                                char error[256])
{
    for (size_t i = 0; i < SETTINGS; i++) {
        char variable[CW_VARIABLE_MAX], why[256];
        cw_variable_of(settings[i].key, variable);
        const char *value = get(variable);
        if (value == NULL)
            continue;
        unsigned *count = count_of(config, settings[i].type);
        if (count != NULL)
            *count = 0;
        if (!cw_config_value_plain(value, why) ||
            !(count != NULL ? set_list(config, &settings[i], value, why)
                            : set(config, &settings[i], value, why))) {
            snprintf(error, 256, "%s in the environment: %.150s", variable, why);
            return false;
        }
    }
    return true;
}

/* The value of a setting as the file would have it; empty: none. */
static void describe_value(const struct cw_config *config, const struct setting *setting,
                           char value[1024])
{
    const void *at = (const char *)config + setting->at;
    value[0] = 0;
    switch (setting->type) {
    case TEXT:
        snprintf(value, 1024, "%s", (const char *)at);
        break;
    case NUMBER:
        snprintf(value, 1024, "%u", *(const unsigned *)at);
        break;
    case YES_NO:
        snprintf(value, 1024, "%s", answers[*(const bool *)at]);
        break;
    case COST:
        snprintf(value, 1024, "%s", costs[*(const enum cw_password_cost *)at]);
        break;
    case REGISTRATION:
        snprintf(value, 1024, "%s", registrations[*(const enum cw_registration *)at]);
        break;
    case INVITE_BY:
        snprintf(value, 1024, "%s", inviters[*(const enum cw_invite_by *)at]);
        break;
    case LOG_FORMAT:
        snprintf(value, 1024, "%s", log_formats[*(const enum cw_log_format *)at]);
        break;
    case LOG_LEVEL:
        snprintf(value, 1024, "%s", log_levels[*(const enum cw_log_level *)at]);
        break;
    case LISTEN:
        snprintf(value, 1024, "%s", CW_LISTEN_DEFAULT);
        break;
    case PUBLIC_NAME:
    case TRUSTED_PROXY:
        break;
    }
}

void cw_config_print_defaults(FILE *to)
{
    struct cw_config config;
    cw_config_init(&config);
    fputs(
        "# Settings of chinwagd, each with its default. To change one, remove the '#' before it.\n"
        "# A variable of the environment (CHINWAG_QUOTA_MIB for quota_mib) overrides this file,\n"
        "# and an option of the command line overrides both.\n",
        to);
    for (size_t i = 0; i < SETTINGS; i++) {
        char value[1024];
        describe_value(&config, &settings[i], value);
        fprintf(to, "\n# %s%s\n", settings[i].says,
                settings[i].at_start ? " (at the next start)" : "");
        if (settings[i].type == NUMBER)
            fprintf(to, "# %lu to %lu\n", settings[i].min, settings[i].max);
        fprintf(to, "#%s = %s\n", settings[i].key, value);
    }
}

/* The bytes of a setting's value: at most those of a list that are in use. */
static struct cw_slice bytes_of(struct cw_config *config, const struct setting *setting)
{
    const void *at = (const char *)config + setting->at;
    switch (setting->type) {
    case TEXT:
        return cw_slice_str(at);
    case NUMBER:
        return cw_slice_of(at, sizeof(unsigned));
    case YES_NO:
        return cw_slice_of(at, sizeof(bool));
    case COST:
        return cw_slice_of(at, sizeof(enum cw_password_cost));
    case REGISTRATION:
        return cw_slice_of(at, sizeof(enum cw_registration));
    case INVITE_BY:
        return cw_slice_of(at, sizeof(enum cw_invite_by));
    case LOG_FORMAT:
        return cw_slice_of(at, sizeof(enum cw_log_format));
    case LOG_LEVEL:
        return cw_slice_of(at, sizeof(enum cw_log_level));
    case LISTEN:
        return cw_slice_of(config->listen, config->listen_count * sizeof config->listen[0]);
    case PUBLIC_NAME:
        return cw_slice_of(config->public_names,
                           config->public_name_count * sizeof config->public_names[0]);
    case TRUSTED_PROXY:
        return cw_slice_of(config->trusted_proxies,
                           config->trusted_proxy_count * sizeof config->trusted_proxies[0]);
    }
    return (struct cw_slice){0};
}

bool cw_config_place(struct cw_config *config, size_t i, struct cw_config_place *place)
{
    if (i >= SETTINGS)
        return false;
    *place = (struct cw_config_place){.key = settings[i].key,
                                      .value = bytes_of(config, &settings[i]),
                                      .at_start = settings[i].at_start,
                                      .list = count_of(config, settings[i].type) != NULL,
                                      .text = settings[i].type == TEXT};
    return true;
}

bool cw_config_tell(const struct cw_config *config, size_t i, struct cw_config_told *told)
{
    if (i >= SETTINGS)
        return false;
    told->key = settings[i].key;
    told->says = settings[i].says;
    told->live = !settings[i].at_start && settings[i].type != TEXT;
    describe_value(config, &settings[i], told->value);
    return true;
}
