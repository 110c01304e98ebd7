/* server_facts.c - see server_facts.h. A setting is written into the data folder, then all settings
 * are read again, as for SIGHUP: so what holds is what the next start finds. Called by shell.c and
 * control_status.c. */
#include "server/server_facts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "server/config_value.h"
#include "server/kept_settings.h"
#include "server/log.h"
#include "server/shell_internal.h"

/* --- what it is doing ------------------------------------------------------------------------ */

/* Of the database with its log, in bytes. */
static uint64_t size_of_database(const char *folder)
{
    static const char *const names[] = {"chinwag.db", "chinwag.db-wal"};
    uint64_t size = 0;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        char path[4096 + 32];
        struct stat found;
        snprintf(path, sizeof path, "%s/%s", folder, names[i]);
        if (stat(path, &found) == 0)
            size += (uint64_t)found.st_size;
    }
    return size;
}

static struct cw_server_fact fact_of_number(const char *name, uint64_t number)
{
    return (struct cw_server_fact){.name = cw_slice_str(name), .number = number};
}

void cw_shell_status(const struct cw_shell *shell, struct cw_server_fact facts[CW_STATUS_FACTS])
{
    struct cw_core_stats stats = cw_core_stats(shell->core);
    uint64_t uptime_ms = uv_now(&shell->loop) - shell->begun_ms;
    const char *data = cw_reach_config(shell->reach)->data;
    facts[0] = (struct cw_server_fact){
        .name = cw_slice_str("version"), .text = cw_slice_str(CW_VERSION), .is_text = true};
    facts[1] = fact_of_number("uptime_s", uptime_ms / 1000);
    facts[2] = fact_of_number("connections", stats.connections);
    facts[3] = fact_of_number("sessions", stats.sessions);
    facts[4] = fact_of_number("users", stats.users);
    facts[5] = fact_of_number("groups", stats.groups);
    facts[6] = fact_of_number("calls", stats.calls);
    facts[7] = fact_of_number("held_bytes", shell->ledger.held);
    facts[8] = fact_of_number("database_bytes", size_of_database(data));
    facts[9] = fact_of_number("store_waits_s", cw_store_thread_waits_ms(shell->store) / 1000);
}

/* --- settings -------------------------------------------------------------------------------- */

#define FACTS_MAX 80

/* The memory of an answer. */
struct told {
    struct cw_server_fact facts[FACTS_MAX];
    char values[FACTS_MAX][CW_SETTING_MAX + 1];
    char why[256];
    char key[CW_PUSH_KEY_TEXT];
};

static bool is_wanted(struct cw_slice wanted, const struct cw_config_told *setting)
{
    return setting->live && (wanted.n == 0 || cw_slice_eq(wanted, cw_slice_str(setting->key)));
}

static size_t list_settings(struct cw_shell *shell, struct cw_slice wanted, struct told *told)
{
    const struct cw_config *config = cw_reach_config(shell->reach);
    struct cw_config_told setting;
    struct cw_buf kept = {0};
    char folder[CW_KEPT_SETTINGS_PATH];
    size_t count = 0;
    cw_kept_settings_folder(config, folder);
    cw_kept_settings_load(folder, &kept, told->why);
    for (size_t i = 0; count < FACTS_MAX && cw_config_tell(config, i, &setting); i++) {
        if (!is_wanted(wanted, &setting))
            continue;
        snprintf(told->values[count], sizeof told->values[count], "%.*s", CW_SETTING_MAX,
                 setting.value);
        told->facts[count] =
            (struct cw_server_fact){.name = cw_slice_str(setting.key),
                                    .text = cw_slice_str(told->values[count]),
                                    .is_text = true,
                                    .about = cw_slice_str(setting.says),
                                    .set = cw_kept_settings_has(cw_buf_slice(&kept), setting.key)};
        count++;
    }
    cw_buf_finish(&kept);
    return count;
}

/* Its number; false: there is none that may change while the server runs. */
static bool find_setting(const struct cw_config *config, struct cw_slice name,
                         struct cw_config_told *setting)
{
    for (size_t i = 0; cw_config_tell(config, i, setting); i++)
        if (name.n != 0 && is_wanted(name, setting))
            return true;
    return false;
}

/* An empty value is always good: it is what the config file says. */
static bool is_good(const struct cw_shell *shell, const char *key, const char *value, char why[256])
{
    struct cw_config config = shell->asked;
    return value[0] == 0 ||
           (cw_config_value_plain(value, why) && cw_config_set(&config, key, value, why) &&
            cw_config_finish(&config, why));
}

/* One of the files, from its lock to its end. */
struct kept {
    int folder; /* -1: none */
    struct cw_buf before;
};

static bool begin_kept(struct kept *kept, const char *data, char why[256])
{
    kept->folder = cw_kept_settings_lock(data, why);
    return kept->folder >= 0 && cw_kept_settings_load(data, &kept->before, why);
}

static void undo_kept(const struct kept *kept)
{
    char ignored[256];
    cw_kept_settings_write(kept->folder, cw_buf_slice(&kept->before), "", "", ignored);
}

