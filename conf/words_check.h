/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CONF_WORDS_CHECK_H
#define CONF_WORDS_CHECK_H

/* Sentences of jpki check; conf/words.h. */

/* clang-format off */

#define W_CHECK_WHAT                                                           \
    "check whether the certificates are still good",                           \
    "証明書がまだ有効かどうかを確認します"
#define W_CHECK_NO_SUCH_ROLE                                                   \
    "\"%s\" cannot be checked: only sign can, or nothing is named",            \
    "「%s」は確認できません: sign を指定するか、省略してください"

#define W_CHECK_CHAIN "chain", "認証局の署名"
#define W_CHECK_CHAIN_GOOD                                                     \
    "signed by this CA of J-LIS",                                              \
    "J-LIS のこの認証局の署名を確認しました"
#define W_CHECK_CHAIN_UNKNOWN                                                  \
    "cannot be told: none of the CAs that J-LIS has published is known to "    \
    "have signed it; a newer version of jpki may know more CAs",               \
    "判定できません（J-LIS が公表した認証局の署名を確認できません）。"         \
    "jpki の新しいバージョンでは、より多くの認証局を確認できることがあります"
#define W_CHECK_VALIDITY "validity", "有効期間"
#define W_CHECK_VALID                                                          \
    "to %s; days left: %lld",                                                  \
    "%s まで（残り %lld 日）"
#define W_CHECK_NOT_YET                                                        \
    "not before %s",                                                           \
    "%s から有効"
#define W_CHECK_ENDED                                                          \
    "ended on %s: have it renewed at the municipal office",                    \
    "%s に有効期間が満了しました。市区町村の窓口で更新してください"
#define W_CHECK_VERDICT "signing", "署名"
#define W_CHECK_REVOCATION "revocation", "失効情報"
#define W_CHECK_REVOCATION_NOT_CHECKED                                         \
    "not checked: neither lists nor OCSP are configured",                      \
    "未確認（失効リストも OCSP も設定されていません）"
#define W_CHECK_REVOCATION_GOOD "not revoked", "失効していません"
#define W_CHECK_REVOCATION_REVOKED "revoked", "失効しています"
#define W_CHECK_REVOCATION_UNKNOWN                                             \
    "unknown: no source gave an answer to rely on",                            \
    "不明（信頼できる回答が得られませんでした）"
#define W_CHECK_AUTH_PRIVATE                                                   \
    "This device shows it after its PIN only: jpki certificate auth.",         \
    "この機器では暗証番号の入力後にのみ読み取れます: jpki certificate auth"
#define W_CHECK_AUTH_LIMITS                                                    \
    "Whether it was revoked is up to the servers that it logs in to. "         \
    "\"jpki check sign\" checks the signing certificate, and whether name "    \
    "and address still agree.",                                                \
    "失効しているかどうかは、ログイン先のサーバーが確認します。"               \
    "署名用電子証明書の確認と氏名・住所の照合は \"jpki check sign\" "          \
    "で行えます。"

#define W_CHECK_HOLDER                                                         \
    "The holder, certificate against card",                                    \
    "証明書とカードの記載の照合"
#define W_CHECK_TEXT_WHY                                                       \
    "The card's text application tells name, address, birth date and sex as "  \
    "the municipal office last wrote them; they are compared with the "        \
    "certificate.\n",                                                          \
    "市区町村が最後に書き込んだ氏名・住所・生年月日・性別を"                   \
    "券面事項入力補助から読み取り、証明書と照合します。\n"
#define W_CHECK_AGREES "agrees", "一致"
#define W_CHECK_DIFFERS                                                        \
    "differs: \"%s\" in the certificate, \"%s\" on the card",                  \
    "不一致: 証明書は「%s」、カードは「%s」"
#define W_CHECK_UNKNOWN "cannot tell", "判定できません"

#define W_CHECK_CHANGED                                                        \
    "The card was given other data after this certificate was issued. A "      \
    "change of name, address, birth date or sex ends the signing "             \
    "certificate: do not sign with it, and have a new one issued at the "      \
    "municipal office. The authentication certificate is not affected.",       \
    "証明書の発行後に、カードの記載事項が変更されています。"                   \
    "氏名・住所・生年月日・性別が変わると、署名用電子証明書は失効します。"     \
    "署名には使わず、市区町村の窓口で新しい証明書の発行を受けてください。"     \
    "利用者証明用電子証明書には影響しません。"
#define W_CHECK_UNCHANGED                                                      \
    "Card and certificate agree: neither a move nor another change is known "  \
    "to the card.",                                                            \
    "証明書とカードの記載は一致しています。"                                   \
    "転居などの変更は記録されていません。"
#define W_CHECK_NO_ANSWER                                                      \
    "Whether name or address changed since the certificate was issued cannot " \
    "be told here.",                                                           \
    "証明書の発行後に氏名や住所が変わったかどうかは、ここでは判定できません。"
#define W_CHECK_NO_TEXT                                                        \
    "There is no text application (phones have none).",                        \
    "券面事項入力補助の機能がありません（スマートフォンなど）。"
#define W_CHECK_SKIPPED                                                        \
    "The comparison was left out.",                                            \
    "照合を行いませんでした。"

/* clang-format on */

#endif
