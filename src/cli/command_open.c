/* command_open.c - shows a file, a voice message or a link by a program of the desktop: open. */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/limits.h"
#include "base/slice.h"
#include "message_at.h"
#include "opener.h"
#include "output.h"
#include "screen/link.h"
#include "state_path.h"
#include "text/file_name.h"

#define NAME_ROOM (CW_FILE_NAME_MAX + 1)

/* What there is to open. */
struct opened {
    char name[NAME_ROOM]; /* of the file; "": none */
    char link[CW_LINK_MAX + 1];
};

/* Out of an entry, which does not live long. */
static void look_at_entry(const struct chinwag_entry *entry, uint64_t seq, struct opened *opened)
{
    struct cw_slice link;
    *opened = (struct opened){.name = ""};
    if (entry->file_id != 0)
        snprintf(opened->name, sizeof opened->name, "%s",
                 entry->file_name == NULL ? "file" : entry->file_name);
    else if (entry->kind != NULL && strcmp(entry->kind, "voice") == 0)
        snprintf(opened->name, sizeof opened->name, "voice-%llu.opus", (unsigned long long)seq);
    else if (entry->content != NULL &&
             cw_link_next(cw_slice_of(entry->content, entry->content_length), 0, &link))
        snprintf(opened->link, sizeof opened->link, "%.*s", (int)link.n, link.p);
}

static int ask_opened(const struct cli *cli, struct opened *opened)
{
    struct session session = {.client = NULL};
    struct message_at message;
    const struct chinwag_entry *entry;
    int code = message_at_find(cli, &session, &message, &entry);
    *opened = (struct opened){.name = ""};
    if (code == CLI_DONE && entry != NULL)
        look_at_entry(entry, message.seq, opened);
    session_close(&session);
    if (code != CLI_DONE || opened->name[0] != 0 || opened->link[0] != 0)
        return code;
    fprintf(stderr, "chinwag: this message has nothing to open: history shows the numbers\n");
    return CLI_REFUSED;
}

static int open_by_desktop(const char *what)
{
    if (opener_start(what))
        return CLI_DONE;
    fprintf(stderr, "chinwag: cannot start xdg-open, which opens files: %s\n", strerror(errno));
    return CLI_WRONG_USE;
}

/* By fetch, into a folder of its own: the name is the sender's. */
static int open_file(const struct cli *cli, const struct opened *opened)
{
    char folder[PATH_MAX], path[PATH_MAX + NAME_ROOM + 1];
    state_path_temporary(folder, "chinwag-open");
    if (mkdtemp(folder) == NULL) {
        fprintf(stderr, "chinwag: cannot make %s: %s\n", folder, strerror(errno));
        return CLI_WRONG_USE;
    }
    snprintf(path, sizeof path, "%s/%s", folder, opened->name);
    char *arguments[] = {cli->arguments[0], cli->arguments[1], path};
    struct cli fetching = *cli;
    fetching.arguments = arguments;
    fetching.argument_count = 3;
    int code = command_fetch(&fetching);
    if (code == CLI_DONE)
        code = open_by_desktop(path);
    if (code == CLI_DONE) {
        fputs("chinwag: opened ", stdout);
        output_text(stdout, path, strlen(path));
        putchar('\n');
    } else {
        rmdir(folder);
    }
    return code;
}

int command_open(const struct cli *cli)
{
    struct opened opened;
    int code = ask_opened(cli, &opened);
    if (code != CLI_DONE)
        return code;
    if (opened.name[0] == 0)
        return open_by_desktop(opened.link);
    if (cw_file_name_fault(cw_slice_str(opened.name)) == CW_RULE_NONE && opened.name[0] != '.' &&
        !opener_may_run(opened.name))
        return open_file(cli, &opened);
    fputs("chinwag: this file could run as a program, and is not opened: fetch saves it\n", stderr);
    return CLI_REFUSED;
}
