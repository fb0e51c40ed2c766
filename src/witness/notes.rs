//! Notes: values that layers show, copied until they are read.

use std::ops::Range;

use burn::tensor::{Slice, Tensor};

use crate::buffer;

/// The values that are shown. On a GPU they are copied end to end into a few buffers: a separate buffer for each would
/// keep a whole page of the memory pools from later layers until it is read, and would have to be mapped by itself.
#[derive(Default)]
pub(super) struct Notes {
    full: Vec<Tensor<1>>,
    /// The note that is being written, and how many values it holds so far.
    open: Option<(Tensor<1>, usize)>,
}

/// Where some values are among the notes.
pub(crate) struct Place {
    pub(super) note: usize,
    pub(super) range: Range<usize>,
}

/// Number of values in one note.
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

    /// All notes, for reading.
    pub(super) fn closed(mut self) -> Vec<Tensor<1>> {
        self.close();
        self.full
    }
}

/// Copies a part of a tensor, in order, for reading.
pub(crate) fn part<const D: usize>(tensor: &Tensor<D>, ranges: [impl Into<Slice> + Clone; D]) -> Tensor<1> {
    buffer::copied(tensor.clone().slice(ranges))
}

/// The values of all channels of a tensor `[N, C, H, W]` at one place: picture, row, column.
pub(crate) fn column(tensor: &Tensor<4>, [image, row, column]: [usize; 3]) -> Tensor<1> {
    let [_, channels, ..] = tensor.dims();
    part(tensor, [image..image + 1, 0..channels, row..row + 1, column..column + 1])
}
