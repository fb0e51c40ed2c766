//! Notes: values that layers show, copied until they are read.

use std::ops::Range;

use burn::tensor::Tensor;

use super::gather::Sheet;
use super::part::Part;
use crate::buffer;

/// The values that are shown, end to end in a few notes. On a GPU a separate buffer for each would keep a whole page of the memory
/// pools from later layers until it is read, and would have to be mapped by itself.
#[derive(Default)]
pub(super) struct Notes {
    notes: Vec<Note>,
    /// Which note is being filled.
    open: Option<usize>,
}

enum Note {
    /// On a GPU.
    Filling(Sheet),
    /// On the CPU.
    Copied(Vec<f32>),
    Full(Tensor<1>),
}

/// Where some values are among the notes.
pub(crate) struct Place {
    note: usize,
    range: Range<usize>,
}

impl Place {
    /// The values, from the notes that were read; none if they aren't there. A note that is all of them is taken.
    pub(super) fn take(self, notes: &mut [Vec<f32>]) -> Option<Vec<f32>> {
        let note = notes.get_mut(self.note)?;
        if self.range == (0..note.len()) { Some(std::mem::take(note)) } else { Some(note.get(self.range)?.to_vec()) }
    }
}

/// Number of values in one note.
const NOTE: usize = 1 << 16;

impl Notes {
    /// Adds values.
    pub(super) fn write(&mut self, part: Part) -> Place {
        let pick = match part {
            Part::Whole(values) => return self.keep(values),
            Part::Copied(values) => return self.copy(&values),
            Part::Some(pick) => pick,
        };
        let count = pick.count();
        if let Some(note) = self.open
            && let Some(Note::Filling(sheet)) = self.notes.get_mut(note)
            && sheet.fits(count)
        {
            let from = sheet.write(pick);
            return Place { note, range: from..from + count };
        }
        self.close();
        let mut sheet = Sheet::beside(&pick, NOTE.max(count));
        let from = sheet.write(pick);
        self.open = Some(self.notes.len());
        self.notes.push(Note::Filling(sheet));
        Place { note: self.notes.len() - 1, range: from..from + count }
    }

    /// Adds all of a tensor: a large one as a note of its own.
    pub(super) fn add(&mut self, tensor: Tensor<1>) -> Place {
        match tensor.dims() {
            [count] if count > NOTE => self.keep(tensor),
            _ => self.write(Part::of(tensor)),
        }
    }

    fn copy(&mut self, values: &[f32]) -> Place {
        if let Some(note) = self.open
            && let Some(Note::Copied(copied)) = self.notes.get_mut(note)
        {
            let from = copied.len();
            copied.extend_from_slice(values);
            return Place { note, range: from..copied.len() };
        }
        self.close();
        self.open = Some(self.notes.len());
        self.notes.push(Note::Copied(values.to_vec()));
        Place { note: self.notes.len() - 1, range: 0..values.len() }
    }

    fn keep(&mut self, values: Tensor<1>) -> Place {
        let [count] = values.dims();
        self.notes.push(Note::Full(values));
        Place { note: self.notes.len() - 1, range: 0..count }
    }

    /// Lets go of the tensors that the note being filled still needs.
    fn close(&mut self) {
        if let Some(note) = self.open.take().and_then(|at| self.notes.get_mut(at))
            && let Note::Filling(sheet) = note
        {
            sheet.gather();
        }
    }

    /// All notes, for reading.
    pub(super) fn closed(self) -> Vec<Tensor<1>> {
        let full = |note| match note {
            Note::Filling(sheet) => sheet.closed(),
            Note::Copied(values) => buffer::whole(values),
            Note::Full(values) => values,
        };
        self.notes.into_iter().map(full).collect()
    }
}
