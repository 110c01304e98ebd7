/* main.c - chinwagd's command line: options, config file, start and end of the server. */
#include <getopt.h>
#include <malloc.h>
#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>

#include "net/net.h"
#include "server/backup_read.h"
#include "server/config.h"
#include "server/curve_key.h"
#include "server/import.h"
#include "server/log.h"
#include "server/restore.h"
#include "server/service.h"
#include "server/setup_link.h"
#include "server/shell.h"
#include "server/store_options.h"
#include "server/tls_files.h"

static const char usage[] =
    "chinwagd - chat and group voice that you host yourself\n"
    "\n"
    "  --listen ADDRESS  listen at HOST:PORT (127.0.0.1:4242; port 0: any); may be repeated.\n"
    "                    Behind it, in one argument: plaintext, proxy, proxy=v2 (see README.md)\n"
    "  --data DIR        keep everything in this folder (./data)\n"
    "  --config FILE     read settings from this file; options come before it\n"
    "  --check           read all data, say what is damaged, and end: 0 nothing is, 1 it is,\n"
    "                    3 they are of another version of the server\n"
    "  --new-key         change the server's key for CURVE, and end; the old one is accepted for\n"
    "                    key_overlap_days more. Tell a running server by SIGHUP\n"
    "  --revoke-key      the same for a key that was stolen: the old one is dropped at once\n"
    "  --verify [DIR]    count and compare what is in the data, or in the backup DIR; the server "
    "of\n"
    "                    the data must be stopped\n"
    "  --restore DIR     make the data folder, which is to be empty, of the backup DIR, or of the\n"
    "                    newest one in DIR; all sessions and invitations end\n"
    "  --keep-sessions   with --restore: they do not\n"
    "  --compare-with DIR  with --restore: say which bans and deletions are in this data folder, "
    "and\n"
    "                    not in the backup\n"
    "  --key FILE        with --restore and --verify: the key of a backup that is sealed\n"
    "  --import FILE     put what Mattermost's bulk export or chinwag export has written into the\n"
    "                    data of a stopped server (docs/running.md); may be repeated\n"
    "  --dry-run         with --import: only say what it would do\n"
    "  --skip-broken     with --import: leave broken lines out; else nothing is imported\n"
    "  --new-backup-key FILE  make such a key, and print what chinwagctl backup --encrypt-to "
    "takes\n"
    "  --test            say whether the settings and the certificate are good, and end: 0 they "
    "are\n"
    "  --print-config    print a config file with every setting, its default and what it is\n"
    "  --help            print this\n"
    "  --version         print the version\n"
    "\n"
    "A setting can be given in the environment, too: CHINWAG_QUOTA_MIB for quota_mib. It "
    "overrides\n"
    "the file, and an option overrides both. SIGTERM ends the server;\n"
    "SIGUSR2 starts the program that stands in its place now, and refuses nobody meanwhile.\n";

extern char **environ;

/* File descriptors that are not connections: the database, its log, epoll. */
#define OTHER_FILES (64 + CW_NET_SPARE)

/* The options of the command line; they override the file. */
struct options {
    const char *listen[CW_LISTENERS_MAX + 1]; /* one more than there may be */
    unsigned listen_count;
    const char *data, *config;
    bool check, new_key, revoke_key, test;
    bool verify;
    const char *verify_backup; /* or the data: NULL */
    const char *restore, *backup_key, *new_backup_key;
    bool keep_sessions;
    const char *compare_with;
    const char *import;
    bool dry_run, skip_broken;
    const char *test_version; /* of the data of the server that asks (upgrade.c), or NULL */
};

/* What does not go together, or NULL. */
static const char *fault_of(const struct options *options)
{
    bool reads_backup = options->restore != NULL || options->verify;
    if (options->check + options->new_key + options->revoke_key + options->verify +
            (options->restore != NULL) + (options->new_backup_key != NULL) +
            (options->import != NULL) + options->test >
        1)
        return "give one of --check, --test, --new-key, --revoke-key, --verify, --restore, "
               "--import and --new-backup-key";
    if ((options->keep_sessions || options->compare_with != NULL) && options->restore == NULL)
        return "--keep-sessions and --compare-with go with --restore";
    if ((options->dry_run || options->skip_broken) && options->import == NULL)
        return "--dry-run and --skip-broken go with --import";
    if (options->backup_key != NULL && !reads_backup)
        return "--key goes with --restore and --verify";
    return NULL;
}

