/* command_export.c - export: all that is the user's, and what the user can read, in a folder. It
 * uses the requests that show these things; `export` only says that it is the user. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "code.h"
#include "export_messages.h"
#include "output.h"
#include "output_json.h"
#include "password.h"

#define PATH_SIZE 4096
#define PAGE      50

/* --- the folder ---------------------------------------------------------------------------- */

static bool say_unwritable(const char *path)
{
    fprintf(stderr, "chinwag: cannot write %s: %s\n", path, strerror(errno));
    return false;
}

static bool make_folder(const char *path)
{
    return mkdir(path, 0700) == 0 || errno == EEXIST || say_unwritable(path);
}

static void name_parts(const struct exporter *exporter, char part[PATH_SIZE], char whole[PATH_SIZE])
{
    snprintf(whole, PATH_SIZE, "%s/export.jsonl", exporter->folder);
    snprintf(part, PATH_SIZE, "%s/export.jsonl.part", exporter->folder);
}

/* The lines are written anew each time; they have their name when all are there. */
static bool begin_lines(struct exporter *exporter)
{
    char part[PATH_SIZE], whole[PATH_SIZE], files[PATH_SIZE];
    struct stat about;
    name_parts(exporter, part, whole);
    snprintf(files, sizeof files, "%s/files", exporter->folder);
    if (!make_folder(exporter->folder) || !make_folder(files))
        return false;
    if (lstat(whole, &about) == 0) {
        fprintf(stderr, "chinwag: %s is complete already: choose another folder\n", whole);
        return false;
    }
    int fd = open(part, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
    exporter->out = fd < 0 ? NULL : fdopen(fd, "w");
    if (exporter->out == NULL && fd >= 0)
        close(fd);
    return exporter->out != NULL || say_unwritable(part);
}

static bool end_lines(struct exporter *exporter, bool complete)
{
    char part[PATH_SIZE], whole[PATH_SIZE];
    name_parts(exporter, part, whole);
    bool good =
        fflush(exporter->out) == 0 && !ferror(exporter->out) && fsync(fileno(exporter->out)) == 0;
    good = fclose(exporter->out) == 0 && good;
    if (!complete)
        return true;
    return (good && rename(part, whole) == 0) || say_unwritable(whole);
}

/* --- lists --------------------------------------------------------------------------------- */

static int64_t export_asks_settings(chinwag_client *client, const void *arguments)
{
    (void)arguments;
    return chinwag_settings(client);
}

static int64_t export_asks_contacts(chinwag_client *client, const void *arguments)
{
    (void)arguments;
    return chinwag_contacts(client);
}

static int64_t export_asks_groups(chinwag_client *client, const void *arguments)
{
    (void)arguments;
    return chinwag_groups(client);
}

static int64_t export_asks_sessions(chinwag_client *client, const void *arguments)
{
    (void)arguments;
    return chinwag_sessions(client);
}

static int64_t export_asks_invitations(chinwag_client *client, const void *arguments)
{
    (void)arguments;
    return chinwag_invitations(client, NULL);
}

static int64_t export_asks_profile(chinwag_client *client, const void *name)
{
    return chinwag_profile(client, name);
}

static void put_account(const struct exporter *exporter, bool receipts)
{
    const char *name = exporter->session.account.name, *server = exporter->cli->server;
    fputs("{\"type\":\"account\",\"name\":", exporter->out);
    output_json_string(exporter->out, name, strlen(name));
    fputs(",\"server\":", exporter->out);
    output_json_string(exporter->out, server, strlen(server));
    fprintf(exporter->out, ",\"time\":%" PRId64 ",\"receipts\":%s}\n", (int64_t)time(NULL) * 1000,
            receipts ? "true" : "false");
}

static void put_list(const struct exporter *exporter, const char *type,
                     const struct chinwag_event *answer)
{
    const struct output_json_list list = {.type = type, .me = exporter->session.account.name};
    for (size_t i = 0; i < answer->entry_count; i++)
        output_entry_json(exporter->out, &answer->entries[i], &list);
}

/* The items have no name of their own. Whether the user is there now is nothing to keep. */
static void put_profile(const struct exporter *exporter, const struct chinwag_event *answer)
{
    const struct output_json_list list = {.type = "profile_item"};
    for (size_t i = 0; i < answer->entry_count; i++) {
        struct chinwag_entry entry = answer->entries[i];
        entry.name = answer->user;
        if (entry.content == NULL && entry.file_id == 0)
            continue;
        output_entry_json(exporter->out, &entry, &list);
    }
}

static int export_lists(struct exporter *exporter)
{
    static const struct {
        const char *action, *type;
        export_request *ask;
    } lists[] = {{"contacts", "contact", export_asks_contacts},
                 {"groups", "group", export_asks_groups},
                 {"sessions", "device", export_asks_sessions},
                 {"invitations", "invitation", export_asks_invitations}};
    struct chinwag_event answer;
    int code = export_ask(&exporter->session, "settings", export_asks_settings, NULL, &answer);
    if (code == CLI_DONE)
        put_account(exporter, answer.receipts);
    if (code == CLI_DONE)
        code = export_ask(&exporter->session, "profile", export_asks_profile,
                          exporter->session.account.name, &answer);
    if (code == CLI_DONE)
        put_profile(exporter, &answer);
    for (size_t i = 0; code == CLI_DONE && i < sizeof lists / sizeof lists[0]; i++) {
        code = export_ask(&exporter->session, lists[i].action, lists[i].ask, NULL, &answer);
        if (code == CLI_DONE)
            put_list(exporter, lists[i].type, &answer);
    }
    return code;
}

/* --- conversations ---------------------------------------------------------------------------- */

static int64_t export_asks_conversations(chinwag_client *client, const void *page)
{
    return chinwag_conversations(client, page);
}

/* Their names outlive the answer. */
static char **take_names(const struct chinwag_event *answer)
{
    char **names = calloc(answer->entry_count + 1, sizeof *names);
    for (size_t i = 0; names != NULL && i < answer->entry_count; i++)
        names[i] = strdup(answer->entries[i].conversation);
    return names;
}

static int export_page(struct exporter *exporter, char **names, size_t count)
{
    int code = names == NULL ? CLI_WRONG_USE : CLI_DONE;
    for (size_t i = 0; i < count && names != NULL; i++) {
        if (code == CLI_DONE && names[i] != NULL)
            code = export_messages(exporter, names[i]);
        free(names[i]);
    }
    free(names);
    return code;
}

static int export_conversations(struct exporter *exporter)
{
    struct chinwag_page page = {.limit = PAGE};
    struct chinwag_event answer;
    int code;
    do {
        code = export_ask(&exporter->session, "conversations", export_asks_conversations, &page,
                          &answer);
        if (code != CLI_DONE)
            return code;
        page.before = answer.next;
        put_list(exporter, "conversation", &answer);
        code = export_page(exporter, take_names(&answer), answer.entry_count);
    } while (code == CLI_DONE && page.before != 0);
    return code;
}

/* --- the command -------------------------------------------------------------------------- */

static int64_t ask_export(chinwag_client *client, const char *password, const char *code,
                          const void *arguments)
{
    (void)arguments;
    return chinwag_export(client, password, code);
}

static int export_all(struct exporter *exporter, char password[PASSWORD_SIZE])
{
    struct chinwag_event answer;
    int code =
        code_ask(&exporter->session, exporter->cli, "export", password, ask_export, NULL, &answer);
    password_forget(password);
    if (code != CLI_DONE)
        return code;
    if (!begin_lines(exporter))
        return CLI_WRONG_USE;
    code = export_lists(exporter);
    if (code == CLI_DONE)
        code = export_conversations(exporter);
    bool ended = end_lines(exporter, code == CLI_DONE);
    return code != CLI_DONE || ended ? code : CLI_WRONG_USE;
}

static void say_how_it_went(const struct exporter *exporter, int code)
{
    if (code == CLI_UNREACHABLE || code == CLI_TIMEOUT)
        fprintf(stderr, "chinwag: the same command goes on with what is missing\n");
    if (code != CLI_DONE)
        return;
    printf("exported %lu messages, %lu files and recordings\n", exporter->messages,
           exporter->saved);
    if (exporter->missing != 0)
        fprintf(stderr, "chinwag: %lu files and recordings could not be had\n", exporter->missing);
}

int command_export(const struct cli *cli)
{
    static char password[PASSWORD_SIZE];
    struct exporter exporter = {.cli = cli, .folder = cli->arguments[0]};
    int code = session_open(&exporter.session, cli, SESSION_COMMAND);
    if (code != CLI_DONE)
        return code;
    code = password_read(cli, exporter.session.account.name, false, password)
               ? export_all(&exporter, password)
               : CLI_WRONG_USE;
    say_how_it_went(&exporter, code);
    session_close(&exporter.session);
    if (exporter.recording.client != NULL)
        session_close(&exporter.recording);
    return code;
}
