import type { Catalogue } from "../en";
import type { Formats } from "../formats";

export const camera = (f: Formats): Catalogue["camera"] => ({
  open: "カメラ",
  title: "カメラの映像",
  asking: "このページがカメラを使ってよいか、ブラウザーが尋ねています…",
  waits: "ネットワークを待っています…",
  sees: ({ name, share }) => `ネットワークの答え：${name}（${f.percent(share)}）`,
  video: "カメラの映像と、その上に重ねた最も重要なところ",
  rate: ({ rate, side }) =>
    `毎秒 ${rate < 9.95 ? f.tenths(rate / 100).replace(/\s*%/, "") : f.count(rate)} フレーム、それぞれ ${side} × ${side} 画素で見ています。`,
  birds:
    "このネットワークが知っているのは、ここで描かれる鳥だけです。スマートフォンなどに表示して、カメラに見せてください。",
  stays: "映像がこの端末の外に出ることはありません。",
  top: "ネットワークの予測",
  pause: "このフレームを残す",
  paused: "カメラは一時停止しています。",
  on: "続ける",
  leave: "カメラを切る",
  errors: {
    refused:
      "カメラの使用が許可されませんでした。ブラウザーのこのページの設定で許可してから、もう一度お試しください。",
    none: "カメラが見つかりません。接続してもう一度試すか、画像をドロップしてください。",
    busy: "カメラを開始できませんでした。ほかのプログラムが使っているときは、それを閉じてからもう一度お試しください。",
    gone: "カメラが外されたか、切られました。戻ったら、もう一度選んでください。",
    unknown:
      "このブラウザーでは、このページからカメラを使えません。https で開くか、画像をドロップしてください。",
  },
});
