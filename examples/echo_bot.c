/* echo_bot.c - repeats what it hears: texts to whoever whispers them, and the sound of a call half
 * a second later.
 *
 *     CHINWAG_PASSWORD=... ./echo_bot SERVER USER GROUP
 *
 * Build: cc echo_bot.c -o echo_bot $(pkg-config --cflags --libs libchinwag-audio) */
#include <chinwag/audio.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DELAY 100 /* ticks of 5 ms */

static bool done(chinwag_client *client, int64_t request)
{
    struct chinwag_event event;
    if (!chinwag_wait(client, request, 10000, &event))
        fputs("echo_bot: the server does not answer\n", stderr);
    else if (event.code != CHINWAG_SUCCESS)
        fprintf(stderr, "echo_bot: %s\n", event.reason != NULL ? event.reason : event.text);
    else
        return true;
    return false;
}

int main(int argc, char **argv)
{
    static int16_t said[DELAY][CHINWAG_TICK]; /* a ring: what was heard is said DELAY ticks later */
    const char *password = getenv("CHINWAG_PASSWORD");
    if (argc != 4 || password == NULL)
        return 2;
    struct chinwag_options options = {.size = sizeof options,
                                      .server = argv[1],
                                      .client_name = "echo_bot",
                                      .features = CHINWAG_FEATURE_OPUS | CHINWAG_FEATURE_UDP};
    chinwag_client *client = chinwag_create(&options);
    chinwag_sender *sender = chinwag_sender_create(NULL);
    chinwag_receiver *receiver = chinwag_receiver_create();
    if (client == NULL || sender == NULL || receiver == NULL ||
        !done(client, chinwag_login(client, argv[2], password)) ||
        !done(client, chinwag_join_call(client, argv[3])))
        return 1;
    puts("in the call");
    fflush(stdout);
    int64_t next_us = chinwag_clock_us();
    for (unsigned at = 0;;) {
        struct chinwag_event event;
        int64_t left_us = next_us - chinwag_clock_us();
        bool there = chinwag_poll(client, left_us <= 0 ? 0 : (int)(left_us / 1000), &event);
        if (there && event.type == CHINWAG_CALL_DATA)
            chinwag_receiver_take(receiver, &event, chinwag_clock_us());
        else if (there && event.type == CHINWAG_WHISPER)
            chinwag_whisper(client, event.sender, event.content, event.content_length);
        else if (there && event.type == CHINWAG_ATTACHED)
            chinwag_join_call(client, argv[3]); /* the connection was lost, and is back */
        else if (there && (event.type == CHINWAG_SESSION_LOST || event.type == CHINWAG_CALL_LEFT))
            break;
        for (; chinwag_clock_us() >= next_us; next_us += CHINWAG_TICK_MS * 1000) {
            chinwag_sender_say(sender, said[at], NULL, client, argv[3]);
            chinwag_receiver_tick(receiver, next_us, said[at]);
            chinwag_receiver_report(receiver, client, next_us);
            at = (at + 1) % DELAY;
        }
    }
    chinwag_receiver_destroy(receiver);
    chinwag_sender_destroy(sender);
    chinwag_destroy(client);
    return 0;
}
