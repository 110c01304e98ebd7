/* starved.c - a program whose memory is missing now and then: for test_library.py.
 *
 *     starved SERVER USER FRIEND [SERVER_KEY]
 *
 * The key of a wss:// server is in TLS_PIN. A name would be looked up by a thread, which frees
 * late.
 *
 * It plays one conversation, and sound, again and again, and each time another allocation of the
 * libraries finds no memory: the first, then the second, and so on until there is no such one; then
 * the same with eight in a row. The linker puts the functions below in the place of the C
 * library's. Each time all must be done in the end, and all memory be free again. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "chinwag/audio.h"

void *__real_malloc(size_t size);
void *__real_calloc(size_t n, size_t size);
void *__real_realloc(void *p, size_t size);
void __real_free(void *p);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_realloc(void *p, size_t size);
void __wrap_free(void *p);

static struct {
    long count, first, last; /* allocations so far, and which find nothing */
    long live;
} memory;

static bool is_missing(void)
{
    memory.count++;
    return memory.count >= memory.first && memory.count <= memory.last;
}

static void *counted(void *p)
{
    memory.live += p != NULL;
    return p;
}

void *__wrap_malloc(size_t size)
{
    return is_missing() ? NULL : counted(__real_malloc(size));
}

void *__wrap_calloc(size_t n, size_t size)
{
    return is_missing() ? NULL : counted(__real_calloc(n, size));
}

void *__wrap_realloc(void *p, size_t size)
{
    if (is_missing())
        return NULL;
    void *now = __real_realloc(p, size);
    memory.live += p == NULL && now != NULL;
    return now;
}

void __wrap_free(void *p)
{
    memory.live -= p != NULL;
    __real_free(p);
}

static void check(bool good, const char *what)
{
    if (good)
        return;
    printf("%s: allocations %ld to %ld are missing\n", what, memory.first, memory.last);
    exit(1);
}

/* --- a conversation ------------------------------------------------------------------------ */

static chinwag_client *client;
static unsigned missed; /* how often the libraries have said that there is no memory */

/* Is it done? Then *event is the response. */
static bool is_done(int64_t request, struct chinwag_event *event)
{
    if (!chinwag_wait(client, request, 20000, event))
        check(false, "no answer");
    missed += event->code == CHINWAG_NO_MEMORY;
    bool lost = event->code == CHINWAG_NO_MEMORY || event->code == CHINWAG_UNANSWERED ||
                event->code == CHINWAG_NO_SESSION;
    check(lost || event->code == CHINWAG_SUCCESS, event->text);
    return event->code == CHINWAG_SUCCESS;
}

static void log_in(const char *user)
{
    struct chinwag_event event;
    for (int i = 0; !is_done(chinwag_login(client, user, getenv("CHINWAG_PASSWORD")), &event); i++)
        check(i < 20, "login");
}

/* When the session went with the connection, it logs in again. */
static void repeat(const char *user, int64_t (*ask)(const char *friend), const char *friend,
                   void (*look)(const struct chinwag_event *event))
{
    struct chinwag_event event;
    for (int i = 0; !is_done(ask(friend), &event); i++) {
        check(i < 20, "request");
        if (event.code == CHINWAG_NO_SESSION)
            log_in(user);
    }
    look(&event);
}

static int64_t whisper(const char *friend)
{
    char text[300];
    memset(text, 'a', sizeof text);
    return chinwag_whisper(client, friend, text, sizeof text);
}

static int64_t ask_history(const char *friend)
{
    return chinwag_history(client, friend, &(struct chinwag_page){.limit = 3});
}

static void look_at_nothing(const struct chinwag_event *event)
{
    (void)event;
}

static void look_at_history(const struct chinwag_event *event)
{
    check(event->entry_count >= 1 && event->entries != NULL &&
              event->entries[0].content_length == 300 && event->entries[0].content[299] == 'a',
          "history");
}

static void converse(char **argv, const char *key)
{
    struct chinwag_options options = {.size = sizeof options,
                                      .server = argv[1],
                                      .server_key = key,
                                      .tls_pin = getenv("TLS_PIN"),
                                      .retry_max_ms = 1};
    client = chinwag_create(&options);
    if (client == NULL) {
        missed++;
        client = chinwag_create(&options);
        for (int i = 0; client == NULL && i < 20; i++)
            client = chinwag_create(&options);
    }
    check(client != NULL, "create");
    log_in(argv[2]);
    repeat(argv[2], whisper, argv[3], look_at_nothing);
    repeat(argv[2], ask_history, argv[3], look_at_history);
    struct chinwag_event event;
    is_done(chinwag_logout(client), &event);
    chinwag_destroy(client);
}

/* --- sound -------------------------------------------------------------------------------- */

static void hear_and_write(void)
{
    int16_t pcm[CHINWAG_TICK] = {0};
    const uint8_t silence[] = {0x48};
    const struct chinwag_event data = {.type = CHINWAG_CALL_DATA,
                                       .sender = "bob",
                                       .packet = silence,
                                       .packet_length = sizeof silence};
    chinwag_sender *sender = chinwag_sender_create(NULL);
    chinwag_receiver *receiver = chinwag_receiver_create();
    chinwag_ogg_writer *writer = chinwag_ogg_writer_create(CHINWAG_AUDIO_RATE, 1);
    bool taken = receiver != NULL && chinwag_receiver_take(receiver, &data, 0);
    bool written = writer != NULL && chinwag_ogg_writer_push(writer, pcm, CHINWAG_TICK) &&
                   chinwag_ogg_writer_finish(writer);
    if (receiver != NULL)
        chinwag_receiver_tick(receiver, 0, pcm);
    missed += sender == NULL || !taken || !written;
    if (memory.count < memory.first)
        check(sender != NULL && taken && written, "sound");
    chinwag_ogg_writer_destroy(writer);
    chinwag_receiver_destroy(receiver);
    chinwag_sender_destroy(sender);
}

/* --- again and again ------------------------------------------------------------------------ */

static void starve(char **argv, const char *key, bool sound, long width)
{
    unsigned rounds = 0;
    missed = 0;
    memory.first = 1;
    do {
        memory.count = 0;
        memory.last = memory.first + width - 1;
        long before = memory.live;
        if (sound)
            hear_and_write();
        else
            converse(argv, key);
        check(memory.live == before, "memory is lost");
        rounds++;
    } while (memory.count >= memory.first++);
    check(missed != 0, "nothing was missing");
    printf("%s: %u rounds\n", sound ? "sound" : key != NULL ? "sealed" : "plain", rounds);
}

int main(int argc, char **argv)
{
    if (argc < 4)
        return 2;
    for (long width = 1; width <= 8; width *= 8) {
        starve(argv, NULL, false, width);
        starve(argv, NULL, true, width);
        if (argc > 4)
            starve(argv, argv[4], false, width);
    }
    return 0;
}
