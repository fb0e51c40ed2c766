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
    /// Width of the planes that the results are written to.
    width: usize,
    /// The row and column of the first result in those planes.
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
        Self { source: input, step: stride, taps, grid: output, width: output[1], first: [0; 2], apart: 1 }
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
            Self { source: output, step: 1, taps: taps.collect(), grid, width: input[1], first, apart: stride }
        };
        let [rows, columns] = input.map(|side| side.min(stride));
        (0..rows).flat_map(move |row| (0..columns).map(move |column| [row, column])).map(pass)
    }

    /// The places of the kernel that take part, in order.
    pub fn places(&self) -> impl ExactSizeIterator<Item = usize> + Clone {
        self.taps.iter().map(|tap| tap.place)
    }

    /// Number of values of the grid.
    pub fn pixels(&self) -> usize {
        self.grid[0] * self.grid[1]
    }

    /// Whether the results are contiguous.
    pub fn is_dense(&self) -> bool {
        self.apart == 1
    }

    /// Whether each value sees only the pixel at its own place.
    pub fn is_identity(&self) -> bool {
        let own = |tap: &Tap| tap.down == 0 && tap.across == 0;
        self.taps.len() == 1 && self.taps.iter().all(own) && self.step == 1 && self.grid == self.source
    }

    /// The places in a plane of results where values of the grid are written.
    #[inline(always)]
    pub fn targets(&self, range: Range<usize>) -> impl Iterator<Item = usize> {
        let columns = self.grid[1];
        let [row, mut column] = [range.start / columns, range.start % columns];
        let mut place = (self.first[0] + row * self.apart) * self.width + self.first[1] + column * self.apart;
        let wrap = self.apart * self.width - columns * self.apart;
        range.map(move |_| {
            let at = place;
            (column, place) = (column + 1, place + self.apart);
            if column == columns {
                (column, place) = (0, place + wrap);
            }
            at
        })
    }

    /// What the taps see of each channel, in panels of `columns` pixels, `[panels, channels, taps, columns]`, with
    /// zeros outside the source and after the last pixel. The last panel has half the columns if they are enough.
    #[inline(always)]
    pub fn panels(&self, source: &[f32], range: Range<usize>, columns: usize, panels: &mut Vec<f32>) {
        let area = self.source[0] * self.source[1];
        let depth = source.len() / area * self.taps.len();
        panels.resize(range.len().next_multiple_of(columns / 2) * depth, 0.0);
        for (panel, values) in panels.chunks_mut((columns * depth).max(1)).enumerate() {
            let from = range.start + panel * columns;
            let range = from..range.end.min(from + columns);
            if self.is_identity() {
                self.copied(source, range, values.len() / depth, values);
            } else if self.step == 1 && self.grid[1] == self.source[1] {
                self.shifted(source, range, values.len() / depth, values);
            } else {
                self.gathered(source, range, values.len() / depth, values);
            }
        }
    }

    /// Fills a panel when each value sees only its own pixel.
    #[inline(always)]
    fn copied(&self, source: &[f32], range: Range<usize>, columns: usize, panel: &mut [f32]) {
        let planes = source.chunks_exact(self.source[0] * self.source[1]);
        for (into, plane) in panel.chunks_exact_mut(columns).zip(planes) {
            let (into, beyond) = into.split_at_mut(range.len());
            let (lanes, rest) = plane[range.clone()].as_chunks::<4>();
            let (into, last) = into.as_chunks_mut::<4>();
            into.iter_mut().zip(lanes).for_each(|(into, lanes)| *into = *lanes);
            last.iter_mut().zip(rest).for_each(|(into, value)| *into = *value);
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
            for Run { at, length, .. } in self.runs(tap, range.clone(), rows.clone()) {
                seen[at..at + length].fill(u32::MAX);
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

    /// Fills a panel in the general case.
    #[inline(always)]
    fn gathered(&self, source: &[f32], range: Range<usize>, columns: usize, panel: &mut [f32]) {
        let area = self.source[0] * self.source[1];
        let (mut runs, rows) = (Vec::with_capacity(2 * self.taps.len()), self.rows(&range));
        for (number, tap) in self.taps.iter().enumerate() {
            let of_tap = self.runs(tap, range.clone(), rows.clone());
            runs.extend(of_tap.map(|run| Run { at: number * columns + run.at, ..run }));
        }
        panel.fill(0.0);
        let channels = panel.chunks_exact_mut(columns * self.taps.len());
        for (into, plane) in channels.zip(source.chunks_exact(area)) {
            for Run { at, from, length } in &runs {
                let seen = plane[*from..].iter().step_by(self.step);
                into[*at..*at + length].iter_mut().zip(seen).for_each(|(into, value)| *into = *value);
            }
        }
    }

    /// The rows of the grid that a range of its values lies in.
    fn rows(&self, range: &Range<usize>) -> Range<usize> {
        range.start / self.grid[1]..range.end.div_ceil(self.grid[1])
    }

    /// What a tap sees for a range of the grid's values, in runs along the source's rows. `rows` are the rows of the
    /// grid that the range lies in.
    #[inline(always)]
    fn runs(&self, tap: &Tap, range: Range<usize>, rows: Range<usize>) -> impl Iterator<Item = Run> {
        let ([height, width], columns, step) = (self.source, self.grid[1], self.step);
        let Tap { down, across, columns: ref valid, .. } = *tap;
        let valid = valid.clone();
        rows.filter_map(move |row| {
            let y = (row * step) as isize + down;
            let from = range.start.max(row * columns + valid.start);
            let to = range.end.min(row * columns + valid.end);
            let inside = (0..height as isize).contains(&y) && from < to;
            let x = ((from - row * columns.min(from)) * step) as isize;
            inside.then(|| Run {
                at: from - range.start,
                from: (y * width as isize + x + across) as usize,
                length: to - from,
            })
        })
    }
}

/// Contiguous pixels of a row: where they go in the panel, and where the first one is in the source's plane.
struct Run {
    at: usize,
    from: usize,
    length: usize,
}
