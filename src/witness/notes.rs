//! What is shown of work, written down until it is read.

use std::ops::Range;

use burn::tensor::{Slice, Tensor};

use crate::buffer;

/// What is shown, to be read. On a GPU it is written down end to end in a few buffers: each one that lives until it is
/// read would keep a page of the memory pools from the layers to come, however large, and be mapped by itself.
#[derive(Default)]
pub(super) struct Notes {
    full: Vec<Tensor<1>>,
    /// The one that is written to, up to a place.
    open: Option<(Tensor<1>, usize)>,
}

/// Values of one of the notes.
pub(crate) struct Place {
    pub(super) note: usize,
    pub(super) range: Range<usize>,
}

/// Values of a note.
const NOTE: usize = 1 << 16;

impl Notes {
    pub(super) fn write(&mut self, part: Tensor<1>) -> Place {
        let [count] = part.dims();
        if count > NOTE || buffer::is_cpu(&part.device()) {
            self.close();
            self.full.push(part);
            return Place { note: self.full.len() - 1, range: 0..count };
        }
        let (note, from) = match self.open.take() {
            Some((note, used)) if used + count <= NOTE => (note, used),
            filled => {
                self.full.extend(filled.map(|(note, _)| note));
                (Tensor::zeros([NOTE], &part.device()), 0)
            }
        };
        let range = from..from + count;
        self.open = Some((note.slice_assign([range.clone()], part), range.end));
        Place { note: self.full.len(), range }
    }

    fn close(&mut self) {
        self.full.extend(self.open.take().map(|(note, _)| note));
    }

    /// All of them.
    pub(super) fn closed(mut self) -> Vec<Tensor<1>> {
        self.close();
        self.full
    }
}

/// A part of a tensor, in order, to be read.
pub(crate) fn part<const D: usize>(tensor: &Tensor<D>, ranges: [impl Into<Slice> + Clone; D]) -> Tensor<1> {
    buffer::copied(tensor.clone().slice(ranges))
}

/// The values of all channels of a tensor `[N, C, H, W]` at a place: image, row, column.
pub(crate) fn column(tensor: &Tensor<4>, [image, row, column]: [usize; 3]) -> Tensor<1> {
    let [_, channels, ..] = tensor.dims();
    part(tensor, [image..image + 1, 0..channels, row..row + 1, column..column + 1])
}
