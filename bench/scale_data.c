/* scale_data.c - see scale.h. Everything goes through store.h, a batch at a time. */
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/alloc.h"
#include "scale.h"
#include "store/blob.h"
#include "store/file.h"
#include "store/store.h"

#define MESSAGE_MS 20 /* from one to the next */
#define WORD_COUNT 4096
#define PEERS      100 /* users that a busy user writes to */
#define TEXT_MAX   256

struct maker {
    const struct scale *scale;
    struct cw_store *store;
    struct cw_arena arena;
    struct cw_store_request requests[CW_COMMIT_MAX];
    struct cw_store_result results[CW_COMMIT_MAX];
    char texts[CW_COMMIT_MAX][TEXT_MAX];
    uint8_t hashes[CW_COMMIT_MAX][CW_TOKEN_HASH_LEN];
    char names[CW_COMMIT_MAX][32];
    size_t count;
    uint64_t time_ms;
    char folder[512];
    char mentions[CW_COMMIT_MAX][32];
    uint32_t *said; /* by group: how many messages */
};

uint64_t scale_active(const struct scale *scale)
{
    uint64_t active = scale->users / 50;
    return active < scale->members ? scale->members : active;
}

void scale_name(uint64_t user, char name[32])
{
    snprintf(name, 32, "u%llu", (unsigned long long)user);
}

void scale_token(uint64_t user, char token[40])
{
    snprintf(token, 40, "%08llx-0000-4000-8000-000000000000", (unsigned long long)user);
}

/* --- words ------------------------------------------------------------------------------ */

/* Pronounceable, and as rare as words are: the n-th comes about 1/n as often. */
static void put_word(uint64_t n, char word[16])
{
    static const char consonants[] = "bdfgklmnprstvwzh", vowels[] = "aeiou";
    char *p = word;
    for (int i = 0; i < 4 && (n > 0 || i < 2); i++) {
        *p++ = consonants[n & 15];
        *p++ = vowels[(n >> 4) % 5];
        n /= 80;
    }
    *p = 0;
}

static uint64_t rare(void)
{
    uint64_t most = 1 + scale_random(WORD_COUNT);
    return scale_random(most);
}

static size_t put_text(char text[TEXT_MAX])
{
    size_t n = 0;
    for (uint64_t words = 4 + scale_random(12); words > 0; words--) {
        char word[16];
        put_word(rare(), word);
        n += (size_t)snprintf(text + n, TEXT_MAX - n, "%s%s", n == 0 ? "" : " ", word);
    }
    return n;
}

const char *scale_words(void)
{
    static char words[40];
    char first[16], second[16];
    put_word(rare(), first);
    put_word(rare(), second);
    snprintf(words, sizeof words, "%s %s", first, second);
    return words;
}

const char *scale_emoji(void)
{
    static const char *const emoji[] = {"\U0001f44d", "\U0001f602", "\U0001f389", "\U0001f914",
                                        "\U0001f525", "\U0001f440", "\U0001f64f", "\u2705"};
    return emoji[scale_random(1 + scale_random(sizeof emoji / sizeof emoji[0]))];
}

/* --- batches ------------------------------------------------------------------------------ */

static void commit(struct maker *m)
{
    const struct cw_store_request *pointers[CW_COMMIT_MAX];
    for (size_t i = 0; i < m->count; i++)
        pointers[i] = &m->requests[i];
    if (m->count != 0)
        cw_store_execute(m->store, pointers, m->count, m->results, &m->arena);
    for (size_t i = 0; i < m->count; i++)
        if (m->results[i].status != CW_STORE_OK)
            die("the store says %d to operation %d", m->results[i].status, m->requests[i].op);
    cw_arena_reset(&m->arena);
    m->count = 0;
}

static struct cw_store_request *add(struct maker *m, enum cw_store_op op)
{
    if (m->count == CW_COMMIT_MAX)
        commit(m);
    struct cw_store_request *request = &m->requests[m->count++];
    *request = (struct cw_store_request){.op = op, .time_ms = m->time_ms};
    return request;
}

static struct cw_slice own_name(struct maker *m, char letter, uint64_t number)
{
    char *name = m->names[m->count - 1];
    snprintf(name, sizeof m->names[0], "%c%llu", letter, (unsigned long long)number);
    return cw_slice_str(name);
}

