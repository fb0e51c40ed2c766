import type { Catalogue } from "../en";
import type { Formats } from "../formats";
import { PARTS } from "./stage";

export const measuring = (f: Formats): Catalogue["measuring"] => ({
  gap: "",
  baselines: { uniform: "一様", gaussian: "ガウス分布" },
  byDefault: (method) => `${method}（既定の設定）`,
  whyNot: {
    attention: "このネットワークには注意ブランチがありません。「鳥（注意機構付き）」を読み込むと使えます",
  },

  comparison: {
    title: "手法を比べる",
    about: "同じ画像とクラスを、いくつかの手法で説明します。",
    open: "比べる",
    close: "閉じる",
    picks: "手法を 2〜6 個選ぶ",
    missing: (method, reason) => `${method}：${reason}。`,
    shows: "表示",
    show: { relevance: "すべての関連度", overlay: "画像に重ねる" },
    goOn: "続ける",
    cards: "並べた手法",
    defaults: "どの手法も既定の設定で計算します。色の目盛りはマップごとに異なります。",
    scalesWhy: "マップの色の付け方",
    scales: "手法ごとに値の単位が異なるため、色の濃さではなく、色の付いた場所を比べてください。",
    scale: {
      relevance:
        "各マップの色は、関連度の絶対値の 99.5 パーセンタイルで最も濃くなります。画素の 99.5 % はこの値以下です。",
      overlay: "各マップの色は、フィルターが残した値の最大値で最も濃くなります。",
    },
    forward: (time) =>
      `順伝播には ${time} かかりました。結果はすべての手法で使います。RISE だけは、マスクごとに順伝播を行います。`,
    even: (bird, parts) =>
      `関連度が一様に広がっていれば、鳥の上に ${bird}、決め手となる部位の上に ${parts} が入ります。`,
  },

  card: {
    source: (source) => `${source}。`,
    relevance: (method) => `${method}、すべての関連度`,
    overlay: (method) => `${method}、画像に重ねた表示`,
    answer: "上の説明が終わるのを待っています。",
    slow: "約 1 分かかります。「実行」を押すと始まります。",
    off: "中止しました。",
    next: "順番を待っています。",
    time: "時間",
    reaches: "画素に届く",
    whole: "鳥の上",
    deciding: (parts) => `${parts.map((part) => PARTS[part]).join("・")}の上`,
    tag: "タグの上",
    nothing: "–",
    use: "この手法を使う",
    used: "上に表示中",
  },

  rise: {
    masks: "RISE のマスク数",
    run: "実行",
    runRise: "RISE を実行",
    unknown: "約 1 分でできる数のマスクを使います。",
    minute: (masks) => `この端末では、${f.count(masks)} 枚のマスクで約 1 分かかります。`,
    chosen: (masks) => `マスクを ${f.count(masks)} 枚に指定しました。`,
    wrong: (most) => `マスクの数は 1 から ${f.count(most)} までの整数で入力してください（例：8000）。`,
  },

  judging: {
    title: "このマップはどれくらい忠実か",
    about: "ネットワークは、マップが示す場所を本当に使っているのでしょうか。",
    open: "測る",
    close: "閉じる",
    insertion:
      "挿入：画像を隠した状態から、関連度の高い画素を順に戻します。マップが忠実なら、クラスの確率は早く上がります。",
    deletion: "削除：同じ順番で画素を取り除きます。マップが忠実なら、確率は早く下がります。",
    protocol: "測り方",
    protocols: { paper: "C3-LRP の論文", rise: "RISE", patch: "研究室のパッチ" },
    hidden: {
      paper: "隠した画素は平均の色になります。C3-LRP の論文と同じ方法です（式 5、式 6）。",
      rise: "挿入はぼかした画像から始めます。削除では、隠した画素が平均の色になります。",
      patch: "隠した画素は黒くなります。研究室が公開したコードと同じく、パッチは 1 画素です。",
    },
    ties: "同じ値の画素",
    tie: { stable: "一つずつ", together: "まとめて" },
    equal: (share, map) => `${map} では、画素の ${share} が同じ値です。`,
    order: {
      stable: "同じ値の画素は、上の行から一つずつ扱います。",
      together: "同じ値の画素は、一度にまとめて扱います。残る部分の少ないマップに有利です。",
    },
    baselines: "基準となる二つのマップを加える",
    baselinesAbout: "これらのマップについて",
    baselinesWhy:
      "どちらも画像を見ずに作ったマップです。「一様」はどこでも同じ値です。「ガウス分布」は、物が写りやすい中央ほど大きな値です。よいマップなら、どちらにも勝つはずです。",
    goOn: "続ける",
    work: (map, work) => `${map}：${work}`,
  },

  scores: {
    caption: (protocol, equal) => `曲線の下の面積（${protocol}、${equal}）`,
    equal: { stable: "同じ値は一つずつ", together: "同じ値はまとめて" },
    map: "マップ",
    insertion: "挿入",
    deletion: "削除",
    id: "ID",
    difference: "挿入 − 削除",
    higher: "高いほどよい",
    lower: "低いほどよい",
    peak: "最大値が鳥の上",
    best: "（最良）",
    blank: "フィルターで何も残らなかったため、順番を決められません。",
    yes: "はい",
    no: "いいえ",
    nothing: "–",
    points: (points) => `曲線は ${f.count(points)} 点で測りました。`,
    fair: "同じ設定で測った値どうしだけを比べてください。",
    more: "上の「比べる」を開くと、並べた手法も測ります。",
  },

  curves: {
    insertion: {
      title: "挿入：画素を戻す",
      axis: (name) => `${name} の確率（横軸：見せた画素）`,
      shot: (share, map) => `${map} の順に、画素の ${share} を見せたとき`,
    },
    deletion: {
      title: "削除：画素を取り除く",
      axis: (name) => `${name} の確率（横軸：隠した画素）`,
      shot: (share, map) => `${map} の順に、画素の ${share} を隠したとき`,
    },
    chart: (title) => `${title}。曲線の下の面積は、スコアの表にあります。`,
    theClass: "このクラス",
    answer: (probability, name) => `${name} ${probability}`,
    noOrder: "順番がないため、画像はありません。",
    pixels: "画素",
    ofPixels: (share) => `画素の ${share}`,
  },

  gallery: {
    title: "20 種の鳥",
    hint: "種を選ぶと、その鳥を新しく描いて説明します。",
  },
});
