/* convert.c - see convert.h. ffmpeg reads the file from a temporary one without a name, since some
 * formats have their beginning at the end, and writes into a pipe; what it says of the file goes
 * into another temporary one. It opens no other file, and nothing in the network: a file that names
 * other files, as playlists do, would send those instead, and whoever has made it may have chosen
 * them. So only formats are read that hold their sound themselves. */
#include "convert.h"

#include <fcntl.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define INPUT 3 /* ffmpeg's descriptor */
/* Ten minutes of 2 channels at 48 kHz; ffmpeg mixes more of them down. */
#define OUTPUT_MAX (128u * 1024 * 1024)

extern char **environ;

/* Lines that ffmpeg says are shorter; the file's own texts need not be. */
#define SAID_LINE 1024

static FILE *keep_input(const uint8_t *file, size_t n)
{
    FILE *kept = tmpfile();
    if (kept != NULL &&
        (fwrite(file, 1, n, kept) != n || fflush(kept) != 0 || fseek(kept, 0, SEEK_SET) != 0)) {
        fclose(kept);
        return NULL;
    }
    return kept;
}

static char formats[] =
    "aac,ac3,aiff,amr,ape,asf,au,avi,caf,dsf,dts,eac3,flac,flv,gsm,m4v,matroska,"
    "mov,mp3,mpc,mpc8,mpeg,mpegts,nut,ogg,oma,rm,shn,sox,tak,truehd,tta,voc,"
    "w64,wav,wv";

/* The process, or -1: there is no ffmpeg. */
static pid_t start(int input, int output, int said, unsigned seconds)
{
    char length[16];
    snprintf(length, sizeof length, "%u", seconds);
    char *const arguments[] = {"ffmpeg",
                               "-nostdin",
                               "-nostats",
                               "-xerror",
                               "-v",
                               "info",
                               "-protocol_whitelist",
                               "file",
                               "-format_whitelist",
                               formats,
                               "-i",
                               "/dev/fd/3",
                               "-map",
                               "0:a:0",
                               "-t",
                               length,
                               "-af",
                               "aformat=channel_layouts=mono|stereo",
                               "-ar",
                               "48000",
                               "-c:a",
                               "pcm_s16le",
                               "-f",
                               "wav",
                               "-",
                               NULL};
    posix_spawn_file_actions_t actions;
    pid_t pid = -1;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, said, STDERR_FILENO);
    posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&actions, input, INPUT);
    if (posix_spawnp(&pid, arguments[0], &actions, NULL, arguments, environ) != 0)
        pid = -1;
    posix_spawn_file_actions_destroy(&actions);
    return pid;
}

static uint8_t *read_output(int fd, size_t *n)
{
    uint8_t *p = NULL;
    size_t capacity = 0;
    ssize_t got = 1;
    *n = 0;
    while (got > 0 && *n < OUTPUT_MAX) {
        if (*n == capacity) {
            capacity = capacity == 0 ? 1u << 20 : 2 * capacity;
            uint8_t *more = realloc(p, capacity);
            if (more == NULL)
                break;
            p = more;
        }
        got = read(fd, p + *n, capacity - *n);
        *n += got > 0 ? (size_t)got : 0;
    }
    return p;
}

struct stated {
    unsigned long ms;
    bool guessed, film;
};

static bool begins(const char *line, const char *word)
{
    return strncmp(line, word, strlen(word)) == 0;
}

/* "  Duration: 00:01:02.34, ". What the file's own texts say stands behind four blanks and a name,
 * or behind a colon, all of their lines. */
static void note_line(struct stated *stated, const char *line)
{
    unsigned long hours, minutes, seconds, parts;
    if (begins(line, "  Duration: ") &&
        sscanf(line, "  Duration: %lu:%lu:%lu.%lu", &hours, &minutes, &seconds, &parts) == 4)
        stated->ms = ((hours * 60 + minutes) * 60 + seconds) * 1000 + parts * 10;
    if (line[0] == '[' && strstr(line, "Estimating duration") != NULL)
        stated->guessed = true;
    if (begins(line + strspn(line, " "), "Stream #") && strstr(line, ": Video: ") != NULL &&
        strstr(line, "(attached pic)") == NULL)
        stated->film = true;
}

/* 0: it is not known, or only guessed, or of a picture that moves. */
static unsigned long read_stated(FILE *said)
{
    char line[SAID_LINE];
    struct stated stated = {.ms = 0};
    bool whole = true; /* else this is the rest of a long line */
    rewind(said);
    while (fgets(line, sizeof line, said) != NULL && !(whole && begins(line, "Output #"))) {
        if (whole)
            note_line(&stated, line);
        whole = strchr(line, '\n') != NULL;
    }
    return stated.guessed || stated.film ? 0 : stated.ms;
}

static const char *run(int input, FILE *said, unsigned seconds, struct converted *converted)
{
    int fds[2], status = -1;
    if (pipe(fds) != 0)
        return "there is not enough memory";
    fcntl(fds[0], F_SETFD, FD_CLOEXEC);
    pid_t pid = start(input, fds[1], fileno(said), seconds);
    close(fds[1]);
    if (pid > 0)
        converted->wav = read_output(fds[0], &converted->n);
    close(fds[0]); /* an ffmpeg that goes on writing ends */
    if (pid < 0)
        return "it is neither WAV nor Ogg Opus of at most 120 seconds and 1 MiB, and ffmpeg, which "
               "reads other formats, is not installed: install it, or convert the file, as by "
               "'opusenc FILE.flac FILE.opus'";
    bool ended = waitpid(pid, &status, 0) == pid && WIFEXITED(status) && WEXITSTATUS(status) == 0;
    if (converted->n == 0)
        return "no sound can be read from it, not by ffmpeg either";
    converted->stated_ms = read_stated(said);
    converted->full = converted->n >= OUTPUT_MAX;
    return ended || converted->full ? NULL : "it is damaged, or its end is missing";
}

const char *convert_sound(const uint8_t *file, size_t n, unsigned seconds,
                          struct converted *converted)
{
    const char *wrong = "a temporary file cannot be written";
    *converted = (struct converted){.wav = NULL};
    FILE *kept = keep_input(file, n), *said = tmpfile();
    if (kept != NULL && said != NULL)
        wrong = run(fileno(kept), said, seconds, converted);
    if (kept != NULL)
        fclose(kept);
    if (said != NULL)
        fclose(said);
    return wrong;
}
