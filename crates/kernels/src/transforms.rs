//! The matrices of Winograd's algorithms F(2×2, 3×3) and F(4×4, 3×3): Bᵀ for what a tile sees, Aᵀ for its products, and G for
//! filters.
//!
//! They evaluate polynomials at 0, some points ± p and infinity (Toom and Cook's way to make them). F(2×2, 3×3) has p = 1, as in
//! Lavin and Gray. F(4×4, 3×3) has [`POINTS`]. A matrix is for one direction; rows and columns are done one after the other.

use std::array::from_fn;

use crate::lanes::Lanes;

/// a and b: F(4×4, 3×3) evaluates at 0, ± a, ± b and infinity. With the usual 1 and 2 the results' rounding errors are twice
/// as large. These and their powers are exact in binary.
const POINTS: [f32; 2] = [0.625, 1.25];

/// Bᵀ d. For F(4×4, 3×3), the rows of Bᵀ are the coefficients of ∏ (x − q) over all points q but one, with
/// A = a², B = b²:
///
/// - 0: AB, 0, −(A + B), 0, 1, 0
/// - ±a: 0, ∓aB, −B, ±a, 1, 0
/// - ±b: 0, ∓bA, −A, ±b, 1, 0
/// - ∞: 0, AB, 0, −(A + B), 0, 1
///
/// # Safety
/// The processor has such registers.
#[inline(always)]
pub unsafe fn differences<L: Lanes, const SEEN: usize>(d: [L; SEEN]) -> [L; SEEN] {
    let [a, b] = POINTS;
    let mut made = d;
    // SAFETY: the caller's promise.
    unsafe {
        let times = |factor: f32, value: L| L::splat(factor).times(value);
        if SEEN == 4 {
            made[0] = d[0].minus(d[2]);
            made[1] = d[1].plus(d[2]);
            made[2] = d[2].minus(d[1]);
            made[3] = d[1].minus(d[3]);
        } else {
            let ends =
                |from: usize| times(a * a * b * b, d[from]).plus(d[from + 4].minus(times(a * a + b * b, d[from + 2])));
            let pair = |p: f32, q: f32| (d[4].minus(times(q * q, d[2])), times(p, d[3].minus(times(q * q, d[1]))));
            let ((even, odd), (far_even, far_odd)) = (pair(a, b), pair(b, a));
            made[0] = ends(0);
            made[1] = even.plus(odd);
            made[2] = even.minus(odd);
            made[3] = far_even.plus(far_odd);
            made[4] = far_even.minus(far_odd);
            made[5] = ends(1);
        }
    }
    made
}

/// Aᵀ m. For F(4×4, 3×3), row n of Aᵀ has the points' nth powers, and 1 for ∞ in the last row.
///
/// # Safety
/// The processor has such registers.
#[inline(always)]
pub unsafe fn gathered<L: Lanes, const SEEN: usize, const SIDE: usize>(m: [L; SEEN]) -> [L; SIDE] {
    let [a, b] = POINTS;
    // SAFETY: the caller's promise.
    unsafe {
        let mut made = [L::splat(0.0); SIDE];
        if SIDE == 2 {
            made[0] = m[0].plus(m[1]).plus(m[2]);
            made[1] = m[1].minus(m[2]).minus(m[3]);
        } else {
            let (sum, difference) = (m[1].plus(m[2]), m[1].minus(m[2]));
            let (far_sum, far_difference) = (m[3].plus(m[4]), m[3].minus(m[4]));
            let with =
                |near: f32, to: L, far: f32, to_far: L| L::splat(near).times(to).plus(L::splat(far).times(to_far));
            made[0] = m[0].plus(sum).plus(far_sum);
            made[1] = with(a, difference, b, far_difference);
            made[2] = with(a * a, sum, b * b, far_sum);
            made[3] = with(a * a * a, difference, b * b * b, far_difference).plus(m[5]);
        }
        made
    }
}

/// G g, for each lane. For F(4×4, 3×3), the row of a point p is 1, p and p² divided by ∏ (p − q) over all other points, and
/// that of ∞ is 0, 0, 1.
#[inline(always)]
pub fn spread<const SEEN: usize, const LANES: usize>([x, y, z]: [[f32; LANES]; 3]) -> [[f32; LANES]; SEEN] {
    let of = |factors: [f32; 3]| from_fn(|lane| factors[0] * x[lane] + factors[1] * y[lane] + factors[2] * z[lane]);
    let [a, b] = POINTS;
    // The polynomial's value at a point, as a share of the product of the differences to the other points.
    let at = |p: f32, q: f32| {
        let all = 2.0 * p * p * (p * p - q * q);
        of([1.0 / all, p / all, p * p / all])
    };
    let mut made = [x; SEEN];
    if SEEN == 4 {
        made[1] = of([0.5, 0.5, 0.5]);
        made[2] = of([0.5, -0.5, 0.5]);
    } else {
        made[0] = of([1.0 / (a * a * b * b), 0.0, 0.0]);
        made[1] = at(a, b);
        made[2] = at(-a, b);
        made[3] = at(b, a);
        made[4] = at(-b, a);
    }
    made[SEEN - 1] = z;
    made
}
