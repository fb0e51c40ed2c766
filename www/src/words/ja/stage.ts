import type { BirdPart } from "c3lrp";
import type { Place } from "../../atlas";
import type { Catalogue } from "../en";
import type { Formats } from "../formats";
import { filters } from "./filters";
import { PLACES } from "./work";

const SAMPLES: Readonly<Record<string, { readonly title: string; readonly alt: string }>> = {
  "cat.jpg": { title: "猫", alt: "茶トラの猫のアップ" },
  "coffee.jpg": { title: "コーヒー", alt: "木のテーブルに置かれたコーヒーカップ" },
  "rocket.jpg": { title: "ロケット", alt: "夜に打ち上がるロケット" },
  "astronaut.jpg": {
    title: "宇宙飛行士",
    alt: "旗とスペースシャトルの模型の前に立つ、オレンジ色の宇宙服の宇宙飛行士",
  },
};

export const PARTS: Readonly<Record<BirdPart, string>> = {
  beak: "くちばし",
  crest: "冠羽",
  head: "頭",
  breast: "胸",
  wing: "翼",
  tail: "尾",
  legs: "脚",
  body: "胴体",
  eye: "目",
};

const LOOKS_FOR: Readonly<Record<Place, string>> = { ...PARTS, tag: "タグ", background: "背景" };

const where = (place: number | undefined): string =>
  place === undefined ? "どこにもありません" : `${PLACES[place]}にあります`;

