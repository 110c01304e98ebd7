/* known_file.c - see known_file.h. */
#include "known_file.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include <cmocka.h>

int forget_all(void **state)
{
    (void)state;
    mkdir(path_of("chinwag"), 0700);
    return remove(known_servers_path()) == 0 || errno == ENOENT ? 0 : 1;
}

void write_known(const char *text)
{
    FILE *file = fopen(known_servers_path(), "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

void assert_known(const char *text)
{
    static char is[4096];
    FILE *file = fopen(known_servers_path(), "r");
    assert_non_null(file);
    is[fread(is, 1, sizeof is - 1, file)] = 0;
    fclose(file);
    assert_string_equal(is, text);
}
