/* export_messages.c - see export_messages.h. One page of messages is in memory at a time, and one
 * recording. What stands in the folder already is not fetched again. */
#include "export_messages.h"

#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "fetch_file.h"
#include "output_json.h"
#include "recording.h"
#include "text/file_name.h"

#define PATH_SIZE  4096
#define PAGE       200
#define PAUSE_MS   500
#define PAUSES_MAX 120

/* --- requests --------------------------------------------------------------------------- */

static void pause_a_while(void)
{
    const struct timespec time = {.tv_nsec = PAUSE_MS * 1000000L};
    nanosleep(&time, NULL);
}

int export_ask(struct session *session, const char *action, export_request *make,
               const void *arguments, struct chinwag_event *answer)
{
    int code = CLI_DONE;
    session->expected = CHINWAG_RATE_LIMITED;
    for (int i = 0; i < PAUSES_MAX; i++) {
        code = session_wait(session, action, make(session->client, arguments), answer);
        if (code != CLI_DONE || answer->code != CHINWAG_RATE_LIMITED)
            return code;
        pause_a_while();
    }
    fprintf(stderr, "chinwag: the server refuses to go on at this pace: repeat it later\n");
    return CLI_REFUSED;
}

/* --- files and recordings ---------------------------------------------------------------- */

/* Of the message, within the folder; false: it has nothing to be saved. A file's name is of another
 * person: the number before it makes it one of its own. */
static bool name_of(const struct chinwag_entry *entry, char name[PATH_SIZE])
{
    const char *file = entry->file_name == NULL ? "" : entry->file_name;
    bool good = cw_file_name_fault(cw_slice_str(file)) == CW_RULE_NONE && strlen(file) < 200;
    if (entry->deleted_ms != 0)
        return false;
    if (entry->file_id != 0) {
        snprintf(name, PATH_SIZE, "files/%llu%s%s", (unsigned long long)entry->id, good ? "-" : "",
                 good ? file : "");
        return true;
    }
    if (entry->kind == NULL || strcmp(entry->kind, "voice") != 0)
        return false;
    snprintf(name, PATH_SIZE, "files/%llu.opus", (unsigned long long)entry->id);
    return true;
}

struct place {
    const char *conversation;
    uint64_t seq;
};

static int64_t ask_recording(chinwag_client *client, const void *arguments)
{
    const struct place *place = arguments;
    return chinwag_fetch_voice(client, place->conversation, place->seq);
}

static int write_recording(struct recording *recording, const char *path)
{
    const char *wrong = recording_write(recording, path, true);
    if (wrong != NULL)
        fprintf(stderr, "chinwag: cannot write %s: %s\n", path, wrong);
    return wrong == NULL ? CLI_DONE : CLI_WRONG_USE;
}

static int fetch_recording_to(struct exporter *exporter, const struct place *place,
                              const char *path)
{
    struct chinwag_event answer;
    struct recording recording = {.file = NULL};
    int code = CLI_DONE;
    if (exporter->recording.client == NULL)
        code = session_open(&exporter->recording, exporter->cli, SESSION_COMMAND);
    if (code == CLI_DONE)
        code = export_ask(&exporter->recording, "fetch_voice", ask_recording, place, &answer);
    if (code != CLI_DONE)
        return code;
    const char *wrong = recording_take(&recording, &answer);
    if (wrong != NULL)
        fprintf(stderr, "chinwag: %s\n", wrong);
    code = wrong == NULL ? write_recording(&recording, path) : CLI_REFUSED;
    recording_finish(&recording);
    return code;
}

/* A message that has just been deleted, or that was damaged, does not end the export. */
static int save(struct exporter *exporter, const struct chinwag_entry *entry,
                const struct place *place, const char *name, bool *saved)
{
    char path[2 * PATH_SIZE];
    struct stat about;
    snprintf(path, sizeof path, "%s/%s", exporter->folder, name);
    int code = lstat(path, &about) == 0 ? CLI_DONE
               : entry->file_id != 0    ? fetch_file(exporter->cli, entry, path)
                                        : fetch_recording_to(exporter, place, path);
    *saved = code == CLI_DONE;
    exporter->saved += *saved;
    exporter->missing += code == CLI_REFUSED;
    return code == CLI_REFUSED ? CLI_DONE : code;
}

/* --- messages ------------------------------------------------------------------------------ */

static int export_message(struct exporter *exporter, const struct chinwag_entry *entry,
                          const char *conversation)
{
    char name[PATH_SIZE];
    const struct place place = {conversation, entry->seq};
    struct output_json_list list = {.conversation = conversation,
                                    .me = exporter->session.account.name};
    bool saved = false;
    int code = name_of(entry, name) ? save(exporter, entry, &place, name, &saved) : CLI_DONE;
    list.file = saved ? name : NULL;
    if (code == CLI_DONE)
        output_entry_json(exporter->out, entry, &list);
    exporter->messages++;
    return code;
}

struct asked {
    const char *conversation;
    struct chinwag_page page;
};

static int64_t ask_page(chinwag_client *client, const void *arguments)
{
    const struct asked *asked = arguments;
    return chinwag_history(client, asked->conversation, &asked->page);
}

/* Moves the page on; false: this was the last. The first page is that around the beginning, since
 * what was there may not be kept. */
static bool next_page(struct asked *asked, const struct chinwag_event *answer)
{
    uint64_t last =
        answer->entry_count == 0 ? answer->next : answer->entries[answer->entry_count - 1].seq;
    if (last == 0 && asked->page.around != 0 && answer->last > 1)
        last = 1;
    asked->page = (struct chinwag_page){.after = last, .limit = PAGE};
    return last != 0 && last < answer->last;
}

int export_messages(struct exporter *exporter, const char *conversation)
{
    struct asked asked = {conversation, {.around = 1, .limit = PAGE}};
    struct chinwag_event answer;
    bool more = true;
    int code = CLI_DONE;
    while (code == CLI_DONE && more) {
        code = export_ask(&exporter->session, "history", ask_page, &asked, &answer);
        for (size_t i = 0; code == CLI_DONE && i < answer.entry_count; i++)
            code = export_message(exporter, &answer.entries[i], conversation);
        more = code == CLI_DONE && next_page(&asked, &answer);
    }
    return code;
}
