/* scale.c - chinwag-scale: one machine's worth of people and messages, and how
 * long it takes to open what one of them has.
 *
 * Makes the data through the store itself, then starts chinwagd on it and asks
 * as a client does, one request at a time. No test: it takes minutes and some
 * gigabytes. `make bench-scale` runs it. */
#include <dirent.h>
#include <getopt.h>
#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "chinwag/chinwag.h"
#include "scale.h"

struct run run; /* measure.c looks at the server in it: there is none */

static uint64_t random_state = 42;

/* SplitMix64: the same data in every run. */
uint64_t scale_random(uint64_t below)
{
    uint64_t z = random_state += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return (z ^ z >> 31) % below;
}

/* --- a server ------------------------------------------------------------------------ */

struct chinwagd {
    pid_t pid;
    char address[64];
    double start_ms;
};

/* Starts chinwagd and reads the line in which it says where it listens. */
static void start(struct chinwagd *server, const char *program, const char *folder)
{
    int out[2];
    char line[512] = "";
    uint64_t began_ns = now_ns();
    if (pipe(out) != 0)
        die("no pipe");
    server->pid = fork();
    if (server->pid == 0) {
        dup2(out[1], STDOUT_FILENO);
        dup2(out[1], STDERR_FILENO);
        execl(program, program, "--listen", "127.0.0.1:0", "--data", folder, (char *)NULL);
        _exit(2);
    }
    close(out[1]);
    FILE *said = fdopen(out[0], "r");
    const char *at = NULL;
    while (at == NULL && fgets(line, sizeof line, said) != NULL)
        at = strstr(line, "127.0.0.1:");
    if (at == NULL || sscanf(at, "%63[0-9.:]", server->address) != 1)
        die("%s does not start: %s", program, line);
    server->start_ms = (double)(now_ns() - began_ns) / 1e6;
}

static double rss_mib(pid_t pid)
{
    char path[64], line[256];
    double kib = 0;
    snprintf(path, sizeof path, "/proc/%d/status", (int)pid);
    FILE *file = fopen(path, "r");
    while (file != NULL && fgets(line, sizeof line, file) != NULL)
        sscanf(line, "VmRSS: %lf kB", &kib);
    if (file != NULL)
        fclose(file);
    return kib / 1024;
}

/* What all threads of the server have computed: it does not grow while other programs run. */
static uint64_t cpu_ns(pid_t pid)
{
    char path[300];
    uint64_t total = 0;
    unsigned long long ns;
    snprintf(path, sizeof path, "/proc/%d/task", (int)pid);
    DIR *threads = opendir(path);
    for (struct dirent *thread; threads != NULL && (thread = readdir(threads)) != NULL;) {
        snprintf(path, sizeof path, "/proc/%d/task/%.20s/schedstat", (int)pid, thread->d_name);
        FILE *file = thread->d_name[0] == '.' ? NULL : fopen(path, "r");
        if (file != NULL && fscanf(file, "%llu", &ns) == 1)
            total += ns;
        if (file != NULL)
            fclose(file);
    }
    if (threads != NULL)
        closedir(threads);
    return total;
}

/* --- asking --------------------------------------------------------------------------- */

enum question { CHATS, LATEST, MIDDLE, SEARCH, FILES, MENTIONS, MEMBERS, REACT, QUESTIONS };
static const char *const question_names[QUESTIONS] = {
    "conversations",    "history, newest page", "history, somewhere", "search",
    "search for files", "list of mentions",     "members of a group", "adding a reaction"};
static struct histogram latency[QUESTIONS], computed[QUESTIONS];
static pid_t asked_pid;
static uint64_t computed_ns; /* by the server, before the question */
static uint64_t entries[QUESTIONS];

/* The answer to `request`; its time since `began_ns` counts for `question`. */
static struct chinwag_event await(chinwag_client *client, int64_t request)
{
    struct chinwag_event event;
    for (;;) {
        if (!chinwag_poll(client, 30000, &event) || event.type == CHINWAG_DISCONNECTED)
            die("no answer");
        if (event.type != CHINWAG_RESPONSE || event.request != request)
            continue;
        if (event.code != CHINWAG_SUCCESS)
            die("%s: %s", event.action, event.text);
        return event;
    }
}

static struct chinwag_event measure(chinwag_client *client, enum question question,
                                    uint64_t began_ns, int64_t request)
{
    struct chinwag_event event = await(client, request);
    histogram_add(&latency[question], now_ns() - began_ns);
    uint64_t ns = cpu_ns(asked_pid);
    histogram_add(&computed[question], ns - computed_ns);
    computed_ns = ns;
    entries[question] += event.entry_count;
    return event;
}

