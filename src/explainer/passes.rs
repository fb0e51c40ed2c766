//! Pictures, with the forward passes that are kept for them.

use std::sync::{Arc, Mutex, PoisonError, Weak};

use crate::forward::Forward;
use crate::picture::{Crop, Fit};

/// A picture as the network sees it, and its forward pass, as long as that is kept.
#[derive(Debug)]
pub(super) struct Picture {
    /// The normalised input `[channels, height, width]`.
    pub(super) input: Arc<Vec<f32>>,
    /// [height, width].
    pub(super) size: [usize; 2],
    pub(super) crop: Crop,
    /// How it became a square; none if it was given as a tensor.
    pub(super) fit: Option<Fit>,
    pass: Mutex<Option<Arc<Forward>>>,
}

impl Picture {
    pub(super) fn new(input: Vec<f32>, size: [usize; 2], crop: Crop, fit: Option<Fit>) -> Self {
        Self { input: Arc::new(input), size, crop, fit, pass: Mutex::default() }
    }

    fn pass(&self) -> Option<Arc<Forward>> {
        self.pass.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn keep(&self, pass: Option<Arc<Forward>>) {
        *self.pass.lock().unwrap_or_else(PoisonError::into_inner) = pass;
    }
}

/// The pictures whose forward passes are kept, the latest one last. Activations are large, so only one is kept unless
/// more are asked for; a pass that was dropped runs again when it is needed.
#[derive(Debug)]
pub(super) struct Passes {
    most: usize,
    pictures: Vec<Weak<Picture>>,
    /// The `[height, width]` of the latest picture; at first, that of the pictures that kernels were measured for.
    size: [usize; 2],
}

impl Passes {
    /// For a network whose pictures have this side.
    pub(super) fn new(side: usize) -> Self {
        Self { most: 1, pictures: Vec::new(), size: [side; 2] }
    }

    /// From now on, keeps up to `most` passes.
    pub(super) fn keep(&mut self, most: usize) {
        self.most = most;
        self.give_up(most);
    }

    /// The pass of a picture, or of another picture with the same values, which then becomes the latest.
    pub(super) fn find(&mut self, picture: &Arc<Picture>) -> Option<Arc<Forward>> {
        let same = |other: &Arc<Picture>| {
            Arc::ptr_eq(other, picture) || (other.size == picture.size && other.input == picture.input)
        };
        let found = self.pictures.iter().filter_map(Weak::upgrade).filter(same).find_map(|other| other.pass())?;
        self.insert(picture, found.clone());
        Some(found)
    }

    /// Makes room for another picture's pass, so that there are never more than allowed. Returns whether its size
    /// differs from the latest one's.
    pub(super) fn make_room(&mut self, size: [usize; 2]) -> bool {
        self.give_up(self.most.saturating_sub(1));
        std::mem::replace(&mut self.size, size) != size
    }

    /// Keeps a picture's pass.
    pub(super) fn insert(&mut self, picture: &Arc<Picture>, pass: Arc<Forward>) {
        self.pictures.retain(|other| other.strong_count() > 0 && !std::ptr::eq(other.as_ptr(), &raw const **picture));
        self.pictures.push(Arc::downgrade(picture));
        picture.keep(Some(pass));
        self.give_up(self.most);
    }

    fn give_up(&mut self, left: usize) {
        let old = self.pictures.len().saturating_sub(left);
        self.pictures.drain(..old).filter_map(|picture| picture.upgrade()).for_each(|picture| picture.keep(None));
    }
}
