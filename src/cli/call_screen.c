/* call_screen.c - see call_screen.h. */
#include "call_screen.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/alloc.h"
#include "output.h"

#define DRAW_US 100000
/* A terminal repeats a key that is held, the first time after up to 660 ms, and does not report its
 * release. */
#define PUSH_US     700000
#define METER_WIDTH 10
#define LEVEL_MOST  8
#define VOLUME_MAX  200
/* No participant takes more of a line of how it stands; those who have no place are not told of. */
#define STATE_OF_ONE 120
#define VOLUME_STEP  10
#define UNHEARD      10

/* What SIGUSR1 and SIGUSR2 have asked for, as keys do: hot keys of a desktop send them. */
static volatile sig_atomic_t asked_mute, asked_deafen;

static void on_call_signal(int number)
{
    if (number == SIGUSR1)
        asked_mute = 1;
    else
        asked_deafen = 1;
}

static void note_call_signals(void)
{
    struct sigaction action = {.sa_handler = on_call_signal};
    sigaction(SIGUSR1, &action, NULL);
    sigaction(SIGUSR2, &action, NULL);
}

void call_screen_open(struct call_screen *screen, const struct cli *cli, const char *group,
                      const char *me)
{
    *screen = (struct call_screen){.group = group, .me = me, .push_to_talk = cli->push_to_talk};
    note_call_signals();
    control_lines_open(&screen->lines, cli->control);
    if (!cli->raw && !cli->control)
        terminal_open(&screen->terminal);
}

void call_screen_clear(struct call_screen *screen)
{
    while (screen->count > 0)
        free(screen->names[--screen->count]);
}

void call_screen_close(struct call_screen *screen)
{
    terminal_close(&screen->terminal);
    call_screen_clear(screen);
}

/* --- participants ------------------------------------------------------------------------ */

static size_t place(const struct call_screen *screen, const char *name)
{
    size_t i = 0;
    while (i < screen->count && strcmp(screen->names[i], name) != 0)
        i++;
    return i;
}

void call_screen_tell(struct call_screen *screen, const char *name, const char *what)
{
    if (strcmp(name, screen->me) == 0)
        return;
    terminal_wipe(&screen->terminal);
    fputs("chinwag: ", stderr);
    output_text(stderr, name, strlen(name));
    fprintf(stderr, " %s\n", what);
}

/* A program that shows how it stands knows from the server who comes to a group's call, too. */
static bool is_shown(const struct call_screen *screen)
{
    return screen->lines.on && screen->group[0] != '@';
}

void call_screen_enter(struct call_screen *screen, const char *name, bool now)
{
    if (place(screen, name) < screen->count || screen->count == CW_CALL_MEMBERS_LIMIT)
        return;
    size_t size = strlen(name) + 1;
    screen->names[screen->count] = cw_alloc(size);
    memcpy(screen->names[screen->count++], name, size);
    if (!is_shown(screen))
        call_screen_tell(screen, name, now ? "has joined the call" : "is in the call");
}

void call_screen_leave(struct call_screen *screen, const char *name)
{
    size_t i = place(screen, name);
    if (i == screen->count)
        return;
    free(screen->names[i]);
    screen->count--;
    memmove(&screen->names[i], &screen->names[i + 1],
            (screen->count - i) * sizeof screen->names[0]);
    if (!is_shown(screen))
        call_screen_tell(screen, name, "has left the call");
}

/* The name with this number on the screen, or NULL: one's own name has none. */
static const char *numbered(const struct call_screen *screen, int number)
{
    for (size_t i = 0; i < screen->count; i++)
        if (strcmp(screen->names[i], screen->me) != 0 && --number == 0)
            return screen->names[i];
    return NULL;
}

void call_screen_silence(struct call_screen *screen, uint64_t until_ms)
{
    screen->silenced_ms = until_ms;
    screen->drawn_us = 0;
}

void call_screen_lost(struct call_screen *screen, const struct chinwag_event *event)
{
    terminal_wipe(&screen->terminal);
    fprintf(stderr, "chinwag: lost the connection to the server (%s), trying again ", event->text);
    if (event->delay_ms == 0)
        fputs("at once\n", stderr);
    else
        fprintf(stderr, "in %.1f s\n", event->delay_ms / 1000.0);
}

void call_screen_network(struct call_screen *screen, int silent_ms)
{
    bool was = screen->silent_s != 0;
    screen->silent_s = silent_ms < CALL_SCREEN_SILENT_MS ? 0 : silent_ms / 1000;
    if (!screen->terminal.on && screen->silent_s != 0 && !was)
        fprintf(stderr, "chinwag: no answer from the server for %d s: nobody hears you\n",
                screen->silent_s);
}

/* --- keys -------------------------------------------------------------------------------- */

