/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CONF_WORDS_PIN_H
#define CONF_WORDS_PIN_H

/* Sentences of the command jpki about PINs; conf/words.h. */

/* clang-format off */

/* A PIN by its name and form. */
#define W_PIN_NAME_AUTH                                                        \
    "PIN of the authentication certificate (4 digits)",                        \
    "利用者証明用電子証明書の暗証番号（数字4桁）"
#define W_PIN_NAME_SIGN                                                        \
    "password of the signing certificate (6 to 16 of A-Z and 0-9)",            \
    "署名用電子証明書の暗証番号（英大文字と数字6～16文字）"
#define W_PIN_NAME_TEXT                                                        \
    "PIN of the text application (4 digits)",                                  \
    "券面事項入力補助用の暗証番号（数字4桁）"

#define W_PIN_TRIES                                                            \
    "Tries left: %u of %u.\n",                                                 \
    "残り回数: %u 回（最大 %u 回）\n"
#define W_PIN_TRIES_UNKNOWN                                                    \
    "The card does not tell how many tries are left.\n",                       \
    "カードから残り回数を確認できません。\n"
#define W_PIN_SKIP                                                             \
    "Without it, press Enter.\n",                                              \
    "入力しない場合は、そのまま Enter を押してください。\n"

#define W_PIN_LOCKED_JPKI                                                      \
    "The PIN is locked. The municipal office resets it, or a "                 \
    "convenience-store kiosk where the other PIN is known.",                   \
    "暗証番号がロックされています。市区町村の窓口で初期化できます。"           \
    "もう一方の暗証番号が分かる場合は、スマートフォンのアプリと"               \
    "コンビニエンスストアの端末でも初期化できます。"
#define W_PIN_LOCKED_TEXT                                                      \
    "The PIN of the text application is locked. The municipal office resets "  \
    "it.",                                                                     \
    "券面事項入力補助用の暗証番号がロックされています。"                       \
    "市区町村の窓口で初期化できます。"

/* What is to be typed before the last try; the same word in both languages. */
#define PIN_LAST_TRY_WORD "last try"
#define W_PIN_LAST_TRY                                                         \
    "One try is left. A wrong PIN locks it until the municipal office resets " \
    "it.\n",                                                                  \
    "残り1回です。間違えるとロックされ、"                                      \
    "市区町村の窓口などで初期化するまで使えなくなります。\n"
#define W_PIN_LAST_TRY_PROMPT                                                  \
    "To use it, type \"" PIN_LAST_TRY_WORD "\"",                               \
    "入力を続けるには \"" PIN_LAST_TRY_WORD "\" と入力してください"
#define W_PIN_LAST_TRY_KEPT                                                    \
    "The last try was left alone: nothing was sent to the card.",              \
    "最後の1回は使いませんでした。カードには送っていません。"

#define W_PIN_FORM                                                             \
    "That cannot be the %s. Nothing was sent to the card.",                    \
    "%sの形式ではありません。カードには送っていません。"
#define W_PIN_WRONG                                                            \
    "The card refused the PIN. Tries left: %u.",                               \
    "暗証番号が違います。残り回数: %u 回"
#define W_PIN_WRONG_UNCOUNTED                                                  \
    "The card refused the PIN.",                                               \
    "暗証番号が違います。"
#define W_PIN_UNKNOWN                                                          \
    "The card was lost while it checked the PIN: whether that cost a try, "    \
    "jpki status tells. The PIN is not sent again.",                           \
    "暗証番号の確認中にカードとの通信が切れました。残り回数は jpki status "    \
    "で確認できます。暗証番号を自動で再送することはありません。"
#define W_PIN_CANCELLED                                                        \
    "Cancelled: nothing was sent to the card.",                                \
    "中止しました。カードには送っていません。"
#define W_PIN_TIMED_OUT                                                        \
    "Nobody typed the PIN within two minutes: nothing was sent to the card.",  \
    "2分以内に入力されませんでした。カードには送っていません。"
#define W_PIN_NOBODY_TO_ASK                                                    \
    "there is neither a terminal to ask for the PIN on nor a pinentry that "   \
    "works: run jpki in a terminal, or install pinentry-gtk2, "                \
    "pinentry-gnome3 or pinentry-qt",                                          \
    "暗証番号を入力できる端末も pinentry もありません: 端末で実行するか、"     \
    "pinentry-gtk2, pinentry-gnome3, pinentry-qt のいずれかを"                 \
    "インストールしてください"
