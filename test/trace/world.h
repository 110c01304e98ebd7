/* world.h - a simulated world around the core: clock, store in memory, hashes
 * that cost nothing, and connections that are only names. Everything that goes
 * in or out is written to a trace as text.
 *
 * Used by transcripts (trace_main.c) and the fuzz target (fuzz/fuzz_core.c).
 * No threads, no sockets, no real time: the same inputs give the same trace. */
#ifndef CW_TEST_TRACE_WORLD_H
#define CW_TEST_TRACE_WORLD_H

#include <stdio.h>

#include "core/core.h"
#include "past.h"

#define WORLD_CONNS      128
#define WORLD_STORED_MAX 1024
#define WORLD_HASHES_MAX 256
#define WORLD_ASKED_MAX  16

/* More than everybody together may hold: limits are reached where a test wants it. */
#define WORLD_MEMORY_MAX ((size_t)1 << 40)

struct world_conn {
    char name[16]; /* "" when not in use */
    cw_conn_id id;
    bool open;
    bool reading;
    bool accepted;                   /* its handshake is not done */
    bool closing;                    /* a close effect came for it */
    uint8_t audio;                   /* what its audio is looked at for: CW_FX_AUDIO */
    char token[CW_TOKEN_LEN + 1];    /* of the last login that was answered here */
    char link[CW_FILE_LINK_MAX + 1]; /* to a file: the last one that it was given */
    struct cw_account *account;      /* of an open one: charged as by the server's shell */
};

struct world {
    struct cw_core *core;
    struct cw_core_config config;
    struct cw_store *store;
    struct cw_ledger ledger;
    uint32_t conn_memory_max; /* of each connection, from its opening or login on */
    struct cw_effects effects;
    struct cw_arena events; /* what the events since the last message point to */
    struct past *past;      /* world_remember */
    uint64_t now_ms;
    struct world_conn conns[WORLD_CONNS];
    unsigned connected; /* so far: the generation of ids */
    unsigned logins;
    unsigned invitations, secrets;
    bool late_lists;     /* a page with files comes behind what was done after it */
    bool hold_passwords; /* their hashes wait for world_release, too */
    bool hold;           /* store requests wait for world_release */
    bool hash_half;      /* busy after a first look at each password */
    bool hash_busy;      /* passwords are answered BUSY */
    bool hash_limited;   /* ... or LIMITED */
    struct cw_store_request *stored[WORLD_STORED_MAX];
    size_t stored_count;
    struct {
        uint64_t cookie;
        enum cw_hash_op op;
        char text[CW_PASSWORD_MAX + 8];
        size_t text_n;
        char expected[CW_PASSWORD_HASH_MAX];
        size_t raw_n;
        char raw[100];
    } hashes[WORLD_HASHES_MAX];
    size_t hash_count;
    /* What the core asked the server; there is one setting, `registration`. */
    struct {
        uint64_t cookie;
        enum cw_ask_op op;
        char name[CW_SETTING_MAX + 1], value[CW_SETTING_MAX + 1];
    } asked[WORLD_ASKED_MAX];
    size_t asked_count;
    char setting[CW_SETTING_MAX + 1]; /* its value, when it was set */
    struct cw_buf trace;              /* text since the last world_clear */
    bool by_old_key; /* connections from now on are sealed with the server's old key */
    bool noting;     /* what is noted for the log is shown */
    bool quiet;      /* no trace: fuzzing has no use for it */
    /* Sees each event (effect NULL) before the core does, then its effects. */
    void (*watch)(void *watcher, const struct cw_event *event, const struct cw_effect *effect);
    void *watcher;
    /* What goes to other nodes, or is asked of the database that they share; or NULL. */
    void (*on_bus)(void *context, const struct cw_effect *effect);
    void *on_bus_context; /* of both */
    /* What the store has done, before the core hears of it; or NULL. */
    void (*on_stored)(void *context, const struct cw_store_request *request,
                      const struct cw_store_result *result);
};

/* Settings that are small enough to be reached by a transcript. */
struct cw_core_config world_config(void);
struct cw_store_options world_store_options(void);
/* What the stores of new worlds are opened with; at first world_store_options(). */
void world_set_store(const struct cw_store_options *options);

/* With an identity in the config, whichever: it tells that of its store. */
void world_init(struct world *world, const struct cw_core_config *config);
/* Ends the process if an effect has changed after its step (world_remember). */
void world_finish(struct world *world);

/* Keeps all effects from now on, and looks at them again when the core has gone. */
void world_remember(struct world *world);

/* The connection of that name, or NULL. */
struct world_conn *world_find(struct world *world, const char *name);

void world_connect(struct world *world, const char *name, bool remote, bool req);
/* From a certain address (4 or 8 bytes); without the handshake, which
 * world_connect then makes. */
void world_accept(struct world *world, const char *name, const uint8_t *address, size_t n);
/* The system has no descriptor left. */
void world_crowded(struct world *world);
/* The server's key is being replaced by this one; "": none is any more. */
void world_next_key(struct world *world, const char *key);
/* A push service does not know this subscription any more. */
void world_push_gone(struct world *world, uint64_t session_id, const char *endpoint);
void world_close(struct world *world, const char *name);
/* One frame of MessagePack from this connection. */
/* The operator asks, by chinwagctl. */
void world_operator(struct world *world, struct cw_slice frame);
void world_message(struct world *world, struct world_conn *conn, struct cw_slice frame,
                   bool envelope);
void world_conn_event(struct world *world, struct world_conn *conn, enum cw_event_type type,
                      uint64_t mark);
/* Moves the clock, with a tick at each deadline on the way. */
void world_advance(struct world *world, uint64_t to_ms);
/* The server is killed and started again on its store. What waited for the store is
 * lost, or executed without anybody hearing of it. The watcher sees connections close,
 * and results; nothing more comes of what was under way. */
void world_restart(struct world *world, bool lost);
/* The same with the calls handed over: world_upgrade.c. */
void world_upgrade(struct world *world);
/* Holds no longer: executes what waits, as one commit, and what comes of it. */
void world_release(struct world *world);

/* An invitation for the first user, which nobody asked for. */
void world_first_invitation(struct world *world);

/* Writes how many frames of calls have been dropped so far. */
void world_put_dropped(struct world *world);
void world_clear(struct world *world);

#endif
