/* import.c - see import.h. */
#include "server/import.h"

#include <inttypes.h>
#include <stdio.h>
#include <time.h>

#include "server/import_write.h"

/* How much later than here it may be where it was written. */
#define CLOCKS_DIFFER_MS (24 * 3600 * 1000)

static void report_plan(const struct cw_import_plan *plan)
{
    printf("%" PRIu64 " lines: %zu users, %zu groups, %zu posts, %" PRIu64 " files, %" PRIu64
           " reactions; %" PRIu64 " lines hold nothing that is imported\n",
           plan->lines, plan->user_count, plan->group_count, plan->post_count, plan->files,
           plan->reactions, plan->passed);
    if (plan->files_missing != 0)
        printf("%" PRIu64 " of the files are not in the export\n", plan->files_missing);
    if (plan->broken != 0)
        printf("%" PRIu64 " lines are broken\n", plan->broken);
}

static void report_written(const struct cw_import_written *written)
{
    printf("imported %" PRIu64 " users, %" PRIu64 " groups, %" PRIu64 " messages, %" PRIu64
           " files, %" PRIu64 " reactions; %" PRIu64 " messages were there already\n",
           written->users, written->groups, written->messages, written->files, written->reactions,
           written->found);
    if (written->left_out != 0)
        printf("%" PRIu64 " messages were left out\n", written->left_out);
}

static bool import_plan(const struct cw_import_wish *wish, struct cw_import_source *source,
                        struct cw_import_plan *plan, char error[256])
{
    struct cw_import_written written;
    const struct cw_import_order order = {wish->data, source, plan, wish->file_max};
    report_plan(plan);
    if (plan->reader.form == CW_IMPORT_UNKNOWN) {
        snprintf(error, 256, "There is no line in it that says what it is.");
        return false;
    }
    if (plan->broken != 0 && !wish->skips_broken) {
        snprintf(error, 256,
                 "Nothing was imported, since lines are broken (see above): mend them, or leave "
                 "them out by --skip-broken.");
        return false;
    }
    if (wish->dry_run)
        return true;
    bool good = cw_import_write(&order, &written, error);
    report_written(&written);
    return good;
}

bool cw_import(const struct cw_import_wish *wish, char error[256])
{
    struct cw_import_plan plan;
    struct cw_import_source *source = cw_import_source_open(wish->from, error);
    if (source == NULL)
        return false;
    uint64_t latest_ms = (uint64_t)time(NULL) * 1000 + CLOCKS_DIFFER_MS;
    bool good = cw_import_plan_make(source, latest_ms, &plan, error) &&
                import_plan(wish, source, &plan, error);
    cw_import_plan_finish(&plan);
    cw_import_source_close(source);
    return good;
}
