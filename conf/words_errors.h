/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CONF_WORDS_ERRORS_H
#define CONF_WORDS_ERRORS_H

/* What the errors of token/ mean for a person, and what to do; conf/words.h. */

/* clang-format off */

#define W_TOK_OK "It worked.", "成功しました。"
#define W_TOK_NOMEM "Memory is used up.", "メモリーが不足しています。"
#define W_TOK_NO_SERVICE                                                       \
    "pcscd cannot be reached; jpki doctor tells more.",                        \
    "pcscd に接続できません。jpki doctor で原因を確認してください。"
#define W_TOK_NO_READER                                                        \
    "The card reader is gone; plug it in again.",                              \
    "カードリーダーが見つかりません。接続し直してください。"
#define W_TOK_NO_CARD                                                          \
    "There is no card in the reader, or it does not answer; put it in.",       \
    "カードがないか、応答しません。カードを入れてください。"
#define W_TOK_REMOVED                                                          \
    "The card was taken out meanwhile; put it in and try again.",              \
    "途中でカードが取り出されました。入れ直して、もう一度お試しください。"
#define W_TOK_BUSY                                                             \
    "Another program holds the card; end it, or try again later.",             \
    "ほかのプログラムがカードを使用中です。"                                   \
    "終了するか、しばらくしてからお試しください。"
#define W_TOK_IO                                                               \
    "The connection to the card failed; take it out, put it in and try again.",\
    "カードとの通信に失敗しました。入れ直して、もう一度お試しください。"
#define W_TOK_REPLY                                                            \
    "The card gave an answer that cannot be right; take it out, put it in "    \
    "and try again.",                                                          \
    "カードの応答が正しくありません。入れ直して、もう一度お試しください。"
#define W_TOK_NOT_JPKI                                                         \
    "This is not a My Number Card: it has no JPKI application; put in the "    \
    "right card.",                                                             \
    "マイナンバーカードではありません（公的個人認証の機能がありません）。"     \
    "正しいカードを入れてください。"
#define W_TOK_NOT_FOUND                                                        \
    "The card does not have what was asked for.",                              \
    "要求されたデータがカードにありません。"
#define W_TOK_DENIED                                                           \
    "The card wants its PIN first.",                                           \
    "先に暗証番号の入力が必要です。"
#define W_TOK_PIN_WRONG                                                        \
    "The PIN is wrong.",                                                       \
    "暗証番号が違います。"
#define W_TOK_PIN_LOCKED                                                       \
    "The PIN is locked; the municipal office resets it, or a "                 \
    "convenience-store kiosk where the other PIN is known.",                   \
    "暗証番号がロックされています。市区町村の窓口で初期化できます。"           \
    "もう一方の暗証番号が分かる場合は、スマートフォンのアプリと"               \
    "コンビニエンスストアの端末でも初期化できます。"
#define W_TOK_PIN_CHANGED                                                      \
    "The PIN was changed or mistyped by another program; log in again.",       \
    "ほかのプログラムで暗証番号の変更または入力間違いがありました。"           \
    "もう一度ログインしてください。"
#define W_TOK_LAST_TRY                                                         \
    "One try is left, and it is kept for you (last_try = refuse): nothing "    \
    "was sent to the card. If you are sure of the PIN, use it by jpki pin "    \
    "check auth (or sign, or text, whichever PIN it is).",                     \
    "残り1回のため、カードには送りませんでした（last_try = refuse）。"         \
    "暗証番号に間違いがなければ、jpki pin check auth"                          \
    "（暗証番号により sign または text）で使えます。"
#define W_TOK_PIN_FORM                                                         \
    "That cannot be the PIN: 4 digits for user authentication, 6 to 16 of "    \
    "A-Z and 0-9 for signing. Nothing was sent to the card.",                  \
    "暗証番号の形式が違います。利用者証明用は数字4桁、"                        \
    "署名用は英大文字と数字6～16文字です。カードには送っていません。"
#define W_TOK_NOT_ISSUED                                                       \
    "The card has no certificate and no key of this kind.",                    \
    "このカードには該当する電子証明書がありません。"
#define W_TOK_PIN_UNSENT                                                       \
    "This PIN was refused before; it was not sent to the card again.",         \
    "前に間違いとされた暗証番号です。カードには送っていません。"
#define W_TOK_PIN_REPEATED                                                     \
    "The same wrong PIN again; it was not sent to the card.",                  \
    "同じ間違った暗証番号です。カードには送っていません。"
#define W_TOK_PIN_NEW_FORM                                                     \
    "The new PIN has the wrong form: 4 digits for user authentication, 6 to "  \
    "16 of A-Z and 0-9 for signing. Nothing was sent to the card.",            \
    "新しい暗証番号の形式が違います。利用者証明用は数字4桁、"                  \
    "署名用は英大文字と数字6～16文字です。カードには送っていません。"
#define W_TOK_LOGGED_IN "Logged in already.", "すでにログインしています。"
#define W_TOK_NOT_LOGGED_IN                                                    \
    "The PIN is needed for this.",                                             \
    "この操作には暗証番号が必要です。"
#define W_TOK_POLICY                                                           \
    "This card may not sign.",                                                 \
    "このカードでは署名できません。"
#define W_TOK_SIGNATURE                                                        \
    "The card's signature does not match its certificate; take the card out, " \
    "put it in and try again.",                                                \
    "カードの署名が証明書と一致しません。"                                     \
    "入れ直して、もう一度お試しください。"
#define W_TOK_CANCELLED "Cancelled.", "中止しました。"
#define W_TOK_CONF                                                             \
    "There is a mistake in the configuration; jpki doctor tells where.",       \
    "設定に誤りがあります。jpki doctor で場所を確認してください。"
#define W_TOK_CRYPTO                                                           \
    "OpenSSL (libcrypto) failed.",                                             \
    "OpenSSL（libcrypto）の処理に失敗しました。"

/* clang-format on */

#endif
