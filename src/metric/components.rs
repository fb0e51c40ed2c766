//! Connected components of a picture whose pixels are filled in one by one.

use super::bounding_box::BoundingBox;

/// Components by 8 neighbours, with union–find. The root of each one is its first pixel, row by row.
pub(super) struct Components {
    width: usize,
    height: usize,
    /// The parent of each pixel: itself at a root, and [`EMPTY`] if the pixel is not filled in.
    parents: Vec<u32>,
    /// At a root: left, upper, right and lower edge; the right and lower ones are exclusive.
    edges: Vec<[u32; 4]>,
    /// At a root: number of pixels.
    areas: Vec<u32>,
}

const EMPTY: u32 = u32::MAX;

impl Components {
    /// An empty picture; a `u32` must be able to count its pixels.
    pub(super) fn new(width: usize, height: usize) -> Self {
        let pixels = width * height;
        Self { width, height, parents: vec![EMPTY; pixels], edges: vec![[0; 4]; pixels], areas: vec![0; pixels] }
    }

    /// Fills in an empty pixel.
    pub(super) fn add(&mut self, at: usize) {
        let (x, y) = (at % self.width, at / self.width);
        self.parents[at] = at as u32;
        self.areas[at] = 1;
        self.edges[at] = [x, y, x + 1, y + 1].map(|edge| edge as u32);
        for row in y.saturating_sub(1)..(y + 2).min(self.height) {
            for column in x.saturating_sub(1)..(x + 2).min(self.width) {
                let other = row * self.width + column;
                // Pixels with the same parent are already connected.
                if self.parents[other] != EMPTY && self.parents[other] != self.parents[at] {
                    self.join(at, other);
                }
            }
        }
    }

    fn join(&mut self, one: usize, other: usize) {
        let (one, other) = (self.find(one), self.find(other));
        if one == other {
            return;
        }
        let (root, rest) = (one.min(other), one.max(other));
        self.parents[rest] = root as u32;
        self.areas[root] += self.areas[rest];
        let ([left, top, right, bottom], far) = (self.edges[root], self.edges[rest]);
        self.edges[root] = [left.min(far[0]), top.min(far[1]), right.max(far[2]), bottom.max(far[3])];
    }

    /// The root of a filled-in pixel.
    pub(super) fn find(&mut self, mut at: usize) -> usize {
        while self.parents[at] as usize != at {
            // Path halving: every other pixel on the way is enough.
            let parent = self.parents[at] as usize;
            self.parents[at] = self.parents[parent];
            at = self.parents[at] as usize;
        }
        at
    }

    pub(super) fn is_root(&self, at: usize) -> bool {
        self.parents[at] as usize == at
    }

    pub(super) fn is_filled(&self, at: usize) -> bool {
        self.parents[at] != EMPTY
    }

    /// Number of pixels in a root's component.
    pub(super) fn area(&self, root: usize) -> usize {
        self.areas[root] as usize
    }

    /// The box around a root's component.
    pub(super) fn bounds(&self, root: usize) -> BoundingBox {
        let [left, top, right, bottom] = self.edges[root].map(|edge| edge as usize);
        BoundingBox { x: left, y: top, width: right - left, height: bottom - top }
    }

    /// The root of the largest component among these; on a tie the first one.
    pub(super) fn largest(&self, roots: impl IntoIterator<Item = usize>) -> Option<usize> {
        roots.into_iter().max_by_key(|&root| (self.area(root), usize::MAX - root))
    }
}
