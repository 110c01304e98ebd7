/* wal.c - see wal.h. */
#include "store/sqlite/wal.h"

#include <string.h>

#define HEADER       32
#define FRAME_HEADER 24
#define MAGIC        0x377f0682u /* the lowest bit: sums over big-endian words */
#define PAGE_MIN     512u
#define PAGE_MAX     65536u
/* A torn end has one transaction, of which a cut can leave the last frame; two that
 * follow each other were on the disk. */
#define COMMITS_OF_DAMAGE 2

struct sum {
    uint32_t a, b;
};

struct log {
    struct cw_slice file;
    size_t page_size, frame_size, count;
    bool big_endian;
    const uint8_t *salts;
};

static uint32_t get_big(const uint8_t *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static uint32_t get_little(const uint8_t *p)
{
    return (uint32_t)p[3] << 24 | (uint32_t)p[2] << 16 | (uint32_t)p[1] << 8 | p[0];
}

static struct sum add_words(struct sum sum, const uint8_t *p, size_t n, bool big_endian)
{
    for (size_t i = 0; i < n; i += 8) {
        sum.a += (big_endian ? get_big(p + i) : get_little(p + i)) + sum.b;
        sum.b += (big_endian ? get_big(p + i + 4) : get_little(p + i + 4)) + sum.a;
    }
    return sum;
}

static struct sum stored(const uint8_t *p)
{
    return (struct sum){get_big(p), get_big(p + 4)};
}

static bool same(struct sum x, struct sum y)
{
    return x.a == y.a && x.b == y.b;
}

static const uint8_t *frame_at(const struct log *log, size_t i)
{
    return log->file.p + HEADER + i * log->frame_size;
}

/* Does the frame continue the chain after this checksum? */
static bool follows(const struct log *log, size_t i, struct sum before)
{
    const uint8_t *frame = frame_at(log, i);
    struct sum sum = add_words(before, frame, 8, log->big_endian);
    sum = add_words(sum, frame + FRAME_HEADER, log->page_size, log->big_endian);
    return memcmp(frame + 8, log->salts, 8) == 0 && same(sum, stored(frame + 16));
}

static bool is_commit(const struct log *log, size_t i)
{
    return get_big(frame_at(log, i) + 4) != 0;
}

static bool is_page_size(uint32_t size)
{
    return size >= PAGE_MIN && size <= PAGE_MAX && (size & (size - 1)) == 0;
}

/* With this size of a page and these salts. */
static struct log open_log(struct cw_slice file, size_t page_size, const uint8_t *salts)
{
    struct log log = {.file = file,
                      .page_size = page_size,
                      .frame_size = page_size + FRAME_HEADER,
                      .big_endian = (file.p[3] & 1) != 0,
                      .salts = salts};
    log.count = (file.n - HEADER) / log.frame_size;
    return log;
}

/* The largest number of commits in one chain from frame `from` on. Older frames that a torn
 * transaction has left begin a chain of their own. */
static size_t count_commits(const struct log *log, size_t from)
{
    size_t most = 0, commits = 0;
    for (size_t i = from; i < log->count; i++) {
        if (!follows(log, i, stored(frame_at(log, i - 1) + 16)))
            commits = 0;
        else if (is_commit(log, i) && ++commits > most)
            most = commits;
    }
    return most;
}

/* The header is wrong. It still belongs to these frames when the first of them continues the chain
 * after the header's checksum, as it is or as it should be. */
static struct cw_wal_verdict judge_without_header(struct cw_slice file)
{
    struct cw_wal_verdict verdict = {0};
    for (size_t size = PAGE_MIN; size <= PAGE_MAX; size *= 2) {
        if (file.n < HEADER + 3 * (size + FRAME_HEADER))
            break;
        for (int big_endian = 0; big_endian < 2; big_endian++) {
            struct log log = open_log(file, size, file.p + HEADER + 8);
            log.big_endian = big_endian != 0;
            struct sum made = add_words((struct sum){0, 0}, file.p, 24, log.big_endian);
            bool first = follows(&log, 0, stored(file.p + 24)) || follows(&log, 0, made);
            size_t commits = count_commits(&log, 1);
            if (first && commits + is_commit(&log, 0) >= COMMITS_OF_DAMAGE)
                verdict = (struct cw_wal_verdict){.damaged = true, .commits = commits};
        }
    }
    return verdict;
}

struct cw_wal_verdict cw_wal_judge(struct cw_slice file)
{
    struct cw_wal_verdict verdict = {0};
    if (file.n < HEADER + FRAME_HEADER)
        return verdict;
    bool big_endian = (file.p[3] & 1) != 0;
    struct sum sum = add_words((struct sum){0, 0}, file.p, 24, big_endian);
    if ((get_big(file.p) & ~1u) != MAGIC || !is_page_size(get_big(file.p + 8)) ||
        !same(sum, stored(file.p + 24)))
        return judge_without_header(file);
    struct log log = open_log(file, get_big(file.p + 8), file.p + 16);
    size_t i = 0;
    while (i < log.count && follows(&log, i, sum)) {
        sum = stored(frame_at(&log, i) + 16);
        i++;
    }
    if (i >= log.count)
        return verdict;
    /* The wrong frame may itself be the end of a transaction. */
    size_t commits = count_commits(&log, i + 1);
    bool damaged = commits >= COMMITS_OF_DAMAGE;
    return (struct cw_wal_verdict){
        .damaged = damaged, .at = HEADER + i * log.frame_size, .frames = i, .commits = commits};
}
