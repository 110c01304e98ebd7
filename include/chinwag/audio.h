/* audio.h - libchinwag-audio: what a program says and hears in calls of Chinwag, and voice messages
 * as Ogg Opus files. It uses no sound device: PCM goes in and comes out. With chinwag.h:
 *
 *     chinwag_sender *sender = chinwag_sender_create(NULL);
 *     chinwag_receiver *receiver = chinwag_receiver_create();
 *     // every CHINWAG_CALL_DATA:
 *     chinwag_receiver_take(receiver, &event, chinwag_clock_us());
 *     // every 5 ms:
 *     chinwag_receiver_tick(receiver, chinwag_clock_us(), heard);    // to be played
 *     chinwag_sender_say(sender, said, heard, client, "cooks");      // from the microphone
 *     chinwag_receiver_report(receiver, client, chinwag_clock_us()); // for those who speak
 *
 * The client is created with CHINWAG_FEATURE_OPUS, and best with CHINWAG_FEATURE_UDP.
 * docs/library.md is the guide; examples/ has an echo bot and a call recorder.
 *
 * Live audio is 48,000 samples a second of 16 bits, one channel, in ticks of 5 ms. Levels are dBFS:
 * 0 is the loudest there is, -96 silence. Times are microseconds of a clock that never goes back,
 * as chinwag_clock_us gives them.
 *
 * Threads: no global state. An object, with the client that is passed with it, is used by one
 * thread at a time. Nothing here waits, opens anything or starts threads. Errors: functions that
 * make something return NULL when an argument is out of its range or the system has no memory left;
 * others take a missing argument (NULL), but their object, for one that is refused.
 * What a function returns a pointer to belongs to its object. */
#ifndef CHINWAG_AUDIO_H
#define CHINWAG_AUDIO_H

#include "chinwag.h"

