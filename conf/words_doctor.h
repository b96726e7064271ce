/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CONF_WORDS_DOCTOR_H
#define CONF_WORDS_DOCTOR_H

/* Sentences of jpki doctor; conf/words.h. */

/* clang-format off */

#define W_DOCTOR_WHAT                                                          \
    "check pcscd, readers, cards, configuration, programs",                    \
    "pcscd・リーダー・カード・設定・関連プログラムを点検します"

#define W_DOCTOR_SERVICE_GOOD                                                  \
    "pcscd runs and lets this user in.",                                       \
    "pcscd は動作しており、この利用者から接続できます。"
#define W_DOCTOR_NO_SERVICE                                                    \
    "pcscd does not answer.",                                                  \
    "pcscd が応答しません。"
#define W_DOCTOR_SERVICE_DIFFERS                                               \
    "pcscd speaks another version of its protocol.",                           \
    "pcscd のプロトコルのバージョンが異なります。"
#define W_DOCTOR_SERVICE_REFUSES                                               \
    "pcscd runs, but refuses this user.",                                      \
    "pcscd は動作していますが、この利用者の接続を拒否しました。"
#define W_DOCTOR_PCSCD_THERE                                                   \
    "%s is installed.",                                                        \
    "%s はインストールされています。"
#define W_DOCTOR_PCSCD_MISSING                                                 \
    "%s is not there: install the package pcscd (Debian, Ubuntu) or "          \
    "pcsc-lite (Fedora).",                                                     \
    "%s がありません: pcscd（Debian、Ubuntu）または pcsc-lite（Fedora）"       \
    "パッケージをインストールしてください。"
#define W_DOCTOR_SOCKET_THERE                                                  \
    "The socket %s is there.",                                                 \
    "ソケット %s はあります。"
#define W_DOCTOR_SOCKET_MISSING                                                \
    "The socket %s is not there: nothing listens, or a container or a unit "   \
    "hides it.",                                                               \
    "ソケット %s がありません: 待ち受けていないか、"                           \
    "コンテナやユニットの設定で見えなくなっています。"

#define W_DOCTOR_READER                                                        \
    "Card reader: %s",                                                         \
    "カードリーダー: %s"
#define W_DOCTOR_READER_JPKI                                                   \
    "Card reader: %s, with a My Number Card that answers.",                    \
    "カードリーダー: %s（マイナンバーカードが応答しています）"
#define W_DOCTOR_APPLICATIONS                                                  \
    "Applications of the card:",                                               \
    "カードのアプリケーション:"
#define W_DOCTOR_ANSWERS "answers", "応答あり"
#define W_DOCTOR_ANSWERS_NOT "does not answer", "応答なし"
#define W_APPLICATION_JPKI                                                     \
    "JPKI, authentication and signatures", "公的個人認証（認証と署名）"
#define W_APPLICATION_COMMON                                                   \
    "common, number of the card", "共通カード（カードの番号）"
#define W_APPLICATION_JUKI "resident register", "住基"
#define W_APPLICATION_VISUAL                                                   \
    "visual, the card's face", "券面事項確認"
#define W_APPLICATION_TEXT                                                     \
    "text, name and address", "券面事項入力補助"

#define W_DOCTOR_CLOCK_GOOD                                                    \
    "The clock is plausible: %d-%02d-%02d %02d:%02d in Japan.",                \
    "時計に問題はありません: 日本時間 %d年%d月%d日 %02d時%02d分。"
#define W_DOCTOR_CLOCK_WRONG                                                   \
    "The clock says %d-%02d-%02d %02d:%02d in Japan: set it, or every "        \
    "certificate looks ended or not yet valid.",                               \
    "時計が日本時間 %d年%d月%d日 %02d時%02d分を示しています: "                 \
    "合わせてください。証明書の有効期間を正しく判定できません。"
#define W_DOCTOR_CLOCK_BEFORE_CARD                                             \
    "The clock is before the first day of the card's certificate: set it.",    \
    "時計がカードの証明書の開始日より前を示しています: 合わせてください。"

#define W_DOCTOR_CONF_FILE                                                     \
    "Configuration: %s",                                                       \
    "設定ファイル: %s"
#define W_DOCTOR_CONF_NONE                                                     \
    "No configuration, so every key has its default (looked for in %s and %s).",\
    "設定ファイルはなく、すべて既定値です（%s と %s を確認）。"
#define W_DOCTOR_CONF_EMPTY                                                    \
    "It sets nothing: every key has its default.",                             \
    "設定はなく、すべて既定値です。"
