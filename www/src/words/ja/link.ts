import type { Catalogue } from "../en";
import type { KeptBack } from "../en/link";
import type { Formats } from "../formats";

const KEPT: Readonly<Record<KeptBack, string>> = {
  photo: "あなたの画像はリンクに含まれません。この端末に残ります。",
  paint: "塗った部分はリンクに含まれません。",
  network: "あなたのネットワークはリンクに含まれません。ファイルはこの端末に残ります。",
  reading: "ネットワークの読み方の設定はリンクに含まれません。",
};

export const link = (f: Formats): Catalogue["link"] => {
  const keptBack = (what: readonly KeptBack[]): string => what.map((one) => KEPT[one]).join("");
  return {
    copy: "リンクをコピー",
    keptBack,
    copied: (what) =>
      what.length === 0
        ? "リンクをコピーしました。開いた人にも同じものが見えます。"
        : `リンクをコピーしました。${keptBack(what)}そのほかは含まれます。`,
    notCopied:
      "ブラウザーがこのページにコピーを許可していません。ページのアドレスが同じリンクですので、そこからコピーしてください。",
    left: (names) =>
      `リンクの内容のうち、このページで表示できないものを除きました：${f.list(names.map((name) => `「${name}」`))}。`,
    photo:
      "このリンクを作ったときの画像は、リンクには含まれません。その画像をここにドロップすると、続きを表示します。",
    network: "このリンクは個人のネットワークで作られました。そのファイルはリンクに含まれません。",
    offered: (title) => `このリンクは ${title} についてのものですが、まだこの端末にありません。`,
    fetch: (bytes) => (bytes === undefined ? "調べる" : `ダウンロード（${f.bytes(bytes)}）`),
  };
};