static bool obey(struct call_screen *screen, struct call_audio *audio, int key, int64_t now_us)
{
    switch (key) {
    case 'q':
        return false;
    case 'm':
        screen->muted = !screen->muted;
        call_audio_set_muted(audio, screen->muted);
        break;
    case 'd':
        screen->deafened = !screen->deafened;
        call_audio_set_deafened(audio, screen->deafened);
        break;
    case '+':
        call_audio_change_volume(audio, VOLUME_STEP);
        break;
    case '-':
        call_audio_change_volume(audio, -VOLUME_STEP);
        break;
    case ' ':
        screen->pushed_until_us = now_us + PUSH_US;
        break;
    default:
        if (key >= '1' && key <= '9' && numbered(screen, key - '0') != NULL)
            call_audio_toggle_muted(audio, numbered(screen, key - '0'));
    }
    screen->drawn_us = 0;
    return true;
}

/* Without a line that shows it, it is said. */
static void obey_signal(struct call_screen *screen, struct call_audio *audio, int key)
{
    obey(screen, audio, key, 0);
    if (!screen->terminal.on && !screen->lines.on)
        fprintf(stderr, "chinwag: you are %s\n",
                key == 'm'         ? screen->muted ? "muted" : "not muted any more"
                : screen->deafened ? "deafened"
                                   : "not deafened any more");
}

static void obey_signals(struct call_screen *screen, struct call_audio *audio)
{
    bool mute = asked_mute != 0, deafen = asked_deafen != 0;
    asked_mute = asked_deafen = 0;
    if (mute)
        obey_signal(screen, audio, 'm');
    if (deafen)
        obey_signal(screen, audio, 'd');
}

int call_screen_fd(const struct call_screen *screen)
{
    return screen->lines.on ? control_lines_fd(&screen->lines) : terminal_fd(&screen->terminal);
}

/* --- lines ------------------------------------------------------------------------------- */

/* "80", of all, or "bob 80". */
static void obey_volume(struct call_audio *audio, const char *rest)
{
    char name[128];
    int n = 0;
    unsigned percent;
    if (sscanf(rest, "%u%n", &percent, &n) == 1 && rest[n] == 0)
        call_audio_change_volume(audio, (int)(percent > VOLUME_MAX ? VOLUME_MAX : percent) -
                                            (int)call_audio_volume(audio));
    else if (sscanf(rest, "%127s %u%n", name, &percent, &n) == 2 && rest[n] == 0)
        call_audio_set_volume_of(audio, name, percent > VOLUME_MAX ? VOLUME_MAX : percent);
}

static void obey_push_to_talk(struct call_screen *screen, struct call_audio *audio, bool on)
{
    screen->push_to_talk = on;
    screen->pushed = false;
    call_audio_set_push_to_talk(audio, on);
}

/* One that is not understood is left alone: it may be of a newer program. */
static bool obey_line(struct call_screen *screen, struct call_audio *audio, const char *line)
{
    const char *rest;
    screen->drawn_us = 0;
    if (strcmp(line, "leave") == 0)
        return false;
    if (strcmp(line, "mute") == 0 || strcmp(line, "deafen") == 0)
        return obey(screen, audio, line[0], 0);
    if (strcmp(line, "push") == 0 || strcmp(line, "release") == 0)
        screen->pushed = line[0] == 'p';
    else if (strcmp(line, "ptt on") == 0 || strcmp(line, "ptt off") == 0)
        obey_push_to_talk(screen, audio, strcmp(line, "ptt on") == 0);
    else if ((rest = control_lines_after(line, "volume")) != NULL)
        obey_volume(audio, rest);
    else if ((rest = control_lines_after(line, "device")) != NULL) {
        screen->device_wanted = true;
        snprintf(screen->device, sizeof screen->device, "%s", rest);
    }
    return true;
}

bool call_screen_keys(struct call_screen *screen, struct call_audio *audio, int64_t now_us)
{
    int key;
    const char *line;
    bool stays = !screen->lines.over;
    obey_signals(screen, audio);
    while (stays && (key = terminal_key(&screen->terminal)) != 0)
        stays = obey(screen, audio, key, now_us);
    while (stays && (line = control_lines_next(&screen->lines)) != NULL)
        stays = obey_line(screen, audio, line);
    if (screen->push_to_talk)
        call_audio_set_pushed(audio, screen->pushed || now_us < screen->pushed_until_us);
    return stays;
}

/* --- the line ---------------------------------------------------------------------------- */

static struct cw_receiver_stats stats_of(const struct call_audio *audio, const char *name)
{
    for (size_t i = 0; i < call_audio_count(audio); i++)
        if (strcmp(call_audio_name(audio, i), name) == 0)
            return call_audio_stats(audio, i);
    return (struct cw_receiver_stats){0};
}

static bool is_listed(const struct call_screen *screen, const char *name)
{
    return place(screen, name) < screen->count;
}

