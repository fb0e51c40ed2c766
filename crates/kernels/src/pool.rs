//! The max-pool.

use crate::threads::{Shared, for_each};

/// The windows of a pool.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pool {
    /// Side of the window.
    pub kernel: usize,
    /// Step from one window to the next.
    pub stride: usize,
    /// Rows and columns added on every side; they never count.
    pub padding: usize,
}

/// The max-pool of planes of `size`, `[height, width]`, to planes of `output`, and the index of each maximum in its
/// plane: of equal values the first, and NaN before any number.
///
/// # Panics
/// If the values don't fill the planes, or a window lies outside of them.
pub fn max_pool(planes: usize, size: [usize; 2], output: [usize; 2], pool: Pool, x: &[f32]) -> (Vec<f32>, Vec<i32>) {
    let ([height, width], [rows, columns]) = (size, output);
    let Pool { kernel, stride, padding } = pool;
    let given = size.iter().try_fold(planes, |product, side| product.checked_mul(*side));
    assert!(given == Some(x.len()), "{} values are no {planes} planes of {height} by {width}", x.len());
    let window = |at: usize, side: usize| {
        (stride * at).saturating_sub(padding)..(stride * at + kernel).saturating_sub(padding).min(side)
    };
    let inside = |count: usize, side: usize| {
        let last = count.checked_sub(1).and_then(|last| last.checked_mul(stride));
        kernel > padding && last.is_some_and(|last| last < side + padding)
    };
    assert!(inside(rows, height) && inside(columns, width), "{pool:?} makes no {output:?} of {size:?}");
    let count = planes * rows * columns;
    let (mut maxima, mut places) = (Vec::<f32>::with_capacity(count), Vec::<i32>::with_capacity(count));
    let (all_maxima, all_places) = (Shared::new(maxima.as_mut_ptr()), Shared::new(places.as_mut_ptr()));
    for_each(planes, |plane| {
        let x = &x[plane * height * width..][..height * width];
        // The largest value of each column of a row of windows, and its place.
        let (mut tops, mut rows_of) = (vec![0.0; width], vec![0i32; width]);
        for row in 0..rows {
            let down = window(row, height);
            tops.copy_from_slice(&x[down.start * width..][..width]);
            rows_of.fill(down.start as i32);
            for y in down.start + 1..down.end {
                for ((top, row), value) in tops.iter_mut().zip(&mut rows_of).zip(&x[y * width..][..width]) {
                    let larger = (*value > *top) | value.is_nan();
                    (*top, *row) = either(larger, (*value, y as i32), (*top, *row));
                }
            }
            for column in 0..columns {
                let across = window(column, width);
                let place = |column: usize| rows_of[column] * width as i32 + column as i32;
                let (mut largest, mut first) = (tops[across.start], place(across.start));
                for column in across.skip(1) {
                    let (top, at) = (tops[column], place(column));
                    let larger = (top > largest) | (top == largest) & (at < first) | top.is_nan();
                    (largest, first) = either(larger, (top, at), (largest, first));
                }
                let at = (plane * rows + row) * columns + column;
                // SAFETY: each plane belongs to one unit, and all of them lie within the results.
                unsafe {
                    all_maxima.at(at).write(largest);
                    all_places.at(at).write(first);
                }
            }
        }
    });
    // SAFETY: the planes make up the results.
    unsafe {
        maxima.set_len(count);
        places.set_len(count);
    }
    (maxima, places)
}

/// The first value with its place, or the second. Without a branch, which would often be mispredicted.
#[inline(always)]
fn either(first: bool, one: (f32, i32), other: (f32, i32)) -> (f32, i32) {
    let mask = u32::from(first).wrapping_neg();
    let of = |one: u32, other: u32| one & mask | other & !mask;
    (f32::from_bits(of(one.0.to_bits(), other.0.to_bits())), of(one.1 as u32, other.1 as u32) as i32)
}
