//! Launches shaders of our own on a GPU.

use burn_cubecl::cubecl::ir::attributes::BufferIOAttr;
use burn_cubecl::cubecl::prelude::CubeCount;
use burn_cubecl::cubecl::server::{KernelArguments, MetadataBindingInfo};
use burn_wgpu::{CubeDim, CubeTensor, KernelSource, SourceKernel};

/// Number of threads in a workgroup.
pub(crate) const THREADS: u32 = 64;

/// What a shader does with a buffer that it writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Writes {
    /// It writes all of it.
    All,
    /// It leaves some of it as it was.
    Some,
}

/// Launches a shader. Its bindings are the tensors that are read, those that are written, and the numbers in `info`, in this
/// order: a GPU has eight for a shader at least. No tensor that is read may be in a buffer that is written. Tensors are
/// bound as they are stored.
pub(crate) fn launch(
    shader: impl KernelSource,
    read: &[&CubeTensor],
    written: &[(&CubeTensor, Writes)],
    info: &[usize],
    [across, down]: [u32; 2],
) {
    let Some((first, _)) = written.first() else { return };
    let binding = |tensor: &CubeTensor| tensor.handle.clone().binding();
    let mut arguments = KernelArguments::new();
    for tensor in read {
        arguments = arguments.with_buffer_io(binding(tensor), BufferIOAttr::ReadOnly);
    }
    for (tensor, writes) in written {
        let how = match writes {
            Writes::All => BufferIOAttr::WriteOnly,
            Writes::Some => BufferIOAttr::ReadWrite,
        };
        arguments = arguments.with_buffer_io(binding(tensor), how);
    }
    let arguments = arguments.with_info(MetadataBindingInfo::custom(words(info)));
    let kernel = SourceKernel::new(shader, CubeDim::new_1d(THREADS));
    first.client.launch(Box::new(kernel), CubeCount::new_2d(across, down), arguments);
}

/// Splits a number of workgroups into two dimensions of at most `most` each; none if they don't suffice. Surplus
/// workgroups find nothing to do.
pub(crate) fn spread(count: usize, most: u32) -> Option<[u32; 2]> {
    let down = count.div_ceil(most as usize).max(1);
    let across = count.div_ceil(down);
    (down <= most as usize).then_some([across as u32, down as u32])
}

/// Packs two 32-bit numbers into each word, the first one in the low half.
fn words(info: &[usize]) -> Vec<u64> {
    info.chunks(2)
        .map(|pair| pair.iter().rev().fold(0, |word, &number| word << 32 | u64::from(number as u32)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn workgroups_spread_over_two_dimensions() {
        for (count, most) in [(1, 1), (65_535, 65_535), (65_536, 65_535), (1_000_003, 65_535), (4, 2)] {
            let [across, down] = spread(count, most).unwrap();
            assert!(across <= most && down <= most && across as usize * down as usize >= count);
            // Few workgroups have nothing to do.
            assert!((across as usize * down as usize) < count + down as usize);
        }
        assert_eq!(spread(5, 2), None);
    }
}
