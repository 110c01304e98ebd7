/* migrations.h - the tables in PostgreSQL, by versions. */
#ifndef CW_STORE_POSTGRES_MIGRATIONS_H
#define CW_STORE_POSTGRES_MIGRATIONS_H

extern const char *const cw_postgres_migrations[];
extern const int cw_postgres_schema_version;

#endif
