//! A map of numbers as colours.

/// The colours of a heatmap.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// Blue below zero, white at zero, red above; opaque, and the same scale on both sides.
    Diverging,
    /// Transparent at and below zero, then yellow to red; to be laid over the picture.
    Overlay,
}

/// Colours at equal steps of −1…1 (ColorBrewer's RdBu by Cynthia Brewer, from cold to warm).
const DIVERGING: [[f32; 3]; 9] = [
    [33., 102., 172.],
    [67., 147., 195.],
    [146., 197., 222.],
    [209., 229., 240.],
    [247., 247., 247.],
    [253., 219., 199.],
    [244., 165., 130.],
    [214., 96., 77.],
    [178., 24., 43.],
];

/// Colours at equal steps of 0…1, each with its opacity.
const OVERLAY: [[f32; 4]; 5] = [
    [255., 237., 160., 0.],
    [254., 217., 118., 130.],
    [253., 141., 60., 190.],
    [227., 26., 28., 225.],
    [160., 0., 38., 240.],
];

/// The share of values that a diverging heatmap shows without saturating. Relevance has a few pixels far above all
/// others; if the scale reached up to them, the rest would be white.
const SHOWN: f64 = 0.995;

/// RGBA bytes of a map, four for each value. `scale` is the magnitude that gets the full colour; if it is absent,
/// [`full_colour`] is used.
///
/// Values that are not finite become transparent.
pub fn heatmap(values: &[f32], style: Style, scale: Option<f32>) -> Vec<u8> {
    let scale = scale.filter(|scale| *scale > 0.0).unwrap_or_else(|| full_colour(values, style)).max(f32::MIN_POSITIVE);
    let mut rgba = Vec::with_capacity(values.len() * 4);
    for value in values {
        let x = value / scale;
        rgba.extend(match style {
            _ if !x.is_finite() => [0; 4],
            Style::Diverging => {
                let [r, g, b] = blend(&DIVERGING, (x.clamp(-1.0, 1.0) + 1.0) / 2.0);
                [r, g, b, 255]
            }
            Style::Overlay => blend(&OVERLAY, x.clamp(0.0, 1.0)),
        });
    }
    rgba
}

/// The magnitude that gets the full colour. For the overlay this is the map's largest value; for the diverging style,
/// the magnitude that 99.5 % of the values don't exceed, or the largest magnitude if that is zero.
pub fn full_colour(values: &[f32], style: Style) -> f32 {
    let mut magnitudes: Vec<f32> = match style {
        Style::Diverging => values.iter().map(|value| value.abs()).collect(),
        Style::Overlay => values.to_vec(),
    };
    magnitudes.retain(|magnitude| magnitude.is_finite());
    let largest = magnitudes.iter().copied().fold(0.0, f32::max);
    if style == Style::Overlay || magnitudes.is_empty() {
        return largest;
    }
    let place = ((magnitudes.len() - 1) as f64 * SHOWN).ceil() as usize;
    let (_, &mut value, _) = magnitudes.select_nth_unstable_by(place, f32::total_cmp);
    if value > 0.0 { value } else { largest }
}

/// The colour at `x`, from 0 to 1, interpolated between equally spaced stops.
fn blend<const C: usize>(stops: &[[f32; C]], x: f32) -> [u8; C] {
    let place = x * (stops.len() - 1) as f32;
    let lower = (place as usize).min(stops.len() - 2);
    let share = place - lower as f32;
    std::array::from_fn(|channel| {
        // Adding 0.5 rounds, as no colour is below zero; `round` would be a function call in WebAssembly.
        (stops[lower][channel] * (1.0 - share) + stops[lower + 1][channel] * share + 0.5) as u8
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn diverging_is_symmetric_about_white() {
        let rgba = heatmap(&[-2.0, 0.0, 2.0, 1.0], Style::Diverging, None);
        assert_eq!(rgba[..12], [33, 102, 172, 255, 247, 247, 247, 255, 178, 24, 43, 255]);
        assert_eq!(rgba[12..], [244, 165, 130, 255]);
    }

    #[test]
    fn a_lone_peak_leaves_the_rest_its_colour() {
        let mut values = vec![0.5; 1000];
        values[7] = 100.0;
        let rgba = heatmap(&values, Style::Diverging, None);
        assert_eq!(rgba[..3], [178, 24, 43]);
        values.fill(0.0);
        values[7] = 100.0;
        let rgba = heatmap(&values, Style::Diverging, None);
        assert_eq!((&rgba[..3], &rgba[28..31]), (&[247, 247, 247][..], &[178, 24, 43][..]));
    }

    #[test]
    fn overlay_is_clear_where_nothing_speaks_for_the_class() {
        let rgba = heatmap(&[-1.0, 0.0, 4.0], Style::Overlay, Some(4.0));
        assert_eq!([rgba[3], rgba[7], rgba[11]], [0, 0, 240]);
        assert!(heatmap(&[0.0; 3], Style::Overlay, None).chunks(4).all(|pixel| pixel[3] == 0));
    }

    #[test]
    fn what_is_not_finite_stays_clear() {
        assert_eq!(heatmap(&[f32::NAN, f32::INFINITY], Style::Diverging, Some(1.0)), [0; 8]);
    }
}
