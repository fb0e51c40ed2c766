//! The max-pool.

use std::hint::select_unpredictable;

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
        for row in 0..rows {
            for column in 0..columns {
                let (down, across) = (window(row, height), window(column, width));
                let (mut largest, mut place) = (f32::NEG_INFINITY, down.start * width + across.start);
                for y in down {
                    for at in across.clone() {
                        let value = x[y * width + at];
                        // Without a branch, which would often be mispredicted.
                        let larger = (value > largest) | value.is_nan();
                        largest = select_unpredictable(larger, value, largest);
                        place = select_unpredictable(larger, y * width + at, place);
                    }
                }
                let at = (plane * rows + row) * columns + column;
                // SAFETY: each plane belongs to one unit, and all of them lie within the results.
                unsafe {
                    all_maxima.at(at).write(largest);
                    all_places.at(at).write(place as i32);
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
