/* chat_keeper.c - see chat_keeper.h. */
#include "chat_keeper.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include "chat_wait.h"
#include "sealed_file.h"

/* Two of each server that is open, or being closed, and two of the program. */
#define FILES_MAX 34
/* A disk that takes longer is told of. */
#define SILENT_S 1

struct keeper_file {
    struct chat_keeper *keeper;
    struct state_path path;
    bool sealed;
    char *text; /* to be written; NULL: nothing */
    uint64_t put, done;
    int error;
};

struct task {
    keeper_task *run;
    void *about;
    char *said; /* once it is done */
    struct task *next;
};

struct chat_keeper {
    pthread_mutex_t mutex;
    pthread_cond_t changed; /* something was put, or written, or it is over */
    pthread_t thread;
    bool threaded, over;
    int told; /* an eventfd */
    struct keeper_file *files[FILES_MAX];
    size_t count, next; /* the next one to look at, so that each has its turn */
    struct task *tasks; /* in their order, ... */
    struct task *done;  /* ... and those that have had something to say */
};

/* --- writing -------------------------------------------------------------------------------- */

static int write_text(const struct keeper_file *file, const char *text)
{
    bool good = state_path_make_folders(&file->path) &&
                (file->sealed ? sealed_write(file->path.text, text)
                              : sealed_write_bare(file->path.text, text));
    return good ? 0 : errno;
}

/* NULL: there is nothing to do. */
static struct keeper_file *next_file(struct chat_keeper *keeper)
{
    for (size_t i = 0; i < keeper->count; i++) {
        struct keeper_file *file = keeper->files[(keeper->next + i) % keeper->count];
        if (file->text == NULL)
            continue;
        keeper->next += i + 1;
        return file;
    }
    return NULL;
}

/* The file is not closed meanwhile: who closes it waits for this. */
static void write_one(struct chat_keeper *keeper, struct keeper_file *file)
{
    char *text = file->text;
    uint64_t number = file->put;
    file->text = NULL;
    pthread_mutex_unlock(&keeper->mutex);
    int error = write_text(file, text);
    free(text);
    pthread_mutex_lock(&keeper->mutex);
    if (number > file->done) { /* else it was put at once meanwhile */
        file->done = number;
        file->error = error;
    }
    pthread_cond_broadcast(&keeper->changed);
    eventfd_write(keeper->told, 1);
}

static void finish_task(struct task *task)
{
    free(task->about);
    free(task->said);
    free(task);
}

static void add_task(struct task **list, struct task *task)
{
    while (*list != NULL)
        list = &(*list)->next;
    task->next = NULL;
    *list = task;
}

/* It stays in the list meanwhile: who waits for it waits for that. */
static void do_task(struct chat_keeper *keeper, struct task *task)
{
    pthread_mutex_unlock(&keeper->mutex);
    task->said = task->run(task->about);
    pthread_mutex_lock(&keeper->mutex);
    keeper->tasks = task->next;
    if (task->said == NULL)
        finish_task(task);
    else
        add_task(&keeper->done, task);
    pthread_cond_broadcast(&keeper->changed);
    eventfd_write(keeper->told, 1);
}

static void *keep_files(void *context)
{
    struct chat_keeper *keeper = context;
    struct keeper_file *file;
    pthread_mutex_lock(&keeper->mutex);
    while (!keeper->over)
        if (keeper->tasks != NULL)
            do_task(keeper, keeper->tasks);
        else if ((file = next_file(keeper)) != NULL)
            write_one(keeper, file);
        else
            pthread_cond_wait(&keeper->changed, &keeper->mutex);
    pthread_mutex_unlock(&keeper->mutex);
    return NULL;
}

/* --- waiting for it ------------------------------------------------------------------------- */

/* `file` NULL: for the tasks. */
static bool is_behind(const struct chat_keeper *keeper, const struct keeper_file *file)
{
    return file == NULL ? keeper->tasks != NULL : file->done < file->put;
}

/* The disk may stand still for good, and nobody else hears signals. */
static void wait_for_disk(struct chat_keeper *keeper, const struct keeper_file *file)
{
    sigset_t before, held;
    fprintf(stderr, "chinwag: waiting for the disk, where what you have written is being kept; "
                    "Ctrl-C ends without it\n");
    chat_free_signals(&before);
    while (is_behind(keeper, file))
        pthread_cond_wait(&keeper->changed, &keeper->mutex);
    chat_hold_signals(&held);
    sigprocmask(SIG_SETMASK, &before, NULL);
}

static void wait_until_done(struct chat_keeper *keeper, const struct keeper_file *file)
{
    struct timespec until;
    int late = 0;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += SILENT_S;
    while (is_behind(keeper, file) && late == 0)
        late = pthread_cond_timedwait(&keeper->changed, &keeper->mutex, &until);
    if (is_behind(keeper, file))
        wait_for_disk(keeper, file);
}

/* --- beginning and ending ------------------------------------------------------------------- */

