/* tls_files.c - see tls_files.h. */
#include "server/tls_files.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "base/limits.h"
#include "frame/tls_certificate.h"

#define CERTIFICATE_FILE "tls-certificate.pem"
#define KEY_FILE         "tls-key.pem"
#define DAY_S            (24 * 3600)

/* The key of a config may be readable by a group: certbot and others share it so. */
static const struct cw_small_file_rule own_certificate_rule = {.max = CW_TLS_FILE_MAX,
                                                               .no_link = true},
                                       own_key_rule = {.max = CW_TLS_FILE_MAX,
                                                       .forbidden = 077,
                                                       .no_link = true},
                                       set_certificate_rule = {.max = CW_TLS_FILE_MAX},
                                       set_key_rule = {.max = CW_TLS_FILE_MAX, .forbidden = 007};

/* Where the two files are. */
struct tls_place {
    int at; /* of the names: a folder, or AT_FDCWD */
    const char *folder, *certificate, *key;
    const struct cw_small_file_rule *certificate_rule, *key_rule;
};

/* What is in them. */
struct tls_texts {
    struct cw_buf certificate, key;
};

static void forget_texts(struct tls_texts *texts)
{
    cw_small_file_forget(&texts->certificate);
    cw_small_file_forget(&texts->key);
}

/* --- the place ------------------------------------------------------------------------------ */

static bool is_path_set(const char *path)
{
    return path != NULL && *path != 0;
}

static bool is_own(const struct cw_tls_files *files)
{
    return !is_path_set(files->certificate) && !is_path_set(files->key);
}

/* False: errno says why; the place can be left all the same. */
static bool enter_place(const struct cw_tls_files *files, struct tls_place *place)
{
    *place = (struct tls_place){.at = AT_FDCWD,
                                .certificate = files->certificate,
                                .key = files->key,
                                .certificate_rule = &set_certificate_rule,
                                .key_rule = &set_key_rule};
    if (is_own(files))
        *place = (struct tls_place){.at = cw_small_file_folder(files->folder),
                                    .folder = files->folder,
                                    .certificate = CERTIFICATE_FILE,
                                    .key = KEY_FILE,
                                    .certificate_rule = &own_certificate_rule,
                                    .key_rule = &own_key_rule};
    return place->at >= 0 || place->at == AT_FDCWD;
}

static void leave_place(struct tls_place *place)
{
    if (place->at >= 0)
        close(place->at);
}

static void look_at_place(const struct tls_place *place, struct cw_small_file_stamp seen[2])
{
    cw_small_file_look(place->at, place->certificate, &seen[0]);
    cw_small_file_look(place->at, place->key, &seen[1]);
}

/* --- the own pair ---------------------------------------------------------------------------- */

static bool write_own(const struct tls_place *place, const char *name, mode_t mode, bool replaces,
                      const struct cw_buf *text, char error[CW_TLS_ERROR_MAX])
{
    if (cw_small_file_write(place->at, name, mode, replaces, cw_buf_slice(text)))
        return true;
    snprintf(error, CW_TLS_ERROR_MAX, "cannot write %.150s/%s: %s", place->folder, name,
             strerror(errno));
    return false;
}

/* The key is written first: without a certificate it gets one at the next start. */
static bool sign_own(const struct cw_tls_files *files, const struct tls_place *place, int64_t now_s,
                     struct tls_texts *texts, char error[CW_TLS_ERROR_MAX])
{
    bool is_new = texts->key.n == 0;
    texts->certificate.n = 0;
    if (!cw_tls_self_signed(files->names, files->name_count, now_s - DAY_S,
                            now_s + (int64_t)CW_TLS_OWN_DAYS * DAY_S, &texts->certificate,
                            &texts->key)) {
        snprintf(error, CW_TLS_ERROR_MAX,
                 "no certificate can be made: one of the server's names is neither a host name nor "
                 "an IP address");
        return false;
    }
    return (!is_new || write_own(place, KEY_FILE, 0600, false, &texts->key, error)) &&
           write_own(place, CERTIFICATE_FILE, 0644, true, &texts->certificate, error);
}

/* Of a certificate that ends so much later than it could, the clock was wrong when it was made. */
static bool is_due(int64_t until_s, int64_t now_s)
{
    return until_s < now_s + (int64_t)CW_TLS_RENEW_DAYS * DAY_S ||
           until_s > now_s + (int64_t)(CW_TLS_OWN_DAYS + 1) * DAY_S;
}

static bool read_one(const struct tls_place *place, const char *name,
                     const struct cw_small_file_rule *rule, bool may_lack, struct cw_buf *to,
                     char error[CW_TLS_ERROR_MAX])
{
    enum cw_small_file found = cw_small_file_read(place->at, name, rule, to);
    if (found == CW_SMALL_FILE_READ || (found == CW_SMALL_FILE_ABSENT && may_lack))
        return true;
    cw_small_file_say(place->folder, name, rule, error);
    return false;
}

