import type { Catalogue } from "../en";
import type { Formats } from "../formats";

const WEIGHTS = ".safetensors または PyTorch のチェックポイント（.pth、.pt、.bin、.ckpt）";
const quoted = (f: Formats, names: readonly string[]): string => f.list(names.map((name) => `「${name}」`));

export const errors = (f: Formats): Catalogue["errors"] => ({
  unknown: "問題が起きましたが、ブラウザーは原因を示していません。ページを再読み込みしてください。",
  stopped:
    "計算が予期せず止まったため、始め直しました。画像はそのまま残っていますので、もう一度お試しください。" +
    "また止まるときは、ほかのタブを閉じてメモリーを空けるか、別のネットワークを選んでください。",
  notStarted:
    "画像を説明するプログラムを取得または起動できませんでした。接続を確かめて、もう一度お試しください。",

  noFile:
    "ファイルが含まれていませんでした。画像を保存してから、そのファイルをドロップするか選んでください。",
  strangeFile: (name) =>
    `「${name}」は、画像でも、重み（${WEIGHTS}）でも、クラス名の一覧（.txt、.json、.csv）でもありません。これらのどれかをドロップしてください。`,
  unreadable: (name) =>
    `「${name}」を読めませんでした。フォルダーであるか、移動または変更された可能性があります。ファイルそのものをドロップしてください。`,
  notShared:
    "共有された画像が届きませんでした。すでに表示されたか、保存する空きがなかったためです。もう一度共有するか、ここでファイルを選んでください。",
  empty: (name) => `「${name}」は空です。中身のあるファイルをドロップしてください。`,
  sample:
    "サンプル画像を取得できませんでした。ページを再読み込みするか、お手持ちの画像をドロップしてください。",

  pictureFile: ({ name, bytes, most }) =>
    `「${name}」は ${f.bytes(bytes)} のファイルです。このページで使える画像は ${f.bytes(most)} までです。JPEG、PNG、WebP で小さく保存し直してドロップしてください。`,
  pictureMegapixels: ({ name, megapixels, most }) =>
    `「${name}」は ${f.count(megapixels)} メガピクセルです。このページで使えるのは ${f.count(most)} メガピクセルまでです。小さくしてからドロップしてください。ネットワークが見る画素はもっと少ないので、結果に影響はありません。`,
  pictureSide: ({ name, width, height, most }) =>
    `「${name}」は ${f.count(width)} × ${f.count(height)} ピクセルです。一辺は ${f.count(most)} ピクセルまでです。切り抜いてからドロップしてください。`,
  pictureHeic: (name) =>
    `「${name}」は HEIC 画像で、このブラウザーでは読めません。JPEG で保存し直してドロップしてください。` +
    "iPhone では「設定」→「カメラ」→「フォーマット」→「互換性優先」にすると、はじめから JPEG になります。",
  pictureKind: ({ name, kind }) =>
    `「${name}」は ${kind} ファイルで、このブラウザーでは画像として読めません。JPEG、PNG、WebP で保存し直してドロップしてください。`,
  pictureBroken: (name) =>
    `「${name}」を画像として読めませんでした。壊れているか、このブラウザーの知らない種類です。JPEG、PNG、WebP で保存し直してドロップしてください。`,
  saving: "内容に食い違いがあり、ファイルを作れませんでした。画像をもう一度説明してください。",
  canvas: "画像を読むためのキャンバスをブラウザーが用意しませんでした。ページを再読み込みしてください。",
  canvasLies:
    "このブラウザーは、あなたが特定されないように、ページが画像から読む画素を書き換えます。" +
    "お手持ちの画像のマップは正しくならないため、ここでは作りません。" +
    "このページにキャンバスの読み取りを許可するか、別のブラウザーをお使いください。描かれた鳥はそのまま使えます。",

  labelsFile: ({ name, bytes, most }) =>
    `「${name}」は ${f.bytes(bytes)} あります。クラス名の一覧は ${f.bytes(most)} までです。別のファイルを選んでください。`,
  labelsCount: ({ name, names, classes }) =>
    `「${name}」には ${f.count(names)} クラスの名前がありますが、このネットワークは ${f.count(classes)} クラスです。このネットワークの一覧をドロップしてください。`,

  partsAlone: "これはネットワークの部分の一覧です。部分のファイルと一緒にドロップしてください。",
  partsMissing: (names) =>
    `この重みには ${quoted(f, names)} が足りません。すべての部分を一緒にドロップしてください。`,
  partsFew: ({ name, all, given }) =>
    `「${name}」はネットワークの ${f.count(all)} 個の部分の一つですが、渡されたのは ${f.count(given)} 個です。すべての部分を一緒にドロップしてください。`,
  configAlone: (names) =>
    `${quoted(f, names)} は、読み込まれていないネットワークの設定です。重みと一緒に、または重みのあとにドロップしてください。`,

  bundled: (title) =>
    `このページに付属するネットワーク「${title}」を取得できませんでした。ページを再読み込みするか、別のネットワークを選んでください。`,
  unreachable: (host) =>
    `${host}（またはそのダウンロード先のサーバー）に接続できないか、ほかのページからの取得が許可されていません。` +
    "接続を確かめてもう一度試すか、お手元の重みファイルを選んでください。",
  serverAnswered: ({ host, status }) =>
    `${host} は重みの代わりに「${status}」と答えました。あとでもう一度試すか、お手元の重みファイルを選んでください。`,
  brokeOff: ({ bytes, total, kept }) =>
    `ダウンロードが ${total > 0 ? f.bytesOf(bytes, total) : f.bytes(bytes)} で途切れました。${
      kept > 0
        ? `「再開」を押すと、${kept === bytes ? "そこ" : f.bytes(kept)}から続けます。`
        : "途中までの分は保存できませんでした。接続が安定してから、もう一度始めてください。"
    }`,
  keptChanged:
    "このブラウザーに保存されていた重みが、ダウンロードしたときと変わっていたため、削除しました。もう一度ダウンロードしてください。",
  downloadResumes: (bytes) => `${f.bytes(bytes)} から続けます。`,
  cannotResume: "このサーバーはダウンロードの再開に対応していないため、はじめから取得します。",
  fileChanged: "サーバーのファイルが変わったため、はじめから取得します。",
  keptLost: "保存した重みの一部をブラウザーが削除していたため、もう一度ダウンロードします。",
  noRoom:
    "ブラウザーにこの重みをすべて保存する空きがないか、保存が許可されていません。このページを閉じるまでは使えます。",

  hubName:
    "huggingface.co のネットワークの名前を owner/name の形（例：timm/resnet34.tv_in1k）で書くか、そのページのアドレスを入れてください。",
  hubMissing: ({ name, revision, host }) =>
    `${host} に公開ネットワーク「${name}」${revision ? `（「${revision}」）` : ""}はありません。owner/name の形の名前を確かめてください。`,
  hubGated: (name) =>
    `「${name}」は作者が許可した人だけに公開されています。ファイルをご自分でダウンロードして、ここにドロップしてください。`,
  hubStrange: ({ name, host }) => `「${name}」についての ${host} の答えを、このページは理解できません。`,
  hubUnreachable: (host) =>
    `サーバー ${host} に接続できませんでした。接続を確かめて、もう一度お試しください。`,
  hubAnswered: ({ name, host, status }) =>
    `「${name}」について、${host} は「${status}」と答えました。あとでもう一度お試しください。`,
  hubNoFile: ({ name, file }) => `「${name}」にファイル「${file}」はありません。`,
  hubPartsMissing: (name) => `「${name}」の一覧にある重みの部分が見つかりません。`,
  hubSeveral: ({ name, count, some }) =>
    `「${name}」には重みのファイルが ${f.count(count)} 個あります（${some.join("、")}${count > some.length ? "、…" : ""}）。使いたいファイルのアドレスを入れてください。`,
  hubNoWeights: (name) => `「${name}」には、このページで読める重み（${WEIGHTS}）がありません。`,
  hubConfig: (name) => `「${name}」の config.json を読めません。`,
  hubKind: ({ name, kind }) =>
    `「${name}」の種類は「${kind}」です。このページが説明できるのは ResNet と VGG です。何もダウンロードしていません。`,
  hubChecksum: (file) =>
    `「${file}」は作者が公開したものと異なります（SHA-256 が違います）。削除しましたので、もう一度ダウンロードしてください。`,

  browser: (lacks) =>
    `このブラウザーではページを使えません。足りない機能：${f.list(lacks)}。Chrome・Edge 123、Firefox 122、Safari 17.5 以降をお使いください。`,
  lacks: {
    wasm: "WebAssembly",
    simd: "WebAssembly の SIMD",
    canvas: "ページの外のキャンバス（OffscreenCanvas）",
    workers: "モジュール形式のワーカー",
  },
});
