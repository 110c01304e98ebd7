/* opus_tool.c - what a test that speaks Opus needs, made by src/audio: to stdout.
 *
 *   opus_tool tone CHANNELS SECONDS              an Ogg Opus file of 440 Hz, as the
 *                                                server passes it on: without comments
 *   opus_tool recorded CHANNELS SECONDS          the same as it was recorded
 *   opus_tool silence CHANNELS PACKETS [CLAIM]   one of 20 ms packets, whose last page
 *                                                claims so many samples more (or less)
 *   opus_tool packets COUNT                      payloads of call_data, 20 ms of 440 Hz
 *                                                each, a byte pair of length before each
 *   opus_tool check                              judges the file at stdin as the server does:
 *                                                its channels, its audible samples, and its
 *                                                level in dB */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../trace/opus_files.h"
#include "audio/ogg_opus_read.h"
#include "audio/ogg_opus_write.h"
#include "audio/opus_packet.h"
#include "audio/opus_stream.h"

#define PI 3.14159265358979

static int16_t tone(uint64_t i)
{
    return (int16_t)lrint(12000 * sin(2 * PI * 440 * (double)i / CW_AUDIO_RATE));
}

static void write_tone(unsigned channels, unsigned seconds, bool clean)
{
    struct cw_ogg_writer *writer = cw_ogg_writer_create(CW_AUDIO_RATE, channels, 7);
    int16_t pcm[2 * CW_AUDIO_TICK];
    for (uint64_t i = 0; i < (uint64_t)seconds * CW_AUDIO_RATE; i += CW_AUDIO_TICK) {
        for (unsigned j = 0; j < CW_AUDIO_TICK * channels; j++)
            pcm[j] = tone(i + j / channels);
        cw_ogg_writer_push(writer, pcm, CW_AUDIO_TICK);
    }
    cw_ogg_writer_finish(writer);
    struct cw_buf *out = cw_ogg_writer_output(writer);
    fwrite(out->p, 1, clean ? cw_ogg_opus_clean(out->p, out->n) : out->n, stdout);
    cw_ogg_writer_destroy(writer);
}

static void write_packets(unsigned count)
{
    struct cw_opus_encoder *encoder = cw_opus_encoder_create(&cw_opus_options_default);
    int16_t pcm[20 * CW_AUDIO_PER_MS];
    uint8_t bytes[2 + CW_CALL_PACKET_MAX];
    for (uint32_t i = 0; i < count; i++) {
        for (uint32_t j = 0; j < 20 * CW_AUDIO_PER_MS; j++)
            pcm[j] = tone(20 * CW_AUDIO_PER_MS * i + j);
        size_t n =
            CW_CALL_PACKET_HEADER + cw_opus_encode(encoder, pcm, bytes + 2 + CW_CALL_PACKET_HEADER);
        cw_call_packet_put(bytes + 2, 1000 + i, 20 * CW_AUDIO_PER_MS * i);
        bytes[0] = (uint8_t)(n >> 8);
        bytes[1] = (uint8_t)n;
        fwrite(bytes, 1, 2 + n, stdout);
    }
    cw_opus_encoder_destroy(encoder);
}

static void write_silence(unsigned channels, unsigned packets, int claim)
{
    struct opus_file file = {.channels = channels, .packets = packets, .claim = claim};
    struct cw_buf out = {0};
    opus_file_write(&file, &out);
    fwrite(out.p, 1, out.n, stdout);
    cw_buf_finish(&out);
}

/* As a server and a player take it; the status of the process. */
static int check(void)
{
    static uint8_t file[CW_OGG_OPUS_FILE_MAX + 1];
    struct cw_ogg_info info;
    const struct cw_slice slice = cw_slice_of(file, fread(file, 1, sizeof file, stdin));
    enum cw_ogg_result result = cw_ogg_opus_info(slice, &info);
    if (result != CW_OGG_GOOD) {
        printf("refused: %d\n", (int)result);
        return 1;
    }
    size_t n = (size_t)info.frames * info.channels;
    int16_t *pcm = calloc(n, sizeof *pcm);
    result = pcm == NULL ? CW_OGG_TOO_LARGE : cw_ogg_opus_decode(slice, pcm, n, &info);
    double sum = 0;
    for (size_t i = 0; i < n && result == CW_OGG_GOOD; i++)
        sum += (double)pcm[i] * pcm[i];
    printf("%u %llu %.2f\n", info.channels, (unsigned long long)info.frames,
           10 * log10((sum + 1) / (double)n / (32768.0 * 32768.0)));
    free(pcm);
    return result != CW_OGG_GOOD;
}

int main(int argc, char **argv)
{
    const char *what = argc > 1 ? argv[1] : "";
    unsigned a = argc > 2 ? (unsigned)atoi(argv[2]) : 0, b = argc > 3 ? (unsigned)atoi(argv[3]) : 0;
    if (strcmp(what, "tone") == 0 && argc == 4)
        write_tone(a, b, true);
    else if (strcmp(what, "recorded") == 0 && argc == 4)
        write_tone(a, b, false);
    else if (strcmp(what, "silence") == 0 && argc >= 4)
        write_silence(a, b, argc > 4 ? atoi(argv[4]) : 0);
    else if (strcmp(what, "packets") == 0 && argc == 3)
        write_packets(a);
    else if (strcmp(what, "check") == 0)
        return check();
    else
        return 2;
    return 0;
}
