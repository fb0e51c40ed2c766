//! The way back to few channels, as the picture's: what each position in the kernel contributes is a row of a product, and the
//! contributions to a pixel are summed while they are in the cache.

use std::ops::Range;

use crate::epilogue::Epilogue;
use crate::geometry::Geometry;
use crate::pass::Pass;
use crate::processor::Processor;
use crate::product::{Left, Product, Right};
use crate::threads::{Shared, for_each, threads};
use crate::work::{PANELS, TILE, Work};

/// A way back whose products have a row for each position in the kernel.
pub struct Fold<'a> {
    pub geometry: &'a Geometry,
    pub work: &'a Work,
    /// The cotangent's pixels, each of which sees only itself.
    pub pass: &'a Pass,
    /// The weights: a row for each channel and position in the kernel.
    pub left: Left<'a>,
}

impl Fold<'_> {
    /// Takes a cotangent `[N, C′, H′, W′]` back to `[N, C, H, W]`; `result` must have room for it.
    pub fn run(&self, processor: Processor, cotangent: &[f32], epilogue: &Epilogue<'_>, result: &mut Vec<f32>) {
        let work = self.work;
        let [height, width] = self.geometry.input;
        let whole = Shared::new(result.as_mut_ptr());
        assert!(result.capacity() >= work.size(), "the result has no room");
        let blocks = threads().div_ceil(work.planes).min(height);
        for_each(work.planes * blocks, |unit| {
            let (plane, block) = (unit / blocks, unit % blocks);
            let source = &cotangent[plane * work.channels[0] * work.areas[0]..][..work.channels[0] * work.areas[0]];
            let rows = height * block / blocks..height * (block + 1) / blocks;
            let sums = self.sums(processor, source, self.left.group(plane % work.groups, work.groups), rows.clone());
            let epilogue = work.epilogue(epilogue, plane);
            let mut row = vec![0.0; width];
            for (at, phases) in sums.chunks_exact(self.line()).enumerate() {
                for (number, phase) in phases.chunks_exact(self.length()).enumerate() {
                    let into = row.iter_mut().skip(number).step_by(self.geometry.stride);
                    into.zip(phase).for_each(|(into, sum)| *into = *sum);
                }
                let (channel, y) = (at / rows.len(), rows.start + at % rows.len());
                let place = (channel * height + y) * width;
                // SAFETY: each unit has rows to itself, and all of a plane's lie within it.
                unsafe { epilogue.write(channel, place, &row, whole.at(plane * work.channels[1] * work.areas[1])) };
            }
        });
    }

    /// Number of pixels of a row that belong to a phase of the stride.
    fn length(&self) -> usize {
        self.geometry.input[1].div_ceil(self.geometry.stride)
    }

    /// Number of values of a row with all phases.
    fn line(&self) -> usize {
        self.length() * self.geometry.stride
    }

    /// What comes to rows of a plane's channels: [C, rows, stride, ⌈W / stride⌉], so that the pixels of a phase of the stride lie
    /// one after another.
    fn sums(&self, processor: Processor, source: &[f32], left: Left<'_>, rows: Range<usize>) -> Vec<f32> {
        let Geometry { kernel, stride, padding, output: [sending, across], .. } = *self.geometry;
        let places = self.work.channels[1] * kernel * kernel;
        let mut sums = vec![0.0; self.work.channels[1] * rows.len() * self.line()];
        // Input y = stride · output + place − padding.
        let first = (rows.start + padding).saturating_sub(kernel - 1).div_ceil(stride);
        let end = ((rows.end - 1 + padding) / stride + 1).min(sending);
        let at_once = (TILE / (places * across).max(1)).max(1);
        let mut made = Vec::new();
        for from in (first..end).step_by(at_once) {
            let sent = from..end.min(from + at_once);
            let columns = sent.len() * across;
            made.clear();
            made.reserve(places * columns);
            PANELS.with_borrow_mut(|right| {
                self.pass.panels(source, from * across..sent.end * across, processor.columns(), right);
                let (rows, right) = (0..places, Right::Panels(right));
                let (depth, epilogue) = (self.work.channels[0], Epilogue::NONE);
                let product = Product { depth, rows, left, right, columns: 0..columns, epilogue, plane: columns };
                // SAFETY: there is room for all rows, and a product makes all of their values.
                unsafe {
                    product.run(processor, made.as_mut_ptr());
                    made.set_len(places * columns);
                }
            });
            for (place, lines) in made.chunks_exact(columns).enumerate() {
                let (channel, down, place) = (place / kernel / kernel, place / kernel % kernel, place % kernel);
                for (line, row) in lines.chunks_exact(across).zip(sent.clone()) {
                    let Some(y) = (stride * row + down).checked_sub(padding + rows.start) else { continue };
                    if y < rows.len() {
                        let into = &mut sums[(channel * rows.len() + y) * self.line()..][..self.line()];
                        self.add(line, place, into);
                    }
                }
            }
        }
        sums
    }

    /// Adds what a position in the kernel sends along a row.
    fn add(&self, line: &[f32], place: usize, phases: &mut [f32]) {
        let shift = place as isize - self.geometry.padding as isize;
        let (stride, length) = (self.geometry.stride as isize, self.length());
        let (shift, phase) = (shift.div_euclid(stride), shift.rem_euclid(stride));
        let phase = phases[phase as usize * length..][..length].iter_mut().skip(shift.max(0) as usize);
        phase.zip(line.iter().skip((-shift).max(0) as usize)).for_each(|(sum, value)| *sum += value);
    }
}
