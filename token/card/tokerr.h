/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TOKEN_CARD_TOKERR_H
#define TOKEN_CARD_TOKERR_H

/* Error codes of token/ and token/card/. */
enum tok_err {
    TOK_OK = 0,
    /* Up to TOK_IO: the connection failed (connection_failed). */
    TOK_NOMEM,
    TOK_NO_SERVICE, /* pcscd is not there, or went away */
    TOK_NO_READER,  /* pcscd knows no reader of this name */
    TOK_NO_CARD,    /* nothing in the reader, or nothing that answers */
    TOK_REMOVED,    /* not the card this was meant for: taken out or swapped */
    TOK_BUSY,       /* another program holds the reader exclusively */
    TOK_IO,         /* the connection failed; what the card did is not known */
    TOK_REPLY,      /* the card gave an answer that cannot be right */
    TOK_NOT_JPKI,   /* the card has no JPKI application */
    TOK_NOT_FOUND,  /* no such application or file, or nothing in it */
    TOK_DENIED,     /* the card wants a PIN first (6982) */
    TOK_PIN_WRONG,
    TOK_PIN_LOCKED,
    TOK_PIN_CHANGED, /* the retry counter is not full: a held PIN may be old */
    TOK_LAST_TRY,    /* one try is left, and it is spared: nothing was sent */
    TOK_PIN_FORM,    /* cannot be a PIN of this role: nothing was sent */
    TOK_NOT_ISSUED,  /* the card has no key pair of this role */
    /* Of token/ alone. */
    TOK_PIN_UNSENT,    /* known to be wrong: nothing was sent */
    TOK_PIN_REPEATED,  /* the same as the last one that was not sent */
    TOK_PIN_NEW_FORM,  /* the new PIN cannot be one */
    TOK_LOGGED_IN,     /* there is a log-in already */
    TOK_NOT_LOGGED_IN, /* no PIN that would authorise this is held */
    TOK_POLICY,        /* the signing policy refuses the key */
    TOK_SIGNATURE,     /* the card's signature does not verify */
    TOK_CANCELLED,     /* the caller waits no more */
    TOK_CONF,          /* the configuration cannot be used; the log says why */
    TOK_CRYPTO,        /* libcrypto failed */
    TOK_ERRS,
};

#endif
