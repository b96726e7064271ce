/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CONF_WORDS_CARD_H
#define CONF_WORDS_CARD_H

/* Sentences about pcscd, readers and cards, of module and command;
 * conf/words.h. */

/* clang-format off */

/* What pcscd's refusals mean, and what to do: no full stop, for a log line. */
#define W_NO_SERVICE                                                           \
    "pcscd is not running, or out of reach: start it, for example by "         \
    "\"systemctl start pcscd.socket\"; where it runs, a systemd unit or a "    \
    "container may hide its socket in /run/pcscd or forbid AF_UNIX, or "       \
    "polkit may refuse this user",                                             \
    "pcscd が動いていないか、接続できません: "                                 \
    "\"systemctl start pcscd.socket\" などで起動してください。"                \
    "起動している場合は、systemd のユニットやコンテナの設定で /run/pcscd "     \
    "のソケットが見えないか AF_UNIX が禁止されている、または polkit "          \
    "がこの利用者を拒否している可能性があります"
#define W_SERVICE_DIFFERS                                                      \
    "pcscd and this program's libpcsclite are of versions that do not "        \
    "understand each other: install both from one release, in a container "    \
    "that of the host",                                                        \
    "pcscd とこのプログラムの libpcsclite のバージョンに互換性がありません: "  \
    "両方を同じリリースからインストールしてください"                           \
    "（コンテナではホストと同じものを使ってください）"
#define W_NO_READERS                                                           \
    "pcscd knows no card reader: plug one in, or install its driver "          \
    "(package libccid or pcsc-lite-ccid for most)",                            \
    "カードリーダーが見つかりません: 接続するか、ドライバー"                   \
    "（多くの場合 libccid または pcsc-lite-ccid パッケージ）を"                \
    "インストールしてください"
#define W_CARD_EXCLUSIVE                                                       \
    "another program holds the card exclusively: end it, or let it share "     \
    "the card (GnuPG: \"pcsc-shared\" in scdaemon.conf)",                      \
    "ほかのプログラムがカードを占有しています: "                               \
    "そのプログラムを終了するか、共有する設定にしてください"                   \
    "（GnuPG では scdaemon.conf の \"pcsc-shared\"）"
#define W_SERVICE_REFUSES                                                      \
    "pcscd refuses this user, or is full: see the polkit rule for "            \
    "org.debian.pcsc-lite.access_pcsc, or end programs that use cards "        \
    "(pcscd takes 200 connections)",                                           \
    "pcscd がこの利用者を拒否しているか、接続数が上限に達しています: "         \
    "org.debian.pcsc-lite.access_pcsc に対する polkit の規則を確認するか、"    \
    "カードを使っているプログラムを終了してください"                           \
    "（pcscd の接続数は 200 までです）"
#define W_NO_READERS_CODE                                                      \
    "no card readers: PC/SC says %s",                                          \
    "カードリーダーを確認できません: PC/SC の応答は %s です"
#define W_NONE_WANTED                                                          \
    "the configuration leaves out every card reader there is, "                \
    "such as %s: see reader and ignore_reader in [card]",                      \
    "設定により、接続中のカードリーダー（%s など）がすべて対象外です: "        \
    "[card] の reader と ignore_reader を確認してください"

/* clang-format on */

#endif
