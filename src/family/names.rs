//! Names by which people keep the same networks, as torchvision's.

/// torchvision's name of a tensor that goes by another one: transformers' ResNets, and the small networks' usual
/// `shortcut`. Any other name is its own.
pub(super) fn torchvision(name: &str) -> String {
    transformers(name).unwrap_or_else(|| name.replace(".shortcut.", ".downsample."))
}

/// `resnet.encoder.stages.S.layers.L.layer.K.convolution.weight` and its like.
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
            assert_eq!(torchvision(name), own);
        }
    }
}
