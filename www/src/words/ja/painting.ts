import type { Catalogue } from "../en";
import type { Formats } from "../formats";

export const painting = (f: Formats): Catalogue["painting"] => ({
  title: "画像を塗りつぶす",
  open: "塗ってみる",
  close: "塗り終える",
  about: "画像の一部を隠すと、答えとマップがすぐに変わります。",
  with: "塗るもの",
  fills: { mean: "平均の色", blur: "ぼかし", other: "別の画像" },
  lookalike: (species) => `同じ姿勢の ${species} で塗ります。ほかの画像も選べます。`,
  noOther: "別の画像がまだありません。",
  waits: "描いています…",
  chooseOther: "画像を選ぶ",
  otherFile: "塗るための画像",
  red: "マップの赤いところを塗る",
  strong: "マップの強いところを塗る",
  undo: "元に戻す",
  redo: "やり直す",
  clear: "すべて消す",
  untouched: "元の画像を見る",
  size: "筆の幅（画像に対する割合）",
  smaller: "筆を細く",
  larger: "筆を太く",
  course: ({ name, from, to, steps }) =>
    `${name} の確率：${f.count(steps)} 回で ${f.percent(from)} から ${f.percent(to)} へ`,
  went: ({ name, from, to }) => `${name}：${f.percent(from)} → ${f.percent(to)}`,
  says: ({ name, share }) => `ネットワークの今の答え：${name}（${f.percent(share)}）`,
  firstLook: ({ side, own }) =>
    `塗っている間はすばやく ${side} × ${side} 画素で見て、手を止めると本来の ${own} × ${own} 画素で見直します。`,
  keys: "ホイールか [ ] で筆の太さ · Ctrl+Z、Ctrl+Shift+Z · O を押す間は元の画像",
  brush:
    "塗ることのできる画像です。矢印キーで筆を動かし、Shift を押すと大きく動きます。スペースキーを押している間、塗ります。角括弧キーで筆の太さが変わります。",
});
