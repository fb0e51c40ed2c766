import type { Catalogue } from "../en";
import type { Formats } from "../formats";

export const batch = (f: Formats): Catalogue["batch"] => ({
  title: (count) => `${f.count(count)} 枚の画像`,
  run: "すべて説明する",
  stop: "止める",
  done: ({ done, count }) => `${f.count(count)} 枚中 ${f.count(done)} 枚を説明しました`,
  save: "CSV で保存",
  close: "片付ける",
  show: (name) => `${name} を表示`,
  answer: ({ name, share }) => `${name}、${f.percent(share)}`,
  many: ({ most, count }) =>
    `一度に扱える画像は ${f.count(most)} 枚までです。${f.count(count)} 枚のうち最初の ${f.count(most)} 枚を受け取りました。`,
});
