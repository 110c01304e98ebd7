/* options.c - see options.h. */
#include "options.h"

#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct option long_options[] = {
    {"server", required_argument, NULL, OPTION_SERVER},
    {"server-key", required_argument, NULL, OPTION_SERVER_KEY},
    {"accept-key", required_argument, NULL, OPTION_ACCEPT_KEY},
    {"as", required_argument, NULL, OPTION_AS},
    {"password-file", required_argument, NULL, OPTION_PASSWORD_FILE},
    {"json", no_argument, NULL, OPTION_JSON},
    {"count", required_argument, NULL, OPTION_COUNT},
    {"timeout", required_argument, NULL, OPTION_TIMEOUT},
    {"save-voice", required_argument, NULL, OPTION_SAVE_VOICE},
    {"wav", required_argument, NULL, OPTION_WAV},
    {"out", required_argument, NULL, OPTION_OUT},
    {"seconds", required_argument, NULL, OPTION_SECONDS},
    {"before", required_argument, NULL, OPTION_BEFORE},
    {"after", required_argument, NULL, OPTION_AFTER},
    {"around", required_argument, NULL, OPTION_AROUND},
    {"limit", required_argument, NULL, OPTION_LIMIT},
    {"in", required_argument, NULL, OPTION_IN},
    {"invitation", required_argument, NULL, OPTION_INVITATION},
    {"days", required_argument, NULL, OPTION_DAYS},
    {"uses", required_argument, NULL, OPTION_USES},
    {"events", no_argument, NULL, OPTION_EVENTS},
    {"own", no_argument, NULL, OPTION_OWN},
    {"away", no_argument, NULL, OPTION_AWAY},
    {"read", no_argument, NULL, OPTION_READ},
    {"new-password-file", required_argument, NULL, OPTION_NEW_PASSWORD_FILE},
    {"plain", no_argument, NULL, OPTION_PLAIN},
    {"raw", no_argument, NULL, OPTION_RAW},
    {"stats", no_argument, NULL, OPTION_STATS},
    {"volume", required_argument, NULL, OPTION_VOLUME},
    {"frame", required_argument, NULL, OPTION_FRAME},
    {"ptt", no_argument, NULL, OPTION_PTT},
    {"no-echo", no_argument, NULL, OPTION_NO_ECHO},
    {"no-noise", no_argument, NULL, OPTION_NO_NOISE},
    {"no-gain", no_argument, NULL, OPTION_NO_GAIN},
    {"caption", required_argument, NULL, OPTION_CAPTION},
    {"name", required_argument, NULL, OPTION_NAME},
    {"resume", required_argument, NULL, OPTION_RESUME},
    {"help", no_argument, NULL, OPTION_HELP},
    {"version", no_argument, NULL, OPTION_VERSION},
    {NULL, 0, NULL, 0},
};

static bool read_option_number(const char *text, long least, long *number)
{
    char *end;
    errno = 0;
    *number = strtol(text, &end, 10);
    return errno == 0 && end != text && *end == 0 && *number >= least && *number <= INT_MAX / 1000;
}

/* A sequence number or an id: these may be large. */
static bool read_position(const char *text, long *number)
{
    char *end;
    errno = 0;
    *number = strtol(text, &end, 10);
    return errno == 0 && end != text && *end == 0 && *number >= 1;
}

/* NAME=PERCENT */
static bool read_volume(struct cli *cli, const char *text)
{
    const char *equals = strrchr(text, '=');
    long percent;
    if (equals == NULL || equals == text || cli->volume_count == CLI_VOLUMES_MAX ||
        !read_option_number(equals + 1, 0, &percent) || percent > 200)
        return false;
    cli->volumes[cli->volume_count++] =
        (struct cli_volume){text, (size_t)(equals - text), (unsigned)percent};
    return true;
}

