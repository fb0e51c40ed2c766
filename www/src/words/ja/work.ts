import type { Catalogue } from "../en";
import type { Formats } from "../formats";

const STEPS: Readonly<Record<string, string>> = {
  starting: "準備しています",
  downloading: "ダウンロードしています",
  "reading the weights' header": "ファイルを読んでいます",
  "checking the device": "計算装置を確認しています",
  "loading the weights": "ネットワークを読み込んでいます",
  "choosing kernels": "最も速い GPU コードを選んでいます",
  forward: "順伝播",
  backward: "逆伝播",
  masks: "マスク",
  "measuring the speed": "速度を測っています",
  filter: "マップを絞り込んでいます",
  pictures: "測定",
  done: "完了",
};
const COUNTED: Readonly<Record<string, string>> = {
  masks: "マスク",
  pictures: "画像",
};

export const PLACES = ["左上", "上", "右上", "左", "中央", "右", "左下", "下", "右下"] as const;

const A_MINUTE_AND_MORE = 100;

export const work = (f: Formats): Catalogue["work"] => {
  const quoted = (files: readonly string[]): string => f.list(files.map((file) => `「${file}」`));
  return {
    step: (step) => STEPS[step] ?? step,
    far: (what, far) => `${what} · ${far}`,
    counted: (step, done, total) =>
      `${COUNTED[step] ?? STEPS[step] ?? step} ${f.count(done)} / ${f.count(total)}`,
    left: (seconds) =>
      seconds < A_MINUTE_AND_MORE ? `残り約 ${seconds} 秒` : `残り約 ${Math.round(seconds / 60)} 分`,
    clock: (seconds) => `${seconds.toFixed(1)} 秒`,
    cancel: "中止",
    classNumber: (index) => `クラス ${index}`,

    explained: ({ name, share, place }) =>
      `${name}、${f.percent(share)}。${place === undefined ? "支持する根拠はありません。" : `関連度が最も高いのは${PLACES[place]}です。`}`,
    arrived: "関連度が画像まで届きました。",
    loaded: ({ name, reason }) => `${name} を読み込みました。${reason}`,
    deleted: (title) => `${title} をこの端末から削除しました。`,
    cardDone: (method) => `${method} が終わりました。`,
    measured: ({ title, insertion, deletion }) =>
      `${title}：挿入 ${f.shortFigure(insertion)}、削除 ${f.shortFigure(deletion)}。`,
    downloaded: ({ title }) => `${title} をダウンロードしました。`,
    useIt: "使う",

    labelsTaken: (file) => `クラスの名前を「${file}」から読み込みました。`,
    labelsWait: ({ file, count }) =>
      `「${file}」には ${f.count(count)} クラスの名前があります。同じクラス数のネットワークを読み込むと使われます。`,
    readAs: (files) => `${quoted(files)} のとおりにネットワークを読み直しました。`,
    oneNetwork: ({ name, count }) =>
      `読み込めるネットワークは一度に一つです。${f.count(count)} 個のうち最初の「${name}」を使います。`,
    severalNetworks: ({ file, count }) =>
      `「${file}」には ${f.count(count)} 個のネットワークがあります。どれを説明しますか。`,
    among: ({ family, prefix }) =>
      `${family}（${prefix ? `名前が「${prefix}」で始まるもの` : "名前に共通の始まりがないもの"}）`,

    keptBefore: "設定は前のままです。",
    defaultsTaken: "この手法の既定の設定を使います。",
    stays: "ネットワークは元の装置のままです。",
    deletedBroken: "ダウンロードしたものは削除しました。別のネットワークを選んでください。",
    tryAgain: "もう一度試す",
    lostGpu: (wrong) =>
      `${wrong ? "GPU の計算に誤りがあったため、その結果は表示しません" : "GPU が応答しなくなりました"}。` +
      "CPU で続けます。画像とネットワークはそのまま残っています。",
  };
};
