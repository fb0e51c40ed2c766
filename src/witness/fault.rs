//! Lets tests simulate a device that computes wrongly.

use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::Arc;

use burn::tensor::Tensor;

use crate::kernel::Direction;

type Fault = Arc<dyn Fn(Direction, Tensor<4>) -> Tensor<4> + Send + Sync>;

thread_local! {
    static FAULT: RefCell<Option<Fault>> = const { RefCell::new(None) };
}

/// Applies `fault` to every convolution's result on this thread while `work` runs.
pub(crate) fn during<T>(
    fault: impl Fn(Direction, Tensor<4>) -> Tensor<4> + Send + Sync + 'static,
    work: impl FnOnce() -> T,
) -> T {
    with(Some(Arc::new(fault)), work)
}

/// Work for another thread, with this thread's fault.
pub(super) fn taken_along<T>(work: impl FnOnce() -> T + Send) -> impl FnOnce() -> T + Send {
    let fault = FAULT.with(|place| place.borrow().clone());
    || with(fault, work)
}

fn with<T>(fault: Option<Fault>, work: impl FnOnce() -> T) -> T {
    let before = FAULT.replace(fault);
    let given = catch_unwind(AssertUnwindSafe(work));
    FAULT.set(before);
    given.unwrap_or_else(|panic| resume_unwind(panic))
}

pub(crate) fn strike(direction: Direction, result: Tensor<4>) -> Tensor<4> {
    FAULT.with(|place| match &*place.borrow() {
        Some(fault) => fault(direction, result),
        None => result,
    })
}
