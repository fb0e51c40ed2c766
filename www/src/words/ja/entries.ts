import type { Catalogue } from "../en";
import type { Formats } from "../formats";

export const entries = (f: Formats): Catalogue["entries"] => ({
  birds: { title: "鳥", about: "このページが描く 20 種の鳥を見分けます。" },
  tagged: {
    title: "鳥（タグ付きで学習）",
    about: "同じ 20 種ですが、学習のとき、種ごとに決まったタグが隅に付いていました。",
  },
  attentive: {
    title: "鳥（注意機構付き）",
    about: "同じ 20 種です。注意ブランチ（ABN）がどこを見るかに重みを付けます。",
  },
  tiny: {
    title: "小さな ResNet（ImageNet）",
    about: "動物、植物、食べ物、乗り物、道具、場所など、千種類のものを大まかに知っています。",
  },
  resnet18: {
    title: "ResNet-18（ImageNet）",
    about: "同じ千種類をよりよく知っています。写真 100 枚のうち約 70 枚に正解します。",
  },
  resnet50: {
    title: "ResNet-50（ImageNet）",
    about: "いちばんよく知っています。写真 100 枚のうち約 76 枚に正解しますが、時間もいちばんかかります。",
  },
  linked: "このページのアドレスで指定された重みです。",
  repository: (found) =>
    [
      found.kind ?? "config.json がありません：種類は重みから分かります",
      found.classes === undefined ? "" : `${f.count(found.classes)} クラス`,
      found.files.length > 1 ? `${f.count(found.files.length)} ファイル` : (found.files[0] ?? ""),
      `コミット ${found.commit}`,
    ]
      .filter(Boolean)
      .join(" · "),
  origin: ({ name, commit, checked }) =>
    `${name}、コミット ${commit} から${checked ? "（作者の SHA-256 と照合済み）" : ""}。`,
});
