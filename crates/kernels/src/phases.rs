//! The way back through a convolution with a stride: the phases of the stride one by one, whose pixels are then put together.

use crate::columns::Columns;
use crate::epilogue::Epilogue;
use crate::pass::Pass;
use crate::processor::Processor;
use crate::product::Left;
use crate::threads::{Shared, for_each};
use crate::work::{PANELS, Work};

/// The sums of the phases that have any: [N, C, rows, columns] of each pass's grid.
pub fn sums<'a>(
    processor: Processor,
    work: &Work,
    passes: &'a [Pass],
    source: &[f32],
    weights: &Columns,
) -> Vec<(&'a Pass, Vec<f32>)> {
    let with_taps = passes.iter().filter(|pass| pass.places().len() > 0);
    let made = with_taps.map(|pass| {
        let work = Work { areas: [work.areas[0], pass.pixels()], ..*work };
        let mut made = Vec::with_capacity(work.size());
        work.run(processor, pass, source, Left::Panels(weights.panels(pass)), &Epilogue::NONE, &mut made);
        // SAFETY: the pass's grid makes up the planes.
        unsafe { made.set_len(work.size()) };
        (pass, made)
    });
    made.collect()
}

/// Puts them together in planes of so wide rows, each of which is written at once. `result` has room for all of them.
pub fn put_together(
    work: &Work,
    width: usize,
    sums: &[(&Pass, Vec<f32>)],
    epilogue: &Epilogue<'_>,
    result: &mut Vec<f32>,
) {
    let (rows, area) = (work.channels[1], work.areas[1]);
    let whole = Shared::new(result.as_mut_ptr());
    assert!(result.capacity() >= work.size() && area.is_multiple_of(width), "the result has no room");
    for_each(work.planes * rows, |unit| {
        let (plane, channel) = (unit / rows, unit % rows);
        let epilogue = work.epilogue(epilogue, plane);
        PANELS.with_borrow_mut(|line| {
            for y in 0..area / width {
                line.clear();
                line.resize(width, 0.0);
                for (pass, sums) in sums {
                    let Some(row) = pass.row_of(y) else { continue };
                    pass.spread(&sums[unit * pass.pixels() + row * pass.grid[1]..][..pass.grid[1]], line);
                }
                // SAFETY: each unit has a plane to itself, and all of them lie within the result.
                unsafe { epilogue.write(channel, channel * area + y * width, line, whole.at(plane * rows * area)) };
            }
        });
    });
}