static bool read_both(const struct tls_place *place, bool may_lack, struct tls_texts *texts,
                      char error[CW_TLS_ERROR_MAX])
{
    return read_one(place, place->certificate, place->certificate_rule, may_lack,
                    &texts->certificate, error) &&
           read_one(place, place->key, place->key_rule, may_lack, &texts->key, error);
}

/* A key that was lost is not replaced: those who know it would not know the new one. */
static bool is_own_key_good(const struct tls_place *place, const struct tls_texts *texts,
                            char error[CW_TLS_ERROR_MAX])
{
    bool is_lost = texts->key.n == 0 && texts->certificate.n != 0;
    if (!is_lost && (texts->key.n == 0 || cw_tls_key_is_good(cw_buf_slice(&texts->key))))
        return true;
    snprintf(error, CW_TLS_ERROR_MAX,
             "%.80s/" KEY_FILE
             " is %s: put it back from a backup; or remove it and " CERTIFICATE_FILE
             ", and the server makes a new key, which clients must accept",
             place->folder, is_lost ? "missing" : "damaged");
    return false;
}

static bool make_own(struct cw_tls_files *files, const struct tls_place *place, int64_t now_s,
                     struct tls_texts *texts, char error[CW_TLS_ERROR_MAX])
{
    int64_t until_s;
    bool is_good =
        cw_tls_certificate_fits(cw_buf_slice(&texts->certificate), cw_buf_slice(&texts->key),
                                files->names, files->name_count, &until_s) &&
        !is_due(until_s, now_s);
    if (!is_good) {
        if (!sign_own(files, place, now_s, texts, error))
            return false;
        look_at_place(place, files->seen);
        until_s = now_s + (int64_t)CW_TLS_OWN_DAYS * DAY_S;
    }
    files->renew_s = until_s - (int64_t)CW_TLS_RENEW_DAYS * DAY_S + 1;
    return true;
}

static bool read_own(struct cw_tls_files *files, const struct tls_place *place, int64_t now_s,
                     struct tls_texts *texts, char error[CW_TLS_ERROR_MAX])
{
    files->renew_s = now_s + DAY_S; /* after a failure */
    if (!cw_small_file_lock(place->at)) {
        snprintf(error, CW_TLS_ERROR_MAX, "cannot lock %.150s: %s", place->folder, strerror(errno));
        return false;
    }
    return read_both(place, true, texts, error) && is_own_key_good(place, texts, error) &&
           make_own(files, place, now_s, texts, error);
}

/* --- both kinds ------------------------------------------------------------------------------ */

static bool are_paths_complete(const struct cw_tls_files *files, char error[CW_TLS_ERROR_MAX])
{
    bool certificate = is_path_set(files->certificate), key = is_path_set(files->key);
    if (certificate != key)
        snprintf(error, CW_TLS_ERROR_MAX,
                 "%s is set without %s: set both; or neither, and the server makes a certificate "
                 "of its own",
                 certificate ? "tls_certificate" : "tls_key",
                 certificate ? "tls_key" : "tls_certificate");
    return certificate == key;
}

/* The stamps are taken before the files are read: what is written in between is seen as a change
 * later. */
static bool read_texts(struct cw_tls_files *files, const struct tls_place *place, int64_t now_s,
                       struct tls_texts *texts, char error[CW_TLS_ERROR_MAX])
{
    look_at_place(place, files->seen);
    return is_own(files) ? read_own(files, place, now_s, texts, error)
                         : read_both(place, false, texts, error);
}

struct cw_tls_server *cw_tls_files_load(struct cw_tls_files *files, int64_t now_s,
                                        char error[CW_TLS_ERROR_MAX])
{
    struct tls_place place;
    struct tls_texts texts = {0};
    struct cw_tls_server *server = NULL;
    if (!are_paths_complete(files, error))
        return NULL;
    if (!enter_place(files, &place))
        snprintf(error, CW_TLS_ERROR_MAX, "cannot use the data folder %.150s: %s", files->folder,
                 strerror(errno));
    else if (read_texts(files, &place, now_s, &texts, error))
        server = cw_tls_server_create(cw_buf_slice(&texts.certificate), cw_buf_slice(&texts.key),
                                      now_s, error);
    forget_texts(&texts);
    leave_place(&place);
    return server;
}

static bool is_same(const struct cw_small_file_stamp *a, const struct cw_small_file_stamp *b)
{
    return a->modified_ns == b->modified_ns && a->size == b->size && a->inode == b->inode &&
           a->device == b->device;
}

bool cw_tls_files_changed(const struct cw_tls_files *files, int64_t now_s)
{
    struct tls_place place;
    struct cw_small_file_stamp now[2] = {0};
    if (files->renew_s != 0 && now_s >= files->renew_s)
        return true;
    if (enter_place(files, &place))
        look_at_place(&place, now);
    leave_place(&place);
    return !is_same(&now[0], &files->seen[0]) || !is_same(&now[1], &files->seen[1]);
}