#define W_PIN_OTHER_DIALOG                                                     \
    "another PIN dialog of yours is open: finish it and try again",            \
    "別の暗証番号の入力画面が開いています: そちらを終えてから、"               \
    "もう一度実行してください"
#define W_PIN_NO_LOCK                                                          \
    "PIN dialogs take turns by a file in %s, which could not be written: "     \
    "make that folder writable, or run jpki in a terminal",                    \
    "暗証番号の入力画面を1つにするためのファイルを %s に書き込めません: "      \
    "書き込めるようにするか、端末で実行してください"

#define W_PIN_WHAT                                                             \
    "check or change a PIN, which is asked for on the terminal",               \
    "暗証番号を確認または変更します（端末で入力します）"
#define W_PIN_NO_SUCH_OPERAND                                                  \
    "\"%s\" is none of check and change, then auth, sign and text",            \
    "「%s」は使えません: check か change、続けて auth, sign, text "            \
    "のいずれかを指定してください"
#define W_PIN_RIGHT "The PIN is right.", "暗証番号は正しいです。"
#define W_PIN_NEW "New %s", "新しい%s"
#define W_PIN_NEW_AGAIN                                                        \
    "The new one once more",                                                   \
    "確認のため、もう一度"
#define W_PIN_NEW_FORM                                                         \
    "The new PIN has not the form of one. Nothing was sent to the card.",      \
    "新しい暗証番号の形式が正しくありません。カードには送っていません。"
#define W_PIN_NEW_IS_OLD                                                       \
    "The new PIN is the old one. Nothing was sent to the card.",               \
    "新しい暗証番号が現在のものと同じです。カードには送っていません。"
#define W_PIN_NEW_DIFFERS                                                      \
    "The two were not the same. Nothing was sent to the card.",                \
    "2回の入力が一致しません。カードには送っていません。"
#define W_PIN_WEAK_REPEAT                                                      \
    "This is easy to guess: it repeats itself.\n",                             \
    "同じ文字の繰り返しで、推測されやすい暗証番号です。\n"
#define W_PIN_WEAK_SEQUENCE                                                    \
    "This is easy to guess: one follows the other.\n",                         \
    "連続した文字で、推測されやすい暗証番号です。\n"
#define W_PIN_WEAK_BIRTHDAY                                                    \
    "This is easy to guess: it is, or has in it, your birthday.\n",            \
    "誕生日を含んでいて、推測されやすい暗証番号です。\n"
#define W_PIN_WEAK_KEEP                                                        \
    "To leave the PIN as it was, press Ctrl-D.\n",                             \
    "変更をやめる場合は Ctrl-D を押してください。\n"
#define W_PIN_CHANGED "The PIN was changed.", "暗証番号を変更しました。"
#define W_PIN_CHANGE_LOST                                                      \
    "Whether the PIN was changed is not known: it is the old one or the new "  \
    "one. \"jpki pin check\" tells which, at the cost of a try where it is "   \
    "the other.",                                                              \
    "暗証番号が変更されたかどうか不明です。"                                   \
    "現在の暗証番号は古いものか新しいもののどちらかです。"                     \
    "\"jpki pin check\" で確認できますが、"                                    \
    "違っていた場合は残り回数が1回減ります。"

#define W_TEXT_APPLICATION                                                     \
    "Text application: name, address, birth date, sex (PIN of 4 digits)",      \
    "券面事項入力補助（暗証番号4桁）"
#define W_TEXT_LOCKED                                                          \
    "locked: the municipal office resets it",                                  \
    "ロックされています: 市区町村の窓口で初期化できます"
#define W_NO_TEXT_APPLICATION                                                  \
    "This card has no text application.",                                      \
    "このカードには券面事項入力補助の機能がありません。"

#define W_ONE_CARD_ONLY                                                        \
    "there are cards in several readers (%s and %s): say which by --reader",   \
    "複数のリーダー（%s と %s）にカードがあります: "                           \
    "--reader で指定してください"

/* clang-format on */

#endif