/* --- people, groups, messages ---------------------------------------------------------------- */

static void make_users(struct maker *m)
{
    for (uint64_t user = 1; user <= m->scale->users; user++) {
        struct cw_store_request *request = add(m, CW_STORE_USER_CREATE);
        request->name = request->key = own_name(m, 'u', user);
        request->secret = cw_slice_str("no password");
    }
    commit(m);
}

static void make_sessions(struct maker *m)
{
    for (uint64_t user = 1; user <= scale_active(m->scale); user++) {
        char token[40];
        struct cw_store_request *request = add(m, CW_STORE_SESSION_CREATE);
        uint8_t *hash = m->hashes[m->count - 1];
        scale_token(user, token);
        crypto_generichash(hash, CW_TOKEN_HASH_LEN, (const uint8_t *)token, CW_TOKEN_LEN, NULL, 0);
        request->user_id = user;
        request->secret = cw_slice_of(hash, CW_TOKEN_HASH_LEN);
        request->extended = true;
    }
    commit(m);
}

/* The i-th member of a group: the busy ones in turn. */
static uint64_t member_of(const struct scale *scale, uint64_t group, uint64_t i)
{
    return 1 + (group * 7919 + i) % scale_active(scale);
}

static void make_groups(struct maker *m)
{
    for (uint64_t group = 1; group <= m->scale->groups; group++) {
        for (uint64_t i = 0; i < m->scale->members; i++) {
            struct cw_store_request *request =
                add(m, i == 0 ? CW_STORE_GROUP_CREATE : CW_STORE_GROUP_JOIN);
            request->user_id = member_of(m->scale, group, i);
            request->name = request->key = own_name(m, 'g', group);
        }
    }
    commit(m);
}

/* A block on the disk. By hand: a sync for each would take longer than all the rest. */
static void write_bytes(const struct maker *m, uint64_t file_id)
{
    char name[CW_FILE_DISK_NAME_MAX], path[600];
    cw_file_name(file_id, name);
    snprintf(path, sizeof path, "%s/" CW_BLOB_FOLDER "/%s", m->folder, name);
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd < 0 || write(fd, name, sizeof name) != (ssize_t)sizeof name)
        die("no file %s", path);
    close(fd);
}

static void add_file(struct maker *m, uint64_t user_id, uint64_t file_id)
{
    struct cw_store_request *request = add(m, CW_STORE_FILE_BEGIN);
    request->user_id = user_id;
    request->file_id = file_id;
    request->size = CW_FILE_DISK_NAME_MAX;
    request->name = own_name(m, 'f', file_id);
    request = add(m, CW_STORE_FILE_DONE);
    uint8_t *hash = m->hashes[m->count - 1];
    crypto_generichash(hash, CW_SHA256_N, (const uint8_t *)&file_id, sizeof file_id, NULL, 0);
    request->user_id = user_id;
    request->file_id = file_id;
    request->generation = 1; /* its only writer */
    request->secret = cw_slice_of(hash, CW_SHA256_N);
    request->type = cw_slice_str("image/png");
    write_bytes(m, file_id);
}

/* "@u17 " before the text, and the key as the core finds it. */
static void add_mention(struct maker *m, struct cw_store_request *request, uint64_t user_id)
{
    char *text = m->texts[m->count - 1], *key = m->mentions[m->count - 1], before[34];
    memset(key, 0, sizeof m->mentions[0]);
    scale_name(user_id, key);
    size_t n = (size_t)snprintf(before, sizeof before, "@%s ", key);
    if (request->body.n + n > TEXT_MAX)
        return;
    memmove(text + n, text, request->body.n);
    memcpy(text, before, n);
    request->body = cw_slice_of(text, request->body.n + n);
    request->mentions = cw_slice_of(key, strlen(key) + 2);
}

struct sender {
    uint64_t user_id, group_id, mailbox;
};

/* Three in five are said in groups. */
static struct sender choose_sender(const struct scale *scale)
{
    uint64_t active = scale_active(scale);
    struct sender sender = {0};
    if (scale_random(5) < 3) {
        sender.group_id = 1 + scale_random(scale->groups);
        sender.mailbox = cw_mailbox_of_group(sender.group_id);
        sender.user_id = member_of(scale, sender.group_id, scale_random(scale->members));
        return sender;
    }
    sender.user_id = 1 + scale_random(active);
    uint64_t peer = sender.user_id + 1 + scale_random(PEERS);
    bool stranger = scale_random(20) == 0;
    sender.mailbox =
        cw_mailbox_of_user(1 + (stranger ? scale_random(scale->users) : peer % active));
    return sender;
}

