/* starved_codecs.c - sound, and the first use of OpenSSL, where memory is missing now and then,
 * also that of libopus, libogg, libspeexdsp and OpenSSL: for test_library.py. starved.c does the
 * same to our own allocations, and to a connection.
 *
 * The functions below take the place of the C library's for all that is loaded. Each round another
 * allocation finds no memory, until there is no such one; then all from there on. Each time what
 * was made must be whole, or the library must have said that it is not for want of memory. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/alloc.h"
#include "chinwag/audio.h"
#include "frame/websocket_accept.h"

#define RATE    44100
#define SECONDS 3

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t n, size_t size);
void *__libc_realloc(void *p, size_t size);

static struct {
    bool on;
    long count, first, last; /* allocations so far, and which find nothing */
} memory;

static bool is_missing(void)
{
    if (!memory.on)
        return false;
    memory.count++;
    return memory.count >= memory.first && memory.count <= memory.last;
}

void *malloc(size_t size)
{
    return is_missing() ? NULL : __libc_malloc(size);
}

void *calloc(size_t n, size_t size)
{
    return is_missing() ? NULL : __libc_calloc(n, size);
}

void *realloc(void *p, size_t size)
{
    return is_missing() ? NULL : __libc_realloc(p, size);
}

static void check(bool good, const char *what)
{
    if (good)
        return;
    memory.on = false;
    printf("%s: allocations %ld to %ld are missing\n", what, memory.first, memory.last);
    exit(1);
}

/* --- a file ------------------------------------------------------------------------------- */

static uint8_t file[1 << 17];

/* The length of the file; 0: the library has said that there is none. */
static size_t write_file(void)
{
    static int16_t second[2 * RATE];
    size_t n = 0;
    for (int i = 0; i < RATE; i++)
        second[2 * i] = second[2 * i + 1] = (int16_t)(i % 80 < 40 ? 6000 : -6000);
    chinwag_ogg_writer *writer = chinwag_ogg_writer_create(RATE, 2);
    bool good = writer != NULL;
    for (int i = 0; good && i < SECONDS; i++)
        good = chinwag_ogg_writer_push(writer, second, RATE);
    if (good && chinwag_ogg_writer_finish(writer)) {
        const void *bytes = chinwag_ogg_writer_take(writer, &n);
        check(n <= sizeof file, "room");
        memcpy(file, bytes, n);
    }
    chinwag_ogg_writer_destroy(writer);
    return n;
}

static bool read_file(size_t n)
{
    static int16_t pcm[2 * SECONDS * CHINWAG_AUDIO_RATE];
    struct chinwag_ogg_info info;
    enum chinwag_ogg_result result = chinwag_ogg_read(file, n, &info);
    if (result == CHINWAG_OGG_NO_MEMORY)
        return false;
    check(result == CHINWAG_OGG_GOOD && info.duration_ms == 1000ul * SECONDS, "read");
    result = chinwag_ogg_decode(file, n, pcm, sizeof pcm / sizeof pcm[0]);
    check(result == CHINWAG_OGG_GOOD || result == CHINWAG_OGG_NO_MEMORY, "decode");
    return result == CHINWAG_OGG_GOOD;
}

static bool play_file(void)
{
    size_t n = write_file();
    return n != 0 && read_file(n);
}

/* --- a call ------------------------------------------------------------------------------- */

static bool hear_all(chinwag_receiver *receiver)
{
    static const uint8_t silence[] = {0x48};
    static const int16_t list[882];
    int16_t pcm[CHINWAG_TICK];
    bool all = true;
    for (unsigned i = 0; i < 20; i++) {
        struct chinwag_event data = {.type = CHINWAG_CALL_DATA,
                                     .sender = i % 2 == 0 ? "bob" : "eve"};
        if (i % 2 == 0)
            data.packet = silence, data.packet_length = sizeof silence;
        else
            data.samples = list, data.sample_count = 882;
        data.sequence = i / 2;
        data.timestamp = 960 * (i / 2);
        all &= chinwag_receiver_take(receiver, &data, 10000 * (int64_t)i);
        all &= chinwag_receiver_set_volume(receiver, data.sender, 100 + i);
        chinwag_receiver_tick(receiver, 10000 * (int64_t)i, pcm);
    }
    return all;
}

static bool hear(void)
{
    chinwag_receiver *receiver = chinwag_receiver_create();
    bool all = receiver != NULL && hear_all(receiver);
    chinwag_receiver_destroy(receiver);
    return all;
}

static bool say_as(const struct chinwag_sender_options *options)
{
    int16_t pcm[CHINWAG_TICK] = {0};
    chinwag_client *client = chinwag_create(NULL);
    chinwag_sender *sender = chinwag_sender_create(options);
    bool made = client != NULL && sender != NULL;
    for (int i = 0; made && i < 100; i++)
        chinwag_sender_say(sender, pcm, NULL, client, "cooks");
    chinwag_sender_destroy(sender);
    chinwag_destroy(client);
    return made;
}

static bool say(void)
{
    const struct chinwag_sender_options plain = {.plain = true};
    return say_as(NULL) && say_as(&plain);
}

/* --- OpenSSL ------------------------------------------------------------------------------ */

enum { FOUND_ALL, MISSED, WRONG };

/* RFC 6455, 1.3. */
static int hash_first(void)
{
    char accept[CW_WEBSOCKET_ACCEPT_LEN + 1];
    cw_alloc_begin_soft();
    memory.on = true;
    cw_websocket_accept(cw_slice_str("dGhlIHNhbXBsZSBub25jZQ=="), accept);
    memory.on = false;
    bool good = cw_alloc_end_soft();
    if (strcmp(accept, good ? "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=" : "") != 0)
        return WRONG;
    return memory.count < memory.first ? FOUND_ALL : MISSED;
}

/* It begins once in a process. Its first allocations are those that others need; of the later ones,
 * some thousand, fewer and fewer are tried. */
static void starve_first(void)
{
    int status = MISSED;
    unsigned rounds = 0;
    memory.first = 0;
    for (; status == MISSED; rounds++) {
        memory.last = memory.first += 1 + memory.first / 16;
        pid_t child = fork();
        if (child == 0)
            _exit(hash_first());
        check(child > 0 && waitpid(child, &status, 0) == child && WIFEXITED(status), "hash ended");
        status = WEXITSTATUS(status);
        check(status != WRONG, "hash");
    }
    printf("first: %u rounds\n", rounds);
}

/* --- again and again ---------------------------------------------------------------------- */

static void starve(const char *name, bool (*play)(void), bool for_ever)
{
    unsigned missed = 0;
    memory.first = 1;
    do {
        memory.count = 0;
        memory.last = for_ever ? 1 << 30 : memory.first;
        memory.on = true;
        bool done = play();
        memory.on = false;
        missed += !done;
        check(done || memory.count >= memory.first, name);
    } while (memory.count >= memory.first++);
    check(missed != 0, "nothing was missing");
    printf("%s: %u rounds\n", name, missed);
}

int main(void)
{
    starve_first();
    for (int i = 0; i < 2; i++) {
        starve("file", play_file, i == 1);
        starve("hear", hear, i == 1);
        starve("say", say, i == 1);
    }
    return 0;
}
