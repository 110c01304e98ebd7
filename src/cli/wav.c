/* wav.c - see wav.h.
 *
 * Format: "Multimedia Programming Interface and Data Specifications 1.0"
 * (RIFF, WAVE); everything is little-endian, chunks are padded to even. */
#include "wav.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define FORMAT_PCM        1
#define FORMAT_FLOAT      3
#define FORMAT_A_LAW      6
#define FORMAT_MU_LAW     7
#define FORMAT_EXTENSIBLE 0xfffe /* the real format stands in the extension */
#define RIFF_HEAD         12
#define CHUNK_HEAD        8
#define WRITTEN_HEAD      44
#define CHANNELS_MAX      8
/* The fourth of six or more channels has the deep tones of a cinema (5.1): no voice. */
#define DEEP      3
#define WITH_DEEP 6
/* Who writes into a pipe does not know the length: 0, or about the most that there is. */
#define PIPE_LENGTH 0x7f000000u

struct bytes {
    const uint8_t *p;
    size_t n;
};

struct format {
    unsigned code, channels, bits;
};

static unsigned read_16(const uint8_t *p)
{
    return (unsigned)p[0] | (unsigned)p[1] << 8;
}

static uint32_t read_32(const uint8_t *p)
{
    return (uint32_t)read_16(p) | (uint32_t)read_16(p + 2) << 16;
}

/* --- samples -------------------------------------------------------------------------- */

/* ITU-T G.711, to 16 bits. */
static int a_law(uint8_t byte)
{
    unsigned code = byte ^ 0x55u, exponent = code >> 4 & 7;
    int size = (int)((code & 15) << 4) + 8;
    if (exponent > 0)
        size = (size + 256) << (exponent - 1);
    return (code & 0x80) != 0 ? size : -size;
}

static int mu_law(uint8_t byte)
{
    unsigned code = ~(unsigned)byte & 0xff;
    int size = (int)((((code & 15) << 3) + 132) << (code >> 4 & 7)) - 132;
    return (code & 0x80) != 0 ? -size : size;
}

static float float_at(const uint8_t *p, unsigned bits)
{
    float single;
    double whole;
    if (bits == 32) {
        memcpy(&single, p, sizeof single);
        whole = (double)single;
    } else {
        memcpy(&whole, p, sizeof whole);
    }
    return isfinite(whole) ? (float)(whole * 32768) : 0;
}

/* In units of 16 bits. */
static float sample_at(const uint8_t *p, const struct format *format)
{
    if (format->code == FORMAT_FLOAT)
        return float_at(p, format->bits);
    if (format->code == FORMAT_A_LAW)
        return (float)a_law(*p);
    if (format->code == FORMAT_MU_LAW)
        return (float)mu_law(*p);
    switch (format->bits) {
    case 8:
        return (float)((*p - 128) * 256);
    case 16:
        return (int16_t)read_16(p);
    case 24:
        return (float)(int32_t)(read_32(p - 1) & 0xffffff00) / 65536; /* p - 1 is in the file */
    default:
        return (float)(int32_t)read_32(p) / 65536;
    }
}

static int16_t clip(float sample)
{
    return (int16_t)lrintf(fmaxf(-32768, fminf(32767, sample)));
}

/* One of 1 or 2 channels, or the mean of more. */
static float mixed_at(const uint8_t *frame, const struct format *format, unsigned channel)
{
    unsigned size = format->bits / 8, count = 0;
    float sum = 0;
    if (format->channels <= 2)
        return sample_at(frame + channel * size, format);
    for (unsigned i = 0; i < format->channels; i++) {
        if (i == DEEP && format->channels >= WITH_DEEP)
            continue;
        sum += sample_at(frame + i * size, format);
        count++;
    }
    return sum / (float)count;
}

static bool is_known(const struct format *format)
{
    unsigned bits = format->bits;
    switch (format->code) {
    case FORMAT_PCM:
        return bits == 8 || bits == 16 || bits == 24 || bits == 32;
    case FORMAT_FLOAT:
        return bits == 32 || bits == 64;
    case FORMAT_A_LAW:
    case FORMAT_MU_LAW:
        return bits == 8;
    default:
        return false;
    }
}

/* --- reading -------------------------------------------------------------------------- */

/* The body of the first chunk with this name, and the length that it claims; p NULL: there is
 * none. */
static struct bytes find_chunk(struct bytes file, const char *name, size_t *claimed)
{
    size_t at = RIFF_HEAD;
    while (file.n - at >= CHUNK_HEAD) {
        const uint8_t *head = file.p + at;
        *claimed = read_32(head + 4);
        size_t left = file.n - at - CHUNK_HEAD;
        struct bytes body = {head + CHUNK_HEAD, *claimed < left ? *claimed : left};
        if (memcmp(head, name, 4) == 0)
            return body;
        at += CHUNK_HEAD + body.n + (body.n & 1);
        if (at > file.n)
            break;
    }
    return (struct bytes){NULL, 0};
}