/* Those of backups and imports. */
static bool take_data_option(int c, int argc, char **argv, struct options *options)
{
    switch (c) {
    case 'y':
        options->verify = true;
        options->verify_backup = optarg;
        if (optarg == NULL && optind < argc && argv[optind][0] != '-')
            options->verify_backup = argv[optind++];
        break;
    case 'e':
        options->restore = optarg;
        break;
    case 's':
        options->keep_sessions = true;
        break;
    case 'C':
        options->compare_with = optarg;
        break;
    case 'f':
        options->backup_key = optarg;
        break;
    case 'b':
        options->new_backup_key = optarg;
        break;
    case 'i':
        options->import = optarg;
        break;
    case 'D':
        options->dry_run = true;
        break;
    case 'B':
        options->skip_broken = true;
        break;
    default:
        return false;
    }
    return true;
}

/* Returns -1 to continue, or the exit status. */
static int parse(int argc, char **argv, struct options *options)
{
    static const struct option known[] = {{"listen", required_argument, NULL, 'l'},
                                          {"data", required_argument, NULL, 'd'},
                                          {"config", required_argument, NULL, 'c'},
                                          {"check", no_argument, NULL, 'k'},
                                          {"new-key", no_argument, NULL, 'n'},
                                          {"revoke-key", no_argument, NULL, 'r'},
                                          {"print-config", no_argument, NULL, 'p'},
                                          {"test", optional_argument, NULL, 't'},
                                          {"help", no_argument, NULL, 'h'},
                                          {"version", no_argument, NULL, 'v'},
                                          {"verify", optional_argument, NULL, 'y'},
                                          {"restore", required_argument, NULL, 'e'},
                                          {"keep-sessions", no_argument, NULL, 's'},
                                          {"key", required_argument, NULL, 'f'},
                                          {"new-backup-key", required_argument, NULL, 'b'},
                                          {"compare-with", required_argument, NULL, 'C'},
                                          {"import", required_argument, NULL, 'i'},
                                          {"dry-run", no_argument, NULL, 'D'},
                                          {"skip-broken", no_argument, NULL, 'B'},
                                          {NULL, 0, NULL, 0}};
    for (int c; (c = getopt_long(argc, argv, "", known, NULL)) != -1;) {
        switch (c) {
        case 'l':
            if (options->listen_count <= CW_LISTENERS_MAX)
                options->listen[options->listen_count++] = optarg;
            break;
        case 'd':
            options->data = optarg;
            break;
        case 'c':
            options->config = optarg;
            break;
        case 'k':
            options->check = true;
            break;
        case 'n':
            options->new_key = true;
            break;
        case 'r':
            options->revoke_key = true;
            break;
        case 't':
            options->test = true;
            options->test_version = optarg;
            break;
        case 'p':
            cw_config_print_defaults(stdout);
            return EXIT_SUCCESS;
        case 'h':
            fputs(usage, stdout);
            return EXIT_SUCCESS;
        case 'v':
            puts("chinwagd " CW_VERSION);
            return EXIT_SUCCESS;
        default:
            if (take_data_option(c, argc, argv, options))
                break;
            fputs("chinwagd: see 'chinwagd --help'\n", stderr);
            return 2;
        }
    }
    const char *wrong = fault_of(options);
    if (wrong != NULL) {
        fprintf(stderr, "chinwagd: %s; nothing was done\n", wrong);
        return 2;
    }
    if (optind == argc)
        return -1;
    fprintf(stderr, "chinwagd: '%s' is no option; see 'chinwagd --help'\n", argv[optind]);
    return 2;
}

