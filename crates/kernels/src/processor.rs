//! The vector registers that there are, and the tile that products are computed in.

use std::sync::OnceLock;

use crate::lanes::{Lanes, Quad};

/// What products are computed with: the one place that decides the tile. What is laid out for one processor
/// serves no other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Processor {
    registers: Registers,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Registers {
    #[cfg(target_arch = "x86_64")]
    Avx512,
    #[cfg(target_arch = "x86_64")]
    Avx2,
    #[cfg(target_arch = "aarch64")]
    Neon,
    Portable,
}

/// Forces one of the processor's register sets, by the name that [`Processor::name`] gives.
const VARIABLE: &str = "C3LRP_PROCESSOR";

impl Processor {
    /// All that this processor can be, the fastest first.
    pub fn all() -> Vec<Self> {
        let all = [
            #[cfg(target_arch = "x86_64")]
            (Registers::Avx512, is_x86_feature_detected!("avx512f")),
            #[cfg(target_arch = "x86_64")]
            (Registers::Avx2, is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma")),
            #[cfg(target_arch = "aarch64")]
            (Registers::Neon, true),
            (Registers::Portable, true),
        ];
        all.into_iter().filter(|(_, there)| *there).map(|(registers, _)| Self { registers }).collect()
    }

    /// The fastest, or the one that the environment's `C3LRP_PROCESSOR` names.
    ///
    /// # Errors
    /// A sentence where that names none of this processor's.
    pub fn chosen() -> Result<Self, String> {
        let all = Self::all();
        let Some(asked) = std::env::var_os(VARIABLE) else { return Ok(all[0]) };
        let found = all.iter().find(|processor| *processor.name() == *asked);
        found.copied().ok_or_else(|| {
            let names: Vec<_> = all.iter().map(|processor| processor.name()).collect();
            format!("{VARIABLE} is {asked:?}; this processor has {}", names.join(", "))
        })
    }

    /// The one that is used, [`Processor::chosen`] from the first call on.
    ///
    /// # Panics
    /// Where there is none. Whoever opens a device asks first.
    #[allow(clippy::panic, reason = "it is asked for again and again, long after the question was answered")]
    pub fn here() -> Self {
        static HERE: OnceLock<Processor> = OnceLock::new();
        *HERE.get_or_init(|| Self::chosen().unwrap_or_else(|error| panic!("{error}")))
    }

    /// Its registers' name: avx512, avx2, neon or portable.
    pub fn name(self) -> &'static str {
        match self.registers {
            #[cfg(target_arch = "x86_64")]
            Registers::Avx512 => "avx512",
            #[cfg(target_arch = "x86_64")]
            Registers::Avx2 => "avx2",
            #[cfg(target_arch = "aarch64")]
            Registers::Neon => "neon",
            Registers::Portable => "portable",
        }
    }

    pub(crate) fn registers(self) -> Registers {
        self.registers
    }

    /// Rows and columns of a tile: as many sums as the registers hold beside what is multiplied.
    pub(crate) fn tile(self) -> [usize; 2] {
        match self.registers {
            #[cfg(target_arch = "x86_64")]
            Registers::Avx512 => [8, 32],
            #[cfg(target_arch = "x86_64")]
            Registers::Avx2 => [6, 16],
            #[cfg(target_arch = "aarch64")]
            Registers::Neon => [8, 8],
            Registers::Portable => [4, 8],
        }
    }

    /// Rows of a tile.
    pub(crate) fn rows(self) -> usize {
        self.tile()[0]
    }

    /// Columns of a tile.
    pub(crate) fn columns(self) -> usize {
        self.tile()[1]
    }

    /// About so many rows, in whole tiles.
    pub(crate) fn step(self, rows: usize) -> usize {
        (rows / self.rows()).max(1) * self.rows()
    }

    /// As [`Processor::run`], with relaxed-simd's multiplication and addition in one where the feature is on. Only
    /// products gain by it, and other loops have been slower.
    pub(crate) fn multiply<W: Vectorised>(self, work: W) -> W::Output {
        #[cfg(all(target_arch = "wasm32", feature = "relaxed-simd"))]
        // SAFETY: whoever takes the feature has such an engine.
        return unsafe { relaxed(work) };
        #[cfg(not(all(target_arch = "wasm32", feature = "relaxed-simd")))]
        self.run(work)
    }

    /// Does work that is compiled for the processor's registers.
    pub(crate) fn run<W: Vectorised>(self, work: W) -> W::Output {
        // SAFETY: the processor was asked for its registers.
        unsafe {
            match self.registers {
                #[cfg(target_arch = "x86_64")]
                Registers::Avx512 => avx512(work),
                #[cfg(target_arch = "x86_64")]
                Registers::Avx2 => avx2(work),
                #[cfg(target_arch = "aarch64")]
                Registers::Neon => work.run::<std::arch::aarch64::float32x4_t>(),
                Registers::Portable => work.run::<Quad>(),
            }
        }
    }
}

/// Work that is compiled for each kind of registers.
pub(crate) trait Vectorised {
    type Output;

    /// Does it, with these registers or with what the compiler finds. Every implementation is `#[inline(always)]`: only what
    /// is inlined is compiled for the registers, and neither long closures nor functions are where several kinds share them.
    ///
    /// # Safety
    /// The processor has such registers.
    unsafe fn run<L: Lanes>(self) -> Self::Output;
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f")]
pub(crate) unsafe fn avx512<W: Vectorised>(work: W) -> W::Output {
    // SAFETY: the caller's promise.
    unsafe { work.run::<std::arch::x86_64::__m512>() }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma")]
pub(crate) unsafe fn avx2<W: Vectorised>(work: W) -> W::Output {
    // SAFETY: the caller's promise.
    unsafe { work.run::<std::arch::x86_64::__m256>() }
}

#[cfg(all(target_arch = "wasm32", feature = "relaxed-simd"))]
#[target_feature(enable = "relaxed-simd")]
pub(crate) unsafe fn relaxed<W: Vectorised>(work: W) -> W::Output {
    // SAFETY: the caller's promise.
    unsafe { work.run::<Quad>() }
}