/* Line, "app " or "", section or program, key, value, why without effect. */
#define W_DOCTOR_CONF_LINE                                                     \
    "line %u: [%s%s] %s = %s%s",                                               \
    "%u行目: [%s%s] %s = %s%s"
#define W_DOCTOR_CONF_REPLACED                                                 \
    " (replaced by the user's file)",                                          \
    "（利用者の設定が優先されます）"
#define W_DOCTOR_CONF_ENFORCED                                                 \
    " (no effect: the system's file says enforce = yes)",                      \
    "（無効: システムの設定に enforce = yes があります）"
#define W_DOCTOR_CONF_WRONG                                                    \
    "Until this is corrected the module works in no program; see "             \
    "jpki-pkcs11.conf(5). Readers and cards were not looked at.",              \
    "訂正するまで、どのプログラムからもモジュールを利用できません。"           \
    "jpki-pkcs11.conf(5) をご覧ください。"                                     \
    "リーダーとカードの点検は行っていません。"

/* File, line, path, the reason in the C library's words. */
#define W_DOCTOR_CA_UNREADABLE                                                 \
    "%s:%u: the CA certificate %s cannot be read: %s",                         \
    "%s:%u: 認証局の証明書 %s を読み取れません: %s"
#define W_DOCTOR_CONF_UNUSABLE                                                 \
    "What the configuration names cannot be used (sign_ca or ocsp); the log "  \
    "says what and why.",                                                      \
    "設定で指定されたもの（sign_ca または ocsp）を使えません。"                \
    "詳しくはログをご覧ください。"

#define W_DOCTOR_MODULE_GOOD                                                   \
    "The module is installed: %s",                                             \
    "モジュールはインストールされています: %s"
#define W_DOCTOR_MODULE_MISSING                                                \
    "The module is not there: %s; install jpki-pkcs11.",                       \
    "モジュールがありません: %s。jpki-pkcs11 をインストールしてください。"
#define W_DOCTOR_P11_GOOD                                                      \
    "p11-kit knows the module, by %s.",                                        \
    "p11-kit にモジュールが登録されています（%s）。"
#define W_DOCTOR_P11_OFF                                                       \
    "p11-kit knows the module by %s, which has enable-in or disable-in: some " \
    "programs do not get it.",                                                 \
    "p11-kit に登録されていますが（%s）、enable-in または disable-in "         \
    "により一部のプログラムでは使えません。"
#define W_DOCTOR_P11_BROKEN                                                    \
    "%s names a module that is not there: %s",                                 \
    "%s に書かれたモジュールがありません: %s"
#define W_DOCTOR_P11_MISSING                                                   \
    "p11-kit does not know the module: no file of %s or %s names it.",         \
    "p11-kit にモジュールが登録されていません"                                 \
    "（%s と %s に該当するファイルがありません）。"
#define W_DOCTOR_P11_ADD                                                       \
    "Programs by p11-kit (GnuTLS, ssh, curl) do not see the card until a file "\
    "such as %s says: module: %s (jpki register p11-kit writes one)",          \
    "p11-kit を使うプログラム（GnuTLS、ssh、curl など）で使うには、%s "        \
    "などのファイルに次の行を書いてください: module: %s "                      \
    "（jpki register p11-kit でも登録できます）"
#define W_DOCTOR_OPENSC                                                        \
    "OpenSC's driver is registered too, by %s: programs then show the card "   \
    "twice and may ask for its PIN through the other one.",                    \
    "OpenSC のドライバーも登録されています（%s）: カードが二重に表示され、"    \
    "OpenSC 側から暗証番号を求められることがあります。"
#define W_DOCTOR_OPENSC_OFF                                                    \
    "To switch it off: a file %s with the lines \"module: opensc-pkcs11.so\" " \
    "and \"enable-in: nothing\".",                                             \
    "使わない場合は、%s に \"module: opensc-pkcs11.so\" と "                   \
    "\"enable-in: nothing\" の2行を書いてください。"

#define W_DOCTOR_BROWSER_GOOD                                                  \
    "%s: the module is registered, in %s.",                                    \
    "%s: モジュールが登録されています（%s）。"
#define W_DOCTOR_BROWSER_NOT                                                   \
    "%s: the module is not registered in %s.",                                 \
    "%s: モジュールが登録されていません（%s）。"
#define W_DOCTOR_BROWSER_NONE                                                  \
    "%s: no profile of this user.",                                            \
    "%s: この利用者のプロファイルはありません。"
#define W_DOCTOR_FIREFOX_ADD                                                   \
    "To register it: quit Firefox and run jpki register firefox; for all "     \
    "users: sudo jpki register --system firefox.",                             \
    "登録するには、Firefox を終了して jpki register firefox "                  \
    "を実行してください。全利用者向けには sudo jpki register --system "        \
    "firefox です。"
