//! The vector registers of the processor at hand.

/// A vector register of floats.
pub trait Lanes: Copy {
    /// Floats in one.
    const COUNT: usize;

    /// The values at a place.
    ///
    /// # Safety
    /// The processor has such registers, and `COUNT` values lie at the place.
    unsafe fn load(from: *const f32) -> Self;

    /// The same value everywhere.
    ///
    /// # Safety
    /// The processor has such registers.
    unsafe fn splat(value: f32) -> Self;

    /// self + left · right.
    ///
    /// # Safety
    /// The processor has such registers.
    unsafe fn plus_product(self, left: Self, right: Self) -> Self;

    /// self + other.
    ///
    /// # Safety
    /// The processor has such registers.
    unsafe fn plus(self, other: Self) -> Self;

    /// self − other.
    ///
    /// # Safety
    /// The processor has such registers.
    unsafe fn minus(self, other: Self) -> Self;

    /// self · other.
    ///
    /// # Safety
    /// The processor has such registers.
    unsafe fn times(self, other: Self) -> Self;

    /// `least` for what is less. Unlike a maximum it keeps what is not a number.
    ///
    /// # Safety
    /// The processor has such registers.
    unsafe fn at_least(self, least: Self) -> Self;

    /// 0 where the mask is not positive.
    ///
    /// # Safety
    /// The processor has such registers.
    unsafe fn masked(self, mask: Self) -> Self;

    /// Writes the values to a place.
    ///
    /// # Safety
    /// The processor has such registers, and `COUNT` values may be written at the place.
    unsafe fn store(self, to: *mut f32);
}

#[cfg(target_arch = "x86_64")]
mod x86 {
    use super::Lanes;
    use std::arch::x86_64::{
        __m256, __m512, _CMP_GT_OQ, _mm256_add_ps, _mm256_and_ps, _mm256_cmp_ps, _mm256_fmadd_ps, _mm256_loadu_ps,
        _mm256_max_ps, _mm256_mul_ps, _mm256_set1_ps, _mm256_setzero_ps, _mm256_storeu_ps, _mm256_sub_ps,
        _mm512_add_ps, _mm512_cmp_ps_mask, _mm512_fmadd_ps, _mm512_loadu_ps, _mm512_maskz_mov_ps, _mm512_max_ps,
        _mm512_mul_ps, _mm512_set1_ps, _mm512_setzero_ps, _mm512_storeu_ps, _mm512_sub_ps,
    };

    /// AVX-512.
    impl Lanes for __m512 {
        const COUNT: usize = 16;

        #[inline(always)]
        unsafe fn load(from: *const f32) -> Self {
            // SAFETY: the caller's promise.
            unsafe { _mm512_loadu_ps(from) }
        }

        #[inline(always)]
        unsafe fn splat(value: f32) -> Self {
            // SAFETY: the caller's promise.
            unsafe { _mm512_set1_ps(value) }
        }

        #[inline(always)]
        unsafe fn plus_product(self, left: Self, right: Self) -> Self {
            // SAFETY: the caller's promise.
            unsafe { _mm512_fmadd_ps(left, right, self) }
        }

        #[inline(always)]
        unsafe fn plus(self, other: Self) -> Self {
            // SAFETY: the caller's promise.
            unsafe { _mm512_add_ps(self, other) }
        }

        #[inline(always)]
        unsafe fn minus(self, other: Self) -> Self {
            // SAFETY: the caller's promise.
            unsafe { _mm512_sub_ps(self, other) }
        }

        #[inline(always)]
        unsafe fn times(self, other: Self) -> Self {
            // SAFETY: the caller's promise.
            unsafe { _mm512_mul_ps(self, other) }
        }

        #[inline(always)]
        unsafe fn at_least(self, least: Self) -> Self {
            // SAFETY: the caller's promise.
            unsafe { _mm512_max_ps(least, self) }
        }

        #[inline(always)]
        unsafe fn masked(self, mask: Self) -> Self {
            // SAFETY: the caller's promise.
            unsafe { _mm512_maskz_mov_ps(_mm512_cmp_ps_mask::<_CMP_GT_OQ>(mask, _mm512_setzero_ps()), self) }
        }

