/* known_file.h - the file of known servers in the folder of a test (cli_folder.h). */
#ifndef CW_TEST_CLIENT_KNOWN_FILE_H
#define CW_TEST_CLIENT_KNOWN_FILE_H

#include "cli/known_servers.h"
#include "cli_folder.h"

/* Before each test: the folder is there, and no server is known. */
int forget_all(void **state);

void write_known(const char *text);
void assert_known(const char *text);

#endif