static void make_messages(struct maker *m)
{
    const struct scale *scale = m->scale;
    for (uint64_t i = 1; i <= scale->messages; i++) {
        struct sender sender = choose_sender(scale);
        uint64_t file_id = i % SCALE_FILE_EVERY == 0 ? i : 0;
        if (file_id != 0)
            add_file(m, sender.user_id, file_id);
        struct cw_store_request *request = add(m, CW_STORE_MESSAGE_APPEND);
        char *text = m->texts[m->count - 1];
        request->body = cw_slice_of(text, put_text(text));
        request->user_id = sender.user_id;
        request->mailbox = sender.mailbox;
        request->file_id = file_id;
        if (sender.group_id != 0)
            m->said[sender.group_id - 1]++;
        if (sender.group_id != 0 && i % SCALE_MENTION_EVERY == 3)
            add_mention(m, request,
                        member_of(scale, sender.group_id, scale_random(scale->members)));
        m->time_ms += MESSAGE_MS;
    }
    commit(m);
}

/* In groups, and to every tenth message: some six people each, with one emoji or another. */
static void make_reactions(struct maker *m)
{
    const struct scale *scale = m->scale;
    for (uint64_t i = 0; i < scale->reactions; i++) {
        uint64_t group = 1 + scale_random(scale->groups), last = m->said[group - 1];
        if (last < 10)
            continue;
        struct cw_store_request *request = add(m, CW_STORE_REACT);
        request->conversation = cw_mailbox_of_group(group);
        request->user_id = member_of(scale, group, scale_random(scale->members));
        request->seq = 10 * (1 + scale_random(last / 10));
        request->body = cw_slice_str(scale_emoji());
    }
    commit(m);
}

static void catch_up(struct maker *m)
{
    bool again = true;
    while (again && cw_store_idle(m->store, &again))
        continue;
}

static void step(struct maker *m, const char *what, uint64_t count, void (*make)(struct maker *m))
{
    uint64_t began_ns = now_ns();
    make(m);
    double seconds = (double)(now_ns() - began_ns) / SECOND_NS;
    printf("%-22s %12llu in %6.1f s, %.0f/s\n", what, (unsigned long long)count, seconds,
           (double)count / seconds);
    fflush(stdout);
}

static void make_all(struct maker *m)
{
    const struct scale *scale = m->scale;
    step(m, "users", scale->users, make_users);
    step(m, "sessions", scale_active(scale), make_sessions);
    step(m, "members", scale->groups * scale->members, make_groups);
    step(m, "messages", scale->messages, make_messages);
    step(m, "reactions", scale->reactions, make_reactions);
    step(m, "index for search", scale->messages, catch_up);
}

void scale_prepare(const struct scale *scale, const char *folder)
{
    static struct maker m;
    char error[256], path[512];
    struct stat about;
    struct cw_store_options options = {.session_idle_ms = UINT64_C(1) << 50,
                                       .sessions_per_user = CW_SESSIONS_PER_USER};
    snprintf(path, sizeof path, "%s/chinwag.db", folder);
    bool made = stat(path, &about) == 0;
    if (made)
        printf("the data in %s is taken as it is\n", folder);
    m = (struct maker){.scale = scale,
                       .time_ms = (uint64_t)time(NULL) * 1000 - scale->messages * MESSAGE_MS,
                       .said = cw_alloc_zero(scale->groups * sizeof(uint32_t))};
    snprintf(m.folder, sizeof m.folder, "%s", folder);
    m.store = cw_store_open_sqlite(folder, &options, error);
    if (m.store == NULL)
        die("%s", error);
    if (!made)
        make_all(&m);
    else
        catch_up(&m); /* what an interrupted run has left */
    cw_arena_finish(&m.arena);
    free(m.said);
    cw_store_close(m.store);
    if (stat(path, &about) == 0)
        printf("%-22s %12.2f GiB\n", "database", (double)about.st_size / (1u << 30));
}
