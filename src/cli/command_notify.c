/* command_notify.c - who mentions the user, and what the user is told of: mentions, notify, mute,
 * unmute, dnd. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "output.h"
#include "output_list.h"
#include "session.h"
#include "target.h"
#include "text/quiet_hours.h"

/* --- mentions ---------------------------------------------------------------------------- */

static int64_t ask_mentions(chinwag_client *client, const void *arguments)
{
    const struct cli *cli = arguments;
    const struct chinwag_page page = {.before = (uint64_t)cli->before,
                                      .limit = (unsigned)cli->limit};
    return chinwag_mentions(client, &page);
}

int command_mentions(const struct cli *cli)
{
    return session_list(cli, "mentions", ask_mentions, cli, output_message_entry);
}

/* --- of a conversation ------------------------------------------------------------------- */

struct wish {
    const char *conversation;
    const char *level; /* NULL: as it is */
    bool mutes;
    uint64_t until;
};

/* "mentions, muted until 14:05" */
static void print_rule(const struct chinwag_event *answer)
{
    output_text(stdout, answer->level, strlen(answer->level));
    if (answer->until == CHINWAG_MUTED_FOR_GOOD) {
        fputs(", muted", stdout);
    } else if (answer->until != 0) {
        fputs(", muted until ", stdout);
        output_date(stdout, answer->until + 59999, (int64_t)time(NULL));
    }
    fputc('\n', stdout);
}

static int set_wish(const struct cli *cli, const struct wish *wish)
{
    struct session session;
    struct chinwag_event answer;
    int code = session_open(&session, cli, SESSION_COMMAND);
    if (code == CLI_DONE) {
        int64_t request = wish->mutes
                              ? chinwag_silence(session.client, wish->conversation, wish->until)
                              : chinwag_notify(session.client, wish->conversation, wish->level);
        code = session_wait(&session, "notify", request, &answer);
    }
    if (code == CLI_DONE && answer.level != NULL)
        print_rule(&answer);
    session_close(&session);
    return code;
}

int command_notify(const struct cli *cli)
{
    struct wish wish = {.conversation = target_conversation(cli->arguments[0]),
                        .level = cli->argument_count > 1 ? cli->arguments[1] : NULL};
    return wish.conversation == NULL ? CLI_WRONG_USE : set_wish(cli, &wish);
}

static bool read_minutes(const char *text, uint64_t *until)
{
    uint64_t minutes;
    if (!target_minutes(text, 1, &minutes))
        return false;
    *until = ((uint64_t)time(NULL) + minutes * 60) * 1000;
    return true;
}

int command_mute(const struct cli *cli)
{
    struct wish wish = {.conversation = target_conversation(cli->arguments[0]),
                        .mutes = true,
                        .until = CHINWAG_MUTED_FOR_GOOD};
    if (wish.conversation == NULL ||
        (cli->argument_count > 1 && !read_minutes(cli->arguments[1], &wish.until)))
        return CLI_WRONG_USE;
    return set_wish(cli, &wish);
}

int command_unmute(const struct cli *cli)
{
    struct wish wish = {.conversation = target_conversation(cli->arguments[0]), .mutes = true};
    return wish.conversation == NULL ? CLI_WRONG_USE : set_wish(cli, &wish);
}

#define HOURS_SIZE 320
#define DAY_S      ((time_t)24 * 3600)

/* --- hours ------------------------------------------------------------------------------- */

/* "+02:00": how far the clock of this machine's zone is ahead of UTC at that time. */
static void write_ahead(time_t when, char ahead[8])
{
    struct tm local;
    char zone[8] = "";
    if (localtime_r(&when, &local) != NULL)
        strftime(zone, sizeof zone, "%z", &local);
    if (strlen(zone) != 5)
        strcpy(zone, "+0000");
    snprintf(ahead, 8, "%.3s:%.2s", zone, zone + 3);
}

