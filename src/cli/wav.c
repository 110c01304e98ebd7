/* wav.c - see wav.h.
 *
 * Format: "Multimedia Programming Interface and Data Specifications 1.0"
 * (RIFF, WAVE); everything is little-endian, chunks are padded to even. */
#include "wav.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define FORMAT_PCM        1
#define FORMAT_EXTENSIBLE 0xfffe /* the real format stands in the extension */
#define RIFF_HEAD         12
#define CHUNK_HEAD        8
#define WRITTEN_HEAD      44
/* Twelve minutes at the highest rate of a voice message; a longer file is a mistake. */
#define FILE_MAX (128u * 1024 * 1024)

struct bytes {
    const uint8_t *p;
    size_t n;
};

static unsigned read_16(const uint8_t *p)
{
    return (unsigned)p[0] | (unsigned)p[1] << 8;
}

static uint32_t read_32(const uint8_t *p)
{
    return (uint32_t)read_16(p) | (uint32_t)read_16(p + 2) << 16;
}

/* --- reading -------------------------------------------------------------------------- */

static const char *read_whole(const char *path, uint8_t **p, size_t *n)
{
    *p = NULL;
    *n = 0;
    FILE *file = fopen(path, "rb");
    if (file == NULL)
        return strerror(errno);
    size_t capacity = 0;
    const char *wrong = NULL;
    while (wrong == NULL && !feof(file)) {
        if (*n == capacity) {
            capacity = capacity == 0 ? 64 * 1024 : 2 * capacity;
            uint8_t *more = capacity <= FILE_MAX ? realloc(*p, capacity) : NULL;
            if (more == NULL) {
                wrong = "the file is too large";
                break;
            }
            *p = more;
        }
        *n += fread(*p + *n, 1, capacity - *n, file);
        if (ferror(file))
            wrong = strerror(errno);
    }
    fclose(file);
    return wrong;
}

/* The body of the first chunk with this name; p NULL: there is none. */
static struct bytes find_chunk(struct bytes file, const char *name)
{
    size_t at = RIFF_HEAD;
    while (file.n - at >= CHUNK_HEAD) {
        const uint8_t *head = file.p + at;
        size_t claimed = read_32(head + 4);
        size_t left = file.n - at - CHUNK_HEAD;
        struct bytes body = {head + CHUNK_HEAD, claimed < left ? claimed : left};
        if (memcmp(head, name, 4) == 0)
            return body;
        at += CHUNK_HEAD + body.n + (body.n & 1);
        if (at > file.n)
            break;
    }
    return (struct bytes){NULL, 0};
}

static const char *read_format(struct bytes format, struct wav *wav)
{
    if (format.p == NULL || format.n < 16)
        return "the file has no format chunk";
    unsigned code = read_16(format.p);
    if (code == FORMAT_EXTENSIBLE && format.n >= 26)
        code = read_16(format.p + 24);
    wav->channels = read_16(format.p + 2);
    wav->sample_rate = read_32(format.p + 4);
    if (code != FORMAT_PCM || read_16(format.p + 14) != 16)
        return "the samples are not 16-bit PCM";
    if (wav->channels < 1 || wav->channels > 2)
        return "the file has more than 2 channels";
    return wav->sample_rate == 0 ? "the file has no sample rate" : NULL;
}

static const char *parse(struct bytes file, struct wav *wav)
{
    if (file.n < RIFF_HEAD || memcmp(file.p, "RIFF", 4) != 0 || memcmp(file.p + 8, "WAVE", 4) != 0)
        return "this is no WAV file";
    const char *wrong = read_format(find_chunk(file, "fmt "), wav);
    if (wrong != NULL)
        return wrong;
    struct bytes data = find_chunk(file, "data");
    wav->count = data.n / 2 / wav->channels * wav->channels;
    if (wav->count == 0)
        return "there is no sound in it";
    wav->samples = malloc(wav->count * sizeof *wav->samples);
    if (wav->samples == NULL)
        return "there is not enough memory";
    for (size_t i = 0; i < wav->count; i++)
        wav->samples[i] = (int16_t)read_16(data.p + 2 * i);
    return NULL;
}

const char *wav_read(const char *path, struct wav *wav)
{
    *wav = (struct wav){.channels = 0};
    struct bytes file;
    uint8_t *p;
    const char *wrong = read_whole(path, &p, &file.n);
    file.p = p;
    if (wrong == NULL)
        wrong = parse(file, wav);
    free(p);
    return wrong;
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

static void write_head(struct wav_writer *writer)
{
    uint8_t head[WRITTEN_HEAD] = "RIFF....WAVEfmt ";
    unsigned frame = 2 * writer->channels;
    write_32(head + 4, WRITTEN_HEAD - 8 + writer->bytes);
    write_32(head + 16, 16);
    write_16(head + 20, FORMAT_PCM);
    write_16(head + 22, writer->channels);
    write_32(head + 24, writer->sample_rate);
    write_32(head + 28, writer->sample_rate * frame);
    write_16(head + 32, frame);
    write_16(head + 34, 16);
    memcpy(head + 36, "data", 4);
    write_32(head + 40, writer->bytes);
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
    write_head(writer);
    return true;
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
    write_head(writer);
    return fclose(writer->file) == 0 && !writer->failed;
}
