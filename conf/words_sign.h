/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CONF_WORDS_SIGN_H
#define CONF_WORDS_SIGN_H

/* Sentences of jpki sign; conf/words.h. */

/* clang-format off */

#define W_SIGN_WHAT                                                            \
    "sign files with the signing certificate: a legally binding signature "    \
    "each",                                                                    \
    "署名用電子証明書でファイルに電子署名します"
#define W_OPTION_FORMAT                                                        \
    "cms (the default), raw or pdf",                                           \
    "署名の形式: cms（既定）、raw または pdf"
#define W_OPTION_FORCE                                                         \
    "overwrite signatures that are there",                                     \
    "既にある出力ファイルを上書きします"

#define W_SIGN_NO_FORMAT                                                       \
    "there is no format \"%s\": cms, raw or pdf",                              \
    "「%s」という形式はありません: cms、raw、pdf のいずれかです"
#define W_SIGN_NO_PDF                                                          \
    "this jpki was built without PDF (libpodofo)",                             \
    "この jpki は PDF に対応していません（libpodofo なしでビルドされています）"

/* Files. */
#define W_SIGN_CANNOT_READ                                                     \
    "%s cannot be read: %s",                                                   \
    "%s を読み取れません: %s"
#define W_SIGN_NO_FILE                                                         \
    "%s is not a file that can be signed: a folder, pipe or device",           \
    "%s は署名できるファイルではありません（フォルダーやデバイスなど）"
#define W_SIGN_TWICE                                                           \
    "%s and %s are the same file, or would have the same signature file",      \
    "%s と %s は同じファイルか、出力ファイルが同じになります"
#define W_SIGN_EXISTS                                                          \
    "%s is there already: move it away, or use --force",                       \
    "%s は既にあります: 移動するか、--force を付けてください"
#define W_SIGN_CANNOT_WRITE                                                    \
    "%s cannot be written: %s",                                                \
    "%s に書き込めません: %s"
#define W_SIGN_CHANGED                                                         \
    "%s has changed since this command began: not signed",                     \
    "%s は開始後に変更されたため、署名しませんでした"
#define W_SIGN_NOTHING                                                         \
    "Nothing was signed, and no PIN was asked for.",                           \
    "何も署名していません。暗証番号も求めていません。"

/* PDF; each stands behind the file's name and a colon. */
#define W_PDF_NOMEM                                                            \
    "too large for the memory there is",                                       \
    "大きすぎてメモリーに読み込めません"
#define W_PDF_MALFORMED                                                        \
    "no PDF document, or a damaged one",                                       \
    "PDF ではないか、壊れています"
#define W_PDF_ENCRYPTED                                                        \
    "encrypted; sign a copy without a password",                               \
    "暗号化されています。パスワードを外した文書に署名してください"
#define W_PDF_CERTIFIED                                                        \
    "certified by its author, who allows no change, not even a signature",     \
    "作成者の証明により、署名を含む一切の変更が禁止されています"

/* Before the PIN is asked. */
#define W_SIGN_ONE                                                             \
    "You are about to make 1 legally binding signature, with the card in "     \
    "%s.\n",                                                                   \
    "法的効力のある電子署名を 1 件行います（カード: %s）。\n"
#define W_SIGN_MANY                                                            \
    "You are about to make %zu legally binding signatures, with the card in "  \
    "%s.\n",                                                                   \
    "法的効力のある電子署名を %zu 件行います（カード: %s）。\n"
#define W_SIGN_EACH                                                            \
    "The configuration wants the PIN for each (signature_pin = every): "       \
    "%zu of %zu.\n",                                                           \
    "設定により、署名ごとに暗証番号が必要です（signature_pin = every）: "      \
    "%zu / %zu\n"

/* Afterwards. */
#define W_SIGN_REFUSED                                                         \
    "This card may not sign (%s): %s",                                         \
    "このカードでは署名できません（%s）: %s"
#define W_SIGN_ALL_DONE                                                        \
    "All signed: %zu.",                                                        \
    "すべて署名しました: %zu 件"
#define W_SIGN_STOPPED                                                         \
    "Stopped on request.",                                                     \
    "要求により中断しました。"
#define W_SIGN_WERE_SIGNED                                                     \
    "%zu of %zu are signed:",                                                  \
    "署名したファイル（%zu / %zu）:"
#define W_SIGN_WERE_NOT                                                        \
    "Not signed:",                                                             \
    "署名していないファイル:"
#define W_SIGN_CRYPTO                                                          \
    "%s: OpenSSL (libcrypto) failed; not signed",                              \
    "%s: OpenSSL（libcrypto）の処理に失敗したため、署名していません"

/* clang-format on */

#endif