/* "Europe/Berlin": what TZ says, or where /etc/localtime leads. Empty: neither. */
static void find_zone(char zone[CW_ZONE_NAME_MAX + 1])
{
    char path[256] = "";
    const char *name = getenv("TZ");
    if (name == NULL || name[0] == 0) {
        ssize_t n = readlink("/etc/localtime", path, sizeof path - 1);
        path[n < 0 ? 0 : n] = 0;
        name = strstr(path, "zoneinfo/");
        name = name == NULL ? "" : name + strlen("zoneinfo/");
    }
    name += name[0] == ':';
    snprintf(zone, CW_ZONE_NAME_MAX + 1, "%s", strlen(name) <= CW_ZONE_NAME_MAX ? name : "");
}

/* The first minute after `from` with another offset, `before` being that of `from`; within a day
 * after it there is at most one. */
static time_t find_change(time_t from, const char *before)
{
    time_t low = from, high = from + DAY_S;
    while (high - low > 60) {
        char ahead[8];
        time_t middle = low + (high - low) / 120 * 60;
        write_ahead(middle, ahead);
        if (strcmp(ahead, before) == 0)
            low = middle;
        else
            high = middle;
    }
    return high;
}

/* Appends " Europe/Berlin", and when its offset will be another one: the server has no tables of
 * zones. Without a name none of it is known to others, and the offset stays. */
static void append_zone(time_t now, char *text, size_t size)
{
    char zone[CW_ZONE_NAME_MAX + 1], ahead[8], next[8];
    int changes = 0;
    find_zone(zone);
    if (zone[0] == 0)
        return;
    size_t n = strlen(text);
    n += (size_t)snprintf(text + n, size - n, " %s", zone);
    time_t day = now - now % 60;
    write_ahead(day, ahead);
    for (int i = 0; i < 4 * 365 && changes < CW_ZONE_CHANGES_MAX; i++, day += DAY_S) {
        write_ahead(day + DAY_S, next);
        if (strcmp(next, ahead) == 0)
            continue;
        n += (size_t)snprintf(text + n, size - n, " %lld%s",
                              (long long)find_change(day, ahead) / 60, next);
        strcpy(ahead, next);
        changes++;
    }
}

/* "22:00-07:00", perhaps days, and how far this machine's clock is and will be ahead of UTC. */
static bool write_hours(const struct cli *cli, char text[HOURS_SIZE])
{
    char ahead[8];
    time_t now = time(NULL);
    struct cw_quiet_hours hours;
    write_ahead(now, ahead);
    bool days = cli->argument_count > 1;
    int n = snprintf(text, HOURS_SIZE, "%.20s %.20s%s%s", cli->arguments[0],
                     days ? cli->arguments[1] : "", days ? " " : "", ahead);
    size_t end = (size_t)n;
    append_zone(now, text, HOURS_SIZE);
    if (cw_quiet_hours_read(cw_slice_str(text), &hours))
        return true;
    text[end] = 0; /* not a zone as others name it, as "CET-1CEST" */
    if (cw_quiet_hours_read(cw_slice_str(text), &hours))
        return true;
    fprintf(stderr, "chinwag: these are no hours: write 22:00-07:00, or 22:00-07:00 12345 for the "
                    "days that begin on Monday (1) to Friday (5)\n");
    return false;
}

int command_dnd(const struct cli *cli)
{
    char text[HOURS_SIZE] = "off";
    struct session session;
    struct chinwag_event answer;
    bool asks = cli->argument_count == 0;
    if (!asks && strcmp(cli->arguments[0], "off") != 0 && !write_hours(cli, text))
        return CLI_WRONG_USE;
    int code = session_open(&session, cli, SESSION_COMMAND);
    if (code == CLI_DONE)
        code = session_wait(&session, "quiet_hours",
                            chinwag_quiet_hours(session.client, asks ? NULL : text), &answer);
    if (code == CLI_DONE && answer.hours != NULL) {
        output_hours(stdout, answer.hours);
        fputc('\n', stdout);
    }
    session_close(&session);
    return code;
}
