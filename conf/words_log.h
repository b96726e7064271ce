/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CONF_WORDS_LOG_H
#define CONF_WORDS_LOG_H

/*
 * What the log says to a person: refusals, and what to do; conf/words.h. No
 * full stop. The first argument is most often the reader's name, the second the
 * role.
 */

/* clang-format off */

#define W_LOG_CAN_SIGN                                                         \
    "%s: certificate %s may sign",                                             \
    "%s: 証明書 %s で署名できます"
#define W_LOG_NO_SIGNATURE                                                     \
    "%s: no signature with certificate %s: %s: %s",                            \
    "%s: 証明書 %s では署名できません: %s: %s"
#define W_LOG_NO_SIGNATURE_REVOKED                                             \
    "%s: no signature with certificate %s: %s (%s): %s",                       \
    "%s: 証明書 %s では署名できません: %s (%s): %s"
#define W_LOG_NO_KEY                                                           \
    "%s: no signature with the %s key: %s",                                    \
    "%s: %s の鍵では署名できません: %s"
#define W_LOG_SIGNATURE_WRONG                                                  \
    "%s: a signature by the %s key does not verify",                           \
    "%s: %s の鍵による署名が証明書と一致しません"
#define W_LOG_PSS_FAILED                                                       \
    "%s: a PSS signature failed: PSS is not offered for this card any "        \
    "more",                                                                    \
    "%s: PSS による署名に失敗しました: "                                       \
    "このカードでは以後 PSS を使いません"
#define W_LOG_CERT_UNREADABLE                                                  \
    "%s: %s cannot be read",                                                   \
    "%s: %s を読み取れません"

/* PINs that are not sent or asked for: reader, role, a sentence from below. */
#define W_LOG_PIN                                                              \
    "%s: the %s PIN %s",                                                       \
    "%s: 暗証番号（%s）: %s"
#define W_LOG_PIN_LOCKED                                                       \
    "is locked: the municipal office resets it, or a convenience-store "       \
    "kiosk where the other PIN is known. A card set up for face "              \
    "authentication has no PIN",                                               \
    "ロックされています。市区町村の窓口で初期化できます。"                     \
    "もう一方の暗証番号が分かる場合は、スマートフォンのアプリと"               \
    "コンビニエンスストアの端末でも初期化できます。"                           \
    "顔認証マイナンバーカードには暗証番号がありません"
/* Of the text application's, which no kiosk resets. */
#define W_LOG_PIN_LOCKED_TEXT                                                  \
    "is locked: the municipal office resets it",                               \
    "ロックされています。市区町村の窓口で初期化できます"
#define W_LOG_PIN_LAST_TRY                                                     \
    "is not sent: one try is left, and last_try = refuse keeps "               \
    "programs from using it; the status object says how a person does. "       \
    "If another card is meant: \"reader =\" in the configuration names "       \
    "the reader to use",                                                       \
    "残り1回のため送りません（last_try = refuse）。"                           \
    "使い方はステータスオブジェクトをご覧ください。"                           \
    "別のカードを使う場合は、使うリーダーを設定の "                            \
    "\"reader =\" で指定してください"
#define W_LOG_PIN_CHANGED                                                      \
    "that was held was not sent: its retry counter is not full, so it "        \
    "was changed or mistyped elsewhere since the log-in; log in again",        \
    "ログイン後にほかで変更または入力間違いがあったため（残り回数の減少）、"   \
    "送りませんでした。もう一度ログインしてください"
#define W_LOG_PIN_HELD_REFUSED                                                 \
    "%s: the card refused the %s PIN that was held: it was "                   \
    "changed elsewhere since the log-in; log in again",                        \
    "%s: 保持していた暗証番号（%s）をカードが拒否しました: "                   \
    "ログイン後にほかで変更されています。もう一度ログインしてください"
#define W_LOG_PIN_KNOWN_WRONG                                                  \
    "%s: this PIN was refused by the %s slot before, and is not sent "         \
    "to the card again",                                                       \
    "%s: この暗証番号は前に間違いとされたため（%s）、"                         \
    "カードには送りませんでした"
#define W_LOG_PIN_OTHER_CARD                                                   \
    "%s: this PIN was just given to another card, and is not sent "            \
    "to this one unless it is given again; \"reader =\" in the "               \
    "configuration names the reader to use",                                   \
    "%s: この暗証番号は直前に別のカードに使われたため、"                       \
    "もう一度入力されるまでこのカードには送りません。"                         \
    "使うリーダーは設定の \"reader =\" で指定できます"
#define W_LOG_PIN_COST_A_TRY                                                   \
    "%s: a PIN of this card was offered to another card before, "              \
    "which cost a try there; \"reader =\" in the configuration "               \
    "names the reader to use",                                                 \
    "%s: このカードの暗証番号が先に別のカードに送られ、"                       \
    "そのカードの残り回数が1回減りました。"                                    \
    "使うリーダーは設定の \"reader =\" で指定できます"
#define W_LOG_OWN_PIN                                                          \
    "%s: no signature without a PIN of its own: %s",                           \
    "%s: 署名ごとに暗証番号が必要です: %s"
