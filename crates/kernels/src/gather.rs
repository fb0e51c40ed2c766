//! Some of a tensor's values, one after another.

/// The values at the places `first` + Σ i·step, for all i below the length of each axis, the last axis fastest. Each axis is its
/// length and its step.
///
/// # Panics
/// If a place lies outside of the values.
pub fn gathered(values: &[f32], first: usize, axes: &[(usize, isize)]) -> Vec<f32> {
    let mut found = Vec::with_capacity(axes.iter().map(|(length, _)| length).product());
    append(values, first as isize, axes, &mut found);
    found
}

fn append(values: &[f32], first: isize, axes: &[(usize, isize)], found: &mut Vec<f32>) {
    match *axes {
        [] => found.push(values[first as usize]),
        // By hand, since most rows are shorter than a copying function is worth.
        [(length, 1)] => found.extend(values[first as usize..][..length].iter().copied()),
        [(length, step)] => found.extend((0..length as isize).map(|at| values[(first + at * step) as usize])),
        [(length, step), ref further @ ..] => {
            (0..length as isize).for_each(|at| append(values, first + at * step, further, found));
        }
    }
}
