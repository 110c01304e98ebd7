/* call_audio.h - what a participant of a call says and hears: src/audio's sender and receiver, with
 * names for the speakers' numbers, and their settings from the command line. No device, no clock,
 * no network. One thread. */
#ifndef CHINWAG_CLI_CALL_AUDIO_H
#define CHINWAG_CLI_CALL_AUDIO_H

#include "audio/receiver.h"
#include "audio/sender.h"
#include "chinwag/chinwag.h"
#include "cli.h"

struct call_audio;

/* Reads --gate: NULL, "open", or a level in dBFS. False: it is none of these. */
bool call_audio_read_gate(const char *text, float *threshold);

/* `open_room`: the microphone hears the loudspeaker. `stereo`: what is said has two channels (of
 * --music). `start`: the first sequence number of packets,
 * different each time. Never NULL. */
struct call_audio *call_audio_create(const struct cli *cli, bool open_room, bool stereo,
                                     uint32_t start);
void call_audio_destroy(struct call_audio *audio);

/* Takes in a CHINWAG_CALL_DATA that came at `now_us`, by a monotonic clock. */
void call_audio_take(struct call_audio *audio, const struct chinwag_event *data, int64_t now_us);

/* Before that: as cw_receiver_pause. */
size_t call_audio_pause(struct call_audio *audio, int64_t now_us, int16_t pcm[CW_AUDIO_TICK]);

/* Writes the audio for the 5 ms from `now_us` on. */
void call_audio_hear(struct call_audio *audio, int64_t now_us, int16_t pcm[CW_AUDIO_TICK]);

/* 5 ms that a loudspeaker is given, which the microphone will hear. */
void call_audio_played(struct call_audio *audio, const int16_t pcm[CW_AUDIO_TICK]);

/* Sends 5 ms to the call of `group`. When the network has no room the audio is dropped, since it is
 * live. */
void call_audio_say(struct call_audio *audio, const int16_t *pcm, chinwag_client *client,
                    const char *group);

/* Changes the volume of all speakers by per cents, within 0 to 200. */
void call_audio_change_volume(struct call_audio *audio, int by);
unsigned call_audio_volume(const struct call_audio *audio);
/* The volume of one person, per cent. */
void call_audio_set_volume_of(struct call_audio *audio, const char *name, unsigned percent);
unsigned call_audio_volume_of(const struct call_audio *audio, const char *name);
/* Mutes or unmutes one person. */
void call_audio_toggle_muted(struct call_audio *audio, const char *name);
void call_audio_set_muted(struct call_audio *audio, bool muted);
void call_audio_set_deafened(struct call_audio *audio, bool deafened);
/* Speaks only while it is pushed, or as the command line says. */
void call_audio_set_push_to_talk(struct call_audio *audio, bool on);
void call_audio_set_pushed(struct call_audio *audio, bool pushed);

/* The round trip of the connection, milliseconds. */
void call_audio_set_round_trip(struct call_audio *audio, int ms);

/* Some times a second, whether or not anything is said: FEC where packets are lost, fewer and
 * smaller ones where the network has no room for all, and how long the listener waits for those
 * that a connection sends again. call_sound_run does it. */
void call_audio_follow(struct call_audio *audio, chinwag_client *client, int64_t now_us);

/* The level for the meter, and whether audio is sent. */
struct cw_level call_audio_level(const struct call_audio *audio);
bool call_audio_open(const struct call_audio *audio);

/* The number of speakers heard so far, in the order of their first audio, those who have left
 * included; of too many, the one heard longest ago is forgotten. */
size_t call_audio_count(const struct call_audio *audio);
const char *call_audio_name(const struct call_audio *audio, size_t index);
struct cw_receiver_stats call_audio_stats(const struct call_audio *audio, size_t index);

/* Packets that the network took, and packets that it had no room for. */
uint64_t call_audio_sent(const struct call_audio *audio);
uint64_t call_audio_unsent(const struct call_audio *audio);

/* How one is heard: percent of what was said in the last second with speech that the others did not
 * get. */
unsigned call_audio_unheard(const struct call_audio *audio);

#endif