/* The members of struct cli for options that are strings, and for options without a value. */
static const struct {
    int option;
    size_t at;
} texts[] =
    {
        {OPTION_SERVER, offsetof(struct cli, server)},
        {OPTION_SERVER_KEY, offsetof(struct cli, server_key)},
        {OPTION_ACCEPT_KEY, offsetof(struct cli, accept_key)},
        {OPTION_AS, offsetof(struct cli, as)},
        {OPTION_PASSWORD_FILE, offsetof(struct cli, password_file)},
        {OPTION_NEW_PASSWORD_FILE, offsetof(struct cli, new_password_file)},
        {OPTION_SAVE_VOICE, offsetof(struct cli, save_voice)},
        {OPTION_WAV, offsetof(struct cli, wav)},
        {OPTION_OUT, offsetof(struct cli, out)},
        {OPTION_IN, offsetof(struct cli, in)},
        {OPTION_INVITATION, offsetof(struct cli, invitation)},
        {OPTION_CAPTION, offsetof(struct cli, caption)},
        {OPTION_NAME, offsetof(struct cli, name)},
},
  flags[] = {
      {OPTION_JSON, offsetof(struct cli, json)},
      {OPTION_PLAIN, offsetof(struct cli, plain)},
      {OPTION_RAW, offsetof(struct cli, raw)},
      {OPTION_STATS, offsetof(struct cli, stats)},
      {OPTION_PTT, offsetof(struct cli, push_to_talk)},
      {OPTION_NO_ECHO, offsetof(struct cli, no_echo)},
      {OPTION_NO_NOISE, offsetof(struct cli, no_noise)},
      {OPTION_NO_GAIN, offsetof(struct cli, no_gain)},
      {OPTION_EVENTS, offsetof(struct cli, events)},
      {OPTION_OWN, offsetof(struct cli, own)},
      {OPTION_AWAY, offsetof(struct cli, away)},
      {OPTION_READ, offsetof(struct cli, read)},
};

static bool take_simple(struct cli *cli, int option, const char *value)
{
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        if (texts[i].option == option) {
            *(const char **)(void *)((char *)cli + texts[i].at) = value;
            return true;
        }
    for (size_t i = 0; i < sizeof flags / sizeof flags[0]; i++)
        if (flags[i].option == option) {
            *(bool *)((char *)cli + flags[i].at) = true;
            return true;
        }
    return option == OPTION_HELP || option == OPTION_VERSION;
}

static bool take_option(struct cli *cli, int option, const char *value)
{
    switch (option) {
    case OPTION_COUNT:
        return read_option_number(value, 1, &cli->count);
    case OPTION_TIMEOUT:
        return read_option_number(value, 0, &cli->timeout_s);
    case OPTION_VOLUME:
        return read_volume(cli, value);
    case OPTION_FRAME:
        return read_option_number(value, 10, &cli->frame_ms) &&
               (cli->frame_ms == 10 || cli->frame_ms == 20);
    case OPTION_SECONDS:
        return read_option_number(value, 1, &cli->seconds);
    case OPTION_BEFORE:
        return read_position(value, &cli->before);
    case OPTION_AFTER:
        return read_position(value, &cli->after);
    case OPTION_AROUND:
        return read_position(value, &cli->around);
    case OPTION_RESUME:
        return read_position(value, &cli->resume);
    case OPTION_LIMIT:
        return read_option_number(value, 1, &cli->limit);
    case OPTION_DAYS:
        return read_option_number(value, 1, &cli->days);
    case OPTION_USES:
        return read_option_number(value, 1, &cli->uses);
    default:
        return take_simple(cli, option, value);
    }
}

bool options_read(struct cli *cli, int argc, char **argv, uint64_t *given)
{
    int option, index = 0;
    while ((option = getopt_long(argc, argv, "", long_options, &index)) != -1) {
        if (option == '?')
            return false;
        if (!take_option(cli, option, optarg)) {
            fprintf(stderr, "chinwag: --%s does not take '%s'\n", long_options[index].name, optarg);
            return false;
        }
        *given |= UINT64_C(1) << option;
    }
    return true;
}

const char *options_name(uint64_t set)
{
    const struct option *o = long_options;
    while (o->name != NULL && (set >> o->val & 1) == 0)
        o++;
    return o->name;
}
