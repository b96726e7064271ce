/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CONF_WORDS_REGISTER_H
#define CONF_WORDS_REGISTER_H

/* Sentences of jpki register and unregister; conf/words.h. */

/* clang-format off */

#define W_REGISTER_WHAT                                                        \
    "add the module to browsers and other programs",                           \
    "ブラウザーなどのプログラムにモジュールを登録します"
#define W_UNREGISTER_WHAT                                                      \
    "take the module out of them again",                                       \
    "モジュールの登録を取り消します"
#define W_OPTION_DRY_RUN                                                       \
    "only tell what would be done",                                            \
    "何を行うかを表示するだけで、変更はしません"
#define W_OPTION_SYSTEM                                                        \
    "for all users of this machine (firefox, p11-kit, bridge)",                \
    "このコンピューターの全利用者を対象にします（firefox、p11-kit、bridge）"

#define W_REGISTER_NO_TARGET                                                   \
    "\"%s\" is none of firefox, chromium, p11-kit, ssh, java, git, bridge",    \
    "「%s」は登録先ではありません"                                             \
    "（firefox、chromium、p11-kit、ssh、java、git、bridge のいずれか）"
#define W_REGISTER_NOT_FOR_ALL                                                 \
    "%s has no list for all users; leave --system out",                        \
    "%s には全利用者向けの登録先がありません。--system を外してください"
#define W_REGISTER_NO_HOME                                                     \
    "HOME is not set to a folder: set it, or log in again",                     \
    "HOME にフォルダーが設定されていません。"                                  \
    "設定するか、ログインし直してください"
#define W_REGISTER_MEMORY "out of memory", "メモリーが足りません"

#define W_REGISTER_MADE                                                        \
    "  made: %s\n",                                                            \
    "  作成: %s\n"
#define W_REGISTER_REMOVED                                                     \
    "  removed: %s\n",                                                         \
    "  削除: %s\n"
#define W_REGISTER_ALREADY                                                     \
    "  is registered already: %s\n",                                           \
    "  登録済み: %s\n"
#define W_REGISTER_NOTHING                                                     \
    "  not registered: %s\n",                                                  \
    "  登録なし: %s\n"
#define W_REGISTER_LINE                                                        \
    "  put into %s: %.*s\n",                                                   \
    "  %s に追加: %.*s\n"
#define W_REGISTER_LINE_GONE                                                   \
    "  taken out of %s: %.*s\n",                                               \
    "  %s から削除: %.*s\n"
#define W_REGISTER_NSS                                                         \
    "  added to the database %s\n",                                            \
    "  データベース %s に登録\n"
#define W_REGISTER_NSS_GONE                                                    \
    "  taken out of the database %s\n",                                        \
    "  データベース %s から削除\n"
#define W_REGISTER_OTHER                                                       \
    "  left as it is, since it holds something else: %s\n"                     \
    "  Change it by hand; README.md tells what has to be in it.\n",            \
    "  別の内容が書かれているため、変更しません: %s\n"                         \
    "  手作業で編集してください。書く内容は README.ja.md にあります。\n"
#define W_REGISTER_FAILED                                                      \
    "%s: %s; nothing of it was changed",                                       \
    "%s: %s（変更していません）"
#define W_REGISTER_DANGLING                                                    \
    "%s is a link to a file that is not there: make that one, or remove the "  \
    "link, then do this again",                                                \
    "%s はリンクですが、リンク先のファイルがありません。"                      \
    "リンク先を作るか、リンクを削除してから、もう一度実行してください"
#define W_REGISTER_NOT_ROOT                                                    \
    "%s: only root may change what is for all users: use sudo",                \
    "%s: 全利用者向けの変更には root 権限が必要です。"                         \
    "sudo で実行してください"
#define W_REGISTER_RUNNING                                                     \
    "  %s is running and would undo the change: quit it, then do this again.\n",\
    "  %s が動作中のため、登録を変更できません。"                              \
    "終了してから、もう一度実行してください。\n"
