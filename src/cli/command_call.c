/* command_call.c - takes part in the call of a group, or calls a person: joins, joins again after a
 * dropped connection, and passes audio between the sound device and the network.
 *
 * One loop sends and plays the ticks that are due, handles what came, and then waits for
 * the next tick, the network, the sound device or a key. */
#include <poll.h>
#include <stdio.h>
#include <string.h>

#include "base/limits.h"
#include "call_screen.h"
#include "call_sound.h"
#include "call_stats.h"
#include "call_text.h"
#include "call_volumes.h"
#include "output.h"
#include "refused.h"
#include "session.h"
#include "target.h"
#include "trust.h"

/* How long to wait for audio that is still on its way and in buffers. */
#define LINGER_US      500000
#define SECOND_US      1000000
#define CALL_NAME_SIZE 80 /* '@' and the longest name */
/* How often the round trip is measured. */
#define ASK_US 2000000

struct call {
    const struct cli *cli;
    const char *group;         /* or '@' and the other one's name: a call of two */
    char name[CALL_NAME_SIZE]; /* the same as the server spells it */
    struct session session;
    struct call_audio *audio;
    struct call_sound sound;
    struct call_screen screen;
    struct call_text text;
    struct call_volumes volumes;
    bool joined;
    bool sound_lost;
    bool over;       /* the other one has left */
    int64_t join;    /* the number of the unanswered join_call; 0: none */
    int64_t members; /* the same */
    int64_t probe;   /* the same: for the round trip */
    int64_t probed_us;
    double round_trip_ms;
    int64_t end_us;
    int64_t stats_us; /* when they are to be printed next; INT64_MAX: never */
    int code;         /* CLI_DONE: go on */
};

/* The first message counts: when the session moves, the end of the call follows from that. */
static void end_with(struct call *call, const char *why)
{
    if (call->code != CLI_DONE)
        return;
    terminal_wipe(&call->screen.terminal);
    fprintf(stderr, "chinwag: %s\n", why);
    call->joined = false;
    call->code = CLI_REFUSED;
}

/* --- a call of two --------------------------------------------------------------------- */

static bool is_of_two(const struct call *call)
{
    return call->group[0] == '@';
}

static int64_t ask_to_join(const struct call *call, bool calls)
{
    return is_of_two(call) && !calls ? chinwag_rejoin_call(call->session.client, call->group)
                                     : chinwag_join_call(call->session.client, call->group);
}

static bool says_ringing(const struct chinwag_event *answer)
{
    return answer->call != NULL && strcmp(answer->call, "ringing") == 0;
}

static void on_two_joined(struct call *call, const struct chinwag_event *answer)
{
    call->screen.rings = says_ringing(answer);
    call_screen_enter(&call->screen, call->session.account.name, false);
    if (!call->screen.rings)
        call_screen_enter(&call->screen, call->group + 1, false);
}

static void on_ring(struct call *call, const struct chinwag_event *event)
{
    if (!is_of_two(call) || event->state == NULL || !event->own || call->code != CLI_DONE)
        return;
    if (strcmp(event->state, "answered") == 0) {
        call->screen.rings = false;
        call_screen_enter(&call->screen, call->group + 1, true);
        return;
    }
    terminal_wipe(&call->screen.terminal);
    fprintf(stderr,
            strcmp(event->state, "refused") == 0
                ? "chinwag: %s does not take the call\n"
                : "chinwag: %s does not answer, and finds a missed call\n"
                  "  leave a voice message: chinwag record @%s\n",
            call->group + 1, call->group + 1);
    call->joined = false;
    call->code = CLI_REFUSED;
}

/* --- the call ------------------------------------------------------------------------- */

static void ask_who(struct call *call, uint64_t after)
{
    struct chinwag_page page = {.after = after, .limit = CW_LIST_MAX};
    call->members = chinwag_members(call->session.client, call->group, &page);
}

static void on_joined(struct call *call, const struct chinwag_event *answer)
{
    call->join = 0;
    if (answer->code == CHINWAG_UNANSWERED)
        return; /* the connection broke, and the client reconnects */
    if (is_of_two(call) && answer->code == CHINWAG_CALL_NOT_JOINED) {
        end_with(call, "the call is over: it has ended while the connection was lost");
        return;
    }
    if (answer->code != CHINWAG_SUCCESS && answer->code != CHINWAG_CALL_ALREADY_JOINED) {
        terminal_wipe(&call->screen.terminal);
        refused_say("join_call", answer, call->session.account.name);
        call->code = CLI_REFUSED;
        return;
    }
    call->joined = true;
    call_screen_clear(&call->screen);
    if (is_of_two(call))
        on_two_joined(call, answer);
    else
        ask_who(call, 0);
}

