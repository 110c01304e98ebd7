/* command_notify.c - who mentions the user, and what the user is told of: mentions, notify, mute,
 * unmute, dnd. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

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

/* As the server limits the mute of a member: a year. */
#define MINUTES_MAX 525600

static bool read_minutes(const char *text, uint64_t *until)
{
    char *end;
    long minutes = strtol(text, &end, 10);
    if (end == text || *end != '\0' || minutes < 1 || minutes > MINUTES_MAX) {
        fprintf(stderr, "chinwag: '%s' is no number of minutes from 1 to 525,600\n", text);
        return false;
    }
    *until = ((uint64_t)time(NULL) + (uint64_t)minutes * 60) * 1000;
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

/* --- hours ------------------------------------------------------------------------------- */

/* "22:00-07:00", perhaps days, and how far this machine's clock is ahead of UTC. */
static bool write_hours(const struct cli *cli, char text[64])
{
    struct tm local;
    char ahead[8] = "";
    time_t now = time(NULL);
    struct cw_quiet_hours hours;
    if (localtime_r(&now, &local) != NULL)
        strftime(ahead, sizeof ahead, "%z", &local);
    if (strlen(ahead) != 5)
        strcpy(ahead, "+0000");
    bool days = cli->argument_count > 1;
    int n = snprintf(text, 64, "%.20s %.20s%s%.3s:%.2s", cli->arguments[0],
                     days ? cli->arguments[1] : "", days ? " " : "", ahead, ahead + 3);
    if (cw_quiet_hours_read(cw_slice_of(text, (size_t)n), &hours))
        return true;
    fprintf(stderr, "chinwag: these are no hours: write 22:00-07:00, or 22:00-07:00 12345 for the "
                    "days that begin on Monday (1) to Friday (5)\n");
    return false;
}

int command_dnd(const struct cli *cli)
{
    char text[64] = "off";
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
        output_text(stdout, answer.hours, strlen(answer.hours));
        fputc('\n', stdout);
    }
    session_close(&session);
    return code;
}
