/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_VCARD_PERSONA_H
#define TESTS_VCARD_PERSONA_H

#define VCARD_PERSONA_FOLDER_SIZE 1024

/*
 * Copies the persona NAME of $JPKI_PERSONAS into a folder of its own, counters
 * full. Gives the folder's name; it is removed when the process ends. 0, or -1
 * with a line on stderr.
 */
int vcard_persona_copy(
    const char *name, char ret_folder[VCARD_PERSONA_FOLDER_SIZE]);

#endif
