/* main.c - chinwagd: what its options ask for, its config file, start and end of the server. */
#include <malloc.h>
#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <time.h>

#include "net/net.h"
#include "server/backup_read.h"
#include "server/config.h"
#include "server/curve_key.h"
#include "server/import.h"
#include "server/kept_settings.h"
#include "server/log.h"
#include "server/options.h"
#include "server/restore.h"
#include "server/service.h"
#include "server/settle.h"
#include "server/setup_link.h"
#include "server/shell.h"
#include "server/store_options.h"
#include "server/tls_files.h"
#include "store/move.h"

extern char **environ;

/* File descriptors that are not connections: the database, its log, epoll. */
#define OTHER_FILES (64 + CW_NET_SPARE)

/* Those of the command line are all that there are, if there are any. */
static bool set_listen(const struct cw_options *options, struct cw_config *config, char error[256])
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
static void say_what_is_odd(const struct cw_options *options, const struct cw_config *config)
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

/* EX_CONFIG: a setting is wrong, and stays so: the manager does not try again
 * (chinwag-server.service). What is in the shared folder may only be out of reach. */
static int configure(const struct cw_options *options, struct cw_config *config, char error[256])
{
    cw_config_init(config);
    if (options->config != NULL && !cw_config_read(config, options->config, error))
        return EX_CONFIG;
    if (!cw_config_read_environment(config, variable_value, error) ||
        !set_listen(options, config, error))
        return EX_CONFIG;
    if (options->data != NULL && !cw_config_set(config, "data", options->data, error))
        return EX_CONFIG;
    if (!cw_kept_settings_read(config, error))
        return EXIT_FAILURE;
    return cw_config_finish(config, error) ? EXIT_SUCCESS : EX_CONFIG;
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
    struct cw_store *store =
        config->store[0] == '\0'
            ? cw_store_open_sqlite(config->data, &options, error)
            : cw_store_open_postgres(config->store, config->data, &options, error);
    if (store == NULL)
        return NULL;
    cw_store_list_twins(store, true, TWINS_LOGGED, log_twin, NULL);
    cw_settle_heap(); /* before buffers lie between what migrations left */
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
    bool good = configure(context, config, error) == EXIT_SUCCESS;
    if (good)
        say_what_is_odd(context, config);
    return good;
}

static int serve(struct cw_options *options, struct cw_config *config)
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
    cw_settle();
    for (unsigned i = 0; i < config->listen_count; i++)
        printf("listening %s\n", config->listen[i].address);
    print_description(shell);
    cw_setup_link_tell(config, shell, setup);
    fflush(stdout);
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
    if (!is_key_good(config, error) ||
        (config->store[0] != '\0' && !cw_store_may_be_postgres(config->data, error))) {
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

/* --- --check, --compact, --migrate ----------------------------------------------------------- */

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

static int compact(const struct cw_config *config)
{
    char error[256];
    struct cw_store_compacted compacted;
    if (cw_restore_is_unfinished(config->data, error) ||
        !cw_store_compact_sqlite(config->data, &compacted, error)) {
        fprintf(stderr, "chinwagd: %s\n", error);
        return EXIT_FAILURE;
    }
    printf("the database took %llu KiB, and takes %llu now\n",
           (unsigned long long)compacted.before / 1024, (unsigned long long)compacted.after / 1024);
    return EXIT_SUCCESS;
}

static void print_text(const char *line)
{
    puts(line);
    fflush(stdout);
}

static int migrate(const struct cw_config *config)
{
    char error[256] = "set `store` to the URL of the PostgreSQL that all is to move to";
    if (config->store[0] != '\0' && !cw_restore_is_unfinished(config->data, error) &&
        cw_store_move(config->store, config->data, print_text, error))
        return EXIT_SUCCESS;
    fprintf(stderr, "chinwagd: %s\n", error);
    return EXIT_FAILURE;
}

/* --- --verify, --restore, --import, --new-backup-key ----------------------------------------- */

static bool verify_backup(const struct cw_options *options, char error[256])
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

/* What reads or writes the database of the data folder. */
static bool is_for_folder(const struct cw_options *options)
{
    return options->check || options->compact || options->restore != NULL ||
           options->import != NULL || (options->verify && options->verify_backup == NULL);
}

/* Those of backups and imports; *done: it was one of them. */
static int use_backup(const struct cw_options *options, const struct cw_config *config, bool *done)
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
    struct cw_options options = {0};
    struct cw_config config;
    char error[256];
    cw_handover_begin(argv);
    int status = cw_options_parse(argc, argv, &options);
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
    status = cw_service_begin(error) ? configure(&options, &config, error) : EX_CONFIG;
    if (status != EXIT_SUCCESS) {
        cw_log_error("%s", error);
        return status;
    }
    cw_log_set_format(config.log_format);
    cw_log_set_level(config.log_level);
    say_what_is_odd(&options, &config);
    if (options.test)
        return test(&config, options.test_version);
    if (options.migrate)
        return migrate(&config);
    if (config.store[0] != '\0' && is_for_folder(&options)) {
        fputs("chinwagd: the rows are in the PostgreSQL that `store` names, which has tools of its "
              "own for this (docs/cluster.md)\n",
              stderr);
        return EXIT_FAILURE;
    }
    if (options.check)
        return check(&config);
    if (options.compact)
        return compact(&config);
    bool done;
    status = use_backup(&options, &config, &done);
    if (done)
        return status;
    if (options.new_key || options.revoke_key)
        return change_key(&config, options.revoke_key);
    mallopt(M_MMAP_THRESHOLD, LARGE_MEMORY);
    return serve(&options, &config);
}
