//! The sums of a convolution or of its vector-Jacobian product, as tiles of a matrix.

use std::ops::Range;

use crate::geometry::Geometry;

/// Values on a grid. Each is a weighted sum over what the taps of a kernel see, in all channels of a source.
pub struct Pass {
    /// Height and width of the source's planes.
    source: [usize; 2],
    /// Source pixels from one value of the grid to the next.
    step: usize,
    taps: Vec<Tap>,
    /// Rows and columns of the grid.
    pub grid: [usize; 2],
    /// The row and column of the first result in the planes that the phases are put together in.
    first: [usize; 2],
    /// Pixels from one result to the next in those planes.
    apart: usize,
}

/// A place of the kernel, and the offset from the value's pixel to the one that it sees.
struct Tap {
    place: usize,
    down: isize,
    across: isize,
    /// The columns of the grid for which the tap lies within the source.
    columns: Range<usize>,
}

impl Tap {
    /// `step` is the number of source pixels from one column of the grid to the next.
    fn new(place: usize, [down, across]: [isize; 2], step: usize, source: [usize; 2], columns: usize) -> Self {
        let first = ((-across).max(0) as usize).div_ceil(step);
        let end = ((source[1] as isize - across).max(0) as usize).div_ceil(step).min(columns);
        Self { place, down, across, columns: first..end }
    }
}

impl Pass {
    /// The pass from a convolution's input to its output.
    pub fn forward(geometry: &Geometry) -> Self {
        let Geometry { kernel, stride, padding, input, output, .. } = *geometry;
        let shift = |at: usize| at as isize - padding as isize;
        let taps = (0..kernel * kernel)
            .map(|place| Tap::new(place, [shift(place / kernel), shift(place % kernel)], stride, input, output[1]))
            .collect();
        Self { source: input, step: stride, taps, grid: output, first: [0; 2], apart: 1 }
    }

    /// The passes from the output's cotangent to the input's: one for each phase of the stride, since pixels of the
    /// same phase are seen by the same places of the kernel.
    pub fn back(geometry: &Geometry) -> impl Iterator<Item = Self> {
        let Geometry { kernel, stride, padding, input, output, .. } = *geometry;
        // Input y = stride · output + place − padding.
        let shift = move |phase: usize, at: usize| {
            let distance = (phase + padding) as isize - at as isize;
            (distance.rem_euclid(stride as isize) == 0).then(|| distance.div_euclid(stride as isize))
        };
        let pass = move |first: [usize; 2]| {
            let grid = [0, 1].map(|axis| (input[axis] - first[axis]).div_ceil(stride));
            let taps = (0..kernel * kernel).filter_map(|place| {
                let shifts = [shift(first[0], place / kernel)?, shift(first[1], place % kernel)?];
                Some(Tap::new(place, shifts, 1, output, grid[1]))
            });
            Self { source: output, step: 1, taps: taps.collect(), grid, first, apart: stride }
        };
        let [rows, columns] = input.map(|side| side.min(stride));
        (0..rows).flat_map(move |row| (0..columns).map(move |column| [row, column])).map(pass)
    }

    /// The places of the kernel that take part, in order.
    pub fn places(&self) -> impl ExactSizeIterator<Item = usize> + Clone {
        self.taps.iter().map(|tap| tap.place)
    }

    /// Writes a row of the grid to its pixels in a row of the planes that the phases are put together in.
    pub fn spread(&self, grid: &[f32], row: &mut [f32]) {
        row.iter_mut().skip(self.first[1]).step_by(self.apart).zip(grid).for_each(|(into, value)| *into = *value);
    }

    /// The row of the grid that belongs to a row of those planes, if there is one.
    pub fn row_of(&self, row: usize) -> Option<usize> {
        let from = row.checked_sub(self.first[0])?;
        (from.is_multiple_of(self.apart) && from / self.apart < self.grid[0]).then_some(from / self.apart)
    }

    /// Number of values of the grid.
    pub fn pixels(&self) -> usize {
        self.grid[0] * self.grid[1]
    }

    /// Whether each value sees only the pixel at its own place.
    pub fn is_identity(&self) -> bool {
        let own = |tap: &Tap| tap.down == 0 && tap.across == 0;
        self.taps.len() == 1 && self.taps.iter().all(own) && self.step == 1 && self.grid == self.source
    }

