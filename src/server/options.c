/* options.c - see options.h. */
#include "server/options.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>

#include "server/config.h"

static const char usage[] =
    "chinwagd - chat and group voice that you host yourself\n"
    "\n"
    "  --listen ADDRESS  listen at HOST:PORT (127.0.0.1:4242; port 0: any); may be repeated.\n"
    "                    Behind it, in one argument: plaintext, proxy, proxy=v2 (see README.md)\n"
    "  --data DIR        keep everything in this folder (./data)\n"
    "  --config FILE     read settings from this file; options come before it\n"
    "  --check           read all data, say what is damaged, and end: 0 nothing is, 1 it is,\n"
    "                    3 they are of another version of the server\n"
    "  --compact         write the database of a stopped server anew, so that it takes no more\n"
    "                    room than its content; this needs as much free room meanwhile\n"
    "  --migrate         move what a stopped server has in SQLite to the PostgreSQL in `store`, "
    "and\n"
    "                    forbid the SQLite file; may be given again until all is there\n"
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

/* What does not go together, or NULL. */
static const char *fault_of(const struct cw_options *options)
{
    bool reads_backup = options->restore != NULL || options->verify;
    if (options->check + options->compact + options->new_key + options->revoke_key +
            options->verify + (options->restore != NULL) + (options->new_backup_key != NULL) +
            (options->import != NULL) + options->test + options->migrate >
        1)
        return "give one of --check, --compact, --migrate, --test, --new-key, --revoke-key, "
               "--verify, "
               "--restore, "
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
static bool take_data_option(int c, int argc, char **argv, struct cw_options *options)
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

/* As cw_options_parse. */
static int take_option(int c, int argc, char **argv, struct cw_options *options)
{
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
    case 'o':
        options->compact = true;
        break;
    case 'm':
        options->migrate = true;
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
    return -1;
}

int cw_options_parse(int argc, char **argv, struct cw_options *options)
{
    static const struct option known[] = {{"listen", required_argument, NULL, 'l'},
                                          {"data", required_argument, NULL, 'd'},
                                          {"config", required_argument, NULL, 'c'},
                                          {"check", no_argument, NULL, 'k'},
                                          {"compact", no_argument, NULL, 'o'},
                                          {"migrate", no_argument, NULL, 'm'},
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
    for (int c, status; (c = getopt_long(argc, argv, "", known, NULL)) != -1;)
        if ((status = take_option(c, argc, argv, options)) >= 0)
            return status;
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