#define W_DOCTOR_FIREFOX_BEGIN                                                 \
    "Where you use it: start it once, quit it, and run jpki register firefox.",\
    "お使いの場合は、一度起動して終了してから jpki register firefox "          \
    "を実行してください。"
#define W_DOCTOR_CHROMIUM_ADD                                                  \
    "To register it: quit the browser and run jpki register chromium.",        \
    "登録するには、ブラウザーを終了してから jpki register chromium "           \
    "を実行してください。"

#define W_DOCTOR_BRIDGE_NONE                                                   \
    "jpki-bridge is registered in no browser; only the log-in to Mynaportal "  \
    "and e-Tax needs it.",                                                     \
    "jpki-bridge はどのブラウザーにも登録されていません"                       \
    "（マイナポータルと e-Tax へのログインにだけ必要です）。"
#define W_DOCTOR_BRIDGE_ADD                                                    \
    "To register it: jpki register bridge, which also tells how the "          \
    "extension is loaded; for all users: sudo jpki register --system bridge.", \
    "登録するには jpki register bridge を実行してください"                     \
    "（拡張機能の入れ方も表示されます）。"                                     \
    "全利用者向けには sudo jpki register --system bridge です。"
/* Browser, file. */
#define W_DOCTOR_BRIDGE_GOOD                                                   \
    "%s: jpki-bridge is registered, by %s.",                                   \
    "%s: jpki-bridge が登録されています（%s）。"
#define W_DOCTOR_BRIDGE_NOT                                                    \
    "%s: jpki-bridge is not registered.",                                      \
    "%s: jpki-bridge は登録されていません。"
/* Browser, file, the reason in the C library's words. */
#define W_DOCTOR_BRIDGE_UNREADABLE                                             \
    "%s: %s cannot be read: %s",                                               \
    "%s: %s を読み取れません: %s"
#define W_DOCTOR_BRIDGE_OTHER                                                  \
    "%s: %s does not let our extension start jpki-bridge.",                    \
    "%s: %s では、拡張機能から jpki-bridge を起動できません。"
/* Browser, program, file. */
#define W_DOCTOR_BRIDGE_NO_HOST                                                \
    "%s: %s is not there or cannot be run, but %s names it.",                  \
    "%s: %s がないか、実行できません（%s に登録されています）。"
#define W_DOCTOR_BRIDGE_AGAIN                                                  \
    "Remove that file and run jpki register bridge; for all users: sudo jpki " \
    "register --system bridge.",                                               \
    "このファイルを削除してから jpki register bridge を実行してください。"     \
    "全利用者向けには sudo jpki register --system bridge です。"
#define W_DOCTOR_BRIDGE_INSTALL                                                \
    "Install jpki-pkcs11 again, with jpki-bridge; or take the entry out: "     \
    "jpki unregister bridge.",                                                 \
    "jpki-bridge を含む jpki-pkcs11 をインストールし直すか、"                  \
    "jpki unregister bridge で登録を取り消してください。"

#define W_DOCTOR_PINENTRY_GOOD                                                 \
    "jpki-bridge can ask for the PIN in a window, by %s.",                     \
    "jpki-bridge は暗証番号を画面で尋ねられます（%s）。"
#define W_DOCTOR_PINENTRY_NONE                                                 \
    "No folder of PATH has a pinentry, by which jpki-bridge asks for the PIN.",\
    "jpki-bridge が暗証番号を尋ねるための pinentry が PATH にありません。"
/* As it is called, what that is. */
#define W_DOCTOR_PINENTRY_TEXT                                                 \
    "%s is %s, which asks on a terminal: jpki-bridge mostly has none.",        \
    "%s は端末で尋ねる %s です。jpki-bridge には通常、端末がありません。"
#define W_DOCTOR_PINENTRY_ADD                                                  \
    "Install pinentry-gnome3 or pinentry-qt.",                                 \
    "pinentry-gnome3 または pinentry-qt をインストールしてください。"
#define W_DOCTOR_NO_DISPLAY                                                    \
    "%s is there, but neither DISPLAY nor WAYLAND_DISPLAY is set: from here "  \
    "jpki-bridge can show no window for the PIN.",                             \
    "%s はありますが、DISPLAY も WAYLAND_DISPLAY も設定されていません: "       \
    "ここからは jpki-bridge の暗証番号の画面を表示できません。"
#define W_DOCTOR_NO_DISPLAY_ADD                                                \
    "Start browser and jpki doctor from the desktop.",                         \
    "ブラウザーと jpki doctor をデスクトップから起動してください。"

/* clang-format on */

#endif
