/* newer.c - what an older copy of a database lacks of what was ended, banned or deleted in a newer
 * one: cw_store_tell_newer of store/survey.h. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/subnet.h"
#include "base/utf8.h"
#include "store/rules_audit.h"
#include "store/sqlite/database.h"
#include "store/sqlite/places.h"
#include "store/sqlite/sql.h"
#include "store/sqlite/trouble.h"
#include "store/survey.h"

#define TEXT 256

struct telling {
    cw_database *db; /* the older one; the newer one is attached as `newer` */
    void (*tell)(void *context, const char *line);
    void *context;
};

static void take_text(cw_sql_statement *st, int column, char text[TEXT])
{
    struct cw_slice slice = cw_sql_column_slice(st, column);
    bool valid = cw_utf8_valid(slice);
    snprintf(text, TEXT, "%.*s", valid ? (int)slice.n : 0, (const char *)slice.p);
    for (char *c = text; *c != 0; c++)
        if ((unsigned char)*c < ' ')
            *c = '?';
}

/* A network, if the bytes are one. */
static void take_network(cw_sql_statement *st, int column, char text[TEXT])
{
    char network[CW_SUBNET_TEXT_MAX];
    struct cw_slice bytes = cw_sql_column_slice(st, column);
    size_t n = bytes.n == 5 || bytes.n == CW_NETWORK_N ? cw_subnet_write(bytes, network) : 0;
    snprintf(text, TEXT, "%.*s", (int)n, network);
}

/* A row of words behind `what`. */
static void tell_row(const struct telling *telling, cw_sql_statement *st, const char *what)
{
    char one[TEXT], other[TEXT], line[3 * TEXT];
    take_text(st, 0, one);
    take_text(st, 1, other);
    snprintf(line, sizeof line, "%s %s%s%s", what, one, other[0] == 0 ? "" : " ", other);
    telling->tell(telling->context, line);
}

static void tell_ban(const struct telling *telling, cw_sql_statement *st, const char *what)
{
    char user[TEXT], network[TEXT], line[3 * TEXT];
    take_text(st, 0, user);
    take_network(st, 1, network);
    snprintf(line, sizeof line, "%s %s%s", what, user, network);
    telling->tell(telling->context, line);
}

static bool is_of_network(uint64_t act)
{
    return act == CW_AUDIT_BAN_NETWORK || act == CW_AUDIT_UNBAN_NETWORK;
}

static void tell_act(const struct telling *telling, cw_sql_statement *st, const char *what)
{
    char target[TEXT], detail[TEXT], line[3 * TEXT];
    const char *act = cw_store_audit_name((uint8_t)cw_sql_column_int(st, 1));
    take_text(st, 2, target);
    if (is_of_network(cw_sql_column_int(st, 1)))
        take_network(st, 3, detail);
    else
        take_text(st, 3, detail);
    snprintf(line, sizeof line, "%s %" PRIu64 ": %s %s %s", what, cw_sql_column_int(st, 0),
             act == NULL ? "?" : act, target, detail);
    telling->tell(telling->context, line);
}

/* A result code. */
static int tell_rows(const struct telling *telling, const char *what, const char *sql,
                     void (*tell)(const struct telling *telling, cw_sql_statement *st,
                                  const char *what))
{
    cw_sql_statement *st = NULL;
    int rc = cw_database_prepare(telling->db, sql, &st);
    while (rc == CW_DATABASE_GOOD && (rc = cw_database_step(st)) == CW_DATABASE_ROW) {
        tell(telling, st, what);
        rc = CW_DATABASE_GOOD;
    }
    cw_database_finalize(st);
    return rc == CW_DATABASE_DONE ? CW_DATABASE_GOOD : rc;
}

static int tell_all(const struct telling *telling)
{
    static const struct {
        const char *what, *sql;
        void (*tell)(const struct telling *telling, cw_sql_statement *st, const char *what);
    } rows[] = {
        {"deleted account",
         "SELECT u.name, '' FROM users u JOIN newer.users n ON n.id = u.id WHERE"
         " u.deleted_ms = 0 AND n.deleted_ms <> 0 ORDER BY u.id",
         tell_row},
        {"banned from a group",
         "SELECT u.name, g.name FROM newer.bans b JOIN users u ON u.id = b.user_id JOIN groups g ON"
         " g.id = b.group_id WHERE NOT EXISTS(SELECT 1 FROM bans WHERE group_id = b.group_id AND"
         " user_id = b.user_id) ORDER BY b.group_id, b.user_id",
         tell_row},
        {"banned from the server",
         "SELECT ifnull(u.name, ''), b.network FROM newer.server_bans b LEFT JOIN users u ON u.id ="
         " b.user_id WHERE NOT EXISTS(SELECT 1 FROM server_bans WHERE user_id = b.user_id AND"
         " network = b.network) ORDER BY b.id",
         tell_ban},
        {"act of an administrator",
         "SELECT a.number, a.act, ifnull(u.name, ''), a.detail FROM newer.audit a LEFT JOIN"
         " newer.users u ON u.id = a.target WHERE a.number > ifnull((SELECT max(number) FROM "
         "audit),"
         " 0) ORDER BY a.number",
         tell_act}};
    int rc = CW_DATABASE_GOOD;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0] && rc == CW_DATABASE_GOOD; i++)
        rc = tell_rows(telling, rows[i].what, rows[i].sql, rows[i].tell);
    return rc;
}

/* The path in a statement. */
static int attach(cw_database *db, const char *folder)
{
    char *path = cw_sqlite_path(folder, CW_SQLITE_FILE);
    cw_sql_statement *st = NULL;
    int rc = cw_database_prepare(db, "ATTACH ?1 AS newer", &st);
    if (rc == CW_DATABASE_GOOD) {
        cw_sql_text_of(st, 1, cw_slice_str(path));
        rc = cw_database_step(st);
    }
    cw_database_finalize(st);
    free(path);
    return rc == CW_DATABASE_DONE ? CW_DATABASE_GOOD : rc;
}

static int open_both(struct telling *telling, const char *folder, const char *newer)
{
    char *path = cw_sqlite_path(folder, CW_SQLITE_FILE);
    int rc = cw_database_open(&telling->db, path);
    free(path);
    if (rc == CW_DATABASE_GOOD)
        rc = cw_database_leave_log(telling->db);
    if (rc == CW_DATABASE_GOOD)
        rc = cw_database_exec(telling->db, "PRAGMA locking_mode=EXCLUSIVE");
    if (rc == CW_DATABASE_GOOD)
        rc = attach(telling->db, newer);
    if (rc == CW_DATABASE_GOOD)
        rc = cw_database_exec(telling->db, "PRAGMA newer.locking_mode=EXCLUSIVE");
    return rc;
}

bool cw_store_tell_newer(const char *folder, const char *newer,
                         void (*tell)(void *context, const char *line), void *context,
                         char error[256])
{
    struct telling telling = {.tell = tell, .context = context};
    int rc = open_both(&telling, folder, newer);
    if (rc == CW_DATABASE_GOOD)
        rc = tell_all(&telling);
    if (rc != CW_DATABASE_GOOD)
        cw_sqlite_explain(telling.db, rc, newer, error);
    cw_database_close(telling.db);
    return rc == CW_DATABASE_GOOD;
}
