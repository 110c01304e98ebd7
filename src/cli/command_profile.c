/* command_profile.c - what people say of themselves: profile. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "fetch_file.h"
#include "output.h"
#include "output_json.h"
#include "session.h"
#include "target.h"
#include "upload.h"

/* --- until when ---------------------------------------------------------------------------- */

/* "90m", "2h", "3d" from now on. */
static bool read_duration(const char *text, int64_t now_s, uint64_t *until_ms)
{
    char *end;
    long n = strtol(text, &end, 10);
    long unit = *end == 'm' ? 60 : *end == 'h' ? 3600 : *end == 'd' ? 86400 : 0;
    if (end == text || unit == 0 || end[1] != 0 || n < 1 || n > 366 * 86400 / unit)
        return false;
    *until_ms = (uint64_t)(now_s + n * unit) * 1000;
    return true;
}

/* "2026-12-24" or "2026-12-24 18:00", on this machine's clock. */
static bool read_moment(const char *text, uint64_t *until_ms)
{
    struct tm tm = {.tm_isdst = -1};
    int n = 0, day = 0;
    if (sscanf(text, "%4d-%2d-%2d%n", &tm.tm_year, &tm.tm_mon, &tm.tm_mday, &day) != 3 || day == 0)
        return false;
    if (text[day] != 0 &&
        (sscanf(text + day, "%*1[ T]%2d:%2d%n", &tm.tm_hour, &tm.tm_min, &n) != 2 || n == 0 ||
         text[day + n] != 0))
        return false;
    tm.tm_year -= 1900;
    tm.tm_mon--;
    time_t moment = mktime(&tm);
    *until_ms = moment <= 0 ? 0 : (uint64_t)moment * 1000;
    return *until_ms != 0;
}

static bool read_until(const struct cli *cli, uint64_t *until_ms)
{
    *until_ms = 0;
    if (cli->until == NULL || read_duration(cli->until, (int64_t)time(NULL), until_ms) ||
        read_moment(cli->until, until_ms))
        return true;
    fprintf(stderr,
            "chinwag: --until does not take '%s': write 90m, 2h or 3d, or a time as "
            "'2026-12-24 18:00'\n",
            cli->until);
    return false;
}

/* --- setting ------------------------------------------------------------------------------ */

/* What the options say, by the items of chinwag_set_profile. */
struct wish {
    const char *item, *value; /* value NULL: not given */
};

static int set_all(const struct cli *cli, const struct wish *wishes, size_t count,
                   uint64_t until_ms)
{
    struct session session;
    int code = session_open(&session, cli, SESSION_COMMAND);
    for (size_t i = 0; i < count && code == CLI_DONE; i++) {
        bool status = strcmp(wishes[i].item, "status") == 0;
        if (wishes[i].value != NULL)
            code = session_wait(&session, "set_profile",
                                chinwag_set_profile(session.client, wishes[i].item, wishes[i].value,
                                                    status ? until_ms : 0),
                                NULL);
    }
    session_close(&session);
    return code;
}

static int set_profile(const struct cli *cli)
{
    char avatar[24] = "";
    uint64_t until_ms, file = 0;
    if (cli->until != NULL && cli->status == NULL) {
        fprintf(stderr, "chinwag: --until is the end of a status: give --status, too\n");
        return CLI_WRONG_USE;
    }
    if (!read_until(cli, &until_ms))
        return CLI_WRONG_USE;
    if (cli->avatar != NULL && cli->avatar[0] != 0) {
        int code = upload_alone(cli, cli->avatar, &file);
        if (code != CLI_DONE)
            return code;
        snprintf(avatar, sizeof avatar, "%" PRIu64, file);
    }
    const struct wish wishes[] = {{"display", cli->display},
                                  {"status", cli->status},
                                  {"avatar", cli->avatar == NULL ? NULL : avatar},
                                  {"zone", cli->zone},
                                  {"last_seen", cli->last_seen},
                                  {"listed", cli->listed}};
    return set_all(cli, wishes, sizeof wishes / sizeof wishes[0], until_ms);
}

/* --- showing ------------------------------------------------------------------------------ */

