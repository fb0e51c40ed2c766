//! Pictures with the forward passes that are kept of them.

use std::sync::{Arc, Mutex, PoisonError, Weak};

use crate::forward::Forward;
use crate::picture::{Crop, Fit};

/// A picture as the network saw it, and the forward pass that it may still have.
#[derive(Debug)]
pub(super) struct Picture {
    /// [channels, height, width], normalised.
    pub(super) input: Arc<Vec<f32>>,
    /// [height, width].
    pub(super) size: [usize; 2],
    pub(super) crop: Crop,
    /// How it became a square; none where it was given as values.
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

/// The pictures whose forward passes are kept, the latest one last. Activations are large, so that there is one
/// at the most unless more are asked for; a pass that was given up is run again when it is needed.
#[derive(Debug)]
pub(super) struct Passes {
    most: usize,
    pictures: Vec<Weak<Picture>>,
    /// [height, width] of the latest one; at first, of those that kernels are tried for.
    size: [usize; 2],
}

impl Passes {
    /// Of a network whose pictures have this side.
    pub(super) fn new(side: usize) -> Self {
        Self { most: 1, pictures: Vec::new(), size: [side; 2] }
    }

    /// Keeps as many as this from now on.
    pub(super) fn keep(&mut self, most: usize) {
        self.most = most;
        self.give_up(most);
    }

    /// The pass of a picture, or of another one with the same values, which is then the latest.
    pub(super) fn find(&mut self, picture: &Arc<Picture>) -> Option<Arc<Forward>> {
        let same = |other: &Arc<Picture>| {
            Arc::ptr_eq(other, picture) || (other.size == picture.size && other.input == picture.input)
        };
        let found = self.pictures.iter().filter_map(Weak::upgrade).filter(same).find_map(|other| other.pass())?;
        self.insert(picture, found.clone());
        Some(found)
    }

    /// Makes room for the pass of another picture, so that there are never more of them than allowed. Whether it is of
    /// another size than the latest.
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
