/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CONF_WORDS_REPORT_H
#define CONF_WORDS_REPORT_H

/* Sentences of jpki report; conf/words.h. */

/* clang-format off */

#define W_REPORT_WHAT                                                          \
    "what a real card answers where no public source says so",                 \
    "公開資料では分からないカードの動作を調べて表示します"
#define W_OPTION_WITH_PIN                                                      \
    "also what needs the authentication PIN",                                  \
    "利用者証明用の暗証番号が必要な項目も調べます"

#define W_REPORT_HEAD                                                          \
    "jpki report, version %s. There is no serial number, name, certificate, "  \
    "key or PIN in it: read it, and send it if you like.\n",                   \
    "jpki report バージョン %s。製造番号・氏名・証明書・鍵・暗証番号は"        \
    "含まれません。内容を確かめて、よろしければお送りください。\n"
#define W_REPORT_ABOUT                                                         \
    "The PIN of the authentication certificate will be sent to the card %d "   \
    "times.\nTwo signatures of a fixed text are made with that certificate's " \
    "key, and thrown away.\n",                                                 \
    "利用者証明用の暗証番号をカードに %d 回送ります。\n"                       \
    "その鍵で決まった文への署名を2回行い、結果は破棄します。\n"
#define W_REPORT_MORE                                                          \
    "With --with-pin there is more.\n",                                        \
    "--with-pin を付けると、さらに詳しく調べます。\n"

/* Headings. */
#define W_REPORT_FACTS "Facts", "結果"
#define W_REPORT_VERIFIED "With the PIN", "暗証番号の照合後"
#define W_REPORT_ANSWERS "Answers (status word, bytes)", "応答（ステータスワード、バイト数）"
#define W_REPORT_TIMES                                                         \
    "Times in ms (count, least, mean, most)",                                  \
    "所要時間（ミリ秒: 回数、最小、平均、最大）"

/* What is told of, and what is told. Each stands before a status word. */
#define W_FACT_TYPE "Type", "種類"
#define W_FACT_READER "Reader", "リーダー"
#define W_FACT_ISSUED "EF 0008", "EF 0008（発行状況）"
#define W_FACT_SHORT_READ "Short ids, reading", "短縮 ID（読み取り）"
#define W_FACT_SHORT_QUERY "Short ids, counter", "短縮 ID（残り回数）"
#define W_FACT_SHORT_SIGN "Short ids, signing", "短縮 ID（署名）"
#define W_FACT_END "End of a file", "ファイルの終わり"
#define W_FACT_COUNTER_AUTH "Counter, auth", "残り回数（利用者証明用）"
#define W_FACT_COUNTER_SIGN "Counter, sign", "残り回数（署名用）"
#define W_FACT_PSS "RSASSA-PSS", "RSASSA-PSS 署名"
#define W_FACT_SIGN_CERT "EF 0001, no PIN", "EF 0001（照合前）"
#define W_FACT_AUTH_CERT "EF 000A, no PIN", "EF 000A（照合前）"
#define W_FACT_FILES "Other files there", "ほかのファイル"
#define W_FACT_APPLICATIONS "Applications", "アプリケーション"
#define W_FACT_FIRST "First command", "最初のコマンド"
#define W_FACT_RESET "Reset, selection", "リセット（選択）"
#define W_FACT_QUERY_IN "Counter, verified", "残り回数（照合後）"
#define W_FACT_SAME "JPKI selected again", "同じアプリケーションの再選択"
#define W_FACT_OTHER "Another selected", "別のアプリケーションの選択"
#define W_FACT_AFTER_RESET "Reset, PIN", "リセット（照合状態）"

#define W_IS_KNOWN "known", "対応"
#define W_IS_REFUSED "refused", "非対応"
#define W_IS_ABSENT "not there", "なし"
#define W_IS_FREE "can be read", "読み取れます"
#define W_IS_TOLD "told", "確認できます"
#define W_IS_LOCKED "locked, which is told by", "ロック中、その応答は"
#define W_IS_UNTOLD "not told", "確認できません"
#define W_CANNOT_TELL "cannot tell", "判定できません"
#define W_IS_KEPT "keeps it", "保たれます"
#define W_IS_LOST "loses it", "失われます"
#define W_IS_TAKEN "taken", "受け付けます"
#define W_QUERY_SELECTS                                                        \
    "known, and makes the PIN's file the current one",                         \
    "対応、暗証番号のファイルが選択状態になります"
#define W_QUERY_ONLY                                                           \
    "known, and leaves the current file",                                      \
    "対応、選択状態は変わりません"
#define W_END_SHORT "fewer bytes than asked for", "要求より少ないバイト数"
#define W_END_EXACT "tells the right length", "正しい長さを応答"
#define W_PSS_SALT_32                                                          \
    "known: SHA-256, a salt of 32 bytes",                                      \
    "対応（SHA-256、ソルト32バイト）"
#define W_PSS_OTHER                                                            \
    "known, but its signature does not verify with a salt of 32 bytes",        \
    "対応（ただしソルト32バイトでは検証できません）"
#define W_NONE "none", "なし"

/* clang-format on */

#endif
