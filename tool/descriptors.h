/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TOOL_DESCRIPTORS_H
#define TOOL_DESCRIPTORS_H

/*
 * Opens those of standard input, output and error that are closed, so that no
 * file or socket of ours becomes one of them. Reading and writing them goes on
 * to fail. To be called before anything is opened.
 */
void descriptors_fill(void);

/* Closes all others: between fork and exec, too. */
void descriptors_close_others(void);

#endif