static void put_said(const char *text)
{
    if (text != NULL)
        output_text(stdout, text, strlen(text));
}

static bool is_item(const struct chinwag_entry *entry, const char *item)
{
    return entry->kind != NULL && strcmp(entry->kind, item) == 0;
}

static const struct chinwag_entry *find_item(const struct chinwag_event *answer, const char *item)
{
    for (size_t i = 0; i < answer->entry_count; i++)
        if (is_item(&answer->entries[i], item))
            return &answer->entries[i];
    return NULL;
}

static void print_item(const struct chinwag_entry *entry, int64_t now_s)
{
    static const char *const titles[][2] = {{"status", "status"},
                                            {"zone", "time zone"},
                                            {"last_seen", "others see when you are there"},
                                            {"listed", "in the directory of people"}};
    if (is_item(entry, "avatar")) {
        printf("  picture: %" PRIu64 " bytes, ", entry->size);
        put_said(entry->file_type);
        printf("; --out FILE saves it\n");
        return;
    }
    for (size_t i = 0; i < sizeof titles / sizeof titles[0]; i++) {
        if (!is_item(entry, titles[i][0]))
            continue;
        printf("  %s: ", titles[i][1]);
        put_said(entry->content);
        if (entry->until_ms != 0) {
            fputs(", until ", stdout);
            output_date(stdout, entry->until_ms, now_s);
        }
        putchar('\n');
    }
}

/* "Bob Builder (bob)  online", and a line for each of the rest. */
static void print_profile(const struct chinwag_event *answer)
{
    int64_t now_s = (int64_t)time(NULL);
    const struct chinwag_entry *display = find_item(answer, "display");
    const struct chinwag_entry *presence = find_item(answer, "presence");
    struct chinwag_entry person = presence == NULL ? (struct chinwag_entry){0} : *presence;
    person.name = answer->user;
    person.display = display == NULL ? NULL : display->content;
    output_contact_entry(stdout, &person, "", now_s);
    for (size_t i = 0; i < answer->entry_count; i++)
        print_item(&answer->entries[i], now_s);
}

static void print_items_json(const struct chinwag_event *answer, const char *me)
{
    const struct output_json_list list = {.type = "profile_item", .me = me};
    for (size_t i = 0; i < answer->entry_count; i++) {
        struct chinwag_entry entry = answer->entries[i];
        entry.name = answer->user;
        output_entry_json(stdout, &entry, &list);
    }
}

static int save_avatar(const struct cli *cli, const struct chinwag_event *answer)
{
    const struct chinwag_entry *avatar = find_item(answer, "avatar");
    if (avatar != NULL)
        return fetch_file(cli, avatar, cli->out);
    fprintf(stderr, "chinwag: %s has no picture\n", answer->user);
    return CLI_REFUSED;
}

static int show_profile(const struct cli *cli)
{
    struct session session;
    struct chinwag_event answer;
    const char *name = cli->argument_count == 0 ? "" : target_person(cli->arguments[0]);
    if (name == NULL)
        return CLI_WRONG_USE;
    int code = session_open(&session, cli, SESSION_COMMAND);
    if (code == CLI_DONE) {
        const char *user = name[0] == 0 ? session.account.name : name;
        code = session_wait(&session, "profile", chinwag_profile(session.client, user), &answer);
    }
    if (code == CLI_DONE && cli->out != NULL)
        code = save_avatar(cli, &answer);
    else if (code == CLI_DONE && cli->json)
        print_items_json(&answer, session.account.name);
    else if (code == CLI_DONE)
        print_profile(&answer);
    session_close(&session);
    return code;
}

int command_profile(const struct cli *cli)
{
    bool sets = cli->display != NULL || cli->status != NULL || cli->until != NULL ||
                cli->avatar != NULL || cli->zone != NULL || cli->last_seen != NULL ||
                cli->listed != NULL;
    if (!sets)
        return show_profile(cli);
    if (cli->argument_count == 0)
        return set_profile(cli);
    output_about(stderr, "chinwag: what is set is your own profile: leave '%s' out\n",
                 cli->arguments[0]);
    return CLI_WRONG_USE;
}