#define W_LOG_OWN_PIN_EVERY                                                    \
    "signature_pin = every wants it for each signature",                       \
    "設定の signature_pin = every によります"
#define W_LOG_OWN_PIN_ASKED                                                    \
    "the program asked for it, and no right one came",                         \
    "プログラムが要求しましたが、正しい暗証番号が入力されませんでした"
#define W_LOG_NO_COUNTER                                                       \
    "this card does not tell how many tries its %s PIN has left: "             \
    "a PIN that was changed elsewhere will cost one",                          \
    "このカードは暗証番号（%s）の残り回数を示しません: "                       \
    "ほかで変更された場合は1回減ります"

/* Waiting for others, readers. */
#define W_LOG_WAITED                                                           \
    "%s: waited %d s for the card: another program kept it, or "               \
    "the reader is slow; if that goes on, end the other program",              \
    "%s: カードを%d秒待ちました: ほかのプログラムが使用中か、"                 \
    "リーダーの応答が遅くなっています。"                                       \
    "続く場合は、ほかのプログラムを終了してください"
#define W_LOG_TOO_MANY_READERS                                                 \
    "%s: more than %d readers, left out",                                      \
    "%s: リーダーが%d台を超えるため対象外です"

#define W_LOG_READER_NAME                                                      \
    "a reader's name is too long: left out",                                   \
    "リーダーの名前が長すぎるため対象外です"
#define W_LOG_LOGOUT_BY_POWER                                                  \
    "this card may stay logged in when another application is selected: it "   \
    "will be powered off instead",                                             \
    "このカードは別のアプリケーションを選択してもログアウトしないことが"       \
    "あります: 代わりに電源を切ります"

/* Memory and the host program. */
#define W_LOG_PIN_MEMORY_LOCK                                                  \
    "memory for PINs cannot be locked: %s",                                    \
    "暗証番号用のメモリーを固定できません: %s"
#define W_LOG_PIN_MEMORY_APART                                                 \
    "memory for PINs cannot be set apart: %s",                                 \
    "暗証番号用のメモリーを保護できません: %s"
#define W_LOG_NO_SALT                                                          \
    "no random salt: %s",                                                      \
    "乱数（ソルト）を取得できません: %s"
#define W_LOG_STAYS_LOADED                                                     \
    "C_Finalize failed: the module must stay loaded",                          \
    "C_Finalize に失敗しました: モジュールを解放しないでください"

/* Revocation lists, OCSP. */
#define W_LOG_CRL "crl: %s: %s", "crl: %s: %s（失効リスト）"
#define W_LOG_CRL_IN "crl: %s/%s: %s", "crl: %s/%s: %s（失効リスト）"
#define W_LOG_CRL_SHORTAGE                                                     \
    "out of memory or descriptors",                                            \
    "メモリーまたはファイル記述子が不足しています"
#define W_LOG_CRL_UNREADABLE                                                   \
    "cannot be read: correct its mode",                                        \
    "読み取れません: アクセス権を訂正してください"
#define W_LOG_CRL_NONE                                                         \
    "holds something that is not a CRL: take it out",                          \
    "失効リストではないものが含まれています: 取り除いてください"
#define W_LOG_CRL_NOT_FILE                                                     \
    "is not a regular file, or larger than 32 MiB",                            \
    "通常のファイルではないか、32 MiB を超えています"
#define W_LOG_OCSP_SLOW                                                        \
    "ocsp: looking up %s took %d s, which ocsp_timeout does not cover: check " \
    "the name servers, or name an address",                                    \
    "ocsp: %s の名前解決に%d秒かかりました（ocsp_timeout の対象外です）: "     \
    "ネームサーバーを確認するか、アドレスで指定してください"

/* The log's own file. */
#define W_LOG_FILE "log: %s: %s", "log: %s: %s（ログファイル）"
#define W_LOG_FILE_LINK                                                        \
    "a symbolic link: name the file itself",                                   \
    "シンボリックリンクです: ファイル自体を指定してください"
#define W_LOG_FILE_NOT_REGULAR                                                 \
    "not a regular file: name another",                                        \
    "通常のファイルではありません: ほかのファイルを指定してください"
#define W_LOG_FILE_OTHER_OWNER                                                 \
    "belongs to another user: name a file of your own",                        \
    "所有者が別の利用者です: 本人のファイルを指定してください"
#define W_LOG_FILE_OPEN                                                        \
    "open to others: run chmod 600 on it",                                     \
    "ほかの利用者が読み書きできます: chmod 600 を実行してください"
#define W_LOG_FILE_MADE_PRIVATE                                                \
    "log: %s: was open to others: its mode is 0600 now",                       \
    "log: %s: ほかの利用者が読み書きできたため、0600 に変更しました"

/* Configuration. */
#define W_LOG_CONF "%s (see jpki-pkcs11.conf(5))", "%s（jpki-pkcs11.conf(5) を参照）"
#define W_LOG_CONF_ENFORCED                                                    \
    "%s: [pin], [policy] and [bridge] are ignored: the system's "              \
    "configuration says enforce = yes",                                        \
    "%s: [pin]、[policy]、[bridge] は無効です: "                               \
    "システムの設定に enforce = yes があります"

/* clang-format on */

#endif
