/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CONF_WORDS_BRIDGE_H
#define CONF_WORDS_BRIDGE_H

/* Sentences of jpki-bridge; conf/words.h. */

/* clang-format off */

/* The dialog: who asks, and for what. The origin comes first. */
#define W_ASK_TITLE                                                            \
    "jpki-bridge - My Number Card",                                            \
    "jpki-bridge - マイナンバーカード"
#define W_ASK_LOG_IN                                                           \
    "%s\nasks you to LOG IN with your My Number Card.\n\n",                    \
    "%s\nが、マイナンバーカードでのログインを求めています。\n\n"
#define W_ASK_SIGN                                                             \
    "%s\nasks you to SIGN %zu document(s) with your legal signature. It also " \
    "gets your name, address, birth date and sex, which your certificate "     \
    "holds.\n\n",                                                              \
    "%s\nが、文書 %zu 件への電子署名（法的な効力のある署名）を求めています。"  \
    "電子証明書にある氏名・住所・生年月日・性別も相手に渡ります。\n\n"
#define W_ASK_TEXT                                                             \
    "%s\nasks you to HAND OVER your name, address, birth date and sex, as "    \
    "your card has them.\n\n",                                                 \
    "%s\nが、カードに記録された氏名・住所・生年月日・性別の提供を"             \
    "求めています。\n\n"

/* Which PIN. */
#define W_ASK_PIN_AUTH                                                         \
    "Enter the PIN of user authentication (4 digits).",                        \
    "利用者証明用の暗証番号（半角数字4桁）を入力してください。"
#define W_ASK_PIN_SIGN                                                         \
    "Enter the password for digital signatures (6 to 16 letters and digits).", \
    "署名用の暗証番号（半角英数字6～16文字）を入力してください。"
#define W_ASK_PIN_TEXT                                                         \
    "Enter the PIN of the card's text data, 券面事項入力補助用 (4 digits).",   \
    "券面事項入力補助用の暗証番号（半角数字4桁）を入力してください。"

#define W_ASK_TRIES                                                            \
    "\nTries left: %u. After that the municipal office has to unlock it.\n",   \
    "\n残り %u 回。"                                                           \
    "ロックされると市区町村の窓口で手続きが必要です。\n"
#define W_ASK_TRIES_UNKNOWN                                                    \
    "\nAfter too many mistakes the municipal office has to unlock it.\n",      \
    "\n続けて間違えるとロックされ、市区町村の窓口での手続きが必要です。\n"
#define W_ASK_WARNING                                                          \
    "Cancel unless you started this yourself just now.",                       \
    "身に覚えがない場合は、キャンセルしてください。"
#define W_ASK_PROMPT_PIN "PIN:", "暗証番号:"
#define W_ASK_PROMPT_PASSWORD "Password:", "暗証番号:"
#define W_ASK_CANCEL "Cancel", "キャンセル"

/* In the dialog, once more: nothing was sent to the card. */
#define W_ASK_FORM_DIGITS                                                      \
    "That is not a 4-digit PIN. Nothing was sent to the card.",                \
    "半角数字4桁ではありません。カードには送っていません。"
#define W_ASK_FORM_SIGN                                                        \
    "That is not a password of 6 to 16 letters A-Z and digits. Nothing was "   \
    "sent to the card.",                                                       \
    "半角の英字と数字の6～16文字ではありません。カードには送っていません。"

/* What became of asking. */
#define W_BRIDGE_CANCELLED                                                     \
    "Cancelled in the PIN dialog.",                                            \
    "暗証番号の入力がキャンセルされました。"
#define W_BRIDGE_TIMED_OUT                                                     \
    "Nobody typed the PIN within %d seconds; try again.",                      \
    "%d 秒以内に暗証番号が入力されませんでした。もう一度お試しください。"
#define W_BRIDGE_IMPOSSIBLE                                                    \
    "The PIN dialog could not be shown: install pinentry for your desktop "    \
    "(pinentry-gnome3, pinentry-qt), and start the browser from it.",          \
    "暗証番号の入力画面を表示できませんでした。デスクトップ用の pinentry"      \
    "（pinentry-gnome3 や pinentry-qt）をインストールし、"                     \
    "デスクトップからブラウザーを起動してください。"
#define W_BRIDGE_FORM                                                          \
    "What was typed cannot be the PIN. Nothing was sent to the card; try "     \
    "again.",                                                                  \
    "入力された内容は暗証番号の形式ではありません。カードには送っていません。" \
    "もう一度お試しください。"
#define W_BRIDGE_OTHER_DIALOG                                                  \
    "Another PIN dialog of yours is open; finish it and try again.",           \
    "別の暗証番号の入力画面が開いています。"                                   \
    "そちらを終えてから、もう一度お試しください。"

