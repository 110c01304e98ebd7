/* cli_folder.h - a folder that a test of the command has to itself, in place of the user's. */
#ifndef CW_TEST_CLIENT_CLI_FOLDER_H
#define CW_TEST_CLIENT_CLI_FOLDER_H

extern char folder[256];

int make_folder(void **state);
int remove_folder(void **state);

/* A file in the folder; one at a time. */
const char *path_of(const char *name);

#endif
