//! Translates the tensor names of other libraries to torchvision's.

use std::collections::BTreeMap;

/// Tensors by torchvision's names, each with its original name. Translated are the names of transformers' ResNets, the
/// `shortcut` that is usual in networks for small pictures, and the numbers of `nn.Sequential(*resnet.children())`, as
/// in fastai's bodies. Any other name stays as it is.
pub(super) fn torchvision<T>(tensors: BTreeMap<String, T>) -> BTreeMap<String, (String, T)> {
    // A number alone means little: 0 is the stem only if a stage's first block follows.
    let body = |name: &String| Some(name.strip_suffix("4.0.conv1.weight")?.to_owned());
    let bodies: Vec<String> =
        tensors.keys().filter_map(body).filter(|body| body.is_empty() || body.ends_with('.')).collect();
    let own = |name: &str| bodies.iter().find_map(|body| numbered(name, body)).unwrap_or_else(|| renamed(name));
    tensors.into_iter().map(|(name, tensor)| (own(&name), (name, tensor))).collect()
}

/// The name of a tensor in a network that isn't numbered.
pub(super) fn renamed(name: &str) -> String {
    transformers(name).unwrap_or_else(|| name.replace(".shortcut.", ".downsample."))
}

/// In torchvision's ResNet, the numbered children are `conv1`, `bn1`, ReLU, max-pool and the stages.
fn numbered(name: &str, body: &str) -> Option<String> {
    let (number, rest) = name.strip_prefix(body)?.split_once('.')?;
    let child = match number {
        "0" => "conv1",
        "1" => "bn1",
        "4" => "layer1",
        "5" => "layer2",
        "6" => "layer3",
        "7" => "layer4",
        _ => return None,
    };
    Some(format!("{body}{child}.{rest}"))
}

/// Names such as `resnet.encoder.stages.S.layers.L.layer.K.convolution.weight`.
fn transformers(name: &str) -> Option<String> {
    if let Some((prefix, part)) = name.split_once("embedder.embedder.") {
        let own = match part.split_once('.')? {
            ("convolution", part) => format!("conv1.{part}"),
            ("normalization", part) => format!("bn1.{part}"),
            _ => return None,
        };
        return Some(format!("{prefix}{own}"));
    }
    let (prefix, rest) = name.split_once("encoder.stages.")?;
    let (stage, rest) = rest.split_once(".layers.")?;
    let (block, rest) = rest.split_once('.')?;
    let stage = stage.parse::<usize>().ok()?.checked_add(1)?;
    let own = if let Some(rest) = rest.strip_prefix("layer.") {
        let (part, rest) = rest.split_once('.')?;
        let part = part.parse::<usize>().ok()?.checked_add(1)?;
        match rest.split_once('.')? {
            ("convolution", rest) => format!("conv{part}.{rest}"),
            ("normalization", rest) => format!("bn{part}.{rest}"),
            _ => return None,
        }
    } else {
        match rest.strip_prefix("shortcut.")?.split_once('.')? {
            ("convolution", rest) => format!("downsample.0.{rest}"),
            ("normalization", rest) => format!("downsample.1.{rest}"),
            _ => return None,
        }
    };
    Some(format!("{prefix}layer{stage}.{block}.{own}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_names_become_torchvisions() {
        for (name, own) in [
            ("resnet.embedder.embedder.convolution.weight", "resnet.conv1.weight"),
            ("resnet.embedder.embedder.normalization.running_var", "resnet.bn1.running_var"),
            ("resnet.encoder.stages.0.layers.2.layer.1.convolution.weight", "resnet.layer1.2.conv2.weight"),
            ("encoder.stages.3.layers.0.layer.2.normalization.bias", "layer4.0.bn3.bias"),
            ("resnet.encoder.stages.1.layers.0.shortcut.convolution.weight", "resnet.layer2.0.downsample.0.weight"),
            ("resnet.encoder.stages.1.layers.0.shortcut.normalization.weight", "resnet.layer2.0.downsample.1.weight"),
            ("module.layer2.0.shortcut.1.weight", "module.layer2.0.downsample.1.weight"),
            ("layer2.0.conv1.weight", "layer2.0.conv1.weight"),
            (
                "resnet.encoder.stages.x.layers.0.layer.0.convolution.weight",
                "resnet.encoder.stages.x.layers.0.layer.0.convolution.weight",
            ),
        ] {
            assert_eq!(renamed(name), own);
        }
    }

    #[test]
    fn numbers_are_a_body_where_a_stage_is() {
        let named = |names: &[&str]| {
            let tensors = names.iter().map(|name| ((*name).to_owned(), ())).collect();
            torchvision(tensors).into_keys().collect::<Vec<_>>()
        };
        assert_eq!(
            named(&["0.0.weight", "0.1.bias", "0.4.0.conv1.weight", "0.7.1.bn2.weight", "1.8.weight"]),
            ["0.bn1.bias", "0.conv1.weight", "0.layer1.0.conv1.weight", "0.layer4.1.bn2.weight", "1.8.weight"]
        );
        assert_eq!(named(&["0.weight", "1.weight", "9.weight"]), ["0.weight", "1.weight", "9.weight"]);
        assert_eq!(
            named(&["layer1.0.bn1.weight", "layer4.0.conv1.weight"]),
            ["layer1.0.bn1.weight", "layer4.0.conv1.weight"]
        );
    }
}
