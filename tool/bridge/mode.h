/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TOOL_BRIDGE_MODE_H
#define TOOL_BRIDGE_MODE_H

#include <stdbool.h>
#include <stddef.h>
#include "conf/words.h"
#include "token/token.h"

#define MODE_DIGESTS_MAX 20 /* signed at once; W_BRIDGE_DIGESTS says so */

/* What a site may ask for; one row each. */
enum mode_id {
    MODE_LOG_IN,
    MODE_SIGN,
    MODE_TEXT, /* name, address, birth date and sex */
    MODE_CLOSE,
    MODE_CHECK,
    MODES,
};

struct mode {
    enum mode_id id;
    const char *name; /* "mode" of its message */
    bool has_pin;     /* a person is asked for one; else the rest is empty */
    enum jpki_role_id role;  /* whose */
    size_t digests_max;      /* to be signed; 0: none */
    struct words which;      /* PIN that is, for the dialog */
    struct words prompt;     /* before the line to type it in */
    struct words form_error; /* where what is typed cannot be it */
};

/* NULL: there is no such mode. */
const struct mode *mode_find(const char *name);

#endif