        #[inline(always)]
        unsafe fn store(self, to: *mut f32) {
            // SAFETY: the caller's promise.
            unsafe { _mm512_storeu_ps(to, self) }
        }
    }

    /// AVX2 with FMA.
    impl Lanes for __m256 {
        const COUNT: usize = 8;

        #[inline(always)]
        unsafe fn load(from: *const f32) -> Self {
            // SAFETY: the caller's promise.
            unsafe { _mm256_loadu_ps(from) }
        }

        #[inline(always)]
        unsafe fn splat(value: f32) -> Self {
            // SAFETY: the caller's promise.
            unsafe { _mm256_set1_ps(value) }
        }

        #[inline(always)]
        unsafe fn plus_product(self, left: Self, right: Self) -> Self {
            // SAFETY: the caller's promise.
            unsafe { _mm256_fmadd_ps(left, right, self) }
        }

        #[inline(always)]
        unsafe fn plus(self, other: Self) -> Self {
            // SAFETY: the caller's promise.
            unsafe { _mm256_add_ps(self, other) }
        }

        #[inline(always)]
        unsafe fn minus(self, other: Self) -> Self {
            // SAFETY: the caller's promise.
            unsafe { _mm256_sub_ps(self, other) }
        }

        #[inline(always)]
        unsafe fn times(self, other: Self) -> Self {
            // SAFETY: the caller's promise.
            unsafe { _mm256_mul_ps(self, other) }
        }

        #[inline(always)]
        unsafe fn at_least(self, least: Self) -> Self {
            // SAFETY: the caller's promise.
            unsafe { _mm256_max_ps(least, self) }
        }

        #[inline(always)]
        unsafe fn masked(self, mask: Self) -> Self {
            // SAFETY: the caller's promise.
            unsafe { _mm256_and_ps(self, _mm256_cmp_ps::<_CMP_GT_OQ>(mask, _mm256_setzero_ps())) }
        }

        #[inline(always)]
        unsafe fn store(self, to: *mut f32) {
            // SAFETY: the caller's promise.
            unsafe { _mm256_storeu_ps(to, self) }
        }
    }
}

#[cfg(target_arch = "aarch64")]
mod arm {
    use super::Lanes;
    use std::arch::aarch64::{
        float32x4_t, vaddq_f32, vandq_u32, vbslq_f32, vcgtzq_f32, vcltq_f32, vdupq_n_f32, vfmaq_f32, vld1q_f32,
        vmulq_f32, vreinterpretq_f32_u32, vreinterpretq_u32_f32, vst1q_f32, vsubq_f32,
    };

    /// NEON, which every such processor has.
    impl Lanes for float32x4_t {
        const COUNT: usize = 4;

        #[inline(always)]
        unsafe fn load(from: *const f32) -> Self {
            // SAFETY: the caller's promise.
            unsafe { vld1q_f32(from) }
        }

        #[inline(always)]
        unsafe fn splat(value: f32) -> Self {
            // SAFETY: the caller's promise.
            unsafe { vdupq_n_f32(value) }
        }

        #[inline(always)]
        unsafe fn plus_product(self, left: Self, right: Self) -> Self {
            // SAFETY: the caller's promise.
            unsafe { vfmaq_f32(self, left, right) }
        }

        #[inline(always)]
        unsafe fn plus(self, other: Self) -> Self {
            // SAFETY: the caller's promise.
            unsafe { vaddq_f32(self, other) }
        }

        #[inline(always)]
        unsafe fn minus(self, other: Self) -> Self {
            // SAFETY: the caller's promise.
            unsafe { vsubq_f32(self, other) }
        }

        #[inline(always)]
        unsafe fn times(self, other: Self) -> Self {
            // SAFETY: the caller's promise.
            unsafe { vmulq_f32(self, other) }
        }

        #[inline(always)]
        unsafe fn at_least(self, least: Self) -> Self {
            // SAFETY: the caller's promise.
            unsafe { vbslq_f32(vcltq_f32(self, least), least, self) }
        }

        #[inline(always)]
        unsafe fn masked(self, mask: Self) -> Self {
            // SAFETY: the caller's promise.
            unsafe { vreinterpretq_f32_u32(vandq_u32(vreinterpretq_u32_f32(self), vcgtzq_f32(mask))) }
        }

