/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CONF_WORDS_POLICY_H
#define CONF_WORDS_POLICY_H

/*
 * What the signing policy and the status say of a key, by module and command;
 * conf/words.h. They go into JSON as they are: no quotes, no backslashes.
 */

/* clang-format off */

#define W_NOT_ISSUED                                                           \
    "There is no signing certificate on this card: none is issued to "         \
    "holders under 15, to wards, for cards set up for face authentication, "   \
    "or when it was declined; ask at the municipal office.",                   \
    "このカードには署名用電子証明書がありません。15歳未満の方、"               \
    "成年被後見人の方、顔認証マイナンバーカード、"                             \
    "発行を希望されなかった場合には発行されません。"                           \
    "市区町村の窓口にお問い合わせください。"
#define W_UNREADABLE                                                           \
    "What lies in the place of the signing certificate is not a "              \
    "certificate; have the card checked at the municipal office.",             \
    "署名用電子証明書の領域に、証明書ではないデータが入っています。"           \
    "市区町村の窓口でカードの確認を受けてください。"
#define W_UNSUPPORTED_KEY                                                      \
    "The signing key is not an RSA key of 2048 bits: the next card is not "    \
    "supported yet; look for a newer version of the module.",                  \
    "署名用の鍵が 2048 ビットの RSA ではありません。"                          \
    "次期マイナンバーカードにはまだ対応していません。"                         \
    "このモジュールの新しいバージョンをご確認ください。"
/* Of the authentication key, which is under no other rule. */
#define W_UNSUPPORTED_AUTH_KEY                                                 \
    "The authentication key is not an RSA key of 2048 bits: the next card is " \
    "not supported yet; look for a newer version of the module.",              \
    "利用者証明用の鍵が 2048 ビットの RSA ではありません。"                    \
    "次期マイナンバーカードにはまだ対応していません。"                         \
    "このモジュールの新しいバージョンをご確認ください。"
#define W_UNTRUSTED_ISSUER                                                     \
    "The certificate is not signed by a trusted signing CA; if the card is "   \
    "genuine, the administrator can name its CA certificate with sign_ca.",    \
    "証明書の発行元が、信頼された署名用認証局ではありません。"                 \
    "カードが本物の場合は、管理者が sign_ca "                                  \
    "で認証局の証明書を指定できます。"
#define W_WRONG_USAGE                                                          \
    "The certificate is not meant for signing (key usage or policy); use "     \
    "a card with a JPKI signing certificate.",                                 \
    "この証明書は署名用ではありません（鍵の用途またはポリシー）。"             \
    "署名用電子証明書が入ったマイナンバーカードをお使いください。"
#define W_BIRTH_UNKNOWN                                                        \
    "The certificate does not state the date of birth precisely enough to "    \
    "show that the holder is old enough to sign; ask at the municipal "        \
    "office, or have the administrator set minimum_age.",                      \
    "証明書に記載された生年月日だけでは、"                                     \
    "署名できる年齢に達していることを確認できません。"                         \
    "市区町村の窓口にお問い合わせいただくか、管理者に minimum_age "            \
    "の設定を依頼してください。"
#define W_MINOR                                                                \
    "The holder is younger than the age from which this card may sign "        \
    "(minimum_age, normally 15); have a legal representative sign with a "     \
    "card of their own.",                                                      \
    "名義人の年齢が、このカードで署名できる年齢（minimum_age、"                \
    "通常は15歳）に達していません。"                                           \
    "法定代理人の方がご自身のカードで署名してください。"
#define W_NOT_YET_VALID                                                        \
    "The certificate is not valid yet; check the date of this computer, "      \
    "or wait until the certificate's first day.",                              \
    "証明書の有効期間がまだ始まっていません。"                                 \
    "コンピューターの日付を確認するか、有効期間の開始日までお待ちください。"
#define W_EXPIRED                                                              \
    "The certificate has expired; renew it at the municipal office.",          \
    "証明書の有効期間が過ぎています。市区町村の窓口で更新してください。"
#define W_REVOKED                                                              \
    "The certificate is revoked, as it is after a change of name, address, "   \
    "date of birth or sex; have a new one issued at the municipal office.",    \
    "証明書は失効しています。氏名・住所・生年月日・性別が変わると失効します。" \
    "市区町村の窓口で新しい証明書の発行を受けてください。"
