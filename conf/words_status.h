/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CONF_WORDS_STATUS_H
#define CONF_WORDS_STATUS_H

/* Sentences of jpki status, which other commands may use; conf/words.h. */

/* clang-format off */

#define W_STATUS_WHAT                                                          \
    "show each card: certificates, PINs, whether it may sign",                 \
    "カードごとに電子証明書・暗証番号・署名の可否を表示します"

/* What the card is. */
#define W_KIND_CARD "My Number Card", "マイナンバーカード"
#define W_KIND_PHONE                                                           \
    "My Number Card on a phone",                                               \
    "スマホ用電子証明書搭載サービス（スマートフォン）"
#define W_KIND_JUKI                                                            \
    "Juki Card, the card before My Number",                                    \
    "住民基本台帳カード（マイナンバーカードより前のカード）"
#define W_KIND_FACE                                                            \
    "My Number Card set up for face authentication, or with a locked PIN",     \
    "顔認証マイナンバーカード、または暗証番号がロックされたカード"
#define W_KIND_UNKNOWN "Unknown card", "不明なカード"

#define W_READER "Reader", "リーダー"
#define W_CARD_NUMBER "number", "識別番号"

/* A key of the card, by its role. */
#define W_ROLE_AUTH                                                            \
    "User authentication (PIN of 4 digits)",                                   \
    "利用者証明用電子証明書（暗証番号4桁）"
#define W_ROLE_SIGN                                                            \
    "Digital signature (password of 6 to 16 letters and digits)",              \
    "署名用電子証明書（パスワード6～16文字の英数字）"

#define W_CERTIFICATE "Certificate", "有効期間"
#define W_RENEWAL "Renewal", "更新"
#define W_PIN "PIN", "暗証番号"
#define W_PASSWORD "Password", "パスワード"
#define W_SIGNING "Signing", "署名"

#define W_DAY "%d-%02d-%02d", "%d年%d月%d日"
#define W_CERT_GOOD                                                            \
    "good until %s, %lld days left",                                           \
    "%sまで（残り%lld日）"
#define W_CERT_NOT_YET                                                         \
    "not valid before %s: wait, or check the clock of this computer",          \
    "%sから有効: それまでお待ちになるか、"                                     \
    "コンピューターの日時をご確認ください"
#define W_CERT_ENDED                                                           \
    "ended on %s: renew it at the municipal office",                           \
    "%sに終了しました: 市区町村の窓口で更新してください"
#define W_CERT_AFTER_PIN                                                       \
    "can be read only after the PIN",                                          \
    "暗証番号を入力するまで読み取れません"
#define W_CERT_AFTER_PASSWORD                                                  \
    "can be read only after the password",                                     \
    "パスワードを入力するまで読み取れません"
#define W_CERT_UNREADABLE                                                      \
    "cannot be read: have the card checked at the municipal office",           \
    "読み取れません: 市区町村の窓口でカードの確認を受けてください"
#define W_CERT_NONE                                                            \
    "none on this card; ask at the municipal office if there should be one",   \
    "このカードには入っていません（必要な場合は市区町村の窓口へ）"
#define W_RENEWAL_FROM                                                         \
    "from %s at the municipal office",                                         \
    "%sから市区町村の窓口で手続きできます"
#define W_RENEWAL_NOW                                                          \
    "now, since %s, at the municipal office",                                  \
    "市区町村の窓口で手続きできます（%sから受付中）"

#define W_TRIES                                                                \
    "%u of %u tries left; at 0 it locks, and the municipal office resets it",  \
    "残り%u回（最大%u回）。0回でロックされ、市区町村の窓口での初期化が必要です"
#define W_TRIES_SPARED                                                         \
    "1 of %u tries left, and no program may use it (last_try = refuse): "      \
    "another wrong one locks it. If you are sure of it, jpki pin check %s "    \
    "uses it",                                                                 \
    "残り1回（最大%u回）。もう一度間違えるとロックされるため、"                \
    "プログラムからは使えません（last_try = refuse）。"                        \
    "間違いがなければ jpki pin check %s で使えます"
#define W_TRIES_LOCKED                                                         \
    "locked: the municipal office resets it, or a convenience-store kiosk "    \
    "with the phone app while the other PIN is known",                         \
    "ロックされています: 市区町村の窓口で初期化できます。"                     \
    "もう一方の暗証番号が分かる場合は、スマートフォンのアプリと"               \
    "コンビニエンスストアの端末でも初期化できます"
#define W_TRIES_FACE                                                           \
    "none, if the card is set up for face authentication; else it is locked: " \
    "the municipal office resets it",                                          \
    "顔認証マイナンバーカードの場合はありません。それ以外の場合は"             \
    "ロックされています: 市区町村の窓口で初期化できます"
#define W_TRIES_UNKNOWN                                                        \
    "the card does not tell how many tries are left",                          \
    "カードから残り回数を確認できません"

#define W_SIGNING_LATER                                                        \
    "decided after the password, since the certificate cannot be read before", \
    "パスワードの入力後に判定します（証明書はそれまで読み取れません）"

/* Readers without a card that could be shown. */
#define W_READER_EMPTY                                                         \
    "There is no card in it. Put the card in with its chip first, or lay it "  \
    "on a contactless reader.",                                                \
    "カードがありません。ICチップの側から差し込むか、"                         \
    "非接触型のリーダーでは上に置いてください。"
#define W_READER_MUTE                                                          \
    "The card does not answer. Take it out and put it in the right way "       \
    "round: the gold chip first, and towards the reader's contacts.",          \
    "カードが応答しません。取り出して、向きを確かめて入れ直してください。"     \
    "金色のICチップを先に、リーダーの接点の側に向けます。"
#define W_READER_LEFT_OUT                                                      \
    "The configuration leaves this reader out (reader and ignore_reader in "   \
    "[card]).",                                                                \
    "設定により対象外です（[card] の reader と ignore_reader）。"
#define W_READER_NOT_ASKED                                                     \
    "No card reader has the text of --reader in its name.",                    \
    "--reader の文字列を名前に含むカードリーダーはありません。"

/* clang-format on */

#endif
