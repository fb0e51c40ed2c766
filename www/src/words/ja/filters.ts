import type { Catalogue } from "../en";

export const filters: Catalogue["filters"] = {
  c3: {
    title: "C3",
    does: "C3 は、マップの最大の輪郭と主な連結成分が重なる領域を残します。",
    explained:
      "C3（Contour and Component Choice）は、マップのうち最大の輪郭と主な連結成分が重なる領域だけを残し、散らばった残りを捨てます。",
    maps: "マップには C3 フィルターをかけています。",
    left: "C3 が残す部分",
  },
  c1c: {
    title: "C1C",
    does: "C1C は、マップの主な連結成分を残します。",
    explained: "C1C は連結成分だけを残します。",
    maps: "マップには C1C フィルターをかけています。",
    left: "C1C が残す部分",
  },
  "heat-quantization": {
    title: "段階",
    does: "すべての値を 8 段階に切り下げます。",
    explained: "「段階」は全体を残し、値を 8 段階にします。",
    maps: "マップは 8 段階で示しています。",
    left: "8 段階",
  },
  none: {
    title: "なし",
    does: "フィルターなし：クラスを支持するものすべて。",
    explained: "「なし」はマップをそのまま残します。",
    maps: "マップにはフィルターをかけていません。",
    left: "フィルターなし",
  },
};
