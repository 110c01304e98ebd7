/* sent.c - what the others get of what a microphone hears: raw samples in (48 kHz, 16 bits, one
 * channel), and out the packets of a sender, decoded, at their times; nothing where none left.
 *
 *     sent MICROPHONE LOUDSPEAKER OUT    LOUDSPEAKER: what is played meanwhile; "": nothing
 *
 * For pictures.py, which also builds it with the senders of earlier versions, so it uses only what
 * those have. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "audio/sender.h"

#define MOST (60 * CW_AUDIO_RATE)

static int16_t mic[MOST], far[MOST], out[MOST + CW_AUDIO_PACKET_MAX];

static size_t read_raw(const char *path, int16_t *pcm)
{
    FILE *file = path[0] == 0 ? NULL : fopen(path, "rb");
    size_t n = file == NULL ? 0 : fread(pcm, sizeof *pcm, MOST, file);
    if (file != NULL)
        fclose(file);
    return n;
}

/* A payload, where its timestamp, which begins at 0, says. */
static void put_sent(struct cw_opus_decoder *decoder, struct cw_slice payload)
{
    struct cw_call_packet packet;
    if (cw_call_packet_take(payload, &packet) != CW_OPUS_GOOD || packet.packet.n <= 2 ||
        packet.timestamp > MOST)
        return;
    cw_opus_decode(decoder, packet.packet, out + packet.timestamp);
}

int main(int argc, char **argv)
{
    uint8_t payload[CW_CALL_PACKET_MAX];
    struct cw_sender_options options = cw_sender_options_default;
    size_t n = argc == 4 ? read_raw(argv[1], mic) : 0;
    if (n == 0) {
        fputs("sent MICROPHONE LOUDSPEAKER OUT: raw samples\n", stderr);
        return 2;
    }
    options.echo_cancelling = read_raw(argv[2], far) != 0;
    struct cw_sender *sender = cw_sender_create(&options, 0, 0);
    struct cw_opus_decoder *decoder = cw_opus_decoder_create();
    for (size_t i = 0; i + CW_AUDIO_TICK <= n; i += CW_AUDIO_TICK) {
        size_t size = cw_sender_push(sender, mic + i, far + i, payload);
        if (size != 0)
            put_sent(decoder, cw_slice_of(payload, size));
    }
    cw_sender_destroy(sender);
    cw_opus_decoder_destroy(decoder);
    FILE *file = fopen(argv[3], "wb");
    bool good = file != NULL && fwrite(out, sizeof out[0], n, file) == n;
    return file != NULL && fclose(file) == 0 && good ? 0 : 1;
}
