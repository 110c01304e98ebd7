/* main.c - chinwag-bench's command line, and what stands above its table. */
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/statfs.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#include "plan.h"

#define TMPFS 0x01021994 /* statfs(2) */

struct run run;

static const char usage[] =
    "chinwag-bench - what chinwagd achieves on one core, beside others\n"
    "\n"
    "  --only WORK     one workload: fanout pairs single durable look voice voicemax\n"
    "                  idle handshake storm slow bigvoice groups connections\n"
    "  --server NAME   only those whose names begin so, and the limit\n"
    "  --rounds N      measure everything N times, the servers taking turns (3)\n"
    "  --seconds S     of each measurement (1.5, quick 0.8)\n"
    "  --quick         the most important workloads, fewer peers; under 3 minutes\n"
    "  --smoke         a test: everything once, tiny, chinwagd by each transport only\n"
    "  --json          an object a row instead of the table\n"
    "  --folder DIR    where the data goes, a real disk (/var/tmp)\n"
    "  --chinwagd FILE the server to measure (beside this program)\n"
    "  --help          print this\n"
    "\n"
    "The server gets core 0, this program core 1. It needs two cores, some 20,000\n"
    "open files, and nobody else on the machine.\n";

struct options {
    const char *folder;
    bool json;
    struct plan plan;
    char command[512];
};

/* The servers inside this program: see server.c. */
static _Noreturn void serve(const char *name, const char *port)
{
    uint16_t number = (uint16_t)strtoul(port, NULL, 10);
    if (strcmp(name, "limit") == 0)
        serve_limit(number);
    else if (strcmp(name, "broker") == 0)
        serve_broker(number);
    else if (strcmp(name, "memory") == 0)
        serve_memory(number);
    exit(EXIT_FAILURE);
}

/* Returns -1 to go on, or the exit status. */
static int parse(int argc, char **argv, struct options *options)
{
    static const struct option known[] = {{"only", required_argument, NULL, 'o'},
                                          {"server", required_argument, NULL, 'p'},
                                          {"rounds", required_argument, NULL, 'r'},
                                          {"seconds", required_argument, NULL, 's'},
                                          {"quick", no_argument, NULL, 'q'},
                                          {"smoke", no_argument, NULL, 'k'},
                                          {"json", no_argument, NULL, 'j'},
                                          {"folder", required_argument, NULL, 'f'},
                                          {"chinwagd", required_argument, NULL, 'c'},
                                          {"help", no_argument, NULL, 'h'},
                                          {NULL, 0, NULL, 0}};
    for (int c; (c = getopt_long(argc, argv, "", known, NULL)) != -1;) {
        switch (c) {
        case 'o':
            options->plan.only = optarg;
            break;
        case 'p':
            options->plan.peers = optarg;
            break;
        case 'r':
            options->plan.rounds = (unsigned)strtoul(optarg, NULL, 10);
            break;
        case 's':
            run.seconds = strtod(optarg, NULL);
            break;
        case 'q':
            options->plan.quick = true;
            break;
        case 'k':
            run.smoke = true;
            break;
        case 'j':
            options->json = true;
            break;
        case 'f':
            options->folder = optarg;
            break;
        case 'c':
            run.chinwagd = realpath(optarg, NULL); /* runs have folders of their own */
            break;
        case 'h':
            fputs(usage, stdout);
            return EXIT_SUCCESS;
        default:
            fputs("chinwag-bench: see 'chinwag-bench --help'\n", stderr);
            return 2;
        }
    }
    if (optind == argc && run.seconds >= 0 &&
        (options->plan.only == NULL || plan_knows(options->plan.only)))
        return -1;
    fputs("chinwag-bench: see 'chinwag-bench --help'\n", stderr);
    return 2;
}

/* --- what stands above the table ------------------------------------------------------ */

/* The first line that `command` prints, cut. */
static void print_output(const char *label, const char *command)
{
    char line[200] = "unknown";
    FILE *file = popen(command, "r");
    if (file != NULL && fgets(line, sizeof line, file) != NULL)
        line[strcspn(line, "\n")] = 0;
    if (file != NULL)
        pclose(file);
    printf("# %-9s %s\n", label, line);
}

