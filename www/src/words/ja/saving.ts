import type { Catalogue } from "../en";
import type { Formats } from "../formats";

/** What can be saved, and the report that is saved, in Japanese. */
export const saving = (f: Formats): Catalogue["saving"] => ({
  open: "保存",
  pictures: "見るためのファイル",
  numbers: "分析に使うファイル",
  formats: {
    both: "2つの図を並べて",
    over: "画像と重ね合わせ",
    map: "マップのみ",
    report: "レポート",
    arrays: "すべての数値",
    record: "スコアと設定",
    comparison: "手法の比較",
  },
  kinds: {
    both: "PNG",
    over: "PNG",
    map: "PNG",
    report: "HTML",
    arrays: "NPZ",
    record: "JSON",
    comparison: "CSV",
  },
  stays: "ファイルはこの端末の中で作られ、外部には送信されません。",
  report: {
    title: ({ name, share }) => `「${name}」（${f.percent(share)}）と判断した理由`,
    classes: "確率の高い5クラス",
    scores: "スコア",
    logit: "クラスのロジット",
    start: "出発点の関連度",
    arrived: "画素に届いた関連度",
    insertion: "挿入（高いほど良い）",
    deletion: "削除（低いほど良い）",
    region: "最大の領域",
    box: ({ x, y, width, height }) =>
      `マップの（${f.count(x)}, ${f.count(y)}）から ${f.count(width)} × ${f.count(height)} 画素`,
    overlap: "鳥との重なり（IoU）",
    overlaps: ({ mask, box }) => `${f.percent(mask)}、枠どうしでは${f.percent(box)}`,
    settings: "作成条件",
    method: "手法",
    filter: "フィルター",
    picture: "画像",
    network: "ネットワーク",
    device: "計算に使用",
    foot: (software) => `${software}によりブラウザー内で作成。`,
  },
});
