//! The max-pool.

use std::hint::select_unpredictable;

use crate::threads::{Shared, for_each};

/// The max-pool 3×3 of stride 2 and padding 1 of planes of `size`, [height, width], with the maxima's places
/// in their planes: the first of equals, and what is not a number before all else.
///
/// # Panics
/// Where the values don't make up the planes.
pub fn max_pool(planes: usize, size: [usize; 2], x: &[f32]) -> (Vec<f32>, Vec<i32>) {
    let ([height, width], [rows, columns]) = (size, size.map(|side| side.div_ceil(2)));
    let given = size.iter().try_fold(planes, |product, side| product.checked_mul(*side));
    assert!(given == Some(x.len()), "{} values are no {planes} planes of {height} by {width}", x.len());
    let count = planes * rows * columns;
    let (mut maxima, mut places) = (Vec::<f32>::with_capacity(count), Vec::<i32>::with_capacity(count));
    let (all_maxima, all_places) = (Shared::new(maxima.as_mut_ptr()), Shared::new(places.as_mut_ptr()));
    let window = |at: usize, side: usize| (2 * at).saturating_sub(1)..(2 * at + 2).min(side);
    for_each(planes, |plane| {
        let x = &x[plane * height * width..][..height * width];
        for row in 0..rows {
            for column in 0..columns {
                let (down, across) = (window(row, height), window(column, width));
                let (mut largest, mut place) = (f32::NEG_INFINITY, down.start * width + across.start);
                for y in down {
                    for at in across.clone() {
                        let value = x[y * width + at];
                        // Without a branch, which would often be guessed wrong.
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