/* What is wrong with a message. */
#define W_BRIDGE_TOO_LARGE                                                     \
    "The message is too large: at most %u bytes.",                             \
    "メッセージが大きすぎます（%u バイトまで）。"
#define W_BRIDGE_MALFORMED                                                     \
    "The message is no JSON object of the expected form.",                     \
    "メッセージが正しい形式の JSON オブジェクトではありません。"
#define W_BRIDGE_ORIGIN                                                        \
    "This site may not use the card: it is not among the hosts in [bridge] "   \
    "of the configuration.",                                                   \
    "このサイトはカードを使えません。"                                         \
    "設定の [bridge] の hosts に含まれていません。"
#define W_BRIDGE_MODE                                                          \
    "The site asks for something that jpki-bridge does not know.",             \
    "jpki-bridge が対応していない要求です。"
#define W_BRIDGE_SERVICE                                                       \
    "The service_id of the request is not 01.",                                \
    "要求の service_id が 01 ではありません。"
#define W_BRIDGE_DIGEST                                                        \
    "What the site wants signed is no SHA-256 digest; nothing else is signed.",\
    "署名の対象が SHA-256 のダイジェストではありません。"                      \
    "それ以外には署名しません。"
#define W_BRIDGE_DIGESTS                                                       \
    "The site wants no document signed, or more than 20 at once, which is not "\
    "done.",                                                                   \
    "サイトから求められた署名の対象がないか、多すぎます（一度に 20 件まで）。"

/* What is wrong with the card. */
#define W_BRIDGE_TWO_CARDS                                                     \
    "There is more than one My Number Card; leave in the one that you mean.",  \
    "マイナンバーカードが複数あります。使うカードだけを残してください。"
#define W_BRIDGE_LAST_TRY                                                      \
    "One try is left, and it is kept for you: the PIN was not asked for. "     \
    "Where you are sure of it, run \"jpki pin check %s\" in a terminal; else " \
    "go to the municipal office.",                                             \
    "残り1回のため、暗証番号の入力を求めませんでした。"                        \
    "確かな場合は端末で jpki pin check %s を実行し、"                          \
    "そうでなければ市区町村の窓口で手続きしてください。"
#define W_BRIDGE_TEXT_INCOMPLETE                                               \
    "The text data on the card lacks the name, address, birth date or sex: "   \
    "the site was told nothing. The municipal office can put it right.",       \
    "カードの券面事項に氏名・住所・生年月日・性別のいずれかがないため、"       \
    "サイトには何も渡していません。市区町村の窓口でご相談ください。"
#define W_BRIDGE_EVERY                                                         \
    "By the configuration each signature needs its own password "              \
    "(signature_pin = every): one document at a time.",                        \
    "設定により署名ごとに暗証番号が必要です（signature_pin = every）。"        \
    "文書は1件ずつ署名してください。"
#define W_BRIDGE_NO_STATE                                                      \
    "The folder %s could not be written: jpki-bridge keeps there the number "  \
    "by which Mynaportal knows this computer, and a lock. Make it yours to "   \
    "write, with what is in it.",                                              \
    "%s に書き込めません。"                                                    \
    "マイナポータルに知らせる番号とロックファイルを保存するために必要です。"   \
    "フォルダーとその中のファイルに書き込めるようにしてください。"
#define W_BRIDGE_NO_HOME                                                       \
    "HOME names no folder, so there is no place for the number by which "      \
    "Mynaportal knows this computer: set HOME to your home folder and start "  \
    "the browser again.",                                                      \
    "環境変数 HOME がフォルダーを示していないため、"                           \
    "マイナポータルに知らせる番号を保存できません。"                           \
    "HOME を設定して、ブラウザーを起動し直してください。"

/* The state that the extension shows. */
#define W_BRIDGE_TRIES "Tries left: %u", "残り %u 回"
#define W_BRIDGE_TRIES_UNKNOWN                                                 \
    "The card does not tell how many tries are left.",                         \
    "カードから残り回数を取得できません。"

/* The command line. */
#define W_BRIDGE_USAGE                                                         \
    "Usage: jpki-bridge --version | --help\n"                                  \
    "\n"                                                                       \
    "Browsers start it for the extension that lets Mynaportal use the card, "  \
    "once\n\"jpki register bridge\" has told them of it. More in "             \
    "jpki-bridge(1).\n",                                                       \
    "使い方: jpki-bridge --version | --help\n"                                 \
    "\n"                                                                       \
    "マイナポータルでカードを使うための拡張機能から、"                         \
    "ブラウザーが起動します。\n登録は jpki register bridge で行います。"       \
    "詳しくは jpki-bridge(1) をご覧ください。\n"

/* clang-format on */

#endif