static void print_head(const struct options *options)
{
    struct utsname system;
    char date[32], memory[64];
    time_t now = time(NULL);
    strftime(date, sizeof date, "%Y-%m-%d %H:%M UTC", gmtime(&now));
    uname(&system);
    snprintf(memory, sizeof memory, "%ld cores, %.0f GiB", sysconf(_SC_NPROCESSORS_ONLN),
             (double)sysconf(_SC_PHYS_PAGES) * (double)sysconf(_SC_PAGESIZE) / (1u << 30));
    printf("# command   %s\n# date      %s\n", options->command, date);
    print_output("commit", "git describe --always --dirty 2>/dev/null");
    printf("# kernel    %s %s, %s\n", system.sysname, system.release, memory);
    print_output("processor", "sed -n 's/^model name[^:]*: //p' /proc/cpuinfo");
    printf("# runs      %u rounds of %.2g s after a warm-up; server on core 0, generator on "
           "core 1\n",
           options->plan.rounds, run.seconds);
    puts(
        "# network   TCP over loopback, encrypted by curve and wss only; text is on disk before it "
        "is answered");
    printf("# data in   %s\n# chinwagd's config:\n", options->folder);
    for (const char *line = bench_config; *line != 0;) {
        size_t n = strcspn(line, "\n");
        printf("#   %.*s\n", (int)n, line);
        line += n + (line[n] != 0);
    }
    puts("");
    fflush(stdout);
}

/* --- preparing ------------------------------------------------------------------------------ */

static void raise_file_limit(void)
{
    struct rlimit limit;
    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
    if (limit.rlim_cur < 10300 && !run.smoke)
        fputs("chinwag-bench: 10,000 connections need a higher limit of open files (ulimit -Hn)\n",
              stderr);
}

/* chinwagd lies beside this program. */
static void find_chinwagd(void)
{
    static char path[512];
    ssize_t n = readlink("/proc/self/exe", path, sizeof path - 16);
    if (run.chinwagd != NULL || n <= 0)
        return;
    path[n] = 0;
    strcpy(strrchr(path, '/') + 1, "chinwagd");
    run.chinwagd = path;
}

static void make_folder(const char *where)
{
    static char folder[400], path[440];
    struct statfs about;
    snprintf(folder, sizeof folder, "%.300s/chinwag-bench-XXXXXX", where);
    if (mkdtemp(folder) == NULL || statfs(folder, &about) != 0)
        die("cannot make a folder in %s", where);
    if (about.f_type == TMPFS)
        fprintf(stderr, "chinwag-bench: %s is no disk: what is durable there is not\n", where);
    snprintf(path, sizeof path, "%s/run", folder);
    run.folder = path;
}

static void remove_folder(void)
{
    char *path = strdup(run.folder);
    *strrchr(path, '/') = 0;
    rmdir(path);
    free(path);
}

static void remember_command(int argc, char **argv, struct options *options)
{
    size_t n = 0;
    for (int i = 0; i < argc && n < sizeof options->command; i++)
        n += (size_t)snprintf(options->command + n, sizeof options->command - n, "%s%s",
                              i == 0 ? "" : " ", argv[i]);
}

int main(int argc, char **argv)
{
    struct options options = {.folder = "/var/tmp", .plan = {0}};
    if (argc == 4 && strcmp(argv[1], "--serve") == 0)
        serve(argv[2], argv[3]);
    int status = parse(argc, argv, &options);
    if (status >= 0)
        return status;
    remember_command(argc, argv, &options);
    if (run.smoke) {
        options.plan.rounds = 1;
        run.seconds = 0.05;
    }
    if (options.plan.rounds == 0)
        options.plan.rounds = 3;
    if (run.seconds == 0)
        run.seconds = options.plan.quick ? 0.8 : 1.5;
    signal(SIGPIPE, SIG_IGN);
    raise_file_limit();
    find_chinwagd();
    make_folder(options.folder);
    options.plan.table = table_create();
    if (!options.json)
        print_head(&options);
    plan_carry_out(&options.plan);
    options.json ? table_print_json(options.plan.table) : table_print(options.plan.table);
    table_destroy(options.plan.table);
    remove_folder();
    return options.plan.failures == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
