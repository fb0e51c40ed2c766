//! Reads results, and checks what was shown while they were computed.

use std::cell::Cell;
use std::sync::atomic::{AtomicU32, Ordering};

use burn::tensor::{Device, Tensor, TensorData, Transaction};

use super::delivery::delivered;
#[cfg(test)]
use super::fault;
use super::notes::Place;
use super::watch::{PendingCheck, watched};
use crate::buffer;
use crate::random::mix;
use crate::sentence::say;
use crate::{Error, Result};

/// A counter. It makes each reading contain a number that no earlier one had, and seeds the drawn places.
static DRAWN: AtomicU32 = AtomicU32::new(1);

/// Runs `work` on a device, and reads the tensors that it returns. The values that layers showed meanwhile are read
/// too, and checked by the CPU.
///
/// Everything is read in one trip, since each trip costs a browser milliseconds, and all that is small in one buffer or few.
/// A new number comes with it: a device that no longer computes anything would otherwise return an older result.
///
/// # Errors
/// [`Error::DeviceWrong`], naming the layer; [`Error::DeviceLost`] if nothing can be read.
pub(crate) async fn read<T: Send>(
    device: &Device,
    work: impl FnOnce() -> (T, Vec<Tensor<1>>) + Send,
) -> Result<(T, Vec<Vec<f32>>)> {
    let drawn = DRAWN.fetch_add(1, Ordering::Relaxed);
    #[cfg(test)]
    let work = fault::taken_along(work);
    let ((given, asked), mut notes, pending) = buffer::on_threads(device, || watched(mix(drawn), work));
    // Whole numbers below 2²³ are exact in f32, and so are their sums with 1.
    let drawn = (drawn % (1 << 23)) as f32;
    let proof = Tensor::<1>::from_data([drawn], device) + 1.0;
    let proof = notes.add(proof);
    let asked: Vec<_> = asked.into_iter().map(|tensor| notes.add(tensor)).collect();
    let transaction = notes.closed().into_iter().fold(Transaction::default(), Transaction::register);
    let arriving = Arriving::begin();
    let read = delivered(transaction.execute_async()).await?;
    drop(arriving);
    let mut notes = read.into_iter().map(values).collect::<Result<Vec<_>>>()?;
    if proof.take(&mut notes) != Some(vec![drawn + 1.0]) {
        return Err(Error::DeviceWrong(say!("device-idle", "it no longer computes anything")));
    }
    let mut taken = |places: Vec<Place>| -> Result<Vec<_>> {
        let values: Option<_> = places.into_iter().map(|place| place.take(&mut notes)).collect();
        values.ok_or_else(|| Error::DeviceLost(say!("result-short", "its result is shorter than it should be")))
    };
    for PendingCheck { places, check } in pending {
        check(&taken(places)?)?;
    }
    Ok((given, taken(asked)?))
}

thread_local! {
    static ARRIVING: Cell<usize> = const { Cell::new(0) };
}

/// A result that is being read from a device. Its buffer is mapped until it has arrived. If the work were dropped
/// meanwhile, it would stay mapped, and the device would refuse whatever uses it next.
struct Arriving;

impl Arriving {
    fn begin() -> Self {
        ARRIVING.set(ARRIVING.get() + 1);
        Self
    }
}

impl Drop for Arriving {
    fn drop(&mut self) {
        // A thread that is ending no longer has its counters.
        _ = ARRIVING.try_with(|arriving| arriving.set(arriving.get().saturating_sub(1)));
    }
}

/// Whether a result is being read from a device, so that the work that waits for it must not be dropped.
#[cfg(target_arch = "wasm32")]
pub(crate) fn arriving() -> bool {
    ARRIVING.get() > 0
}

/// As [`read`], for work that will be repeated: its buffers are kept.
pub(crate) async fn read_kept<T: Send>(
    device: &Device,
    work: impl FnOnce() -> (T, Vec<Tensor<1>>) + Send,
) -> Result<(T, Vec<Vec<f32>>)> {
    read(device, || buffer::with_kept_buffers(device, work)).await
}

/// The values of a tensor that exists already, read as by [`read`].
pub(crate) async fn read_one<const D: usize>(tensor: Tensor<D>) -> Result<Vec<f32>> {
    let device = tensor.device();
    let ((), read) = read(&device, || ((), vec![tensor.reshape([-1])])).await?;
    Ok(read.into_iter().flatten().collect())
}

fn values(data: TensorData) -> Result<Vec<f32>> {
    data.try_into_vec().map_err(|error| {
        Error::DeviceLost(say!("result-unreadable", "its result can't be read: {words}", words = format!("{error:?}")))
    })
}