/* Those of the command line are all that there are, if there are any. */
static bool set_listen(const struct options *options, struct cw_config *config, char error[256])
{
    if (options->listen_count != 0)
        config->listen_count = 0;
    for (unsigned i = 0; i < options->listen_count; i++)
        if (!cw_config_set(config, "listen", options->listen[i], error))
            return false;
    return true;
}

static const char *variable_value(const char *variable)
{
    return getenv(variable);
}

/* What is accepted, and may not be what was meant. */
static void say_what_is_odd(const struct options *options, const struct cw_config *config)
{
    const char *unknown = cw_config_unknown_variable(environ);
    if (config->repeated_count > 1)
        cw_log("%s, %s; %u more lines do so", options->config, config->repeated,
               config->repeated_count - 1);
    else if (config->repeated_count == 1)
        cw_log("%s, %s", options->config, config->repeated);
    if (unknown != NULL)
        cw_log("%.*s in the environment is no setting, and has no effect",
               (int)strcspn(unknown, "="), unknown);
}

static bool configure(const struct options *options, struct cw_config *config, char error[256])
{
    cw_config_init(config);
    if (options->config != NULL && !cw_config_read(config, options->config, error))
        return false;
    if (!cw_config_read_environment(config, variable_value, error) ||
        !set_listen(options, config, error))
        return false;
    if (options->data != NULL && !cw_config_set(config, "data", options->data, error))
        return false;
    return cw_config_finish(config, error);
}

/* Long messages have mappings of their own, which grow without being copied and
 * go back to the system at once. By default the C library would raise the threshold above them
 * after the first one, and keep 16 MiB in its heaps. */
#define LARGE_MEMORY (256 * 1024)

/* Allows as many connections as the config has, within the system's limit. */
static void raise_file_limit(struct cw_config *config)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
        return;
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
    if (limit.rlim_cur > OTHER_FILES && config->connections_max > limit.rlim_cur - OTHER_FILES)
        config->connections_max = (unsigned)(limit.rlim_cur - OTHER_FILES);
}

static void log_sentence(const char *sentence)
{
    cw_log("%s", sentence);
}

#define TWINS_LOGGED 100

static void log_twin(void *context, bool group, struct cw_slice name, struct cw_slice older)
{
    (void)context;
    char one[CW_LOG_QUOTED_MAX], other[CW_LOG_QUOTED_MAX];
    cw_log_quote(name, one);
    cw_log_quote(older, other);
    cw_log_warning(
        "the %s %s looks like %s, which is older: both were taken before such names were refused",
        group ? "group" : "user", one, other);
}

/* NULL with a reason in `error`. */
static struct cw_shell *start_server(struct cw_config *config, char setup[CW_SETUP_LEN + 1],
                                     char error[256])
{
    struct cw_store_options options = cw_store_options_of(config);
    options.log = log_sentence;
    if (cw_restore_is_unfinished(config->data, error))
        return NULL;
    struct cw_store *store = cw_store_open_sqlite(config->data, &options, error);
    if (store == NULL)
        return NULL;
    cw_store_list_twins(store, true, TWINS_LOGGED, log_twin, NULL);
    if (!cw_setup_link_make(store, setup, error)) {
        cw_store_close(store);
        return NULL;
    }
    return cw_shell_create(config, store, error);
}

static void print_description(const struct cw_shell *shell)
{
    struct cw_buf lines = {0};
    cw_reach_describe(cw_shell_reach(shell), &lines);
    if (lines.n != 0)
        fwrite(lines.p, 1, lines.n, stdout);
    cw_buf_finish(&lines);
}

/* 2 is a wrong command line. */
enum { OTHER_VERSION = 3 };

static bool read_again(void *context, struct cw_config *config, char error[256])
{
    bool good = configure(context, config, error);
    if (good)
        say_what_is_odd(context, config);
    return good;
}

