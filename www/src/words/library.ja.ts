/**
 * The library's sentences in Japanese by their codes. `src/sentences.json` has the English ones, and a native test
 * checks that these have the same codes and parameters.
 */
export const ja: Readonly<Record<string, string>> = {
  "adapter.cpu": "WebAssembly SIMD、1スレッド",
  "against-itself":
    "againstに{class}が指定されましたが、これは説明するクラスそのものです。別のクラスを指定してください。",
  "against-softmax":
    'againstに"softmax"が指定されましたが、このネットワークではクラスどうしが確率を分け合いません。クラスの番号か"rest"を指定してください。',
  "attention-against":
    "手法abnの注意マップはどのクラスでも同じなので、あるクラスをほかのクラスと比べられません。againstを外すか、別の手法を選んでください。",
  "average-and-dilation":
    "{block}では、射影の前に平均があり、拡張率（dilation）が{dilation}です。この組み合わせは平均の位置が半分ずれるため、対応していません。",
  averages: "ストライドの前で平均をとる",
  "bird-list": "{option}にはリストを指定してください。",
  "bird-number": "{option}が{value}になっています。{least}から{most}までの整数を指定してください。",
  blurs: "ストライドの前でぼかす",
  "boundary-infinite": "境界{at}の関連度の合計が{sum}で、有限の値ではありません。",
  "byte-order":
    "チェックポイントのバイト順が{order}ですが、読めるのはリトルエンディアンだけです。x86かARMのプロセッサーを持つコンピューターのPythonで読み込み、保存し直してください：{save}",
  "bytes-follow": "最後のテンソルのあとに余分なバイトがあります",
  "call-option": "{call}には{option}という設定がありません。使えるのは{names}です。",
  channels: "数を一つか三つ（[0.485, 0.456, 0.406]など）",
  "checkpoint-cut-off": "{shows}。コピーやダウンロードの途中で切れたようです。もう一度取得してください。",
  "checkpoint-tar":
    "このチェックポイントはtar形式です。PyTorch 0.2より前の形式で、読めません。Pythonで読み込み、保存し直してください：{save}",
  "checkpoint-unknown":
    "PyTorchのチェックポイントではありません。zip形式でもpickle形式でもないようです。次のように保存してください：{save}",
  "class-or": "クラスの番号、または{choices:or}",
  "concepts-method":
    "この手法は層をたどって関連度を伝えないので、概念を調べられません。lrp-epsilon-plusなどのLRPの手法を選んでください。",
  "config-built-with":
    "設定ファイルによると、ネットワークは{argument} = {value}で作られていますが、これはテンソルからは分かりません。ReLUとバッチ正規化を使い、アンチエイリアスの層がないネットワークを選んでください。",
  "config-entry": "設定ファイルの{entry}が{found}になっています。{expected}にしてください。",
  "config-form": "configが{given}になっています。設定ファイルのテキストを指定してください。",
  "config-input-size": "[チャンネル数, 一辺, 一辺]（一辺は32から1024まで）",
  "config-json": "設定ファイルがJSONではありません：{words}",
  "config-side": "正方形の一辺",
  "config-side-bounds": "32から1024までの一辺",
  "config-type": "設定ファイルは「{kind}」という種類のネットワークのものです。ResNetかVGGを選んでください。",
  "convolution-shape":
    "{name}の形は[{shape}]ですが、入力は{inputs}チャンネルです。一つの出力につながるのはそのうち{taken}チャンネルです。カーネルは正方形で、この数は{inputs}の約数でなければなりません。",
  "cpu-asked": "CPUが指定されています",
  "curve-points":
    "曲線の点の数が{points}になっています。マスが{cells}個のとき、指定できるのは2から{most}までです。",
  "device-idle": "計算結果がまったく更新されていません。",
  "device-says": "{words}",
  "empty-batch": "0枚の画像では何も測れません。1枚以上にしてください。",
  "ends-in-pickle": "チェックポイントがpickleの途中で終わっています",
  "ends-in-storage": "チェックポイントが最後のデータの途中で終わっています",
  "ends-no-zip": "チェックポイントはzip形式で始まりますが、その終わりがありません",
  "engine-panicked": "プログラムからのメッセージ：{words}",
  "error.DeviceError": "このデバイスは使えません。{what}",
  "error.DeviceLost": "デバイスが使えなくなりました。{what}",
  "error.DeviceWrong": "デバイスの計算が間違っていたため、マップを表示しません。{what}",
  "error.EngineError": "計算プログラムが止まり、続けられません。ネットワークを読み込み直してください。{what}",
  "error.FileError": "{what}",
  "error.LabelsError": "このクラス名の一覧は使えません。{what}",
  "error.OptionsError": "この設定は使えません。{what}",
  "error.PictureError": "この画像は使えません。{what}",
  "error.WeightsError": "この重みは使えません。{what}",
  "fact-bgr": "チャンネルの順は青、緑、赤です。",
  "fact-bicubic": "大きさを変えるときは、双三次補間（バイキュービック）を使います。",
  "fact-bilinear": "大きさを変えるときは、双線形補間（バイリニア）を使います。",
  "fact-crop": "画像の中央を切り抜いて正方形にします。",
  "fact-crop-part": "画像の中央の{share} %を切り抜いて正方形にします。",
  "fact-dilations": "各段の拡張率（dilation）は[{dilations}]です。",
  "fact-epsilon": "バッチ正規化のεは{epsilon}です。",
  "fact-kept": "切り抜くときは、短い辺の{share} %を残します。",
  "fact-mean": "チャンネルの平均は{values}です。",
  "fact-mean-imagenet": "チャンネルの平均は{values}です（ImageNetの値）。",
  "fact-rgb": "チャンネルの順は赤、緑、青です。",
  "fact-side": "{side}×{side}ピクセルの画像を見ます。",
  "fact-sigmoid": "それぞれのクラスがあるかどうかを、別々に判断します（シグモイド）。",
  "fact-softmax": "クラスは互いに排他的で、どれか一つです（ソフトマックス）。",
  "fact-squash": "長い辺を縮めて正方形にします。",
  "fact-squash-part": "長い辺を縮めて正方形にし、その{share} %を使います。",
  "fact-std": "チャンネルの標準偏差は{values}です。",
  "fact-std-imagenet": "チャンネルの標準偏差は{values}です（ImageNetの値）。",
  "fact-stride-1x1": "ボトルネックのストライドは、最初の1×1畳み込みにあります。",
  "fact-stride-3x3": "ボトルネックのストライドは、3×3畳み込みにあります。",
  "fact-strides": "各段のストライドは[{strides}]です。",
  "fact-whole": "画像全体に余白を付けて正方形にします。",
  "fewer-than-8": "8バイトもありません",
  "file-cut-off":
    "最後のテンソルの途中でファイルが終わっています。コピーやダウンロードの途中で切れたようです。もう一度取得してください。",
  "file-ends": "最後のテンソルの途中でファイルが終わっています。もう一度取得してください。",
  "file-hdf5":
    "KerasなどのHDF5ファイルです。safetensorsファイルかPyTorchのチェックポイントを選んでください。Kerasのネットワークは層の作りが違います。",
  "file-html":
    "これはWebページで、重みファイルではありません。ファイルそのものをダウンロードしてください。Hugging Faceでは、ファイル名ではなく矢印を押します。",
  "file-lfs":
    "これはファイルの代わりにGit LFSが置いた目印で、ファイルそのものではありません。`git lfs pull`で取得するか、ファイルのページからダウンロードしてください。",
  "file-numpy":
    "NumPyの配列で、ネットワークの重みではありません。safetensorsファイルかPyTorchのチェックポイントを選んでください。",
  "file-onnx":
    "ONNXファイルのようです。ONNXのグラフは読めません。同じネットワークのsafetensorsファイルかPyTorchのチェックポイントを選んでください。",
  "file-unknown":
    "safetensorsファイル（{why}）でもPyTorchのチェックポイントでもありません。safetensors.torch.save_file(model.state_dict(), …)かtorch.save(model.state_dict(), …)で保存してください。",
  "file-unreadable":
    "ファイルを読めませんでした（{words}）。移動または変更された可能性があります。選び直してください。",
  "filter-form": "filterが{given}になっています。名前かオブジェクトを指定してください。",
  "filter-kind": "フィルターの種類（kind）がありません。使えるのは{names}です。",
  "filter-levels": "フィルターの段階数が{levels}になっています。2から256までにしてください。",
  "filter-option": "フィルター{filter}には{option}という設定がありません。使えるのは{names}です。",
  "filter-optionless":
    "フィルター{filter}には{option}という設定がありません。このフィルターに設定はありません。",
  "filter-size": "フィルターの大きさが{size}になっています。2から128までにしてください。",
  "filter-threshold": "しきい値が最大値の{share}倍になっています。0以上1未満にしてください。",
  "gate-wide":
    "{name}は{channels}チャンネルあり、すべてのチャンネルどうしを結ぶことになります。{most}チャンネルまでにしてください。",
  "gpu-asked": "WebGPUが指定されましたが、使えません（{why}）。CPUを選んでください。",
  "gpu-limit": "{limit}が{value}で、{least}以上が必要です",
  "gpu-rejected": "GPUが命令を受け付けませんでした：{words}",
  "gpu-timers": "必要なタイムスタンプクエリーがありません",
  "gpu-timers-native": "タイムスタンプクエリーがありません",
  "gpu-slower":
    "この端末の GPU は CPU より遅いため、使いません（ネットワークの畳み込みに GPU で {gpu} ms、CPU で {cpu} ms）",
  "gpu-unfit": "GPU（{adapter}）を使えません（{why}）",
  "head-layers":
    "{layer}は、最後の部分{head}にあるいくつかの層の一つです（ほかに{others}）。平均のあとの線形層は一つでなければなりません。",
  "head-missing":
    "fc.weightがなく、{features}個の特徴を受け取る行列もほかにありません。線形層がないと、説明するクラスがありません。",
  "head-several": "fc.weightがなく、{features}個の特徴を受け取る行列がいくつもあります：{names}",
  "header-json": "ヘッダーを読めません：{words}",
  "header-large": "ヘッダーが16 MBを超えます",
  "header-larger": "ヘッダーがファイルより大きくなります",
  "heatmap-style": 'ヒートマップの種類が{given}になっています。"diverging"か"overlay"にしてください。',
  "holds-itself":
    "チェックポイントの{name}が自分自身を含んでいます。state dictではありえません。次のように保存してください：{save}",
  "json-entry": "項目{entry}はクラスの名前ではありません",
  "json-field": "{field}に名前がありません",
  "json-item": "一覧の{index}番の項目は名前ではありません",
  "json-value": "値が一つしかありません",
  "kernels-form": "kernelsを読めません（{words}）。候補の名前か、以前に測った結果の一覧を指定してください。",
  "label-descriptions": "label_descriptionsに、label_namesの名前に対する説明がありません。",
  "label-empty": "クラス{class}の名前が空です。",
  "label-index": "{line}行目の番号が{found}になっています。0以上の数にしてください。",
  "label-missing":
    "番号{expected}がありません（次は{next}です）。{count}個の名前には0から{last}までの番号を付けてください。",
  "label-synset": "{line}行目が{found}になっています。1行目と同じように、synsetと名前を書いてください。",
  "label-twice": "番号{index}が2回あります。一つのクラスに一つの名前を付けてください。",
  "labels-columns":
    "{line}行目は{found}列ですが、1行目は{expected}列です。区切り文字を含む名前は、二重引用符で囲んでください。",
  "labels-empty": "一覧が空です。1行に一つずつ名前を書いてください。",
  "labels-form":
    '{what}。["cat", "dog"]、{"0": "cat", "1": "dog"}、{"cat": 0, "dog": 1}のような形で名前を書いてください。',
  "labels-json": "JSONとして読めません：{words}",
  "labels-large": "クラス名の一覧は{most} MBまでですが、これはそれより大きいです。",
  "labels-none": "一覧に名前がありません。",
  "labels-number":
    "一覧には{named}クラスの名前がありますが、ネットワークは{classes}クラスです。このネットワークの一覧を使ってください。",
  "labels-of-config":
    "これはモデルの設定ファイルで、id2labelもlabel_namesもありません。名前の一覧を選んでください。",
  "labels-text": "{line}行目がUTF-8のテキストではありません。クラス名の一覧を選んでください。",
  "linear-shape": "{name}の形は[{shape}]ですが、入力される値は{inputs}個です。",
  "map-infinite": "マップの{at}番の値が{value}です。すべての値が有限でなければなりません。",
  "map-infinite-at":
    "マップの({x}, {y})の値が{value}です。フィルターをかけられるのは、関連度がすべて有限のマップだけです。",
  "map-size": "マップは{width}×{height}でなければなりませんが、値が{found}個あります。",
  "map-width":
    "マップには値が{values}個あり、幅{width}の行に分けられません。割り切れる幅を指定してください。",
  "maps-sizes": "値が{first}個のマップと{second}個のマップは比べられません。同じ大きさにしてください。",
  "mask-size": "マップの値は{map}個、マスクは{mask}個です。同じ大きさにしてください。",
  "merged-infinite":
    "{layer}は、バッチ正規化とまとめると有限の値ではなくなります。どちらかの数が大きすぎます。",
  "method-option": "手法{method}には{option}という設定がありません。使えるのは{names}です。",
  "method-optionless": "手法{method}には{option}という設定がありません。この手法に設定はありません。",
  "method.abn.meaning":
    "クラスにかかわらず、ネットワーク自身が注目しているところを示します。注意機構のブランチを持つネットワーク用です。",
  "method.abn.source": "Fukui, Hirakawa, Yamashita, Fujiyoshi, Attention Branch Network, CVPR 2019",
  "method.c3-lrp-calibrated.meaning": "C3-LRPの安定化項を大きくして、層の中で打ち消し合う寄与を落とします。",
  "method.c3-lrp-calibrated.source": "測定して選んだεを各層の出力の大きさに合わせて使うC3-LRP",
  "method.c3-lrp-plus.meaning":
    "C3-LRPのブロックを使います。最初の畳み込み層と線形層では正の重みだけを数え、画素はどれも同じように扱います。",
  "method.c3-lrp-plus.source":
    "C3-LRPのブロックに、公開されているRelevance Splittingのコードの各層を組み合わせたもの",
  "method.c3-lrp.meaning":
    "クラスから入力へ関連度を逆向きに伝えます。残差ブロック一つを一つの層として扱います。",
  "method.c3-lrp.source": "Doublet, Otsuki, Iida, Sugiura, C3-LRP, JSAI 2024",
  "method.grad-cam.meaning":
    "ある段のチャンネルを、クラスのロジットをどれだけ高めるかで重み付けして足し合わせます。粗いマップになります。",
  "method.grad-cam.source": "Selvaraju et al., Grad-CAM, ICCV 2017",
  "method.input-x-gradient.meaning":
    "各画素の値に、その画素が変わるとクラスのロジットがどれだけ変わるかを掛けます。",
  "method.input-x-gradient.source": "Shrikumar et al., arXiv:1605.01713, 2016",
  "method.lrp-alpha2-beta1-flat.meaning": "α2β1と同じですが、最初の畳み込み層では関連度を均等に広げます。",
  "method.lrp-alpha2-beta1-flat.source":
    "Bach et al. 2015とMontavon et al. 2019の規則を、Kohlbrenner et al. 2020のように組み合わせたもの",
  "method.lrp-alpha2-beta1.meaning":
    "線形層ではε則を使います。畳み込み層では正の寄与を2倍に数え、負の寄与をそこから引きます。",
  "method.lrp-alpha2-beta1.source":
    "Bach et al. 2015とMontavon et al. 2019の規則を、Kohlbrenner et al. 2020のように組み合わせたもの",
  "method.lrp-epsilon-gamma-box.meaning":
    "線形層ではε則を使い、畳み込み層では正の重みを重視します。最初の畳み込み層では画素のとりうる範囲を考えます。",
  "method.lrp-epsilon-gamma-box.source":
    "Bach et al. 2015とMontavon et al. 2019の規則を、Kohlbrenner et al. 2020のように組み合わせたもの",
  "method.lrp-epsilon-plus-flat.meaning":
    "線形層ではε則を使い、畳み込み層では正の寄与だけを数えます。最初の畳み込み層では関連度を均等に広げます。",
  "method.lrp-epsilon-plus-flat.source":
    "Bach et al. 2015とMontavon et al. 2019の規則を、Kohlbrenner et al. 2020のように組み合わせたもの",
  "method.lrp-epsilon-plus.meaning": "線形層ではε則を使い、畳み込み層では正の寄与だけを数えます。",
  "method.lrp-epsilon-plus.source":
    "Bach et al. 2015とMontavon et al. 2019の規則を、Kohlbrenner et al. 2020のように組み合わせたもの",
  "method.lrp-epsilon.meaning": "どの層でも、符号にかかわらず、出力への寄与に応じて入力に関連度を渡します。",
  "method.lrp-epsilon.source": "Bach et al., PLOS ONE 10(7), 2015",
  "method.lrp-splitting.meaning":
    "正の重みだけを使い、ブロックとスキップ接続の大きさに応じて関連度を分けます。",
  "method.lrp-splitting.source": "Otsuki et al., LRP with Conservation Property for ResNet, ECCV 2024",
  "method.rise.meaning": "ランダムなマスクを、それを通して見た画像でのクラスの確率で重み付けして平均します。",
  "method.rise.source": "Petsiuk, Das, Saenko, RISE, BMVC 2018",
  "more-than-tensors":
    "チェックポイントにテンソル以外のものが入っています。{name}は、Pythonのコードを実行しないと復元できませんが、ここではファイルの中のものを実行しません。信頼できるファイルなら、torch.loadで開き、テンソルだけを保存してください：{save}",
  "name-long": "テンソル{name}の名前が{most}バイトより長いです。ファイルが壊れています。",
  "network-named": '{family}（名前の始まりは"{prefix}"）',
  "no-adapter": "ブラウザーはWebGPUに対応していますが、使えるGPUがありません",
  "no-attention":
    "手法abnはネットワーク自身の注意マップを示しますが、このネットワークには注意機構のブランチがありません。Attention Branch Networkを読み込むか、別の手法を選んでください。",
  "no-channel": "{layer}にチャンネル{channel}はありません。チャンネルは0から{last}までです。",
  "no-class": "{option}に{class}が指定されましたが、このネットワークのクラスは0から{last}までです。",
  "no-curve": "曲線が一つも指定されていません。",
  "no-files": "ファイルの一覧が空です。",
  "no-gpu": "GPUが見つかりません（{why}）",
  "no-gpu-build": "このビルドにはGPU用の部分が含まれていません",
  "no-json": "JSONとして書けません：{words}",
  "no-kernel": "{kernel}×{kernel}の畳み込みを正しく計算できる方法がありません：{reasons:semicolon}",
  "no-known-network":
    "torchvision形式のResNet（{resnet}というテンソルがあるもの）かVGG（{vgg}があるもの）を選んでください。このファイルにあるのは{names}です。",
  "no-layer": "層{layer}はありません。あるのは{layers}です。",
  "no-part": "鳥に「{given}」という部位はありません。選べるのは{parts}です。",
  "no-point": "点{point}はありません。曲線の点は0から{last}までです。",
  "no-protocol":
    "「{given}」という測り方はありません。paper、rise、patch[:SIDE[:STEP]]（patch:1:500など）が使えます。",
  "no-species": "「{species}」という鳥の種類はありません。",
  "no-stage": "段に{stage}が指定されましたが、このネットワークの段は{first}から{last}までです。",
  "no-storages":
    "チェックポイントにデータの一覧がありません。ファイルが壊れています。もう一度取得してください。",
  "no-such-filter": "{given}というフィルターはありません。使えるのは{names}です。",
  "no-such-kind": "{kind}に{given}というものはありません。使えるのは{names}です。",
  "no-such-method": "{given}という手法はありません。使えるのは{names}です。",
  "no-such-name": "{given}というものはありません。使えるのは{names}です。",
  "no-such-option": "{option}という設定はありません。使えるのは{options}です。",
  "no-tensors":
    "ファイルにテンソルがありません。NumPyの配列などは読みません。ネットワークのテンソルを保存してください：torch.save(model.state_dict(), …)",
  "no-webgpu": "このブラウザーではWebGPUを使えません",
  "normalisation-channels":
    "meanかstdが[{values}]になっていますが、このネットワークの画像は{channels}チャンネルです。数を一つだけ指定してください。",
  "normalisation-flat":
    "mean [{mean}]とstd [{std}]では、黒と白が同じ値になります。0から1までの画素についての値を指定してください。",
  "normalisation-infinite":
    "mean [{mean}]とstd [{std}]では、画素の値が有限になりません。0から1までの画素についての値を指定してください。",
  "norms-unknown":
    "正規化層にrunning_meanとrunning_varがありません。GroupNormなどは画像ごとに計算するため、畳み込み層とまとめられません。バッチ正規化を使うネットワークを選んでください。",
  "number-above": "{least}以上の数（{example}など）",
  "number-from": "{least}から{most}までの数",
  "number-positive": "0より大きい数（{example}など）",
  "numbers-one-or-three": "一つか三つの数",
  object: "オブジェクト",
  "of-header": "ヘッダーについて：{what}",
  "of-type": "{kind}型",
  "on-progress": "onProgressには関数を指定してください。",
  "one-of": "{choices:or}",
  "one-of-or-fraction": '{choices:or}、または{"fraction": 0以上1未満の数}',
  "option-is": "{option}が{given}になっています。{expected}を指定してください。",
  "option-of-stage": "{option}の第{stage}段の値が{given}になっています。{expected}を指定してください。",
  "option-stages":
    "{option}が{count}個の値のリストになっています。画素からクラスへの順に、段ごとの値を1個から{most}個まで指定してください。",
  "option-twice": "{option}が、単独と手法の中の2か所で指定されています。",
  "option.addition.meaning":
    "ブロックとスキップ接続の間での関連度の分け方。符号付きの寄与に応じて分けるか、半分ずつにするか、大きさに応じて分けるかです。",
  "option.alpha.meaning": "αβ則のα。1以上です。βはα − 1です。",
  "option.convolution.meaning": "ブロック内の畳み込み層の規則。",
  "option.epsilon.meaning": "安定化項εの大きさ。0より大きい数です。",
  "option.epsilonUnit.meaning": "安定化項εの単位。そのままの数か、層の出力の二乗平均平方根です。",
  "option.first.meaning": "最初の畳み込み層の規則。",
  "option.gamma.meaning": "γ則のγ。0以上です。",
  "option.grid.meaning": "マスクの一辺のマスの数。",
  "option.identitySkips.meaning":
    "半分ずつ、または大きさに応じて分けるとき、射影のないスキップ接続にも関連度を分けるかどうか。分けないときは、すべてブロックに渡します。",
  "option.input.meaning": "最初の畳み込み層の規則が入力とみなすもの。",
  "option.keep.meaning": "マスを残す確率。",
  "option.linear.meaning": "線形層の規則。",
  "option.linearBias.meaning": "線形層の分母にバイアスを含めるかどうか。",
  "option.masks.meaning": "マスクの数。1枚ごとに順伝播が1回必要です。",
  "option.norm.meaning":
    "バッチ正規化の扱い。畳み込み層と一つにまとめるか、独立した層とするか、関連度をそのまま通すかです。",
  "option.pool.meaning":
    "最大プーリングの扱い。最大値だけに渡すか、それを式1で行うか、2×2の平均とみなすかです。",
  "option.seed.meaning": "マスクを作る乱数の種。",
  "option.stabilizer.meaning": "分母が0にならないようにする方法。z + ε、またはz + ε·sign(z)です。",
  "option.stage.meaning": "チャンネルを重み付けする段。4が最後の段です。",
  "option.start.meaning":
    "関連度の出発点の大きさ。クラスの確率か、ロジットの大きさです。どちらでも赤はクラスを支持します。",
  "options-form": "設定が{given}になっています。オブジェクトを指定してください。",
  "other-fit":
    "fitが「{asked}」になっていますが、この画像は「{fit}」で正方形にしたものです。画像をもう一度説明してください。",
  "other-network":
    "{name}は、{does}ネットワーク（{part}）の名前です。テンソルはResNetと同じですが、ResNetとして説明すると違う答えになります。このようなネットワークには対応していません。",
  "output-infinite":
    "この画像に対するネットワークの出力が有限ではありません。重みが大きすぎて、計算があふれています。",
  "output-infinite-batch": "これらの画像に対するネットワークの出力が有限ではありません。",
  "part-wrong": "ある部分（{part}）の値は{found}でしたが、CPUでは{value}になります。",
  patches: "{side}×{side}ピクセルのパッチでは{width}×{height}をちょうど埋められません。",
  "pickle-again": "同じ値を何度も持っています",
  "pickle-append": "リストでないものに追加しています",
  "pickle-byte":
    "チェックポイントのpickleの{at}バイト目に{code}があります。torch.saveがプロトコル2から{newest}で書くことはありません。ファイルが壊れているか、別のプログラムで書かれています。",
  "pickle-damaged":
    "チェックポイントのpickleがおかしくなっています（{does}）。torch.saveが書くことはありません。ファイルが壊れています。もう一度取得してください。",
  "pickle-entries": "辞書でないものに項目を入れています",
  "pickle-large": "チェックポイントのpickleが64 MiBより大きいです。テンソルだけを保存してください：{save}",
  "pickle-long-name": "チェックポイントのpickleに1 KiBより長い名前があります。ファイルが壊れています。",
  "pickle-mark": "存在しない目印までの値を取り出しています",
  "pickle-memory": "記憶していない値を取り出しています",
  "pickle-name": "テキストでない名前があります",
  "pickle-nameless": "名前のないものを呼び出しています",
  "pickle-no-text":
    "チェックポイントのpickleに{name}という名前がありますが、テキストではありません。ファイルが壊れています。",
  "pickle-numbers": "記憶の番号が、持っているものの数を超えています",
  "pickle-objects": "2^32個より多くのオブジェクトがあります",
  "pickle-other":
    "これはpickleですが、torch.saveで書いたものではありません。次のようにチェックポイントを保存してください：{save}",
  "pickle-own": "独自のストレージ、型、またはテンソルを作っています",
  "pickle-pairs": "ペアでないものから辞書を作っています",
  "pickle-parameter": "テンソルでないものからパラメーターを作っています",
  "pickle-protocol":
    "チェックポイントのpickleのプロトコルは{protocol}ですが、読めるのは{most}までです。2などの古いpickle_protocolで保存してください。",
  "pickle-reference": "ストレージでないものを参照しています",
  "pickle-shape": "テンソルの位置、形、ストライドが数でないか、64個を超えています",
  "pickle-storageless": "ストレージのないテンソルがあります",
  "pickle-subclass": "テンソルを作らない関数、またはテンソルでないクラスでテンソルを作ろうとしています",
  "pickle-text":
    "チェックポイントのpickleに、長さが{length}バイトのテキストがあります。ファイルが壊れています。",
  "pickle-typeless": "型のないテンソルがあります",
  "pickle-value": "存在しない値を取り出しています",
  "pickle-values":
    "チェックポイントのpickleに{most}個より多くの値があります。ネットワークのテンソルはもっと少ないはずです。テンソルだけを保存してください：{save}",
  "pickle-version":
    "チェックポイントのpickleのバージョンが{found}ですが、{expected}でなければなりません。Pythonで読み込み、保存し直してください：{save}",
  "picture-bytes":
    "{width}×{height}ピクセルに対して{given}バイトありました。1ピクセル以上で、1ピクセルにつき4バイトが必要です。",
  "picture-channels":
    "このネットワークの画像は{channels}チャンネルです。3チャンネル（赤、緑、青）か1チャンネル（グレー）でなければなりません。",
  "picture-values": "{channels}·{height}·{width}個の値が必要ですが、{found}個あります。",
  "probabilities-number": "{shown}枚の画像に対して、確率が{found}個返ってきました。",
  probability: "返ってきた確率が{value}です。0から1まででなければなりません。",
  "progress.backward": "逆伝播",
  "progress.checking-the-device": "デバイスを確かめています",
  "progress.choosing-kernels": "速い計算方法を選んでいます",
  "progress.concepts": "概念",
  "progress.done": "完了",
  "progress.filter": "フィルター",
  "progress.forward": "順伝播",
  "progress.loading-the-weights": "重みを読み込んでいます",
  "progress.masks": "マスク",
  "progress.pictures": "画像",
  "progress.reading-the-weights-header": "重みのヘッダーを読んでいます",
  "projection-channels":
    "{layer}.weightの出力は{found}チャンネルですが、並ぶブロックの出力は{expected}チャンネルです。",
  "projection-missing":
    "{layer}.0.weightがありません。ここで{inputs}チャンネルが{outputs}チャンネルになります。",
  protocols: "paper、rise、patch、patch:SIDE、patch:SIDE:STEPのどれか",
  "reason-cpu-asked": "CPUが指定されたため、CPUで計算します。",
  "reason-gpu": "GPUがあるため、GPUで計算します。",
  "reason-gpu-asked": "WebGPUが指定されたため、GPUで計算します。",
  "reason-gpu-failed": "WebGPUで正しく計算できなかったため、CPUで計算します（{what}）",
  "reason-gpu-later": "GPUがあります。GPU用のエンジンを読み込むまで、CPUで計算します。",
  "reason-gpu-software": "GPUの代わりをするソフトウェアしかなく、CPUより遅いため、CPUで計算します。",
  "reason-no-gpu": "CPUで計算します。{why}。",
  "relevance-infinite":
    "この安定化の方法とεでは関連度が有限にならないため、マップがありません。符号付き（signed）の安定化か、大きいεを試してください。",
  "relevance-unbalanced":
    "{layer}で関連度の合計が合いません。{before}のうち、残りが{left}、取り除いた分が{taken}です。",
  "rise-method": "この手法にはマスクがありません。riseを選んでください。",
  "rise-range": "マスク{first}～{end}が指定されました。0～{masks}の範囲で指定してください。",
  "rise-scores": "スコアが{found}個あります。{masks}個のマスクに1つずつ必要です。",
  "result-short": "計算結果が短すぎます。",
  "result-unreadable": "計算結果を読めません：{words}",
  "self-test-failed": "自己診断に失敗しました。{what}",
  "self-test-unreadable": "自己診断の正しい答えを読めません：{words}",
  "self-test-wrong":
    "自己診断で{part}が間違っていました（最大値{largest}に対して{error}の誤差）。このデバイスのマップは信頼できません。",
  "several-networks":
    "ファイルに{count}個のネットワークがあります：{networks}。設定networkに名前の始まりを指定して、一つを選んでください。",
  signal: "signalにはAbortSignalを指定してください。",
  "softmax-of-one":
    'outputが"softmax"になっていますが、ネットワークの出力は一つで、そのソフトマックスは常に1です。"sigmoid"を指定してください。',
  species: "鳥の種類の名前",
  stages: "段ごとに一つずつの小さい整数（[1, 1, 2, 4]など）",
  "stages-number": "{option}が[{given}]になっていますが、このネットワークの段は{count}個です。",
  "storage-count": "チェックポイントに要素数が{count}のストレージがあります。ファイルが壊れています。",
  "storage-elements":
    "チェックポイントのストレージ{storage}の要素数が{count}です。ファイルが壊れています。もう一度取得してください。",
  "storage-missing":
    "テンソル{name}のあるストレージ{storage}が、チェックポイントにありません。もう一度取得してください。",
  "storage-part":
    "テンソル{name}は、{elements}個の要素を持つストレージの{first}から{first} + {count}までにあるとされています。ファイルが壊れています。もう一度取得してください。",
  "storage-short":
    "テンソル{name}のあるストレージは、{width}バイトの要素を{elements}個持つはずですが、ファイルには{bytes}バイトしかありません。ファイルが壊れています。もう一度取得してください。",
  "storage-unused":
    "チェックポイントの一覧にあるストレージ{storage}を、どのテンソルも使っていません。ファイルが壊れています。もう一度取得してください。",
  "stride-and-dilation":
    "{block}のストライドが{stride}、拡張率（dilation）が{dilation}になっています。一つの段で使えるのはどちらか一方です。",
  "tensor-beyond":
    "テンソル{name}の形は[{shape}]、ストライドは[{strides}]で、要素{offset}から始まりますが、{elements}個の要素を持つストレージからはみ出します。ファイルが壊れています。もう一度取得してください。",
  "tensor-bytes": "{name}の形は[{shape}]、型は{kind}ですが、{bytes}バイトでは合いません",
  "tensor-dimensions": "{name}の形は[{shape}]ですが、{dimensions}次元でなければなりません。",
  "tensor-empty": "値のないテンソル",
  "tensor-in-two-files":
    "{name}が二つのファイルにあります。テンソルは一つのファイルだけになければなりません。",
  "tensor-infinite": "テンソルに{value}という値があります。すべての値が有限でなければなりません。",
  "tensor-is": "{name}は{what}ですが、F64、F32、F16、BF16のどれかの数でなければなりません",
  "tensor-kind": "{name}の型は{kind}ですが、F64、F32、F16、BF16のどれかでなければなりません",
  "tensor-layout":
    "テンソル{name}の形は[{shape}]、ストライドは[{strides}]で、要素{offset}から始まるとされています。ファイルが壊れています。もう一度取得してください。",
  "tensor-missing": "{name}がありません。",
  "tensor-nested": "入れ子のテンソル",
  "tensor-other-numbers": "複素数や量子化された数などのテンソル",
  "tensor-pictures": "テンソルに{pictures}枚の画像があります。1枚だけにしてください。",
  "tensor-place":
    "{name}は{start}バイト目から{end}バイト目までにあるとされていますが、次に使われるのは{next}バイト目です",
  "tensor-quantised": "量子化されたテンソル",
  "tensor-shape": "{name}の形は[{found}]ですが、[{expected}]でなければなりません",
  "tensor-size": "テンソルの幅は{width}、高さは{height}です。{least}から{most}まででなければなりません。",
  "tensor-sparse": "疎なテンソル",
  "tensor-spread": "離れすぎているか、繰り返しが多すぎて扱えない要素",
  "tensor-type": "{name}の型は{kind}ですが、F64、F32、F16、BF16のどれかでなければなりません。",
  "tensor-values":
    "テンソルの値が{found}個あります。画像1枚につき{channels}·{height}·{width} = {expected}個が必要です。",
  "tensor-view": "共役または符号反転したテンソルのビュー",
  tensors: "{faults:semicolon}",
  "tensors-alike":
    "チェックポイントに{name}という名前のテンソルが二つあります。どちらかの部分だけを保存してください。",
  "tensors-beginning": "テンソルの名前の始まり",
  "tensors-missing": "足りないもの：{names}",
  "tensors-strange": "ネットワークの中にあるが、どの層のものか分からないもの：{names}",
  "tensors-wrong": "形や型が違うもの：{tensors}",
  these: "{listed}",
  "these-and-more": "{listed}、ほか{more}個",
  "too-deep":
    "チェックポイントの入れ物が、{name}のところで{most}重より深くなっています。テンソルだけを保存してください：{save}",
  "too-small": "{width}×{height}ピクセルの画像は、このネットワークの層{layer}には小さすぎます。",
  torchscript:
    "チェックポイントにTorchScriptのプログラムが入っています。{name}は、Pythonのコードを実行しないと復元できませんが、ここではファイルの中のものを実行しません。信頼できるファイルなら、torch.jit.loadで開き、テンソルだけを保存してください：{save}",
  unfolds:
    "チェックポイントのpickleは、同じ入れ物が何重にも入れ子になっていて、展開すると大きくなりすぎます。テンソルだけを保存してください：{save}",
  unsorted: "マップが{side}×{side}ピクセルのパッチで並べ替えられていません。",
  "variance-negative": "{norm}.running_varのチャンネル{channel}が{value}です。分散は負になりません。",
  "vgg-pools": "VGGの最大プーリングは5個ですが、{pools}個で終わっています。",
  "weight-infinite": "{name}の{at}番の値が{value}です。重みはすべて有限でなければなりません。",
  "weights-form": "Blob、File、Uint8Array、またはその一覧を指定してください。",
  "weights-name": "重みファイルまたはリポジトリーの名前",
  "whole-above": "{least}以上の整数",
  "whole-from": "{least}から{most}までの整数",
  words: "{words}",
  "zip-compressed":
    "チェックポイントの{name}が圧縮または暗号化されています。torch.saveがそうすることはありません。zipを展開し、圧縮せずにまとめ直してください。",
  "zip-directory-damaged": "チェックポイントのzipの目録を読めません（{words}）。もう一度取得してください。",
  "zip-directory-large":
    "チェックポイントのzipの目録が64 MiBより大きいです。ふつうは数百項目しかありません。ファイルが壊れています。もう一度取得してください。",
  "zip-directory-twice": "チェックポイントのzipの目録に{name}が2回あります。もう一度取得してください。",
  "zip-file-large":
    "チェックポイントの{name}は{bytes}バイトですが、{most}バイトまででなければなりません。テンソルだけを保存してください：{save}",
  "zip-no-checkpoint":
    "このzipはPyTorchのチェックポイントではありません。data.pklがありません。次のように保存してください：{save}",
  "zip-place":
    "チェックポイントの{name}が、zipの目録の示す場所にありません。ファイルが壊れています。もう一度取得してください。",
  "zip-several":
    "このzipには、{first}や{second}など、いくつものチェックポイントがあります。展開して一つを選んでください。",
};
