/* serve_memory.c - chinwagd with the store in memory: what the disk costs is
 * the difference. Not a way to run it, so chinwagd has no switch for it. */
#include <sodium.h>
#include <stdio.h>

#include "bench.h"
#include "server/shell.h"
#include "store/memory/open.h"

void serve_memory(uint16_t port)
{
    struct cw_config config;
    struct cw_store_options options = {.session_idle_ms = 86400000u, .sessions_per_user = 16};
    char error[256] = "libsodium does not work", address[32];
    cw_config_init(&config);
    if (sodium_init() < 0 || !cw_config_read(&config, "bench.conf", error))
        die("chinwagd in memory: %s", error);
    snprintf(config.data, sizeof config.data, "."); /* for the keys */
    snprintf(address, sizeof address, "127.0.0.1:%u", port);
    if (!cw_config_set(&config, "listen", address, error) || !cw_config_finish(&config, error))
        die("chinwagd in memory: %s", error);
    struct cw_shell *shell = cw_shell_create(&config, cw_store_open_memory(&options), error);
    if (shell == NULL)
        die("chinwagd in memory: %s", error);
    cw_shell_run(shell, NULL); /* nobody asks for an upgrade */
    cw_shell_destroy(shell);
}