static void ask(chinwag_client *client)
{
    char conversation[80];
    uint64_t began_ns = now_ns();
    struct chinwag_event chats =
        measure(client, CHATS, began_ns, chinwag_conversations(client, NULL));
    if (chats.entry_count == 0)
        return;
    const struct chinwag_entry *chat = &chats.entries[scale_random(chats.entry_count)];
    uint64_t last = chat->seq;
    snprintf(conversation, sizeof conversation, "%s", chat->conversation);
    began_ns = now_ns();
    measure(client, LATEST, began_ns, chinwag_history(client, conversation, NULL));
    struct chinwag_page page = {.around = 1 + scale_random(last + 1)};
    began_ns = now_ns();
    measure(client, MIDDLE, began_ns, chinwag_history(client, conversation, &page));
    began_ns = now_ns();
    measure(client, SEARCH, began_ns, chinwag_search(client, scale_words(), NULL, NULL));
    began_ns = now_ns();
    measure(client, FILES, began_ns, chinwag_search(client, "has:file", conversation, NULL));
    began_ns = now_ns();
    measure(client, MENTIONS, began_ns, chinwag_mentions(client, NULL));
    began_ns = now_ns();
    measure(client, REACT, began_ns, chinwag_react(client, conversation, last, scale_emoji()));
    if (conversation[0] != '#')
        return;
    began_ns = now_ns();
    measure(client, MEMBERS, began_ns, chinwag_members(client, conversation + 1, NULL));
}

static void ask_as(const struct chinwagd *server, const struct scale *scale, uint64_t user)
{
    char name[32], token[40];
    struct chinwag_options options = {
        .server = server->address, .has_since = true, .since = scale->messages};
    scale_name(user, name);
    scale_token(user, token);
    chinwag_client *client = chinwag_create(&options);
    await(client, chinwag_attach(client, name, token));
    asked_pid = server->pid;
    computed_ns = cpu_ns(asked_pid);
    ask(client);
    chinwag_destroy(client);
}

static void print(const struct chinwagd *server, unsigned users, double rss_before)
{
    printf("\nstart-up %.0f ms; memory %.1f MiB after it, %.1f MiB after the questions\n\n",
           server->start_ms, rss_before, rss_mib(server->pid));
    printf("%-22s %8s %8s %8s %8s %8s %10s\n", "of each of the users", "asked", "p50 us", "p99 us",
           "max us", "CPU us", "entries");
    for (int i = 0; i < QUESTIONS; i++) {
        const struct histogram *h = &latency[i];
        if (h->count != 0)
            printf("%-22s %8llu %8.0f %8.0f %8.0f %8.0f %10.1f\n", question_names[i],
                   (unsigned long long)h->count, histogram_us(h, 0.5), histogram_us(h, 0.99),
                   (double)h->max / 1000, histogram_us(&computed[i], 0.5),
                   (double)entries[i] / (double)h->count);
    }
    printf("(%u users, one after another, each on a connection of its own)\n", users);
}

/* --- the command line -------------------------------------------------------------------- */

static const char usage[] =
    "chinwag-scale - how long it takes to open a conversation among millions\n"
    "\n"
    "  --folder DIR     where the data is, or is to be made (/var/tmp/chinwag-scale)\n"
    "  --users N        (1,000,000)   --groups N     of 1,000 members each (1,000)\n"
    "  --messages N     (10,000,000, every 20th with a file)\n"
    "  --reactions N    (2,000,000)   --asked N      users that ask (2,000)\n"
    "  --chinwagd FILE  the server (beside this program)\n";

static uint64_t number(const char *text)
{
    char *end;
    uint64_t value = strtoull(text, &end, 10);
    if (*end != 0 || value == 0)
        die("'%s' is no number\n%s", text, usage);
    return value;
}

static const char *beside(const char *program)
{
    static char path[512];
    ssize_t n = readlink("/proc/self/exe", path, sizeof path - 32);
    path[n < 0 ? 0 : n] = 0;
    strcpy(strrchr(path, '/') + 1, program);
    return path;
}

int main(int argc, char **argv)
{
    static const struct option known[] = {
        {"folder", required_argument, NULL, 'f'},    {"users", required_argument, NULL, 'u'},
        {"groups", required_argument, NULL, 'g'},    {"messages", required_argument, NULL, 'm'},
        {"reactions", required_argument, NULL, 'r'}, {"asked", required_argument, NULL, 'a'},
        {"chinwagd", required_argument, NULL, 'c'},  {NULL, 0, NULL, 0}};
    struct scale scale = {.users = 1000000,
                          .groups = 1000,
                          .members = 1000,
                          .messages = 10000000,
                          .reactions = 2000000};
    const char *folder = "/var/tmp/chinwag-scale", *chinwagd = beside("chinwagd");
    uint64_t asked = 2000;
    for (int c; (c = getopt_long(argc, argv, "", known, NULL)) != -1;) {
        if (c == 'f')
            folder = optarg;
        else if (c == 'u')
            scale.users = number(optarg);
        else if (c == 'g')
            scale.groups = number(optarg);
        else if (c == 'm')
            scale.messages = number(optarg);
        else if (c == 'r')
            scale.reactions = number(optarg);
        else if (c == 'a')
            asked = number(optarg);
        else if (c == 'c')
            chinwagd = optarg;
        else
            die("%s", usage);
    }
    if (sodium_init() < 0)
        die("libsodium does not start");
    signal(SIGPIPE, SIG_IGN);
    scale_prepare(&scale, folder);
    struct chinwagd server;
    start(&server, chinwagd, folder);
    double rss = rss_mib(server.pid);
    for (uint64_t i = 0; i < asked; i++)
        ask_as(&server, &scale, 1 + scale_random(scale_active(&scale)));
    print(&server, (unsigned)asked, rss);
    kill(server.pid, SIGTERM);
    waitpid(server.pid, NULL, 0);
    return 0;
}
