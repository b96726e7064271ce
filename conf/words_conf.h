/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CONF_WORDS_CONF_H
#define CONF_WORDS_CONF_H

/* Mistakes in the configuration, after "FILE:LINE: "; conf/words.h. */

/* clang-format off */

#define W_CONF_UNKNOWN_SECTION                                                 \
    "unknown section [%s]",                                                    \
    "不明なセクション [%s] です"
#define W_CONF_NO_EXECUTABLE                                                   \
    "[%s] does not name an executable, without folder",                        \
    "[%s] は実行ファイルの名前（フォルダーなし）ではありません"
#define W_CONF_SECTION_OPEN                                                    \
    "section without \"]\"",                                                   \
    "セクションの \"]\" がありません"
#define W_CONF_TEXT_AFTER                                                      \
    "text after \"]\"",                                                        \
    "\"]\" の後に余分な文字があります"
#define W_CONF_BAD_VALUE                                                       \
    "bad value \"%s\" for %s (it takes: %s)",                                  \
    "値 \"%s\" は %s に指定できません（指定できる値: %s）"
#define W_CONF_UNKNOWN_KEY                                                     \
    "unknown key \"%s\" in [%s]",                                              \
    "不明なキー \"%s\" です（[%s] 内）"
#define W_CONF_REPEATED_KEY                                                    \
    "repeated key \"%s\" in [%s]",                                             \
    "キー \"%s\" が重複しています（[%s] 内）"
#define W_CONF_QUOTES                                                          \
    "quotes around the value of %s: leave them out",                           \
    "%s の値を引用符で囲まないでください"
#define W_CONF_NO_KEY_VALUE                                                    \
    "not of the form \"key = value\"",                                         \
    "\"キー = 値\" の形ではありません"
#define W_CONF_KEY_FIRST                                                       \
    "key before the first section",                                            \
    "最初のセクションより前にキーがあります"
#define W_CONF_CONTROL                                                         \
    "control character",                                                       \
    "制御文字があります"
#define W_CONF_NOT_REGULAR                                                     \
    "not a regular file: replace it with one",                                 \
    "通常のファイルではありません: 通常のファイルに置き換えてください"
#define W_CONF_SET_UID                                                         \
    "writable by others, in a set-uid program: run chmod go-w on it",          \
    "set-uid のプログラムで、ほかの利用者が書き込めるファイルです: "           \
    "chmod go-w を実行してください"
#define W_CONF_TOO_LARGE                                                       \
    "larger than 64 KiB: shorten it",                                          \
    "64 KiB を超えています: 短くしてください"
#define W_CONF_SYSTEM_UNREADABLE                                               \
    "the administrator has to make it readable",                               \
    "管理者が読み取りを許可する必要があります"
#define W_CONF_USER_UNREADABLE                                                 \
    "make it readable or move it away",                                        \
    "読み取れるようにするか、ほかへ移してください"
#define W_CONF_NAMED_UNREADABLE                                                \
    "correct JPKI_PKCS11_CONF, which names it",                                \
    "これを指定している JPKI_PKCS11_CONF を訂正してください"
#define W_CONF_OTHER_OWNER                                                     \
    "belongs to another user: it has to be yours or root's",                   \
    "所有者が別の利用者です: 本人または root の所有である必要があります"
#define W_CONF_OTHERS_WRITE                                                    \
    "writable by others: run chmod go-w on it",                                \
    "ほかの利用者が書き込めます: chmod go-w を実行してください"
#define W_CONF_GROUP_WRITES                                                    \
    "writable by its group: run chmod go-w on it",                             \
    "グループが書き込めます: chmod go-w を実行してください"

/* What a key takes. */
#define W_CONF_TAKES_PATH "an absolute path", "絶対パス"
#define W_CONF_TAKES_TEXT "some text", "文字列"
#define W_CONF_TAKES_HOSTS                                                     \
    "host names, without https:// and :443",                                   \
    "ホスト名（https:// と :443 なし）"
#define W_CONF_TAKES_URL "an http:// URL", "http:// で始まる URL"
#define W_CONF_TAKES_NO_URL                                                    \
    "nothing else: this build has no OCSP",                                    \
    "それ以外は指定できません（OCSP を含まないビルド）"
#define W_CONF_TAKES_NUMBER "%u to %u", "%u から %u までの数"

/* Of sign_ca and ocsp. */
#define W_CONF_CA "sign_ca: %s: %s", "sign_ca: %s: %s（認証局の証明書）"
#define W_CONF_CA_NOMEM "out of memory", "メモリーが不足しています"
#define W_CONF_CA_UNREADABLE                                                   \
    "cannot be read: correct the path or its mode",                            \
    "読み取れません: パスまたはアクセス権を訂正してください"
#define W_CONF_CA_NONE                                                         \
    "no CA certificate in this file: name one in DER or PEM",                  \
    "認証局の証明書がありません: DER または PEM のファイルを指定してください"
#define W_CONF_CA_NOT_ONE                                                      \
    "a certificate in this file is not a CA's: take it out",                   \
    "認証局のものではない証明書が含まれています: 取り除いてください"
#define W_CONF_CA_GARBAGE                                                      \
    "something in this file is not a certificate: take it out",                \
    "証明書ではないものが含まれています: 取り除いてください"
#define W_CONF_OCSP_HOST                                                       \
    "ocsp: no host in the URL %s: write it as http://HOST[:PORT]/PATH",        \
    "ocsp: URL %s にホスト名がありません: "                                    \
    "http://HOST[:PORT]/PATH の形で書いてください"

/* clang-format on */

#endif
