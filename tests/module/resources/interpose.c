/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/module/resources/interpose.h"

#include <dlfcn.h>
#include <elf.h>
#include <link.h>
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

#ifdef __x86_64__

static void *real[INTERPOSE_MAX];

/*
 * Calls of which the result is wanted: where they return to. They do not nest
 * but for a library that calls back.
 */
#define WATCHED_MAX 16

struct watched {
    size_t row;
    void *argument;
    void *back;
};

static _Thread_local struct watched watched[WATCHED_MAX];
static _Thread_local size_t watched_count;

/*
 * One stub of 16 bytes for each row: it pushes the row's number. All that may
 * hold an argument is kept, %al for variadic functions among it.
 */
/* clang-format off */
__asm__(
    ".text\n"
    ".balign 16\n"
    ".globl interpose_stubs\n"
    ".hidden interpose_stubs\n"
    "interpose_stubs:\n"
    ".set row, 0\n"
    ".rept 352\n"
    "    .balign 16\n"
    "    endbr64\n"
    "    .byte 0x68\n" /* push imm32 */
    "    .long row\n"
    "    jmp interpose_common\n"
    "    .set row, row + 1\n"
    ".endr\n"
    "interpose_common:\n"
    "    pushq %rax\n"
    "    pushq %rdi\n"
    "    pushq %rsi\n"
    "    pushq %rdx\n"
    "    pushq %rcx\n"
    "    pushq %r8\n"
    "    pushq %r9\n"
    "    pushq %r10\n"
    "    subq $128, %rsp\n"
    "    movups %xmm0, 0(%rsp)\n"
    "    movups %xmm1, 16(%rsp)\n"
    "    movups %xmm2, 32(%rsp)\n"
    "    movups %xmm3, 48(%rsp)\n"
    "    movups %xmm4, 64(%rsp)\n"
    "    movups %xmm5, 80(%rsp)\n"
    "    movups %xmm6, 96(%rsp)\n"
    "    movups %xmm7, 112(%rsp)\n"
    "    movq %rdi, %rsi\n"        /* the first argument */
    "    movq 192(%rsp), %rdi\n"   /* the row */
    "    leaq 200(%rsp), %rdx\n"   /* where the return address is */
    "    call interpose_enter\n"
    "    movq %rax, %r11\n"
    "    testq %rax, %rax\n"
    "    jnz 1f\n"
    "    movq %rdx, 184(%rsp)\n"   /* the result takes the place of %rax */
    "1:  movups 0(%rsp), %xmm0\n"
    "    movups 16(%rsp), %xmm1\n"
    "    movups 32(%rsp), %xmm2\n"
    "    movups 48(%rsp), %xmm3\n"
    "    movups 64(%rsp), %xmm4\n"
    "    movups 80(%rsp), %xmm5\n"
    "    movups 96(%rsp), %xmm6\n"
    "    movups 112(%rsp), %xmm7\n"
    "    addq $128, %rsp\n"
    "    popq %r10\n"
    "    popq %r9\n"
    "    popq %r8\n"
    "    popq %rcx\n"
    "    popq %rdx\n"
    "    popq %rsi\n"
    "    popq %rdi\n"
    "    popq %rax\n"
    "    leaq 8(%rsp), %rsp\n"
    "    testq %r11, %r11\n"
    "    jz 2f\n"
    "    jmp *%r11\n"
    "2:  ret\n"
    /* A watched call returns here instead. */
    ".globl interpose_return\n"
    ".hidden interpose_return\n"
    "interpose_return:\n"
    "    subq $8, %rsp\n"          /* for the address to go back to */
    "    pushq %rax\n"
    "    movq %rax, %rdi\n"
    "    call interpose_leave\n"
    "    movq %rax, 8(%rsp)\n"
    "    popq %rax\n"
    "    ret\n"
);
/* clang-format on */

extern const char interpose_stubs[], interpose_return[];

struct passage interpose_enter(size_t row, void *argument, void **back);
void *interpose_leave(long result);

__attribute__((used)) struct passage interpose_enter(
    size_t row, void *argument, void **back)
{
    bool watch = false;
    struct passage passage = interpose_decide(row, *back, argument, &watch);

    if (passage.target && watch && watched_count < WATCHED_MAX) {
        watched[watched_count++] = (struct watched){row, argument, *back};
        *back = (void *)(uintptr_t)interpose_return;
    }
    return passage;
}

__attribute__((used)) void *interpose_leave(long result)
{
    const struct watched *call = &watched[--watched_count];

    interpose_result(call->row, call->argument, result);
    return call->back;
}

static void replace(void **entry, size_t row)
{
    uintptr_t unit = (uintptr_t)sysconf(_SC_PAGESIZE);
    uintptr_t page = (uintptr_t)entry / unit * unit;

    /* Made read-only once the loader had filled it. */
    if (mprotect((void *)page, unit, PROT_READ | PROT_WRITE) != 0)
        return;
    real[row] = *entry;
    *entry = (void *)(uintptr_t)(interpose_stubs + 16 * row);
}

/* What the loader was told of the module, in memory. */
struct tables {
    const ElfW(Sym) * symbols;
    const char *names;
    const ElfW(Rela) * rela[2];
    size_t rela_size[2];
};

static struct tables find_tables(const struct link_map *map)
{
    struct tables tables = {0};
    const ElfW(Dyn) * at;

    for (at = map->l_ld; at->d_tag != DT_NULL; at++) {
        const void *where = (const void *)at->d_un.d_ptr;
        if (at->d_tag == DT_SYMTAB)
            tables.symbols = where;
        else if (at->d_tag == DT_STRTAB)
            tables.names = where;
        else if (at->d_tag == DT_RELA)
            tables.rela[0] = where;
        else if (at->d_tag == DT_RELASZ)
            tables.rela_size[0] = at->d_un.d_val;
        else if (at->d_tag == DT_JMPREL)
            tables.rela[1] = where;
        else if (at->d_tag == DT_PLTRELSZ)
            tables.rela_size[1] = at->d_un.d_val;
    }
    return tables;
}

static void replace_one(const struct link_map *map, const struct tables *tables,
    const ElfW(Rela) * rela, int (*find)(const char *name))
{
    unsigned type = ELF64_R_TYPE(rela->r_info);
    const ElfW(Sym) *symbol = &tables->symbols[ELF64_R_SYM(rela->r_info)];
    int row;

    if (type != R_X86_64_GLOB_DAT && type != R_X86_64_JUMP_SLOT &&
        type != R_X86_64_64)
        return;
    if (ELF64_R_SYM(rela->r_info) == 0 || symbol->st_shndx != SHN_UNDEF)
        return;
    row = find(tables->names + symbol->st_name);
    if (row >= 0)
        replace((void **)(map->l_addr + rela->r_offset), (size_t)row);
}

bool interpose(void *handle, int (*find)(const char *name))
{
    struct link_map *map = NULL;
    struct tables tables;
    size_t i, k;

    if (dlinfo(handle, RTLD_DI_LINKMAP, &map) != 0)
        return false;
    tables = find_tables(map);
    if (!tables.symbols || !tables.names)
        return false;
    for (i = 0; i < 2; i++)
        for (k = 0; k < tables.rela_size[i] / sizeof *tables.rela[i]; k++)
            replace_one(map, &tables, &tables.rela[i][k], find);
    return true;
}

void *interpose_real(size_t row)
{
    return real[row];
}

#else

bool interpose(void *handle, int (*find)(const char *name))
{
    (void)handle;
    (void)find;
    return false;
}

void *interpose_real(size_t row)
{
    (void)row;
    return NULL;
}

#endif
