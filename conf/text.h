/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CONF_TEXT_H
#define CONF_TEXT_H

#include <stddef.h>

/*
 * Text from outside, such as the name of a reader or of a file, on its way to a
 * line that a person reads. UTF-8 as in RFC 3629.
 */

/*
 * Replaces by '?' what would act on a terminal or show as something else:
 * control characters (C0, DEL, C1), line and paragraph separators, the marks
 * and overrides of writing direction, the byte order mark, and each byte that
 * is no UTF-8. TEXT may become shorter.
 */
void text_sanitize(char *text);

/*
 * How many bytes of TEXT to keep where there is room for SIZE: all of a shorter
 * text, else as many as end with a whole character.
 */
size_t text_cut(const char *text, size_t size);

/* The system's words for the errno ERROR, in SIZE bytes of RET_TEXT. */
void text_of_errno(int error, char *ret_text, size_t size);

#endif
