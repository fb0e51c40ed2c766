//! What a piece of work holds at its peak, counted thread by thread.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

thread_local! {
    static HELD: Cell<isize> = const { Cell::new(0) };
    static PEAK: Cell<isize> = const { Cell::new(0) };
    static MOST: Cell<isize> = const { Cell::new(isize::MAX) };
}

/// The system's allocator, with a count. What goes beyond the bound is refused, as if there were no memory.
pub struct Counting;

/// Whether so much more may be held; then it is.
fn grow(bytes: isize) -> bool {
    // A thread that is ending has no counts any more.
    let counted = HELD.try_with(|held| {
        let now = held.get() + bytes;
        if bytes > 0 && now > MOST.get() {
            return false;
        }
        held.set(now);
        PEAK.set(PEAK.get().max(now));
        true
    });
    counted.unwrap_or(true)
}

// SAFETY: the system's allocator does all of it, or nothing is given.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        if grow(layout.size() as isize) { unsafe { System.alloc(layout) } } else { std::ptr::null_mut() }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        if grow(layout.size() as isize) { unsafe { System.alloc_zeroed(layout) } } else { std::ptr::null_mut() }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        grow(-(layout.size() as isize));
        unsafe { System.dealloc(pointer, layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        // Both may be there for a moment.
        if !grow(size as isize) {
            return std::ptr::null_mut();
        }
        let moved = unsafe { System.realloc(pointer, layout, size) };
        grow(-(if moved.is_null() { size } else { layout.size() } as isize));
        moved
    }
}

/// What `input` bytes justify: a parsed file takes several times its bytes, and a prepared picture, a
/// message or a table of the methods what it takes whatever the input.
pub const fn justified(input: usize) -> usize {
    64 * input + (4 << 20)
}

/// Does the work with no more memory than `input` bytes justify.
pub fn bounded<T>(input: usize, work: impl FnOnce() -> T) -> T {
    HELD.set(0);
    PEAK.set(0);
    MOST.set(justified(input) as isize);
    let done = work();
    MOST.set(isize::MAX);
    done
}

/// The most that was held at once since `bounded` was called last.
pub fn peak() -> usize {
    PEAK.get() as usize
}
