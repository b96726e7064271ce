/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CONF_WORDS_CERTIFICATE_H
#define CONF_WORDS_CERTIFICATE_H

/* Sentences of jpki certificate; conf/words.h. */

/* clang-format off */

#define W_CERTIFICATE_WHAT                                                     \
    "show a certificate of the card; the signing one by its password",         \
    "証明書を表示します（署名用には暗証番号が必要です）"
#define W_OPTION_PEM "print it as PEM", "PEM 形式で出力します"
#define W_OPTION_TEXT                                                          \
    "print what it says (the default)",                                        \
    "証明書の内容を表示します（既定）"

#define W_CERTIFICATE_NO_SUCH_ROLE                                             \
    "\"%s\" is none of auth and sign",                                         \
    "「%s」ではなく auth か sign を指定してください"
#define W_CERTIFICATE_ONE_FORM                                                 \
    "--pem and --text do not go together",                                     \
    "--pem と --text は同時に指定できません"
#define W_CERTIFICATE_NONE                                                     \
    "The card has no such certificate, or it cannot be read.",                 \
    "該当する電子証明書がないか、読み取れません。"

#define W_CERTIFICATE_AUTH                                                     \
    "Authentication certificate",                                              \
    "利用者証明用電子証明書"
#define W_CERTIFICATE_SIGN                                                     \
    "Signing certificate",                                                     \
    "署名用電子証明書"

/* The labels of the profile of JPKI's certificates. */
#define W_CERTIFICATE_SERIAL "serial number", "シリアル番号"
#define W_CERTIFICATE_ISSUER "issuer", "発行者"
#define W_CERTIFICATE_ISSUER_OTHER                                             \
    "not a published CA of JPKI",                                              \
    "公開されている認証局ではありません"
#define W_CERTIFICATE_FROM "valid from", "有効期間の開始"
#define W_CERTIFICATE_TO "valid to", "有効期間の満了"
#define W_CERTIFICATE_KEY "key", "鍵"
#define W_CERTIFICATE_SHA256 "SHA-256", "SHA-256 ハッシュ"
#define W_CERTIFICATE_NAME "name", "氏名"
#define W_CERTIFICATE_NAME_FLAGS                                               \
    "substitutes in it",                                                       \
    "氏名代替文字"
#define W_CERTIFICATE_ADDRESS "address", "住所"
#define W_CERTIFICATE_ADDRESS_FLAGS                                            \
    "substitutes in it",                                                       \
    "住所代替文字"
#define W_CERTIFICATE_BIRTH_DATE "birth date", "生年月日"
#define W_CERTIFICATE_SEX "sex", "性別"
#define W_CERTIFICATE_MALE "male", "男"
#define W_CERTIFICATE_FEMALE "female", "女"
#define W_CERTIFICATE_SEX_OTHER "other (%s)", "その他（%s）"
#define W_CERTIFICATE_NOT_TOLD "not told", "記載なし"
#define W_CERTIFICATE_NO_SUBSTITUTES "none", "なし"
#define W_CERTIFICATE_SUBSTITUTES                                              \
    "characters %s",                                                           \
    "%s文字目"
#define W_CERTIFICATE_TIME "%s (Japan)", "%s（日本時間）"

/* clang-format on */

#endif
