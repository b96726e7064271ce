/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CONF_WORDS_STATUS_H
#define CONF_WORDS_STATUS_H

/* Sentences of jpki status; conf/words.h. */

/* clang-format off */

#define W_STATUS_WHAT                                                          \
    "show each card: certificates, PINs, whether it may sign",                 \
    "カードごとに証明書・暗証番号・署名の可否を表示します"

/* clang-format on */

#endif