#define W_REVOCATION_UNKNOWN                                                   \
    "No current CRL or OCSP answer confirms that the certificate is not "      \
    "revoked, which the configuration requires; have the administrator "       \
    "check crl and ocsp.",                                                     \
    "証明書が失効していないことを、最新の CRL または OCSP "                    \
    "の応答で確認できません（設定により確認が必須です）。"                     \
    "管理者に crl と ocsp の設定の確認を依頼してください。"
#define W_WRONG_KEY                                                            \
    "A signature made by this card did not match its certificate; take the "   \
    "card out, put it back and try again; if that does not help, have the "    \
    "card checked at the municipal office.",                                   \
    "このカードで作成した署名が、証明書と一致しませんでした。"                 \
    "カードを取り出して入れ直し、もう一度お試しください。"                     \
    "改善しない場合は、市区町村の窓口でカードの確認を受けてください。"
#define W_ALLOWED "The card may sign.", "このカードで署名できます。"
#define W_LOG_IN_FIRST                                                         \
    "The certificate can be read only after the signing password.",            \
    "証明書は、署名用パスワードを入力するまで読み取れません。"

#define W_REASON " Reason: %s.", "理由: %s。"

/* Reasons of a revocation, for W_REASON. */
#define W_REASON_UNSPECIFIED "no reason is given", "記載なし"
#define W_REASON_KEY                                                           \
    "the key may be in other hands", "秘密鍵が他人に渡ったおそれがあるため"
#define W_REASON_CA_KEY                                                        \
    "the key of the CA may be in other hands",                                 \
    "認証局の秘密鍵が他人に渡ったおそれがあるため"
#define W_REASON_CHANGED                                                       \
    "a recorded fact has changed (name, address, date of birth or sex)",       \
    "記載事項（氏名・住所・生年月日・性別）が変わったため"
#define W_REASON_SUPERSEDED                                                    \
    "a newer certificate has taken its place",                                 \
    "新しい証明書が発行されたため"
#define W_REASON_CEASED                                                        \
    "it was given back or the card has ended",                                 \
    "返納またはカードの失効のため"
#define W_REASON_HOLD                                                          \
    "it is suspended, as after a report of loss",                              \
    "紛失の届出などによる一時停止のため"
#define W_REASON_WAS_ON_HOLD "it was on hold", "一時停止されていたため"
#define W_REASON_WITHDRAWN                                                     \
    "the right to use it was withdrawn", "利用の資格が取り消されたため"
#define W_REASON_AUTHORITY                                                     \
    "an authority may be in other hands",                                      \
    "属性認証機関の秘密鍵が他人に渡ったおそれがあるため"

#define W_NOTE_LOCKED                                                          \
    "The PIN is locked. The municipal office resets it, or a "                 \
    "convenience-store kiosk where the other PIN is known. A card set up for " \
    "face authentication has no PIN.",                                         \
    "暗証番号がロックされています。市区町村の窓口で初期化できます。"           \
    "もう一方の暗証番号が分かる場合は、スマートフォンのアプリと"               \
    "コンビニエンスストアの端末でも初期化できます。"                           \
    "顔認証マイナンバーカードには暗証番号がありません。"
/* Takes the module's path and the slot's number; stands in JSON as it is. */
#define W_NOTE_LAST_TRY                                                        \
    "One try is left, and no program may use it "                              \
    "(last_try = refuse). To use it, if you are sure of the PIN: take "        \
    "every other card out, then "                                              \
    "printf '[pin]\\\\nlast_try = allow\\\\n' >F; "                            \
    "JPKI_PKCS11_CONF=F pkcs11-tool --module %s "                              \
    "--slot-index %d -l -O; rm F. A wrong one locks it.",                      \
    "残り1回です。この1回はプログラムからは使えません"                         \
    "（last_try = refuse）。暗証番号に間違いがなく、これを使う場合は、"        \
    "ほかのカードをすべて取り出してから "                                      \
    "printf '[pin]\\\\nlast_try = allow\\\\n' >F; "                            \
    "JPKI_PKCS11_CONF=F pkcs11-tool --module %s "                              \
    "--slot-index %d -l -O; rm F を実行してください。"                         \
    "間違えるとロックされます。"

/* clang-format on */

#endif