static void end_kept(struct kept *kept)
{
    cw_buf_finish(&kept->before);
    if (kept->folder >= 0)
        close(kept->folder);
}

static bool write_kept(const struct kept *kept, const char *key, const char *value, char why[256])
{
    return cw_kept_settings_write(kept->folder, cw_buf_slice(&kept->before), key, value, why);
}

/* A file in the data folder of before there was a `store` is read first: what it says of the key
 * would be back when the shared one says nothing. False: it stays. */
static bool drop_old(struct kept *old, const char *data, const char *key, char why[256])
{
    return begin_kept(old, data, why) && (!cw_kept_settings_has(cw_buf_slice(&old->before), key) ||
                                          write_kept(old, key, "", why));
}

/* With settings that are not good together the files are as before. */
static bool keep_setting(struct cw_shell *shell, const char *key, const char *value, char why[256])
{
    char data[CW_KEPT_SETTINGS_PATH];
    const char *old_data = cw_reach_config(shell->reach)->data;
    struct kept kept = {.folder = -1}, old = {.folder = -1};
    cw_kept_settings_folder(cw_reach_config(shell->reach), data);
    bool good = begin_kept(&kept, data, why) &&
                (strcmp(data, old_data) == 0 || drop_old(&old, old_data, key, why));
    bool written = good && write_kept(&kept, key, value, why);
    if (good && (!written || !cw_shell_read_settings(shell, why))) {
        if (written)
            undo_kept(&kept);
        if (old.folder >= 0 && cw_kept_settings_has(cw_buf_slice(&old.before), key))
            undo_kept(&old);
        good = false;
    }
    end_kept(&old);
    end_kept(&kept);
    return good;
}

/* Administrators know what they have written; a refusal has room for CW_NAME_MAX bytes. */
static struct cw_slice shorten(char *why)
{
    char *given = strstr(why, ", not '");
    if (given != NULL)
        *given = 0;
    size_t n = strlen(why);
    while (n > CW_NAME_MAX || (why[n] & 0xc0) == 0x80)
        n--;
    return cw_slice_of(why, n);
}

static enum cw_server_status change(struct cw_shell *shell, const struct cw_server_asked *asked,
                                    char why[256])
{
    struct cw_config_told setting;
    if (!find_setting(cw_reach_config(shell->reach), cw_slice_str(asked->name), &setting))
        return CW_SERVER_NO_SETTING;
    bool good = asked->op == CW_ASK_CHECK ? is_good(shell, setting.key, asked->value, why)
                                          : keep_setting(shell, setting.key, asked->value, why);
    return good ? CW_SERVER_DONE : CW_SERVER_BAD_VALUE;
}

/* --- what was asked -------------------------------------------------------------------------- */

static enum cw_server_status tell_push_key(struct cw_shell *shell, struct told *told)
{
    if (!cw_push_sender_key(shell->pushes, told->key))
        return CW_SERVER_NO_SETTING;
    told->facts[0].text = cw_slice_str(told->key);
    return CW_SERVER_DONE;
}

static void answer_asked(struct cw_shell *shell, const struct cw_server_asked *asked)
{
    struct told *told = cw_alloc_zero(sizeof *told);
    struct cw_event event = {.type = CW_EV_SERVER};
    event.server.cookie = asked->cookie;
    event.server.status = CW_SERVER_DONE;
    event.server.facts = told->facts;
    switch (asked->op) {
    case CW_ASK_STATUS:
        cw_shell_status(shell, told->facts);
        event.server.fact_count = CW_STATUS_FACTS;
        break;
    case CW_ASK_SETTINGS:
        event.server.fact_count = list_settings(shell, cw_slice_str(asked->name), told);
        if (event.server.fact_count == 0)
            event.server.status = CW_SERVER_NO_SETTING;
        break;
    case CW_ASK_PUSH_KEY:
        event.server.status = tell_push_key(shell, told);
        event.server.fact_count = 1;
        break;
    case CW_ASK_CHECK:
    case CW_ASK_SET:
        event.server.status = change(shell, asked, told->why);
        break;
    case CW_ASK_READ:
        break; /* it was carried out instead */
    }
    event.server.why = shorten(told->why);
    cw_shell_step(shell, &event);
    free(told);
}

static struct cw_server_asked *take_asked(struct cw_shell *shell)
{
    struct cw_server_asked *first = shell->asked_server;
    if (first != NULL)
        shell->asked_server = first->next;
    return first;
}

/* Another server has changed them. */
static void read_settings(struct cw_shell *shell)
{
    char error[256];
    if (!shell->draining && !cw_shell_read_settings(shell, error))
        cw_log("what an administrator has set at another server is not taken: %s", error);
}

void cw_shell_answer_asked(struct cw_shell *shell)
{
    for (struct cw_server_asked *asked; (asked = take_asked(shell)) != NULL; free(asked))
        if (asked->op == CW_ASK_READ)
            read_settings(shell);
        else
            answer_asked(shell, asked);
}

void cw_shell_forget_asked(struct cw_shell *shell)
{
    for (struct cw_server_asked *asked; (asked = take_asked(shell)) != NULL;)
        free(asked);
}