        #[inline(always)]
        unsafe fn store(self, to: *mut f32) {
            // SAFETY: the caller's promise.
            unsafe { vst1q_f32(to, self) }
        }
    }
}

#[cfg(target_arch = "wasm32")]
mod wasm {
    use super::Lanes;
    #[cfg(feature = "relaxed-simd")]
    use std::arch::wasm32::f32x4_relaxed_madd;
    use std::arch::wasm32::{
        f32x4_add, f32x4_gt, f32x4_mul, f32x4_pmax, f32x4_splat, f32x4_sub, v128, v128_and, v128_load, v128_store,
    };

    /// simd128, with relaxed-simd where the feature is on.
    impl Lanes for v128 {
        const COUNT: usize = 4;

        #[inline(always)]
        unsafe fn load(from: *const f32) -> Self {
            // SAFETY: the caller's promise.
            unsafe { v128_load(from.cast()) }
        }

        #[inline(always)]
        unsafe fn splat(value: f32) -> Self {
            f32x4_splat(value)
        }

        #[cfg(not(feature = "relaxed-simd"))]
        #[inline(always)]
        unsafe fn plus_product(self, left: Self, right: Self) -> Self {
            f32x4_add(self, f32x4_mul(left, right))
        }

        #[cfg(feature = "relaxed-simd")]
        #[inline(always)]
        unsafe fn plus_product(self, left: Self, right: Self) -> Self {
            f32x4_relaxed_madd(left, right, self)
        }

        #[inline(always)]
        unsafe fn plus(self, other: Self) -> Self {
            f32x4_add(self, other)
        }

        #[inline(always)]
        unsafe fn minus(self, other: Self) -> Self {
            f32x4_sub(self, other)
        }

        #[inline(always)]
        unsafe fn times(self, other: Self) -> Self {
            f32x4_mul(self, other)
        }

        #[inline(always)]
        unsafe fn at_least(self, least: Self) -> Self {
            f32x4_pmax(self, least)
        }

        #[inline(always)]
        unsafe fn masked(self, mask: Self) -> Self {
            v128_and(self, f32x4_gt(mask, f32x4_splat(0.0)))
        }

        #[inline(always)]
        unsafe fn store(self, to: *mut f32) {
            // SAFETY: the caller's promise.
            unsafe { v128_store(to.cast(), self) }
        }
    }
}

/// Four floats, on any processor.
#[cfg(target_arch = "wasm32")]
pub type Quad = std::arch::wasm32::v128;
/// Four floats, on any processor.
#[cfg(not(target_arch = "wasm32"))]
pub type Quad = [f32; 4];

/// Four floats that the compiler finds registers for.
#[cfg(not(target_arch = "wasm32"))]
impl Lanes for [f32; 4] {
    const COUNT: usize = 4;

    #[inline(always)]
    unsafe fn load(from: *const f32) -> Self {
        // SAFETY: the caller's promise.
        unsafe { from.cast::<Self>().read() }
    }

    #[inline(always)]
    unsafe fn splat(value: f32) -> Self {
        [value; 4]
    }

    #[inline(always)]
    unsafe fn plus_product(self, left: Self, right: Self) -> Self {
        std::array::from_fn(|lane| self[lane] + left[lane] * right[lane])
    }

    #[inline(always)]
    unsafe fn plus(self, other: Self) -> Self {
        std::array::from_fn(|lane| self[lane] + other[lane])
    }

    #[inline(always)]
    unsafe fn minus(self, other: Self) -> Self {
        std::array::from_fn(|lane| self[lane] - other[lane])
    }

    #[inline(always)]
    unsafe fn times(self, other: Self) -> Self {
        std::array::from_fn(|lane| self[lane] * other[lane])
    }

    #[inline(always)]
    unsafe fn at_least(self, least: Self) -> Self {
        std::array::from_fn(|lane| if self[lane] < least[lane] { least[lane] } else { self[lane] })
    }

    #[inline(always)]
    unsafe fn masked(self, mask: Self) -> Self {
        std::array::from_fn(|lane| if mask[lane] > 0.0 { self[lane] } else { 0.0 })
    }

    #[inline(always)]
    unsafe fn store(self, to: *mut f32) {
        // SAFETY: the caller's promise.
        unsafe { to.cast::<Self>().write(self) }
    }
}
