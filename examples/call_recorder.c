/* call_recorder.c - writes what is said in a call into an Ogg Opus file, until SIGINT or SIGTERM,
 * and prints who is there, comes and goes.
 *
 *     CHINWAG_PASSWORD=... ./call_recorder SERVER USER GROUP FILE
 *
 * Build: cc call_recorder.c -o call_recorder $(pkg-config --cflags --libs libchinwag-audio) */
#include <chinwag/audio.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static chinwag_client *client;
static volatile sig_atomic_t over;

static void stop(int number)
{
    over = number;
    chinwag_wake(client);
}

static void write_done(chinwag_ogg_writer *writer, FILE *file)
{
    size_t n;
    const void *bytes = chinwag_ogg_writer_take(writer, &n);
    fwrite(bytes, 1, n, file);
}

static bool done(int64_t request, struct chinwag_event *event)
{
    bool good = chinwag_wait(client, request, 10000, event) && event->code == CHINWAG_SUCCESS;
    if (!good)
        fputs("call_recorder: the server has refused, or does not answer\n", stderr);
    return good;
}

int main(int argc, char **argv)
{
    const char *password = getenv("CHINWAG_PASSWORD");
    FILE *file = argc == 5 && password != NULL ? fopen(argv[4], "wb") : NULL;
    if (file == NULL)
        return 2;
    struct chinwag_options options = {.size = sizeof options,
                                      .server = argv[1],
                                      .features = CHINWAG_FEATURE_OPUS | CHINWAG_FEATURE_UDP |
                                                  CHINWAG_FEATURE_GROUPS};
    struct chinwag_event event;
    client = chinwag_create(&options);
    chinwag_receiver *receiver = chinwag_receiver_create();
    chinwag_ogg_writer *writer = chinwag_ogg_writer_create(CHINWAG_AUDIO_RATE, 1);
    if (client == NULL || receiver == NULL || writer == NULL ||
        !done(chinwag_login(client, argv[2], password), &event) ||
        !done(chinwag_join_call(client, argv[3]), &event))
        return 1;
    for (size_t i = 0; i < event.entry_count; i++)
        printf("%s is there\n", event.entries[i].name);
    signal(SIGINT, stop);
    signal(SIGTERM, stop);
    for (int64_t next_us = chinwag_clock_us(); !over;) {
        int16_t heard[CHINWAG_TICK];
        fflush(stdout);
        int64_t left_us = next_us - chinwag_clock_us();
        if (chinwag_poll(client, left_us <= 0 ? 0 : (int)(left_us / 1000), &event)) {
            if (event.type == CHINWAG_CALL_DATA)
                chinwag_receiver_take(receiver, &event, chinwag_clock_us());
            if (event.type == CHINWAG_GROUP_EVENT && strncmp(event.happened, "call_", 5) == 0)
                printf("%s has %s\n", event.sender, event.happened + 5);
            if (event.type == CHINWAG_ATTACHED)
                chinwag_join_call(client, argv[3]);
            over |= event.type == CHINWAG_CALL_LEFT || event.type == CHINWAG_SESSION_LOST;
        }
        for (; chinwag_clock_us() >= next_us; next_us += CHINWAG_TICK_MS * 1000) {
            chinwag_receiver_tick(receiver, next_us, heard);
            chinwag_receiver_report(receiver, client, next_us); /* how the others are heard */
            chinwag_ogg_writer_push(writer, heard, CHINWAG_TICK);
            write_done(writer, file);
        }
    }
    if (chinwag_ogg_writer_finish(writer))
        write_done(writer, file);
    chinwag_ogg_writer_destroy(writer);
    chinwag_receiver_destroy(receiver);
    chinwag_destroy(client);
    return fclose(file) == 0 ? 0 : 1;
}