static void check_volumes(struct call *call)
{
    const struct cli_volume *volume = call_volumes_stranger(&call->volumes, call->cli);
    if (volume == NULL || call->code != CLI_DONE)
        return;
    terminal_wipe(&call->screen.terminal);
    fprintf(stderr, "chinwag: --volume: #%s has no member '%.*s'\n  chinwag group members %s\n",
            call->group, (int)volume->length, volume->name, call->group);
    call->code = CLI_WRONG_USE;
}

static void on_member(struct call *call, const struct chinwag_entry *member)
{
    call_volumes_note(&call->volumes, call->cli, member->name);
    if (member->in_call != 0)
        call_screen_enter(&call->screen, member->name, false);
    if (strcmp(member->name, call->session.account.name) == 0)
        call_screen_silence(&call->screen, member->until_ms);
}

static void on_members(struct call *call, const struct chinwag_event *answer)
{
    call->members = 0;
    if (answer->code != CHINWAG_SUCCESS)
        return;
    for (size_t i = 0; i < answer->entry_count; i++)
        if (answer->entries[i].name != NULL)
            on_member(call, &answer->entries[i]);
    if (answer->next != 0)
        ask_who(call, answer->next);
    else
        check_volumes(call);
}

static void on_response(struct call *call, const struct chinwag_event *answer, int64_t now_us)
{
    if (answer->request == call->join)
        on_joined(call, answer);
    else if (answer->request == call->members)
        on_members(call, answer);
    else if (answer->request == call->probe) {
        call->probe = 0;
        if (answer->code == CHINWAG_UNANSWERED)
            return;
        call->round_trip_ms = (double)(now_us - call->probed_us) / 1000;
        call_audio_set_round_trip(call->audio, (int)call->round_trip_ms);
    } else {
        call_text_take(&call->text, answer, call->session.account.name, &call->screen.terminal);
    }
}

/* The server does not forward the audio of a muted member: tell the user so. */
static void on_muted(struct call *call, const struct chinwag_event *event)
{
    bool muted = strcmp(event->happened, "muted") == 0;
    if (!muted && strcmp(event->happened, "unmuted") != 0)
        return;
    call_screen_silence(&call->screen, muted ? event->until : 0);
    call_screen_tell(&call->screen, event->sender,
                     muted ? "has muted you: nobody hears you" : "lets you speak again");
}

static void on_group_event(struct call *call, const struct chinwag_event *event)
{
    if (strcmp(event->group, call->group) != 0 || event->happened == NULL)
        return;
    if (strcmp(event->happened, "call_joined") == 0)
        call_screen_enter(&call->screen, event->sender, true);
    else if (strcmp(event->happened, "call_left") == 0)
        call_screen_leave(&call->screen, event->sender);
    else if (event->user != NULL && strcmp(event->user, call->session.account.name) == 0)
        on_muted(call, event);
}

static void on_left(struct call *call, const struct chinwag_event *event)
{
    if (event->group != NULL && strcmp(event->group, call->group) != 0)
        return;
    bool moved = strcmp(event->state, "moved") == 0;
    if (strcmp(event->state, "ended") == 0) {
        call_screen_leave(&call->screen, call->group + 1);
        call->joined = false;
        call->over = true;
        return;
    }
    end_with(call, moved ? "the call goes on elsewhere, where you have joined it now; this one has "
                           "left it"
                         : event->text);
}

static void on_call_event(struct call *call, const struct chinwag_event *event, int64_t now_us)
{
    switch (event->type) {
    case CHINWAG_CALL_DATA:
        call_audio_take(call->audio, event, now_us);
        break;
    case CHINWAG_RESPONSE:
        on_response(call, event, now_us);
        break;
    case CHINWAG_GROUP_EVENT:
        on_group_event(call, event);
        break;
    case CHINWAG_DISCONNECTED:
        call_screen_lost(&call->screen, event);
        call->joined = false;
        break;
    case CHINWAG_NEXT_KEY:
        terminal_wipe(&call->screen.terminal);
        trust_take(call->session.client, event);
        break;
    case CHINWAG_ATTACHED:
        terminal_wipe(&call->screen.terminal);
        fprintf(stderr, "chinwag: connected again\n");
        call->join = ask_to_join(call, false);
        break;
    case CHINWAG_RING:
        on_ring(call, event);
        break;
    case CHINWAG_CALL_LEFT:
        on_left(call, event);
        break;
    case CHINWAG_SESSION_MOVED:
        end_with(call, "another program has taken up the session of this call; this one ends");
        break;
    case CHINWAG_SESSION_LOST:
        terminal_wipe(&call->screen.terminal);
        if (event->state != NULL)
            fprintf(stderr, "chinwag: the call is over here: %s\n", event->text);
        else
            refused_say("attach", event, call->session.account.name);
        call->code = CLI_REFUSED;
        break;
    default:
        break; /* `listen` shows messages */
    }
}