    /// What the taps see of each channel, in panels of `columns` pixels, `[panels, channels, taps, columns]`, with
    /// zeros outside the source and after the last pixel. The last panel has half the columns if they are enough.
    #[inline(always)]
    pub fn panels(&self, source: &[f32], range: Range<usize>, columns: usize, panels: &mut Vec<f32>) {
        let area = self.source[0] * self.source[1];
        let depth = source.len() / area * self.taps.len();
        panels.resize(range.len().next_multiple_of(columns / 2) * depth, 0.0);
        // Of a phase that no tap sees.
        if depth == 0 {
            return;
        }
        if self.is_identity() {
            self.copied(source, range, columns, panels);
            return;
        }
        if self.step != 1 || self.grid[1] != self.source[1] {
            self.gathered(source, range, columns, panels);
            return;
        }
        for (panel, values) in panels.chunks_mut((columns * depth).max(1)).enumerate() {
            let from = range.start + panel * columns;
            self.shifted(source, from..range.end.min(from + columns), values.len() / depth, values);
        }
    }

    /// Fills panels when each value sees only its own pixel. A plane after another, so that whole lines of the cache are
    /// read.
    #[inline(always)]
    fn copied(&self, source: &[f32], range: Range<usize>, columns: usize, panels: &mut [f32]) {
        let area = self.source[0] * self.source[1];
        let (depth, whole) = (source.len() / area, range.len() / columns);
        let across = panels.len() / depth - whole * columns;
        let (panels, last) = panels.split_at_mut(whole * columns * depth);
        for (channel, plane) in source.chunks_exact(area).enumerate() {
            let (values, rest) = plane[range.clone()].split_at(whole * columns);
            // A tile's columns are whole eights.
            let (values, panels) = (values.as_chunks::<8>().0, panels.as_chunks_mut::<8>().0);
            let eights = columns / 8;
            let into = panels.chunks_exact_mut(eights).skip(channel).step_by(depth);
            for (into, values) in into.zip(values.chunks_exact(eights)) {
                into.iter_mut().zip(values).for_each(|(into, values)| *into = *values);
            }
            let (into, beyond) = last[channel * across..][..across].split_at_mut(rest.len());
            into.copy_from_slice(rest);
            beyond.fill(0.0);
        }
    }

    /// Fills a panel when the grid is as wide as the source: each tap then sees contiguous pixels at a fixed distance,
    /// except over the edges.
    #[inline(always)]
    fn shifted(&self, source: &[f32], range: Range<usize>, columns: usize, panel: &mut [f32]) {
        let (area, width) = (self.source[0] * self.source[1], self.source[1] as isize);
        let shifts: Vec<_> = self.taps.iter().map(|tap| range.start as isize + tap.down * width + tap.across).collect();
        // All bits set where a tap sees the source.
        let mut seen = vec![0u32; self.taps.len() * columns];
        let rows = self.rows(&range);
        for (seen, tap) in seen.chunks_exact_mut(columns).zip(&self.taps) {
            for run in self.runs(tap, range.clone(), rows.clone()) {
                seen[run].fill(u32::MAX);
            }
        }
        let only = |value: f32, seen: u32| f32::from_bits(value.to_bits() & seen);
        for (channel, into) in panel.chunks_exact_mut(columns * self.taps.len()).enumerate() {
            let taps = into.chunks_exact_mut(columns).zip(seen.chunks_exact(columns)).zip(&shifts);
            for ((into, seen), shift) in taps {
                let start = (channel * area) as isize + shift;
                let values = usize::try_from(start).ok().and_then(|start| source.get(start..start + columns));
                let Some(values) = values else {
                    // At the first and last pixels of the source.
                    for (lane, (into, seen)) in into.iter_mut().zip(seen).enumerate() {
                        *into = if *seen == 0 { 0.0 } else { source[(start + lane as isize) as usize] };
                    }
                    continue;
                };
                let lanes = values.as_chunks::<4>().0.iter().zip(seen.as_chunks::<4>().0);
                for (into, (values, seen)) in into.as_chunks_mut::<4>().0.iter_mut().zip(lanes) {
                    *into = std::array::from_fn(|lane| only(values[lane], seen[lane]));
                }
            }
        }
    }

