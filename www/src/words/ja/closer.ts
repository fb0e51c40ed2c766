import type { Catalogue } from "../en";
import type { Formats } from "../formats";

export const closer = (f: Formats): Catalogue["closer"] => ({
  title: "拡大して見る",
  larger: "拡大",
  smaller: "縮小",
  whole: (zoom) => `${f.percent(zoom)}で表示中。全体を表示`,
  keys: "Ctrl+ホイール、2本指、ダブルクリックで拡大、ドラッグで移動。キー：+ − 0",
  beforeAfter: "元の画像と比べる",
  wipe: "左は画像のみ、右はマップを重ねて表示",
  colours: "配色",
  scales: { "red-blue": "赤と青", "orange-purple": "橙と紫", lightness: "暗から明へ" },
  legend: {
    "red-blue": "色：青はクラスに反対、白は関連なし、赤はクラスを支持",
    "orange-purple": "色：紫はクラスに反対、白は関連なし、橙はクラスを支持",
    lightness: "色：暗い色はクラスに反対、灰色は関連なし、明るい黄色はクラスを支持",
  },
  saved: {
    "red-blue": "赤は支持、青は反対",
    "orange-purple": "橙は支持、紫は反対",
    lightness: "明るい色は支持、暗い色は反対",
  },
  limit: (full) => `最も濃い色は ±${f.figure(full)} から`,
  offline: { ready: "オフラインでも使えます。", newer: "新しいバージョンがあります。", reload: "再読み込み" },
  common: "すべてのマップを同じ目盛りの色で表示",
  commonWord:
    "すべてのマップの色を、最も強いマップの目盛りにそろえています。単位の小さいマップは薄く、ほとんど見えないこともあります。",
});