/* The library asks a silent server, and leaves it in the end. */
static void watch_network(struct call *call)
{
    call_screen_network(&call->screen, call->joined ? chinwag_silent_ms(call->session.client) : 0);
}

/* --- the loop ------------------------------------------------------------------------- */

/* Sends a request that changes nothing and that the server answers at once. */
static void measure_round_trip(struct call *call, int64_t now_us)
{
    if (!call->joined || call->probe != 0 || now_us - call->probed_us < ASK_US)
        return;
    int64_t probe = chinwag_set_presence(call->session.client, false);
    call->probe = probe < 0 ? 0 : probe;
    call->probed_us = now_us;
}

static void print_stats(struct call *call, int64_t now_us)
{
    if (now_us < call->stats_us)
        return;
    call->stats_us += SECOND_US;
    FILE *out = call->cli->raw ? stderr : stdout;
    call_stats_print_json(out, call->audio, call->round_trip_ms,
                          chinwag_call_way(call->session.client));
    fflush(out);
}

static int64_t least(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

static int wait_ms(const struct call *call, int64_t now_us)
{
    int64_t sound_us = call->screen.rings ? INT64_MAX : call_sound_due_us(&call->sound);
    int64_t until = least(sound_us, least(call->end_us, call->stats_us));
    int64_t ms = until <= now_us ? 0 : (until - now_us + 999) / 1000;
    int deadline = chinwag_deadline(call->session.client);
    if (deadline >= 0)
        ms = least(ms, deadline);
    return (int)least(ms, SECOND_US / 1000); /* a signal may come before the wait */
}

static void wait_for_something(const struct call *call)
{
    bool wants_write;
    struct pollfd fds[3] = {
        {.fd = chinwag_fd(call->session.client, &wants_write), .events = POLLIN},
        {.fd = call->screen.rings ? -1 : call_sound_fd(&call->sound), .events = POLLIN},
        {.fd = call_screen_fd(&call->screen), .events = POLLIN},
    };
    if (wants_write)
        fds[0].events |= POLLOUT;
    poll(fds, 3, wait_ms(call, session_now_us()));
}

/* The call is over some time after the last of the file was sent, so that it and the others' audio
 * can arrive. */
static bool is_call_over(struct call *call, int64_t now_us)
{
    if (call->cli->seconds < 0 && call->end_us == INT64_MAX && call_sound_said_all(&call->sound))
        call->end_us = now_us + LINGER_US;
    return call->over || now_us >= call->end_us;
}

/* An audio server that is started again takes a second or two; a headset, longer. */
static void watch_sound(struct call *call)
{
    if (call->screen.device_wanted)
        call_sound_choose(&call->sound, call->screen.device);
    call->screen.device_wanted = false;
    bool lost = call_sound_lost(&call->sound);
    if (lost == call->sound_lost)
        return;
    call->sound_lost = lost;
    terminal_wipe(&call->screen.terminal);
    fprintf(stderr, lost ? "chinwag: lost the sound device; the call goes on, and the device is "
                           "looked for\n"
                         : "chinwag: the sound device is there again\n");
}

static void call_talk(struct call *call)
{
    struct chinwag_event event;
    bool stays = true;
    while (stays && call->code == CLI_DONE && !session_was_signalled()) {
        int64_t now_us = session_now_us();
        if (!call->screen.rings) /* nobody would hear it */
            call_sound_run(&call->sound, call->audio, call->session.client, call->group, now_us);
        while (chinwag_poll(call->session.client, 0, &event))
            on_call_event(call, &event, session_now_us());
        now_us = session_now_us();
        measure_round_trip(call, now_us);
        watch_network(call);
        if (call->joined)
            call_text_ask(&call->text, call->session.client, call->group, now_us);
        print_stats(call, now_us);
        stays = call_screen_keys(&call->screen, call->audio, now_us) && !is_call_over(call, now_us);
        watch_sound(call);
        call_screen_draw(&call->screen, call->audio, now_us);
        if (stays)
            wait_for_something(call);
    }
}

/* --- from beginning to end ------------------------------------------------------------- */

static int call_leave(struct call *call)
{
    if (call->cli->stats && !call->cli->json)
        call_stats_print(stderr, call->audio, call->round_trip_ms,
                         chinwag_call_way(call->session.client));
    if (!call->joined || call->code != CLI_DONE)
        return call->code;
    call->session.expected = CHINWAG_CALL_NOT_JOINED; /* the server was faster */
    int64_t request = chinwag_leave_call(call->session.client);
    return session_wait(&call->session, "leave_call", request, NULL);
}

static void say_where(const struct call *call, bool rings)
{
    bool keys = call->screen.terminal.on;
    const char *group = is_of_two(call) ? "" : "#";
    if (call->cli->control)
        fprintf(stderr, "chinwag: %s%s%s\n", rings ? "calling " : "in the call of ", group,
                call->group);
    else if (rings)
        fprintf(stderr, "chinwag: calling %s; %s gives up\n", call->group, keys ? "q" : "Ctrl-C");
    else
        fprintf(stderr, "chinwag: in the call of %s%s; %s\n", group, call->group,
                keys ? "q leaves, m mutes, d deafens, + and - change the volume, 1 to 9 mute one "
                       "person"
                     : "Ctrl-C leaves");
}

static int call_take_part(struct call *call)
{
    struct chinwag_event answer;
    int code = session_wait(&call->session, "attach", call->session.attach, NULL);
    if (code != CLI_DONE)
        return code;
    if (!call_sound_start(&call->sound))
        return CLI_WRONG_USE;
    int64_t join = ask_to_join(call, !call->cli->answer);
    code = session_wait(&call->session, "join_call", join, &answer);
    if (code != CLI_DONE)
        return code;
    session_note_signals();
    if (answer.group != NULL) {
        snprintf(call->name, sizeof call->name, "%s", answer.group);
        call->group = call->name;
    }
    call_screen_open(&call->screen, call->cli, call->group, call->session.account.name);
    say_where(call, says_ringing(&answer));
    int64_t now_us = session_now_us();
    call->end_us = call->cli->seconds < 0 ? INT64_MAX : now_us + SECOND_US * call->cli->seconds;
    call->stats_us = call->cli->stats && call->cli->json ? now_us + SECOND_US : INT64_MAX;
    on_joined(call, &answer);
    call_talk(call);
    terminal_close(&call->screen.terminal);
    code = call_leave(call);
    call_screen_close(&call->screen);
    return code;
}

static bool knows_volumes(const struct call *call)
{
    const struct cli_volume *volume =
        is_of_two(call) ? call_volumes_other(call->cli, call->group + 1) : NULL;
    if (volume != NULL)
        fprintf(stderr, "chinwag: --volume: '%.*s' is not in the call of %s\n", (int)volume->length,
                volume->name, call->group);
    return volume == NULL;
}

/* What goes with the call of a group only, or with a call of two. */
static bool fits_together(const struct call *call)
{
    float threshold;
    if (call->group == NULL)
        fprintf(stderr, "  %s\n", refused_what_a_call_is);
    else if (!is_of_two(call) && call->cli->answer)
        fprintf(stderr, "chinwag: --answer is about a person: chinwag call @NAME --answer\n");
    else if (is_of_two(call) && call->cli->plain)
        fprintf(stderr, "chinwag: --plain is about the call of a group\n");
    else if (call->cli->plain && (call->cli->bitrate != 0 || call->cli->frame_ms > 20))
        fprintf(stderr, "chinwag: --plain sends samples: without --bitrate, and with --frame 10 or "
                        "20\n");
    else if (call->cli->control && (call->cli->raw || call->cli->json))
        fprintf(stderr, "chinwag: --control takes the standard input and output: without --raw and "
                        "--json\n");
    else if (!call_audio_read_gate(call->cli->gate, &threshold))
        fprintf(stderr, "chinwag: --gate does not take '%s': a level from -90 to -1 dB, or open\n",
                call->cli->gate);
    else
        return knows_volumes(call);
    return false;
}

int command_call(const struct cli *cli)
{
    struct call call = {.cli = cli, .group = target_call(cli->arguments[0]), .round_trip_ms = -1};
    if (!fits_together(&call))
        return CLI_WRONG_USE;
    int code = CLI_WRONG_USE;
    if (call_sound_open(&call.sound, cli)) {
        call.audio = call_audio_create(cli, call.sound.wants_device, call.sound.in.channels == 2,
                                       (uint32_t)session_now_us() * 2654435761u);
        code = session_open(&call.session, cli, SESSION_CALL);
    }
    if (code == CLI_DONE)
        code = call_take_part(&call);
    if (!call_sound_close(&call.sound) && code == CLI_DONE)
        code = CLI_WRONG_USE;
    session_close(&call.session);
    call_audio_destroy(call.audio);
    return code;
}
