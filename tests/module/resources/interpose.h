/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_MODULE_RESOURCES_INTERPOSE_H
#define TESTS_MODULE_RESOURCES_INTERPOSE_H

#include <stdbool.h>
#include <stddef.h>

/*
 * A hand between the loaded module and the libraries that it calls. Its own
 * table of imported functions is changed, so that each call goes through
 * interpose_enter, which lets it pass or has it fail without being made.
 * Nobody else's calls are touched.
 */

#define INTERPOSE_MAX 352

/* What becomes of one call. */
struct passage {
    void *target; /* where it goes on; NULL: it has failed */
    long result;  /* what it returns then */
};

/*
 * Called before each call of the import ROW, made at FROM, with its first
 * argument. To see its result too, sets *RET_WATCH: interpose_result is called
 * with it.
 */
struct passage interpose_decide(
    size_t row, const void *from, void *argument, bool *ret_watch);
void interpose_result(size_t row, void *argument, long result);

/*
 * Changes the table of the module loaded as HANDLE. FIND gives the row of an
 * imported name, -1 for one that is to be left alone; each row is less than
 * INTERPOSE_MAX. False where this is not known to work.
 */
bool interpose(void *handle, int (*find)(const char *name));
/* Where the calls of ROW went before; NULL when the module has none. */
void *interpose_real(size_t row);

#endif
