/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PKCS11_KEEP_LOADED_H
#define PKCS11_KEEP_LOADED_H

#include <stdbool.h>

/*
 * Keeps the module mapped until the process ends, whatever dlclose is called:
 * for when threads are left in it, or something is to be remembered. Loads
 * nothing. False: it could not be done.
 */
bool keep_loaded(void);

#endif