static const char *read_format(struct bytes chunk, struct wav *wav, struct format *format)
{
    if (chunk.p == NULL || chunk.n < 16)
        return "the file has no format chunk";
    format->code = read_16(chunk.p);
    if (format->code == FORMAT_EXTENSIBLE && chunk.n >= 26)
        format->code = read_16(chunk.p + 24);
    format->channels = read_16(chunk.p + 2);
    format->bits = read_16(chunk.p + 14);
    wav->sample_rate = read_32(chunk.p + 4);
    wav->channels = format->channels == 2 ? 2 : 1;
    wav->compressed = !is_known(format);
    if (wav->compressed)
        return "its samples are compressed, or of a kind that is not known";
    if (format->channels < 1 || format->channels > CHANNELS_MAX)
        return "it has no channel, or more than 8";
    return wav->sample_rate == 0 ? "the file has no sample rate" : NULL;
}

static const char *read_samples(struct bytes data, const struct format *format, struct wav *wav)
{
    size_t frame = (size_t)format->channels * format->bits / 8, frames = data.n / frame;
    if (frames == 0)
        return "there is no sound in it";
    wav->count = frames * wav->channels;
    wav->samples = malloc(wav->count * sizeof *wav->samples);
    if (wav->samples == NULL)
        return "there is not enough memory";
    for (size_t i = 0; i < wav->count; i++)
        wav->samples[i] = clip(
            mixed_at(data.p + i / wav->channels * frame, format, (unsigned)(i % wav->channels)));
    return NULL;
}

const char *wav_read(const uint8_t *p, size_t n, struct wav *wav)
{
    struct bytes file = {p, n};
    struct format format;
    size_t claimed = 0;
    *wav = (struct wav){.channels = 0};
    if (n < RIFF_HEAD || memcmp(p, "RIFF", 4) != 0 || memcmp(p + 8, "WAVE", 4) != 0)
        return "this is no WAV file";
    const char *wrong = read_format(find_chunk(file, "fmt ", &claimed), wav, &format);
    if (wrong != NULL)
        return wrong;
    struct bytes data = find_chunk(file, "data", &claimed);
    if (data.p == NULL)
        return "there is no sound in it";
    if (claimed == 0)
        data.n = file.n - (size_t)(data.p - file.p);
    else if (claimed > data.n && claimed < PIPE_LENGTH)
        return "it is cut off: its end is missing";
    return read_samples(data, &format, wav);
}

/* --- writing -------------------------------------------------------------------------- */

static void write_16(uint8_t *p, unsigned value)
{
    p[0] = (uint8_t)value;
    p[1] = (uint8_t)(value >> 8);
}

static void write_32(uint8_t *p, uint32_t value)
{
    write_16(p, value & 0xffff);
    write_16(p + 2, value >> 16);
}

static void write_head(struct wav_writer *writer, uint32_t bytes)
{
    uint8_t head[WRITTEN_HEAD] = "RIFF....WAVEfmt ";
    unsigned frame = 2 * writer->channels;
    write_32(head + 4, WRITTEN_HEAD - 8 + bytes);
    write_32(head + 16, 16);
    write_16(head + 20, FORMAT_PCM);
    write_16(head + 22, writer->channels);
    write_32(head + 24, writer->sample_rate);
    write_32(head + 28, writer->sample_rate * frame);
    write_16(head + 32, frame);
    write_16(head + 34, 16);
    memcpy(head + 36, "data", 4);
    write_32(head + 40, bytes);
    if (fwrite(head, 1, sizeof head, writer->file) != sizeof head)
        writer->failed = true;
}

bool wav_writer_open(struct wav_writer *writer, const char *path, unsigned channels,
                     unsigned sample_rate)
{
    *writer = (struct wav_writer){.channels = channels, .sample_rate = sample_rate};
    writer->file = fopen(path, "wb");
    if (writer->file == NULL)
        return false;
    write_head(writer, 0);
    return true;
}

void wav_write(FILE *file, unsigned channels, unsigned sample_rate, const int16_t *samples,
               size_t count)
{
    struct wav_writer writer = {.file = file, .channels = channels, .sample_rate = sample_rate};
    write_head(&writer, (uint32_t)(2 * count));
    wav_writer_append(&writer, samples, count);
}

void wav_writer_append(struct wav_writer *writer, const int16_t *samples, size_t count)
{
    uint8_t bytes[512];
    while (count > 0 && !writer->failed) {
        size_t n = count < sizeof bytes / 2 ? count : sizeof bytes / 2;
        if (writer->bytes > UINT32_MAX - WRITTEN_HEAD - sizeof bytes) {
            writer->failed = true; /* a WAV file ends at 4 GiB */
            return;
        }
        for (size_t i = 0; i < n; i++)
            write_16(bytes + 2 * i, (uint16_t)samples[i]);
        writer->failed = fwrite(bytes, 2, n, writer->file) != n;
        writer->bytes += (uint32_t)(2 * n);
        samples += n;
        count -= n;
    }
}

bool wav_writer_close(struct wav_writer *writer)
{
    if (fseek(writer->file, 0, SEEK_SET) != 0)
        writer->failed = true;
    write_head(writer, writer->bytes);
    return fclose(writer->file) == 0 && !writer->failed;
}