struct chat_keeper *chat_keeper_create(void)
{
    struct chat_keeper *keeper = calloc(1, sizeof *keeper);
    pthread_condattr_t attributes;
    if (keeper == NULL)
        abort();
    pthread_mutex_init(&keeper->mutex, NULL);
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&keeper->changed, &attributes);
    pthread_condattr_destroy(&attributes);
    keeper->told = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    keeper->threaded = keeper->told >= 0 && chat_start_thread(&keeper->thread, keep_files, keeper);
    return keeper;
}

void chat_keeper_destroy(struct chat_keeper *keeper)
{
    char *said;
    pthread_mutex_lock(&keeper->mutex);
    wait_until_done(keeper, NULL);
    keeper->over = true;
    pthread_cond_broadcast(&keeper->changed);
    pthread_mutex_unlock(&keeper->mutex);
    if (keeper->threaded)
        pthread_join(keeper->thread, NULL);
    if (keeper->told >= 0)
        close(keeper->told);
    while ((said = chat_keeper_said(keeper)) != NULL) {
        fputs(said, stderr);
        free(said);
    }
    pthread_cond_destroy(&keeper->changed);
    pthread_mutex_destroy(&keeper->mutex);
    free(keeper);
}

int chat_keeper_fd(const struct chat_keeper *keeper)
{
    return keeper->told;
}

void chat_keeper_rest(struct chat_keeper *keeper)
{
    eventfd_t count;
    eventfd_read(keeper->told, &count);
}

/* --- tasks ---------------------------------------------------------------------------------- */

void chat_keeper_do(struct chat_keeper *keeper, keeper_task *run, const void *about, size_t n)
{
    struct task *task = calloc(1, sizeof *task);
    void *copy = malloc(n);
    if (task == NULL || copy == NULL)
        abort();
    memcpy(copy, about, n);
    *task = (struct task){.run = run, .about = copy};
    pthread_mutex_lock(&keeper->mutex);
    add_task(&keeper->tasks, task);
    if (!keeper->threaded)
        do_task(keeper, task);
    pthread_cond_broadcast(&keeper->changed);
    pthread_mutex_unlock(&keeper->mutex);
}

bool chat_keeper_is_idle(struct chat_keeper *keeper)
{
    pthread_mutex_lock(&keeper->mutex);
    bool idle = keeper->tasks == NULL;
    pthread_mutex_unlock(&keeper->mutex);
    return idle;
}

char *chat_keeper_said(struct chat_keeper *keeper)
{
    char *said = NULL;
    pthread_mutex_lock(&keeper->mutex);
    struct task *task = keeper->done;
    if (task != NULL) {
        keeper->done = task->next;
        said = task->said;
        task->said = NULL;
        finish_task(task);
    }
    pthread_mutex_unlock(&keeper->mutex);
    return said;
}

/* --- files ---------------------------------------------------------------------------------- */

struct keeper_file *chat_keeper_open(struct chat_keeper *keeper, const struct state_path *path,
                                     bool sealed)
{
    struct keeper_file *file = calloc(1, sizeof *file);
    if (file == NULL || keeper->count == FILES_MAX)
        abort();
    *file = (struct keeper_file){.keeper = keeper, .path = *path, .sealed = sealed};
    pthread_mutex_lock(&keeper->mutex);
    keeper->files[keeper->count++] = file;
    pthread_mutex_unlock(&keeper->mutex);
    return file;
}

bool chat_keeper_is_done(struct keeper_file *file)
{
    pthread_mutex_lock(&file->keeper->mutex);
    bool done = !is_behind(file->keeper, file);
    pthread_mutex_unlock(&file->keeper->mutex);
    return done;
}

uint64_t chat_keeper_wait(struct keeper_file *file, int *error)
{
    pthread_mutex_lock(&file->keeper->mutex);
    wait_until_done(file->keeper, file);
    uint64_t done = file->done;
    *error = file->error;
    pthread_mutex_unlock(&file->keeper->mutex);
    return done;
}

void chat_keeper_close(struct keeper_file *file)
{
    int error;
    if (file == NULL)
        return;
    struct chat_keeper *keeper = file->keeper;
    chat_keeper_wait(file, &error);
    pthread_mutex_lock(&keeper->mutex);
    for (size_t i = 0; i < keeper->count; i++)
        if (keeper->files[i] == file)
            keeper->files[i] = keeper->files[--keeper->count];
    pthread_mutex_unlock(&keeper->mutex);
    free(file);
}

static void put_at_once(struct keeper_file *file, const char *text)
{
    file->error = write_text(file, text);
    file->done = file->put;
}

uint64_t chat_keeper_put(struct keeper_file *file, const char *text)
{
    struct chat_keeper *keeper = file->keeper;
    char *copy = keeper->threaded ? strdup(text) : NULL;
    pthread_mutex_lock(&keeper->mutex);
    uint64_t number = ++file->put;
    free(file->text);
    file->text = copy;
    pthread_cond_broadcast(&keeper->changed);
    if (copy == NULL) /* no thread, or no memory */
        put_at_once(file, text);
    pthread_mutex_unlock(&keeper->mutex);
    return number;
}

uint64_t chat_keeper_done(struct keeper_file *file, int *error)
{
    pthread_mutex_lock(&file->keeper->mutex);
    uint64_t done = file->done;
    *error = file->error;
    pthread_mutex_unlock(&file->keeper->mutex);
    return done;
}
