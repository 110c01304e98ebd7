/* test_wire.c - all tests of the codec in one program.
 *
 * usage: test_wire FOLDER-OF-VECTORS */
#include "test_wire.h"

#include <stdio.h>

int main(int argc, char **argv)
{
    if (argc != 2) {
        fprintf(stderr, "usage: test_wire FOLDER-OF-VECTORS\n");
        return 2;
    }
    set_vectors(argv[1]);
    const int failed = run_vectors() + run_samples() + run_sizes();
    return failed > 0 ? 1 : 0;
}
