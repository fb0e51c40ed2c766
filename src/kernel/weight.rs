//! A convolution's weights.

use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use burn::tensor::Tensor;

use c3lrp_kernels::CachedWeights;

use crate::buffer::is_cpu;

/// A convolution's weights `[C′, C / groups, k, k]`. The CPU may cache what it computes from them, from the first time
/// it is needed.
#[derive(Clone, Debug)]
pub struct Weight {
    tensor: Tensor<4>,
    cached: Option<Arc<Cached>>,
}

/// What the CPU caches of a network's weights.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WeightCache {
    /// The layouts that its products use.
    Layouts,
    /// The layouts, and the weights as rules modify them.
    All,
}

impl WeightCache {
    /// The cache for a network with this many parameters on this machine.
    pub fn for_parameters(parameters: usize) -> Option<Self> {
        Self::for_memory(parameters, has_much_memory())
    }

    /// Everything for a small network. For a ResNet-18, the layouts take four times the memory of its weights, 230 MB
    /// together. A ResNet-50's layouts take another 240 MB, and natively nothing is too large.
    fn for_memory(parameters: usize, much_memory: bool) -> Option<Self> {
        match parameters {
            ..=4_000_000 => Some(Self::All),
            4_000_001..=12_000_000 => Some(Self::Layouts),
            12_000_001..=30_000_000 => much_memory.then_some(Self::Layouts),
            _ => (!cfg!(target_arch = "wasm32")).then_some(Self::Layouts),
        }
    }
}

/// Whether the browser says that the machine has 8 GiB of memory or more. Only Chromium's engine says anything.
#[cfg(target_arch = "wasm32")]
fn has_much_memory() -> bool {
    use js_sys::Reflect;
    use wasm_bindgen::JsValue;

    let property = |of: &JsValue, name: &str| Reflect::get(of, &name.into()).ok();
    let memory = property(&js_sys::global(), "navigator").and_then(|navigator| property(&navigator, "deviceMemory"));
    memory.and_then(|memory| memory.as_f64()).is_some_and(|gibibytes| gibibytes >= 8.0)
}

/// A program of one's own has what the machine has.
#[cfg(not(target_arch = "wasm32"))]
fn has_much_memory() -> bool {
    true
}

#[derive(Debug, Default)]
struct Cached {
    layouts: CachedWeights,
    parts: Option<[Parts; 2]>,
}

/// What is cached for one part of the weights.
#[derive(Debug, Default)]
struct Parts {
    /// w⁺ or w⁻.
    alone: OnceLock<Weight>,
    /// The last γ, with w + γ·w⁺ or w + γ·w⁻.
    raised: Mutex<Option<(f32, Weight)>>,
}

/// t⁺ = max(t, 0) or t⁻ = min(t, 0).
#[derive(Clone, Copy, Debug)]
pub enum Part {
    /// t⁺.
    Positive,
    /// t⁻.
    Negative,
}

impl Part {
    /// Applies it to each number.
    pub fn of<const D: usize>(self, t: Tensor<D>) -> Tensor<D> {
        match self {
            Self::Positive => t.clamp_min(0.0),
            Self::Negative => t.clamp_max(0.0),
        }
    }

    /// t⁻ for t⁺, and t⁺ for t⁻.
    pub fn other(self) -> Self {
        match self {
            Self::Positive => Self::Negative,
            Self::Negative => Self::Positive,
        }
    }
}

impl From<Tensor<4>> for Weight {
    /// Weights without a cache.
    fn from(tensor: Tensor<4>) -> Self {
        Self { tensor, cached: None }
    }
}

impl Weight {
    /// Weights with a cache of this kind.
    pub fn with_cache(tensor: Tensor<4>, cache: Option<WeightCache>) -> Self {
        let cached = cache
            .map(|cache| Cached { parts: (cache == WeightCache::All).then(Default::default), ..Cached::default() });
        Self { tensor, cached: cached.map(Arc::new) }
    }

    /// The weights `[C′, C / groups, k, k]`.
    pub fn tensor(&self) -> &Tensor<4> {
        &self.tensor
    }

    /// w⁺ or w⁻.
    pub fn part(&self, part: Part) -> Self {
        let make = || part.of(self.tensor.clone());
        match self.parts(part) {
            Some(parts) => parts.alone.get_or_init(|| Self::with_cache(make(), Some(WeightCache::Layouts))).clone(),
            None => make().into(),
        }
    }

    /// The weights w with those of one sign raised, in their shape: w + γ·w⁺ or w + γ·w⁻.
    pub fn raised(&self, part: Part, gamma: f32) -> Self {
        let make = || self.tensor.clone() + self.part(part).tensor * gamma;
        let Some(parts) = self.parts(part) else { return make().into() };
        let mut last = parts.raised.lock().unwrap_or_else(PoisonError::into_inner);
        match &*last {
            Some((kept, weight)) if *kept == gamma => weight.clone(),
            _ => last.insert((gamma, Self::with_cache(make(), Some(WeightCache::Layouts)))).1.clone(),
        }
    }

    /// The cache for a part of the weights, if there is one.
    fn parts(&self, part: Part) -> Option<&Parts> {
        let [positive, negative] = self.cached.as_ref()?.parts.as_ref()?;
        is_cpu(&self.tensor.device()).then_some(match part {
            Part::Positive => positive,
            Part::Negative => negative,
        })
    }

    /// The cache for the CPU's layouts, if there is one.
    pub(super) fn layouts(&self) -> Option<&CachedWeights> {
        self.cached.as_ref().map(|cached| &cached.layouts)
    }
}

#[cfg(test)]
mod tests {
    use super::WeightCache;

    #[test]
    fn a_large_network_is_cached_where_there_is_memory() {
        let [resnet18, resnet50] = [11_689_512, 25_557_032];
        assert_eq!(WeightCache::for_memory(resnet18, false), Some(WeightCache::Layouts));
        assert_eq!(WeightCache::for_memory(resnet50, true), Some(WeightCache::Layouts));
        assert_eq!(WeightCache::for_memory(resnet50, false), None);
        assert_eq!(WeightCache::for_memory(1_600_000, false), Some(WeightCache::All));
    }
}
