/* migrations.h - the versions of the schema. */
#ifndef CW_STORE_SQLITE_MIGRATIONS_H
#define CW_STORE_SQLITE_MIGRATIONS_H

extern const int cw_sqlite_schema_version; /* what this program writes */
/* Entry i brings a file from version i to i + 1: SQL. */
extern const char *const cw_sqlite_migrations[];

#endif