static int serve(struct options *options, struct cw_config *config)
{
    char error[256];
    struct cw_handover handover;
    char setup[CW_SETUP_LEN + 1] = "";
    const struct cw_settings_source source = {.read = read_again, .context = options};
    const struct cw_config asked = *config; /* before it has the addresses in use */
    raise_file_limit(config);
    struct cw_shell *shell = start_server(config, setup, error);
    if (shell == NULL) {
        cw_log_error("%s", error);
        return EXIT_FAILURE;
    }
    for (unsigned i = 0; i < config->listen_count; i++)
        printf("listening %s\n", config->listen[i].address);
    print_description(shell);
    cw_setup_link_tell(config, shell, setup);
    fflush(stdout);
    malloc_trim(0); /* what the start needed, migrations above all */
    cw_shell_set_source(shell, &source, &asked);
    bool next = cw_shell_run(shell, &handover);
    cw_shell_destroy(shell);
    if (!next)
        return EXIT_SUCCESS;
    cw_handover_exec(&handover);
    return EXIT_FAILURE;
}

/* --- --test -------------------------------------------------------------------------- */

/* The key for CURVE, if there is one already: a start makes it, and never replaces a bad one. */
static bool is_key_good(const struct cw_config *config, char error[256])
{
    struct cw_curve_server server = {.old_key_opens = false};
    char path[sizeof config->data + 16];
    int64_t old_until_s;
    struct stat about;
    snprintf(path, sizeof path, "%s/curve.key", config->data);
    if (stat(path, &about) != 0)
        return true;
    bool good = cw_curve_key_read(config->data, (int64_t)time(NULL), &server, &old_until_s, error);
    cw_curve_key_wipe(&server.key);
    cw_curve_key_wipe(&server.old_key);
    return good;
}

/* The settings were read already. */
static int test(const struct cw_config *config, const char *version)
{
    char error[256];
    if (version != NULL && atoi(version) > cw_store_sqlite_version()) {
        cw_log("chinwagd " CW_VERSION " is older than the data (schema %s; it knows %d): install "
               "the version that wrote them, or a newer one",
               version, cw_store_sqlite_version());
        return OTHER_VERSION;
    }
    if (!is_key_good(config, error)) {
        cw_log("%s", error);
        return EXIT_FAILURE;
    }
    struct cw_tls_files files = {
        .folder = config->data, .certificate = config->tls_certificate, .key = config->tls_key};
    struct cw_tls_server *tls =
        files.certificate[0] == 0 ? NULL : cw_tls_files_load(&files, (int64_t)time(NULL), error);
    if (tls == NULL && files.certificate[0] != 0) {
        cw_log("%s", error);
        return EXIT_FAILURE;
    }
    cw_tls_server_destroy(tls);
    puts("the settings are good");
    return EXIT_SUCCESS;
}

/* --- --check ------------------------------------------------------------------------- */

static void print_line(void *context, const char *line)
{
    (void)context;
    puts(line);
}

