/* survey.h - what a copy of the database holds, so that two copies can be compared, and what
 * belongs to it in files.
 *
 * Not a search for damage: that is cw_store_check_sqlite, which reads every body; here their
 * checksums are read. Callers: the server's backup, --verify and --restore. Blocks; the folder must
 * not be in use. */
#ifndef CW_STORE_SURVEY_H
#define CW_STORE_SURVEY_H

#include "store/store.h"

#define CW_SURVEY_KEY_LEN    32
#define CW_SURVEY_SHA256_LEN 32

/* A file in the folder of bodies that the database needs. */
struct cw_survey_file {
    const char *name;
    bool has_size; /* of what a user has sent, the next two are known */
    uint64_t size;
    const uint8_t *sha256;
};

struct cw_survey_conversation {
    const char *name; /* "group NAME" or "pair NAME NAME"; for people, in UTF-8 */
    uint64_t id, messages, sum;
};

struct cw_store_survey {
    void (*file)(void *context, const struct cw_survey_file *file);
    void (*conversation)(void *context, const struct cw_survey_conversation *conversation);
    /* Each message that is kept, in no order; deleted ones, too. */
    void (*message)(void *context, uint64_t conversation, uint64_t sender_id, uint64_t seq,
                    uint64_t time_ms);
    void *context; /* of all, each of which may be NULL */

    char db[CW_DB_MAX]; /* its identity */
    int schema;
    uint64_t newest, users, groups, conversations, messages;
    uint64_t sum;                   /* over all conversations */
    uint8_t key[CW_SURVEY_KEY_LEN]; /* a secret of the database */
    uint64_t audit_number;          /* the last row of the audit log, 0: none, and its hash */
    char audit[2 * CW_SURVEY_SHA256_LEN + 1];
};

/* Reads the database in the folder, which is named `shown` in sentences, and changes nothing. False
 * with a sentence; schema is set when it was of another version. The sum of a conversation is over
 * numbers, senders, times, kinds and the checksums of bodies of all entries. */
bool cw_store_survey_sqlite(const char *folder, const char *shown, struct cw_store_survey *survey,
                            char error[256]);

/* Tells a line for each account that was deleted, each ban, and each act of an administrator that
 * is in the database of the folder `newer` and not in that of `folder`, an older copy of the same;
 * both of the present version, and in use by nobody. False with a sentence. */
bool cw_store_tell_newer(const char *folder, const char *newer,
                         void (*tell)(void *context, const char *line), void *context,
                         char error[256]);

#endif