#ifdef __cplusplus
extern "C" {
#endif

#define CHINWAG_AUDIO_RATE 48000
#define CHINWAG_TICK_MS    5
#define CHINWAG_TICK       240 /* samples of a tick */

/* The time of a monotonic clock, microseconds. */
int64_t chinwag_clock_us(void);

/* --- saying --------------------------------------------------------------------- */

typedef struct chinwag_sender chinwag_sender;

enum chinwag_gate {
    CHINWAG_GATE_OPEN,  /* everything is said; silence costs next to nothing */
    CHINWAG_GATE_VOICE, /* speech, the 40 ms before it, and hang_ms after it */
    CHINWAG_GATE_PUSH   /* while chinwag_sender_set_pushed says so, and hang_ms after it */
};

/* A zeroed struct is right for a program that plays files or makes sound. For a microphone set the
 * gate to CHINWAG_GATE_VOICE, noise_suppression and gain_control; and echo_cancelling, if it hears
 * the loudspeaker. */
struct chinwag_sender_options {
    size_t size;        /* sizeof(struct chinwag_sender_options); 0: as in version 0.1 */
    unsigned bitrate;   /* at most, bits a second, 6,000 to 128,000; 0: 32,000. Not if `plain` */
    unsigned packet_ms; /* audio of a packet, 10, 20, 40 or 60, if `plain` 10 or 20; 0: 10 where the
                           server is near, nothing is lost and `bitrate` is 32,000 or more, else 20.
                           Longer where the network is narrow. 32,000 bits of speech are 90,000 on
                           the way in packets of 10 ms, 62,000 in such of 20, 47,000 in such of 40
                           and 43,000 in such of 60. Without datagrams packets of 60 ms go two at
                           a time, which is 44,000 where the connection encrypts */
    enum chinwag_gate gate;
    float gate_level; /* CHINWAG_GATE_VOICE: opens above this, dBFS, -90 to -1; 0: it finds one */
    unsigned hang_ms; /* of the gate, up to 2,000; 0: 300 */
    bool echo_cancelling, noise_suppression, gain_control;
    bool plain; /* the client does not have CHINWAG_FEATURE_OPUS: samples go out, eight times as
                   much as packets */
};

/* `options` may be NULL and is copied. Free it with chinwag_sender_destroy; NULL is allowed there.
 */
chinwag_sender *chinwag_sender_create(const struct chinwag_sender_options *options);
void chinwag_sender_destroy(chinwag_sender *sender);

/* Says 5 ms in the call of `group` (or '@' and a user) that the client has joined; `far` is what
 * the loudspeaker played at that time, for the echo canceller, or NULL. Call it every 5 ms, also in
 * silence: it also follows the network, with error correction where packets are lost, and fewer and
 * smaller packets where there is no room. Returns 0, also when nothing had to be sent, or the code
 * of chinwag_call_packet or chinwag_call_data: then this audio is lost, and the next call may be
 * good. */
int chinwag_sender_say(chinwag_sender *sender, const int16_t pcm[CHINWAG_TICK], const int16_t *far,
                       chinwag_client *client, const char *group);

/* While it is muted nothing is sent. */
void chinwag_sender_set_muted(chinwag_sender *sender, bool muted);
void chinwag_sender_set_pushed(chinwag_sender *sender, bool pushed);

struct chinwag_sender_stats {
    bool speaking;         /* the gate is open */
    float level;           /* of the last tick after all processing, dBFS */
    uint64_t sent, unsent; /* packets; those that the network had no room for */
    unsigned bitrate;      /* as it is now, bits a second */
    unsigned unheard; /* percent of what was said of late that the others do not get: lost on the
                         way to the server or behind it, as they report, or not sent */
};
struct chinwag_sender_stats chinwag_sender_stats(const chinwag_sender *sender);

/* --- hearing -------------------------------------------------------------------- */

typedef struct chinwag_receiver chinwag_receiver;

/* Free it with chinwag_receiver_destroy; NULL is allowed there. */
chinwag_receiver *chinwag_receiver_create(void);
void chinwag_receiver_destroy(chinwag_receiver *receiver);

/* Takes in a CHINWAG_CALL_DATA, when it comes, at `now_us`. Each speaker has a jitter buffer, which
 * adapts to the network, and a decoder with error correction and concealment. Speakers are known by
 * their names; of more than 50 the one heard longest ago is forgotten, of those whose volume and
 * muting are as at first. False: it is garbage, or there is no memory for a new speaker. */
bool chinwag_receiver_take(chinwag_receiver *receiver, const struct chinwag_event *data,
                           int64_t now_us);

/* Writes the next 5 ms of all speakers, mixed; silence if nobody speaks. Returns how many were
 * mixed. Call it every 5 ms, or as a device takes them, with the time from which they are played.
 */
unsigned chinwag_receiver_tick(chinwag_receiver *receiver, int64_t now_us,
                               int16_t pcm[CHINWAG_TICK]);

/* Settings of one speaker, also before they are heard: per cent, 0 to 200; false: there is no
 * memory for them. */
bool chinwag_receiver_set_volume(chinwag_receiver *receiver, const char *name, unsigned percent);
bool chinwag_receiver_set_muted(chinwag_receiver *receiver, const char *name, bool muted);
/* Forgets one who has left, with settings and statistics. */
void chinwag_receiver_forget(chinwag_receiver *receiver, const char *name);
/* Mixes nobody; everything else goes on. */
void chinwag_receiver_set_deafened(chinwag_receiver *receiver, bool deafened);
/* Tells the speakers that were heard of late how they are heard here, each every one to five
 * seconds: call it with each tick while the client is in the call. Returns 0, or the code of
 * chinwag_call_report. */
int chinwag_receiver_report(chinwag_receiver *receiver, chinwag_client *client, int64_t now_us);
/* The round trip of the connection to the server in ms, if the program knows it: while audio does
 * not go by datagrams the buffers wait so long for what is sent again. 0, as at first: unknown.
 * That of datagrams chinwag_receiver_report knows. */
void chinwag_receiver_set_round_trip(chinwag_receiver *receiver, unsigned ms);

struct chinwag_speaker {
    const char *name; /* valid until the next take, set or forget */
    bool speaking;    /* heard within the last 200 ms */
    bool muted;
    unsigned volume;    /* per cent */
    float level;        /* of the last tick, before volume and mute, dBFS */
    uint64_t received;  /* packets; all of these count from the first one */
    uint64_t lost;      /* ... that never came */
    uint64_t late;      /* ... that came after their time */
    uint64_t repaired;  /* ... that were lost, and played from the copy in the next */
    uint64_t concealed; /* ms of audio that was made up for what was missing */
    int jitter_ms;      /* RFC 3550, 6.4.1 */
    int delay_ms;       /* of the buffer now */
};

/* The speakers, in the order in which they were first heard: 0 to count - 1. The name is NULL, and
 * all else 0, of one that is not there. */
size_t chinwag_receiver_count(const chinwag_receiver *receiver);
struct chinwag_speaker chinwag_receiver_speaker(const chinwag_receiver *receiver, size_t index);

/* --- Ogg Opus files -------------------------------------------------------------- */

typedef struct chinwag_ogg_writer chinwag_ogg_writer;

/* Makes an Ogg Opus file (RFC 7845) of a recording while it goes on: of 1 or 2 channels, recorded
 * at 8,000 to 48,000 samples a second. The server takes files of at most 120 s and 1 MiB as voice
 * messages; the writer has no limit. Free it with chinwag_ogg_writer_destroy; NULL is allowed. */
chinwag_ogg_writer *chinwag_ogg_writer_create(unsigned rate, unsigned channels);
void chinwag_ogg_writer_destroy(chinwag_ogg_writer *writer);

/* Takes in `frames` samples of each channel, interleaved. False: it is finished; or the system has
 * no memory left, and the file ends with what was taken before. */
bool chinwag_ogg_writer_push(chinwag_ogg_writer *writer, const int16_t *pcm, size_t frames);
/* The recording is over, and all of the file can be taken. False: nothing was recorded, and there
 * is no file; or it is not the first time. */
bool chinwag_ogg_writer_finish(chinwag_ogg_writer *writer);
/* The bytes of the file that are done and were not taken before, *n of them, possibly 0: whole
 * pages of at most 1 s. Valid until the next call for this writer. */
const void *chinwag_ogg_writer_take(chinwag_ogg_writer *writer, size_t *n);

enum chinwag_ogg_result {
    CHINWAG_OGG_GOOD,
    CHINWAG_OGG_TOO_LARGE,   /* over 1 MiB */
    CHINWAG_OGG_TOO_LONG,    /* over 120 s; of decode: over the room given */
    CHINWAG_OGG_MALFORMED,   /* not Ogg, damaged, or not whole */
    CHINWAG_OGG_NOT_OPUS,    /* Ogg, but not one stream of Opus with 1 or 2 channels */
    CHINWAG_OGG_DISHONEST,   /* its length is not that of its packets */
    CHINWAG_OGG_UNDECODABLE, /* of decode: a packet does not decode */
    CHINWAG_OGG_NO_MEMORY
};

/* What the result means, in English, for people. Static. */
const char *chinwag_ogg_text(enum chinwag_ogg_result result);

struct chinwag_ogg_info {
    unsigned channels;
    uint64_t frames; /* samples of each channel, at 48,000 a second; at least 1 */
    uint64_t duration_ms;
};

/* Of a file of a voice message, as in event.file: trusts nothing in it. *info is set when it is
 * good; it may be NULL. */
enum chinwag_ogg_result chinwag_ogg_read(const void *file, size_t n, struct chinwag_ogg_info *info);

/* Decodes it into pcm, which has room for `room` samples: info.frames * info.channels, interleaved,
 * at 48,000 a second. Some 0.5 s of work for the longest file. */
enum chinwag_ogg_result chinwag_ogg_decode(const void *file, size_t n, int16_t *pcm, size_t room);

#ifdef __cplusplus
}
#endif

#endif