static void put_name(FILE *line, const struct call_audio *audio, const char *name)
{
    struct cw_receiver_stats stats = stats_of(audio, name);
    fputs(stats.speaking ? "*" : "", line);
    fputs(stats.muted ? "(" : "", line);
    output_text(line, name, strlen(name));
    fputs(stats.muted ? ")" : "", line);
}

static bool is_silenced(const struct call_screen *screen)
{
    return screen->silenced_ms > (uint64_t)time(NULL) * 1000;
}

/* Of what the user says the others do not get so many percent: from UNHEARD on it is said, until it
 * is half of that again. */
static void note_unheard(struct call_screen *screen, unsigned percent)
{
    bool was = screen->unheard != 0;
    bool is = percent >= (was ? UNHEARD / 2 : UNHEARD);
    screen->unheard = is ? percent : 0;
    if (screen->terminal.on || is == was)
        return;
    if (is)
        fprintf(stderr, "chinwag: the others miss %u %% of what you say: the network is bad\n",
                percent);
    else
        fprintf(stderr, "chinwag: the others hear you well again\n");
}

static void call_screen_put_line(FILE *line, const struct call_screen *screen,
                                 const struct call_audio *audio)
{
    char meter[METER_WIDTH + 1];
    terminal_meter(meter, METER_WIDTH, call_audio_level(audio).rms);
    fprintf(line, "[%s]%s", meter,
            screen->silent_s != 0    ? " NO NETWORK"
            : screen->rings          ? " calling"
            : is_silenced(screen)    ? " muted by a moderator"
            : screen->muted          ? " muted"
            : call_audio_open(audio) ? " on air"
            : screen->push_to_talk   ? " hold space"
                                     : "");
    if (screen->silent_s != 0)
        fprintf(line, " for %d s", screen->silent_s);
    if (screen->unheard != 0 && screen->silent_s == 0)
        fprintf(line, " BADLY HEARD, %u %% lost", screen->unheard);
    if (screen->deafened)
        fputs(" deaf", line);
    if (call_audio_volume(audio) != 100)
        fprintf(line, " volume %u %%", call_audio_volume(audio));
    fputs(screen->group[0] == '@' ? " " : " #", line);
    output_text(line, screen->group, strlen(screen->group));
    fputs(":", line);
    for (size_t i = 0, number = 1; i < screen->count; i++) {
        bool other = strcmp(screen->names[i], screen->me) != 0;
        fputs(" ", line);
        if (other && number <= 9)
            fprintf(line, "%zu ", number++);
        put_name(line, audio, screen->names[i]);
    }
    for (size_t i = 0; i < call_audio_count(audio); i++)
        if (call_audio_stats(audio, i).speaking && !is_listed(screen, call_audio_name(audio, i))) {
            fputs(" ", line);
            put_name(line, audio, call_audio_name(audio, i));
        }
}

/* "call 3 air | bob 5 100 speaking | carol 0 80": see commands.def. */
static void put_call_state(FILE *line, const struct call_screen *screen,
                           const struct call_audio *audio)
{
    fprintf(line, "call %u%s%s%s%s%s%s%s%s",
            terminal_level(call_audio_level(audio).rms, LEVEL_MOST),
            screen->rings ? " calling" : "", call_audio_open(audio) ? " air" : "",
            screen->muted ? " muted" : "", screen->deafened ? " deafened" : "",
            is_silenced(screen) ? " silenced" : "", screen->push_to_talk ? " ptt" : "",
            screen->silent_s != 0 ? " lost" : "", screen->unheard != 0 ? " unheard" : "");
    for (size_t i = 0; i < screen->count; i++) {
        const char *name = screen->names[i];
        if (strcmp(name, screen->me) == 0 || ftell(line) > CONTROL_STATE_MAX - STATE_OF_ONE)
            continue;
        struct cw_receiver_stats stats = stats_of(audio, name);
        unsigned level = stats.speaking ? terminal_level(stats.level.rms, LEVEL_MOST) : 0;
        fprintf(line, " | %s %u %u%s%s", name, level, call_audio_volume_of(audio, name),
                stats.speaking ? " speaking" : "", stats.muted ? " muted" : "");
    }
}

void call_screen_draw(struct call_screen *screen, const struct call_audio *audio, int64_t now_us)
{
    char *text = NULL;
    size_t n;
    bool seen = screen->terminal.on || screen->lines.on;
    note_unheard(screen, call_audio_unheard(audio));
    if (!seen || now_us - screen->drawn_us < DRAW_US)
        return;
    screen->drawn_us = now_us;
    FILE *line = open_memstream(&text, &n);
    if (line == NULL)
        return;
    (screen->lines.on ? put_call_state : call_screen_put_line)(line, screen, audio);
    if (fclose(line) == 0) { /* one of them is on */
        control_lines_say(&screen->lines, text);
        terminal_draw(&screen->terminal, text);
    }
    free(text);
}