export const stage = (f: Formats): Catalogue["stage"] => {
  const all = (parts: readonly BirdPart[]): string => parts.map((part) => PARTS[part]).join("・");
  const side = (value: number): string => (value > 0 ? "支持" : value < 0 ? "反対" : "どちらでもない");
  const strength = (value: number, share: number): string =>
    `${f.figure(value)}（${side(value)}）、最大値の ${f.percent(share)}`;
  return {
    title: "ネットワークは何を見たのか",
    titled: ({ name, share, method }) =>
      `${name}（${f.percent(share)}）· ${method} · ネットワークは何を見たのか`,
    intro: (method) => [
      "ニューラルネットワークが画像に何が写っているかを答え、",
      method,
      " がその根拠となった画素を示します。画像がこの端末の外に出ることはありません。",
    ],
    language: "言語",
    exactly: "正確な意味",
    footer: {
      title: "マップの読み方",
      relevance:
        "LRP は、ネットワークの答えを層ごとに逆にたどり、根拠となった画素まで戻します。" +
        "ほかの手法は、何が変われば答えが変わるか、ネットワークがどこに注目しているかを調べます。" +
        "各画素が受け取る答えの分け前を関連度と呼びます。赤い画素は説明するクラスを支持し、青い画素はそれに反対します。",
      sign:
        "関連度は、そのクラス自身のスコアの符号から始まります。" +
        "そのため、ネットワークがありそうにないと考えるクラスでも、赤はそのクラスへの支持を表します。",
      truth:
        "マップが示すのは、正しいかどうかにかかわらず、このネットワークが使ったものです。答えが正しいことの証明ではありません。",
      credits: (samples) =>
        `サンプル画像：${samples.map(({ file, credit }) => `${SAMPLES[file]?.title ?? file}（${credit}）`).join("、")}`,
      documentation: "自分のページで使うには（英語）",
      licences: "このページを構成するすべてのもののライセンス",
    },
    notice: { dismiss: "メッセージを閉じる" },
    pick: {
      title: "ここに画像をドロップ",
      choose: "画像を選ぶ",
      paste: "貼り付けもできます",
      samples: "サンプル画像",
      sample: (file) => `サンプル画像：${SAMPLES[file]?.alt ?? file}`,
      file: "画像ファイル",
      veil: "どこにでもドロップできます",
    },
    headline: {
      drawing: "鳥を描いています…",
      choose: "画像を選んでください",
      network: "どのネットワークに見せますか",
      looking: "画像を見ています…",
      explaining: (name) => `${name} を説明しています…`,
      preparing: "ネットワークを準備しています…",
      unexplained: "まだ説明していません",
      chooseNetwork: "次にネットワークを選んでください",
      sees: ({ name, share }) => `ネットワークの答え：${name}（${f.percent(share)}）`,
      speaks: ({ name, share }) => `${name} を支持するもの（${f.percent(share)}）`,
    },
    parting: {
      open: (part) => `もし${PARTS[part]}がなかったら？`,
      whyLabel: "このマップは正しいのか",
      lesson:
        "部分を一つ取り除くと、それなしで鳥を描き直し、ネットワークが答え直します。" +
        "よいマップは、失うと答えが最も変わる部分に最も多くを与えます。" +
        "表は両方を並べ、その順位がどれだけ合うかを示します。",
      caption: "各部分の値打ち",
      part: "部分",
      parts: LOOKS_FOR,
      loss: "失うと減る値",
      share: "マップの割合",
      measures: "各部分を除いて描いています…",
      waits: "すべての部分がある鳥で測ります。",
      whole: "すべての部分を戻す",
      agree: (correlation) =>
        `${correlation > 0.7 ? "マップの順位はネットワークの順位とよく合います" : correlation > 0.3 ? "マップの順位はネットワークの順位と少し合います" : "マップの順位はネットワークの順位と合いません"}：順位相関 ${f.shortFigure(correlation)}。`,
    },
    concepts: {
      title: ({ layer, name }) => `${layer}が ${name} のために見つけたもの`,
      whyLabel: "そこに何を見たのか",
      lesson:
        "層には多くのチャンネルがあり、それぞれが何かを探すように学んでいます。" +
        "ここに並ぶのは、このクラスを最も強く支持するチャンネルです。この画像のどこで見つけたかを示すマップと、ほかの画像で最も効いた場所を示します。" +
        "一つ切ると、ネットワークはそれなしで答え直します。",
      looking: "層を調べています…",
      waits: "マップができたら調べます。",
      named: ({ on, share }) => `${LOOKS_FOR[on]} ${f.percent(share)}`,
      held: ({ held: [seen, same] }) =>
        seen > 0
          ? `ほかの鳥 ${f.count(seen)} 羽のうち ${f.count(same)} 羽でも同じ`
          : "ほかの鳥では見られません",
      channel: ({ channel, share }) => `チャンネル ${channel} · 関連度の ${f.percent(share)}`,
      caption: ({ channel, layer, share }) =>
        `${layer}のチャンネル ${channel} · 関連度の ${f.percent(share)}`,
      switchOff: "切る",
      tries: "それなしでネットワークに尋ねています…",
      allOn: "すべて戻す",
      without: ({ channels, name, before, after, instead }) =>
        `チャンネル ${channels.join("、")} なしでは：${name} ${f.tenths(before)} → ${f.tenths(after)}。` +
        (instead === undefined ? "" : `ネットワークの答えは ${instead} に変わります。`),
    },
    contrast: {
      label: (name) => `${name} であって、次ではない理由：`,
      none: "クラスを選ぶ",
      other: ({ name, share, nearest }) => `${name}（${f.percent(share)}${nearest ? "、最も近い種" : ""}）`,
      rest: "ほかのすべて",
      alone: (name) => `${name} だけのマップ`,
      rather: ({ name, other }) => `${other} ではなく ${name}`,
      why: ({ name, other }) => `${other} ではなく ${name} である理由`,
      whyLabel: "このマップの見方",
      lesson:
        "一つのクラスのマップには、そのクラスを支持するものがすべて現れ、ほかのクラスも支持するものまで含まれます。" +
        "別のクラスと比べると、両方に共通するものは消えます。" +
        "残るのは二つを分けるものです。赤は最初のクラスを、青はもう一方を支持します。",
    },
    lesson: {
      title: "正解でも、理由が違う",
      text:
        "このネットワークが学んだ画像では、どの種も隅に自分の種のタグを付けていて、鳥そのものはよく隠れていました。" +
        "そのため、タグだけを見ても正解できたのです。タグを替えたり、外したりしてみましょう。答えとマップは鳥に従うでしょうか、タグに従うでしょうか。",
      wears: "鳥に付けるタグ",
      tags: { own: "自分のタグ", none: "なし", other: "別の種のタグ" },
      back: "最初のネットワークに戻る",
    },
    ask: {
      text: (name) => [
        "「",
        name,
        "」が知っているのは描かれた鳥だけで、どんな写真も鳥の一種だと答えてしまいます。下のネットワークは写真を知っています。" +
          "クリックすると、この端末に一度だけダウンロードします。画像は端末の外に出ません。",
      ],
      networks: "写真のためのネットワーク",
      anyway: "それでも鳥のネットワークに聞く",
      stranger:
        "このネットワークは、ここで描かれる鳥しか知りません。何が写っていても、そのうちの一種を答えます。",
      choose: "写真のためのネットワークを選ぶ",
    },
    figures: {
      picture: (name) => `画像、${name}`,
      pictureCaption: "画像",
      overCaption: "最も重要だったところ（画像に重ねて）",
      rawCaption: "すべての関連度",
      layerCaption: (at) => `${at.title} · ${at.width}×${at.height} · ΣR ${f.figure(at.sum)}`,
      over: ({ name, kept, place }) =>
        `${name} を支持するものを画像に重ねています。フィルターは面積の ${f.percent(kept)} を残します。` +
        `最も高い関連度は${where(place)}。矢印キーで値を読めます。`,
      map: ({ name, share, place }) =>
        `${name} についてのすべての関連度。${f.percent(share)} がクラスを支持し、残りは反対します。` +
        `最も高い関連度は${where(place)}。矢印キーで値を読めます。`,
      layer: (at) =>
        `${at.layer}での ${at.name} の関連度、${at.width} × ${at.height} マス。矢印キーで値を読めます。`,
      against: "反対",
      for: "支持",
      wait: {
        here: "ここに関連度マップが表示されます。",
        network: "ネットワークを読み込むと、ここに関連度マップが表示されます。",
        choose: "ネットワークを選ぶと、ここに関連度マップが表示されます。",
        none: "マップはまだありません。",
      },
      again: "この画像を説明する",
    },
    caption: (at) =>
      `${at.name}、${f.percent(at.share)} · ${at.method} · 左：フィルター ${filters[at.filter].title}、右：${at.colours}`,
    readout: {
      hint: "マップを指すかタップすると値を読めます。キーボードでは、マップに移動して矢印キーを押します。",
      pixel: (at) =>
        `画素 ${at.x}, ${at.y}：${strength(at.value, at.share)}。${at.kept ? "フィルターが残した画素です。" : "フィルターが捨てた画素です。"}`,
      cell: (at) => `${at.layer}、マス ${at.x}, ${at.y}：${strength(at.value, at.share)}（この層で）。`,
    },
    bird: {
      name: ({ species, seed, tagOf }) => {
        const tag = tagOf === species ? "、自分のタグ付き" : `、${tagOf} のタグ付き`;
        return `${species}、シード ${seed}${tagOf === undefined ? "" : tag}`;
      },
      right: "✓ ネットワークは正解です。",
      wrong: (said) => `✗ ネットワークは不正解です。答えは ${said} でした。`,
      differs: ({ nearest, parts }) => `${f.list(nearest)} との違いは${all(parts)}です。`,
      draw: "別の鳥を描く",
      another: (species) => `別の ${species}`,
      showParts: "本当の部位を表示",
      parts: (parts) => `細い線：鳥全体。太い線と斜線：種を決める部位（${all(parts)}）。`,
    },
    layers: {
      stage: (number) => `ステージ ${number}`,
      stem: "ステム",
      picture: "画像",
      block: ({ stage, block }) => {
        const name = `ステージ ${stage} ブロック ${block}`;
        return { name, title: name, short: String(block) };
      },
      fc: { name: "クラス", title: "クラス", short: "クラス" },
      avgpool: { name: "平均プーリング", title: "平均プーリング", short: "平均" },
      maxpool: { name: "最大プーリング", title: "最大プーリング", short: "最大" },
      conv: { name: "ステム", title: "ステム", short: "畳込" },
      input: { name: "画像", title: "画像", short: "画像" },
    },
    strip: {
      title: "関連度の流れを見る",
      play: "再生",
      stop: "停止",
      none: (method) => `${method} は層を順にたどらないため、クラスから画像までの途中はありません。`,
      arrives: ({ start, end, share }) =>
        `関連度は ${f.figure(start)} から始まり、画像に届くのは ${f.figure(end)}（${f.tenths(share)}）です。`,
      lost: "残りはどこに？",
      why:
        "層は、バイアスと呼ばれる定数を加えます。バイアスの分の関連度は、どの画素のものでもありません。" +
        "また、層の規則が渡す先の入力を持たないときも、関連度はそこに残ります。",
      gained: "なぜ増えたのか？",
      whyMore:
        "層は、バイアスと呼ばれる定数を加えます。出力を下げるバイアスには負の関連度が割り当てられるため、" +
        "入力に渡る関連度は元の量より多くなります。バイアスの分の関連度は、どの画素のものでもありません。",
      thumbnail: (at) => `${at.layer}、${at.width} × ${at.height}、関連度の和 ${f.figure(at.sum)}`,
      tip: (at) => `${at.title}、${at.width}×${at.height}`,
    },
    tools: {
      preset: "プリセット",
      presets: { measured: "測定で最良", published: "論文どおりの C3-LRP" },
      presetWords: {
        measured:
          "LRP-εγ box と C3：描かれた 60 羽の鳥で、すぐに計算できる 12 手法を測定し、マップが最もよく答えに対応しました。マップは鳥の上にもありました。",
        published: "C3-LRP と C3：論文のとおり、ブロックを一つの層として扱います。",
      },
      ownPreset: "手法とフィルターを自分で選んでいます。",
      method: "手法",
      unfit: (method, reason) => `${method}：${reason}`,
      filter: "フィルター",
      fallback: "ここでは重なりがないため、連結成分だけを残しています。",
      opacity: "濃さ",
      times: ({ webgpu, forward, backward, filter }) =>
        `${webgpu ? "WebGPU" : "CPU"}：${forward > 0 ? `順伝播 ${f.seconds(forward)}` : "順伝播は計算済み"} · 逆伝播 ${f.seconds(backward)} · フィルター ${f.seconds(filter)}`,
    },
    region: {
      choice: "枠",
      about: ({ share, width, height }) =>
        `枠は、フィルター後のマップで最大値の5分の1を超える最も大きな連結領域を囲んでいます。マップの${f.percent(share)}、${f.count(width)} × ${f.count(height)} 画素です。`,
      fit: ({ mask, box }) =>
        `この領域と鳥の重なりは${f.percent(mask)}（IoU）、互いの枠の重なりは${f.percent(box)}です。`,
    },
    masses: {
      caption: (name) => `${name} の根拠がある場所`,
      whole: "マップ全体",
      even: "画像に占める割合",
      on: ({ on, parts }) =>
        on === "whole" ? "鳥の上" : on === "tag" ? "タグの上" : `種を決める部位（${all(parts)}）の上`,
      none: "なし",
    },
    numbers: {
      title: "言葉と数で見るマップ",
      class: (at) =>
        `${at.name}：${f.percent(at.share)}、${f.count(at.classes)} クラス中 ${f.count(at.rank)} 位。`,
      relevance: (at) =>
        `関連度の ${f.percent(at.share)} がこのクラスを支持します。最も高い関連度は、ネットワークが見た範囲の中では${where(at.place)}` +
        `（支持する関連度の ${f.percent(at.part)}）。`,
      against: "全体として、このクラスへの支持より反対のほうが大きくなっています。",
      kept: (share) => `フィルターは面積の ${f.percent(share)} を残します。`,
      colours: ({ scale, strongest }) =>
        `色は ±${f.figure(scale)} で最も濃くなります。99.5 % の画素はこれを超えません。最大値の大きさは ${f.figure(strongest)} です。`,
      colourWord: "値と色の関係",
      ninths: "マップを九つに分けたそれぞれの、全関連度に対する割合（＋ はクラスを支持、− は反対）",
      cell: (share) => `${share > 0 ? "+" : share < 0 ? "−" : ""}${f.percent(Math.abs(share))}`,
    },
  };
};