    /// Fills panels in the general case. A channel's rows are first rearranged by the phases of the step, with zeros around
    /// them, so that a tap sees contiguous pixels for contiguous values.
    #[inline(always)]
    fn gathered(&self, source: &[f32], range: Range<usize>, columns: usize, panels: &mut [f32]) {
        let ([height, width], step, taps) = (self.source, self.step as isize, self.taps.len());
        let depth = source.len() / (height * width) * taps;
        let rows = self.rows(&range);
        let ends = |of: fn(&Tap) -> isize| {
            let each = || self.taps.iter().map(of);
            (each().min().unwrap_or(0), each().max().unwrap_or(0))
        };
        let ((up, down), (left, right)) = (ends(|tap| tap.down), ends(|tap| tap.across));
        let [before, after] =
            [(-left.div_euclid(step)).max(0), right.div_euclid(step).max(0)].map(|most| most as usize);
        // Of a phase, and of a row with all phases.
        let length = before + self.grid[1].max(width.div_ceil(self.step)) + after;
        let line = self.step * length;
        let first = rows.start as isize * step + up;
        let mut lines = vec![0.0; (rows.len().saturating_sub(1) * self.step + (down - up) as usize + 1) * line];
        let seen = |tap: &Tap| {
            let (phase, column) = (tap.across.rem_euclid(step) as usize, tap.across.div_euclid(step) + before as isize);
            (tap.down - up) as usize * line + phase * length + column as usize
        };
        let seen: Vec<_> = self.taps.iter().map(seen).collect();
        let has = |axis: fn(&Tap) -> isize, place: isize| self.taps.iter().any(|tap| (axis(tap) - place) % step == 0);
        let phases: Vec<_> = (0..self.step).filter(|phase| has(|tap| tap.across, *phase as isize)).collect();
        let inside = (0..lines.len() / line).filter(|number| {
            let row = first + *number as isize;
            (0..height as isize).contains(&row) && has(|tap| tap.down, row)
        });
        let inside: Vec<_> = inside.collect();
        let pieces = self.pieces(range.clone(), columns);
        if !range.len().is_multiple_of(columns) {
            panels[range.len() / columns * columns * depth..].fill(0.0);
        }
        for (channel, plane) in source.chunks_exact(height * width).enumerate() {
            for number in inside.iter().copied() {
                let row = &plane[(first + number as isize) as usize * width..][..width];
                for phase in phases.iter().copied() {
                    let into = lines[number * line + phase * length + before..].iter_mut();
                    into.zip(row.iter().skip(phase).step_by(self.step)).for_each(|(into, value)| *into = *value);
                }
            }
            for piece in &pieces {
                let across = (panels.len() / depth - piece.panel).min(columns);
                let from = &lines[(piece.row - rows.start) * self.step * line + piece.column..];
                let into = &mut panels[piece.panel * depth + channel * taps * across..][..taps * across];
                match (across, piece.length) {
                    (8, 8) => fill::<8>(into, from, &seen),
                    #[cfg(not(target_arch = "wasm32"))]
                    (16, 16) => fill::<16>(into, from, &seen),
                    #[cfg(not(target_arch = "wasm32"))]
                    (32, 32) => fill::<32>(into, from, &seen),
                    (across, length) => {
                        for (into, seen) in into.chunks_exact_mut(across).zip(&seen) {
                            into[piece.at..][..length].copy_from_slice(&from[*seen..][..length]);
                        }
                    }
                }
            }
        }
    }

    /// A range of the grid's values, cut where a panel or a row of the grid ends.
    fn pieces(&self, range: Range<usize>, columns: usize) -> Vec<Piece> {
        let (mut pieces, mut from) = (Vec::new(), range.start);
        while from < range.end {
            let (at, column) = ((from - range.start) % columns, from % self.grid[1]);
            let length = (columns - at).min(self.grid[1] - column).min(range.end - from);
            pieces.push(Piece { panel: from - range.start - at, at, row: from / self.grid[1], column, length });
            from += length;
        }
        pieces
    }

    /// The rows of the grid that a range of its values lies in.
    fn rows(&self, range: &Range<usize>) -> Range<usize> {
        range.start / self.grid[1]..range.end.div_ceil(self.grid[1])
    }

    /// For which values of a range a tap sees the source, row by row, counted from the range's start. `rows` are the rows
    /// of the grid that the range lies in; the grid is as wide as the source.
    #[inline(always)]
    fn runs(&self, tap: &Tap, range: Range<usize>, rows: Range<usize>) -> impl Iterator<Item = Range<usize>> {
        let (height, columns, down) = (self.source[0] as isize, self.grid[1], tap.down);
        let valid = tap.columns.clone();
        rows.filter_map(move |row| {
            let from = range.start.max(row * columns + valid.start);
            let to = range.end.min(row * columns + valid.end);
            let inside = (0..height).contains(&(row as isize + down)) && from < to;
            inside.then(|| from - range.start..to - range.start)
        })
    }
}

/// Fills a panel of `N` columns: for each tap, from what it sees first.
#[inline(always)]
fn fill<const N: usize>(panel: &mut [f32], from: &[f32], seen: &[usize]) {
    for (into, seen) in panel.as_chunks_mut::<N>().0.iter_mut().zip(seen) {
        into.copy_from_slice(&from[*seen..][..N]);
    }
}

/// Contiguous values of a row of the grid that belong to one panel.
struct Piece {
    /// The panel's first value, counted from the range's start.
    panel: usize,
    /// Where they go in the panel.
    at: usize,
    row: usize,
    column: usize,
    length: usize,
}
