/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CONF_WORDS_TOOL_H
#define CONF_WORDS_TOOL_H

/* Sentences of the command jpki that all of its commands share; conf/words.h.
 */

/* clang-format off */

#define W_USAGE                                                                \
    "Usage: jpki [COMMAND] [OPTION]...",                                       \
    "使い方: jpki [コマンド] [オプション]..."
#define W_USAGE_OF                                                             \
    "Usage: jpki %s",                                                          \
    "使い方: jpki %s"
#define W_USAGE_WHAT                                                           \
    "Shows and uses a My Number Card (JPKI).",                                 \
    "マイナンバーカード（公的個人認証サービス）の状態表示と利用を行います。"
#define W_USAGE_COMMANDS "Commands:", "コマンド:"
#define W_USAGE_OPTIONS "Options:", "オプション:"
#define W_USAGE_DEFAULT                                                        \
    "Without a command: status. More in jpki(1).",                             \
    "コマンドを省略すると status を実行します。詳しくは jpki(1) をご覧ください。"
#define W_USAGE_HINT                                                           \
    "jpki --help lists the commands, jpki COMMAND --help what one takes.",       \
    "コマンドの一覧は jpki --help で、各コマンドの使い方は"                    \
    " jpki コマンド --help で表示できます。"

#define W_OPTION_HELP "show this help", "この説明を表示します"
#define W_OPTION_VERSION "show the version", "バージョンを表示します"
#define W_OPTION_JSON "print data as JSON", "JSON 形式で出力します"
#define W_OPTION_READER                                                        \
    "only readers whose name has TEXT in it",                                  \
    "名前に TEXT を含むリーダーだけを対象にします"

#define W_NO_SUCH_COMMAND                                                      \
    "there is no command \"%s\"",                                              \
    "「%s」というコマンドはありません"
#define W_NO_SUCH_OPTION                                                       \
    "there is no option %s",                                                   \
    "%s というオプションはありません"
#define W_OPTION_NOT_HERE                                                      \
    "--%s is not an option of jpki %s",                                        \
    "--%s は jpki %s では使えません"
#define W_OPTION_WANTS_VALUE                                                   \
    "the option %s wants a value",                                             \
    "オプション %s には値が必要です"
#define W_TOO_MANY_OPERANDS                                                    \
    "\"%s\" is one argument too many",                                         \
    "「%s」は余分な引数です"
#define W_TOO_FEW_OPERANDS                                                     \
    "an argument is missing",                                                  \
    "引数が足りません"
#define W_OUTPUT_FAILED                                                        \
    "the output could not be written: %s",                                     \
    "出力に失敗しました: %s"

/* clang-format on */

#endif