static int check(const struct cw_config *config)
{
    char error[256];
    struct cw_store_checking checking = {.tell = print_line};
    if (!cw_store_check_sqlite(config->data, &checking, error)) {
        fprintf(stderr, "chinwagd: %s\n", error);
        return checking.other_schema != 0 ? OTHER_VERSION : EXIT_FAILURE;
    }
    printf("%llu messages and %llu files read; ", (unsigned long long)checking.messages,
           (unsigned long long)checking.files);
    if (checking.damages == 0)
        puts("nothing is damaged");
    else
        printf("%llu thing%s damaged\n", (unsigned long long)checking.damages,
               checking.damages == 1 ? " is" : "s are");
    return checking.damages == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

/* --- --verify, --restore, --import, --new-backup-key -------------------------------------------
 */

static void print_text(const char *line)
{
    puts(line);
}

static bool verify_backup(const struct options *options, char error[256])
{
    struct cw_backup backup;
    struct cw_seal_key key;
    bool good =
        cw_backup_open(options->verify_backup, &backup, error) &&
        (options->backup_key == NULL || cw_backup_key_read(options->backup_key, &key, error)) &&
        cw_backup_verify(&backup, options->backup_key == NULL ? NULL : &key, print_text, error);
    cw_backup_close(&backup);
    sodium_memzero(&key, sizeof key);
    return good;
}

static bool new_backup_key(const char *path, char error[256])
{
    char text[CW_BACKUP_KEY_TEXT];
    if (!cw_backup_key_make(path, text, error))
        return false;
    printf("public key %s\n", text);
    fprintf(stderr,
            "chinwagd: keep %s away from the server, and twice: what is sealed for it can be read "
            "with nothing else\n",
            path);
    return true;
}

/* Those of backups and imports; *done: it was one of them. */
static int use_backup(const struct options *options, const struct cw_config *config, bool *done)
{
    char error[256];
    bool good = false;
    *done = true;
    if (options->restore != NULL)
        good = cw_restore(&(struct cw_restore_order){.backup = options->restore,
                                                     .data = config->data,
                                                     .key = options->backup_key,
                                                     .keep_sessions = options->keep_sessions,
                                                     .compare_with = options->compare_with},
                          error);
    else if (options->import != NULL)
        good = !cw_restore_is_unfinished(config->data, error) &&
               cw_import(&(struct cw_import_wish){.from = options->import,
                                                  .data = config->data,
                                                  .dry_run = options->dry_run,
                                                  .skips_broken = options->skip_broken,
                                                  .file_max = (uint64_t)config->file_mib_max << 20},
                         error);
    else if (options->new_backup_key != NULL)
        good = new_backup_key(options->new_backup_key, error);
    else if (options->verify)
        good = options->verify_backup != NULL ? verify_backup(options, error)
                                              : cw_data_verify(config->data, print_text, error);
    else
        *done = false;
    if (*done && !good)
        fprintf(stderr, "chinwagd: %s\n", error);
    return good ? EXIT_SUCCESS : EXIT_FAILURE;
}

/* --- --new-key, --revoke-key --------------------------------------------------------- */

static int change_key(const struct cw_config *config, bool revoke)
{
    char error[256], key[CW_CURVE_KEY_TEXT];
    struct cw_curve_server server = {.old_key_opens = false};
    int64_t now_s = (int64_t)time(NULL), old_until_s;
    bool changed = revoke
                       ? cw_curve_key_revoke(config->data, error)
                       : cw_curve_key_change(config->data, now_s, config->key_overlap_days, error);
    if (!changed || !cw_curve_key_read(config->data, now_s, &server, &old_until_s, error)) {
        fprintf(stderr, "chinwagd: %s\n", error);
        return EXIT_FAILURE;
    }
    cw_curve_key_text(server.key.public_key, key);
    cw_curve_key_wipe(&server.key);
    cw_curve_key_wipe(&server.old_key);
    printf("public key %s\n", key);
    fputs(
        revoke
            ? "chinwagd: now restart the server, if it runs. All users must accept this key: tell "
              "it to them, or make new links for them\n"
            : "chinwagd: now send SIGHUP to the server, if it runs; else it finds the key within "
              "a minute. Links from before have the old key: make new ones\n",
        stderr);
    return EXIT_SUCCESS;
}

int main(int argc, char **argv)
{
    struct options options = {0};
    struct cw_config config;
    char error[256];
    cw_handover_begin(argv);
    int status = parse(argc, argv, &options);
    if (status >= 0)
        return status;
    umask(077);
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN); /* a write beyond a limit of the system fails instead */
    signal(SIGHUP, SIG_IGN);  /* until there is somebody to hear them */
    signal(SIGUSR1, SIG_IGN);
    signal(SIGUSR2, SIG_IGN);
    if (sodium_init() < 0) {
        cw_log_error("cannot initialise libsodium");
        return EXIT_FAILURE;
    }
    if (!cw_service_begin(error) || !configure(&options, &config, error)) {
        cw_log_error("%s", error);
        return EXIT_FAILURE;
    }
    cw_log_set_format(config.log_format);
    cw_log_set_level(config.log_level);
    say_what_is_odd(&options, &config);
    if (options.test)
        return test(&config, options.test_version);
    if (options.check)
        return check(&config);
    bool done;
    status = use_backup(&options, &config, &done);
    if (done)
        return status;
    if (options.new_key || options.revoke_key)
        return change_key(&config, options.revoke_key);
    mallopt(M_MMAP_THRESHOLD, LARGE_MEMORY);
    return serve(&options, &config);
}
