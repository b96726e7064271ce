/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PKCS11_READER_NAME_H
#define PKCS11_READER_NAME_H

#include "pkcs11/cryptoki.h"
#include "token/token.h"

/*
 * What programs see of a reader's name as pcscd has it: "Manufacturer Model
 * [Interface] (serial number) 00 00", where vendor and device say what they
 * like. Sanitised (conf/text.h), since programs print it as it is. PC/SC itself
 * wants the name byte for byte.
 */

/*
 * slotDescription: NAME and the role, which always fits; NAME is cut where a
 * character ends. Padded with spaces.
 */
void reader_name_describe(const char *name, const struct jpki_role *role,
    CK_UTF8CHAR ret_description[64]);

/*
 * manufacturerID of a slot: the first word of NAME, cut the same way; spaces
 * where that does not begin with a letter.
 */
void reader_name_manufacturer(
    const char *name, CK_UTF8CHAR ret_manufacturer[32]);

#endif
