/* settle.c - see settle.h. Migrations and the loader need more memory than an idle server does.
 * Caller: main.c. */
#include "server/settle.h"

#include <link.h>
#include <malloc.h>
#include <stdint.h>
#include <sys/mman.h>

void cw_settle_heap(void)
{
    malloc_trim(0);
}

/* The first segment has headers, symbols and relocations, and is never written: what is called for
 * the first time later is read from the file again. */
static int leave_tables(struct dl_phdr_info *object, size_t size, void *context)
{
    (void)size, (void)context;
    for (size_t i = 0; i < object->dlpi_phnum; i++) {
        const ElfW(Phdr) *segment = &object->dlpi_phdr[i];
        uintptr_t begin = object->dlpi_addr + segment->p_vaddr;
        if (segment->p_type == PT_LOAD && segment->p_flags == PF_R && segment->p_offset == 0)
            madvise((void *)begin, segment->p_memsz, MADV_DONTNEED);
    }
    return 0;
}

void cw_settle(void)
{
    cw_settle_heap();
    dl_iterate_phdr(leave_tables, NULL);
}