#define W_REGISTER_NO_PROFILE                                                  \
    "  %s has no profile yet: start it once, quit it, then do this again.\n",  \
    "  %s のプロファイルがまだありません。"                                    \
    "一度起動して終了してから、もう一度実行してください。\n"
#define W_REGISTER_SANDBOX                                                     \
    "  %s is here as a %s package too, whose sandbox keeps module and "        \
    "jpki-bridge out: use the one of the distribution (apt, dnf).\n",          \
    "  %s の %s パッケージもあります。サンドボックスのため、モジュールも "     \
    "jpki-bridge も使えません。"                                               \
    "ディストリビューションのパッケージ（apt、dnf）を"                         \
    "お使いください。\n"
#define W_REGISTER_NO_PROGRAM                                                  \
    "there is no %s: install libnss3-tools (Debian, Ubuntu) or nss-tools "     \
    "(Fedora)",                                                                \
    "%s がありません。libnss3-tools（Debian、Ubuntu）または nss-tools"         \
    "（Fedora）をインストールしてください"
#define W_REGISTER_TIMED_OUT                                                   \
    "%s did not end within %d seconds and was ended",                          \
    "%s は %d 秒以内に終わらなかったため、終了させました"
#define W_REGISTER_MODUTIL                                                     \
    "the database %s could not be changed; jpki doctor tells whether the "     \
    "module is installed",                                                     \
    "データベース %s を変更できませんでした。"                                 \
    "モジュールが正しくインストールされているか、jpki doctor で確認できます"
#define W_REGISTER_NO_BRIDGE                                                   \
    "jpki-bridge is not built in here: build with jansson (-Dbridge=enabled)", \
    "jpki-bridge を含まずにビルドされています。"                               \
    "jansson を入れてビルドし直してください（-Dbridge=enabled）"
#define W_REGISTER_BRIDGE_CHROMIUM                                             \
    "  Now the extension. Chromium, Chrome: chrome://extensions, developer "   \
    "mode, Load unpacked: %s/chromium-extension\n",                            \
    "  次に拡張機能を入れます。Chromium、Chrome: chrome://extensions で"       \
    "デベロッパーモードを有効にし、「パッケージ化されていない拡張機能を"       \
    "読み込む」で %s/chromium-extension を選びます。\n"
/* The one thing that nobody but Mozilla can do. */
#define W_REGISTER_BRIDGE_FIREFOX                                              \
    "  Firefox keeps only extensions that Mozilla has signed, which this one " \
    "is not: about:debugging, This Firefox, Load Temporary Add-on: "           \
    "%s/jpki-bridge.xpi, again each time Firefox was started. Firefox ESR, "    \
    "Developer Edition and Nightly keep it once xpinstall.signatures.required "\
    "in about:config is false; other editions do not.\n",                      \
    "  Firefox に残るのは Mozilla の署名がある拡張機能だけで、これには"        \
    "ありません。about:debugging の「この Firefox」から"                       \
    "「一時的なアドオンを読み込む」で %s/jpki-bridge.xpi を選びます"           \
    "（Firefox を起動するたびに必要です）。Firefox ESR、Developer Edition、"   \
    "Nightly では、about:config の xpinstall.signatures.required を false に"  \
    "すると残ります。ほかのエディションではできません。\n"
#define W_REGISTER_JAVA_USE                                                    \
    "  Use it with -providerClass sun.security.pkcs11.SunPKCS11 "              \
    "-providerArg %s -storetype PKCS11 -keystore NONE\n",                      \
    "  使うときのオプション: -providerClass sun.security.pkcs11.SunPKCS11 "    \
    "-providerArg %s -storetype PKCS11 -keystore NONE\n"
#define W_REGISTER_GIT_USE                                                     \
    "  git commit -S signs with the key of the ssh agent: ssh-add -s "         \
    JPKI_MODULE_PATH "\n",                                                     \
    "  git commit -S は ssh エージェントの鍵で署名します: ssh-add -s "         \
    JPKI_MODULE_PATH "\n"

/* clang-format on */

#endif
